"""Reading a bank statement in camt.053 (ISO 20022 XML), parsed without DTDs, entities or network.

One row for each movement, with these pseudo-columns for `[source.columns]`:

| column | what it holds |
|---|---|
| `Amt` | pounds; positive when money leaves the account (paid to a family), negative when it comes back: `as_is` fits |
| `CdtDbtInd`, `Sts` | `DBIT` or `CRDT`; `BOOK` (entries that are not booked yet are furniture) |
| `BookgDt`, `ValDt` | the days of booking and of value, ISO |
| `Id` | its own `AcctSvcrRef` or `TxId`, else the entry's `AcctSvcrRef` or `NtryRef` (`-1`, `-2` in a batch) |
| `NtryRef`, `AcctSvcrRef` | the entry's reference; the bank's own |
| `EndToEndId`, `InstrId`, `PmtInfId`, `TxId`, `MndtId`, `ChqNb` | references of the movement |
| `Cdtr`, `Dbtr`, `CdtrAcct`, `DbtrAcct` | names and accounts of creditor and debtor |
| `Ustrd`, `Ref`, `AddtlNtryInf` | remittance text, structured reference, the bank's note |
| `RvslInd`, `RtrRsn` | whether the bank marks it as a reversal; the code of why it was returned |
| `Acct`, `Stmt` | the account and the statement's id |

A batch entry gives one row for each movement in it. Where a statement gives its opening and closing balances, its
booked entries must lead from one to the other, or the file is refused as a wrong control total is (rules §9).
"""

import io
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import NamedTuple
from xml.etree.ElementTree import Element, ParseError

import polars as pl
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from reconciliation.ingest.sources import NOT_BOOKED
from reconciliation.ingest.table import RAGGED, Table, Unreadable

ENTRY = {
    "Sts": ("Sts/Cd", "Sts"),
    "BookgDt": ("BookgDt/Dt", "BookgDt/DtTm"),
    "ValDt": ("ValDt/Dt", "ValDt/DtTm"),
    "NtryRef": ("NtryRef",),
    "AcctSvcrRef": ("AcctSvcrRef",),
    "AddtlNtryInf": ("AddtlNtryInf",),
    "RvslInd": ("RvslInd",),
}
MOVEMENT = {
    "EndToEndId": ("Refs/EndToEndId",),
    "InstrId": ("Refs/InstrId",),
    "PmtInfId": ("Refs/PmtInfId",),
    "TxId": ("Refs/TxId",),
    "MndtId": ("Refs/MndtId",),
    "ChqNb": ("Refs/ChqNb",),
    "Cdtr": ("RltdPties/Cdtr/Pty/Nm", "RltdPties/Cdtr/Nm"),
    "Dbtr": ("RltdPties/Dbtr/Pty/Nm", "RltdPties/Dbtr/Nm"),
    "CdtrAcct": ("RltdPties/CdtrAcct/Id/IBAN", "RltdPties/CdtrAcct/Id/Othr/Id"),
    "DbtrAcct": ("RltdPties/DbtrAcct/Id/IBAN", "RltdPties/DbtrAcct/Id/Othr/Id"),
    "Ustrd": ("RmtInf/Ustrd",),
    "Ref": ("RmtInf/Strd/CdtrRefInf/Ref",),
    "RtrRsn": ("RtrInf/Rsn/Cd", "RtrInf/Rsn/Prtry"),
}
"""Where each pseudo-column stands, first place first: of the entry, and of each movement in it."""
HEADER = ("Id", "Amt", "CdtDbtInd", *ENTRY, *MOVEMENT, "Acct", "Stmt")
DAYS = ("BookgDt", "ValDt")
DAY_LENGTH = len("2026-06-10")
SIGNS = {"DBIT": "", "CRDT": "-"}


class Movement(NamedTuple):
    """One row's cells by pseudo-column, and why it cannot be trusted, if so."""

    cells: dict[str, str]
    reason: str | None = None


def read_camt(data: bytes) -> Table:
    """The movements of every statement in `data`. Raises `Unreadable`."""
    try:
        movements = list(_movements(data))
    except DefusedXmlException:
        raise Unreadable("is XML with a document type or entities, as attacks have; no bank sends that") from None
    except (ParseError, ValueError, LookupError):
        raise Unreadable("is no XML that can be read; ask the bank for the statement again") from None
    rows = [(row, [m.cells.get(name, "") for name in HEADER], m.reason) for row, m in enumerate(movements, start=1)]
    good = [row for row in rows if row[2] is None]
    ragged = pl.DataFrame([row for row in rows if row[2] is not None], schema=RAGGED, orient="row")
    cells = pl.DataFrame([cells for _, cells, _ in good], schema=dict.fromkeys(HEADER, pl.String), orient="row")
    places = pl.Series("source_row", [place for place, _, _ in good], dtype=pl.Int64)
    return Table(HEADER, cells, places, ragged, has_true_dates=True)


