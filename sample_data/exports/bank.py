"""The bank: a camt.053 statement of the account that returned Bacs credits come back to."""

from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

from sample_data.council import Movement
from sample_data.days import EXPORTED_ON
from sample_data.exports.text import pounds
from sample_data.fenmarsh import Council

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
OPENING_PENCE = 250_000


def write(folder: Path, council: Council) -> None:
    """One statement with every return of the last twelve months, all of them booked."""
    returns = council.movements("bank")
    document = Element("Document", xmlns=NAMESPACE)
    whole = SubElement(document, "BkToCstmrStmt")
    _texts(SubElement(whole, "GrpHdr"), {"MsgId": "FENMARSH-SYNTHETIC-1", "CreDtTm": f"{EXPORTED_ON}T05:00:00"})
    statement = SubElement(whole, "Stmt")
    _texts(statement, {"Id": "RETURNS-2026-06", "ElctrncSeqNb": "53", "CreDtTm": f"{EXPORTED_ON}T05:00:00"})
    account = SubElement(statement, "Acct")
    _texts(account, {"Id/Othr/Id": "DP-RETURNS-SYNTHETIC", "Ccy": "GBP"})
    _balance(statement, "OPBD", OPENING_PENCE, returns[0].posted_on.isoformat())
    closing = OPENING_PENCE - sum(movement.pence for movement in returns)
    _balance(statement, "CLBD", closing, EXPORTED_ON.isoformat())
    for movement in returns:
        _entry(statement, movement)
    indent(document)
    ElementTree(document).write(folder / "bank_returns_camt053.xml", encoding="UTF-8", xml_declaration=True)


def _balance(statement: Element, code: str, pence: int, day: str) -> None:
    balance = SubElement(statement, "Bal")
    _texts(balance, {"Tp/CdOrPrtry/Cd": code})
    _money(balance, pence)
    _texts(balance, {"Dt/Dt": day})


def _entry(statement: Element, movement: Movement) -> None:
    entry = SubElement(statement, "Ntry")
    _texts(entry, {"NtryRef": movement.transaction_id})
    _money(entry, -movement.pence)
    day = movement.posted_on.isoformat()
    _texts(entry, {"Sts/Cd": "BOOK", "BookgDt/Dt": day, "ValDt/Dt": day, "AcctSvcrRef": movement.transaction_id})
    _texts(entry, {"BkTxCd/Domn/Cd": "PMNT", "BkTxCd/Domn/Fmly/Cd": "ICDT", "BkTxCd/Domn/Fmly/SubFmlyCd": "RRTN"})
    _texts(SubElement(SubElement(entry, "NtryDtls"), "TxDtls"), dict(_details(movement)))


def _details(movement: Movement) -> Iterator[tuple[str, str]]:
    if movement.reverses:
        yield "Refs/EndToEndId", movement.reverses.transaction_id
    yield "RmtInf/Ustrd", f"RETURNED CREDIT {movement.reference}".rstrip()
    yield "RtrInf/Rsn/Cd", "AC04" if movement.reverses else "AC01"


def _money(parent: Element, pence: int) -> None:
    SubElement(parent, "Amt", Ccy="GBP").text = pounds(pence)
    SubElement(parent, "CdtDbtInd").text = "CRDT"


def _texts(parent: Element, texts: dict[str, str]) -> None:
    """Elements by their path under `parent`, sharing those that stand already."""
    for path, text in texts.items():
        node = parent
        for tag in path.split("/"):
            found = node.find(tag)
            node = SubElement(node, tag) if found is None else found
        node.text = text