def _movements(data: bytes) -> Iterator[Movement]:
    """Entries are read as they end and then forgotten, so that memory never holds more than one entry's tree."""
    entries: list[Movement] = []
    booked, statements = Decimal(0), 0
    for _, element in iterparse(io.BytesIO(data), forbid_dtd=True):
        tag = element.tag.rpartition("}")[2]
        if tag == "Ntry":
            entries += _entry(element)
            booked += _into_account(element) if _said(element, *ENTRY["Sts"]) not in NOT_BOOKED["Sts"] else 0
            element.clear()
        elif tag == "Stmt":
            _refuse_wrong_balances(element, booked)
            about = {"Acct": _said(element, "Acct/Id/IBAN", "Acct/Id/Othr/Id"), "Stmt": _said(element, "Id")}
            yield from (Movement(movement.cells | about, movement.reason) for movement in entries)
            entries, booked, statements = [], Decimal(0), statements + 1
            element.clear()
    if not statements:
        raise Unreadable("is XML but holds no camt.053 statement; check which file the bank's portal gave")


def _entry(entry: Element) -> list[Movement]:
    """An entry's movements, each with its own amount where it is a batch."""
    details = entry.findall("{*}NtryDtls/{*}TxDtls")
    if len(details) < 2:
        return [_movement(entry, (*details, entry)[0], _amount(entry))]
    amounts = [_amount(detail) for detail in details]
    if None in amounts or sum(map(_pounds, amounts)) != _pounds(_amount(entry)):
        whole = _movement(entry, entry, _amount(entry))
        return [Movement(whole.cells, "Amt: the movements of this batch do not come to its amount")]
    numbered = enumerate(zip(details, amounts, strict=True), start=1)
    return [_movement(entry, detail, amount, f"-{place}") for place, (detail, amount) in numbered]


def _movement(entry: Element, detail: Element, amount: Element | None, place: str = "") -> Movement:
    cells = {name: _said(entry, *paths) for name, paths in ENTRY.items()}
    cells |= {name: _said(detail, *paths) for name, paths in MOVEMENT.items()}
    cells |= {day: cells[day][:DAY_LENGTH] for day in DAYS}
    cells["CdtDbtInd"] = _said(detail, "CdtDbtInd") or _said(entry, "CdtDbtInd")
    cells["Id"] = _said(detail, "Refs/AcctSvcrRef", "Refs/TxId") or (cells["AcctSvcrRef"] or cells["NtryRef"]) + place
    if amount is None or cells["CdtDbtInd"] not in SIGNS:
        return Movement(cells, "Amt: an amount or its direction is absent, expected Amt with CdtDbtInd DBIT or CRDT")
    cells["Amt"] = SIGNS[cells["CdtDbtInd"]] + (amount.text or "").strip()
    is_sterling = amount.get("Ccy", "GBP") == "GBP"
    return Movement(cells, None if is_sterling else "Amt: in another currency, expected GBP")


def _amount(element: Element) -> Element | None:
    own = element.find("{*}Amt")
    return own if own is not None else element.find("{*}AmtDtls/{*}TxAmt/{*}Amt")


def _pounds(amount: Element | None) -> Decimal:
    try:
        return Decimal((amount.text or "").strip()) if amount is not None else Decimal("NaN")
    except InvalidOperation:
        return Decimal("NaN")


def _into_account(element: Element) -> Decimal:
    """What an entry or a balance adds to the account."""
    pounds = _pounds(_amount(element))
    return pounds if _said(element, "CdtDbtInd") == "CRDT" else -pounds


def _refuse_wrong_balances(statement: Element, booked: Decimal) -> None:
    balances = {_said(b, "Tp/CdOrPrtry/Cd"): _into_account(b) for b in statement.findall("{*}Bal")}
    if not {"OPBD", "CLBD"} <= balances.keys():
        return
    if balances["OPBD"] + booked != balances["CLBD"]:
        raise Unreadable(
            "the booked entries do not lead from the opening to the closing balance; the statement is incomplete or "
            "altered: ask the bank for it again"
        )


def _said(element: Element, *paths: str) -> str:
    """The text at the first of `paths` that is there; several such elements are one text."""
    for path in paths:
        found = element.findall("/".join(f"{{*}}{tag}" for tag in path.split("/")))
        if text := " ".join((part.text or "").strip() for part in found).strip():
            return text
    return ""
