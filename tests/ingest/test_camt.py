"""Bank statements in camt.053: movements, directions, batches and balances."""

import pytest

from reconciliation.ingest.camt import read_camt
from reconciliation.ingest.table import Table, Unreadable
from tests.ingest.made import delivered, on

LAYOUT = """\
[[source]]
name = "bank"
record = "transactions"
files = "*.xml"
format = "camt.053"
[source.columns]
transaction_id = "Id"
posted_on = "BookgDt"
amount = "Amt"
payee_reference = "EndToEndId"
narrative = "Ustrd"
[source.kind_by_sign]
positive = "payment"
negative = "return"
"""
DETAILS = """
<NtryDtls><TxDtls>
  <Refs><EndToEndId>V100001</EndToEndId><TxId>TX9</TxId></Refs>
  <RltdPties><Cdtr><Pty><Nm>A Family</Nm></Pty></Cdtr><CdtrAcct><Id><IBAN>GB00X</IBAN></Id></CdtrAcct></RltdPties>
  <RmtInf><Ustrd>DP F00002</Ustrd><Ustrd>May</Ustrd></RmtInf>
</TxDtls></NtryDtls>"""


def statement(*parts: str, version: str = "08") -> bytes:
    space = f"urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"
    account = "<Id>S1</Id><Acct><Id><IBAN>GB11COUNCIL</IBAN></Id></Acct>"
    body = f"<BkToCstmrStmt><Stmt>{account}{''.join(parts)}</Stmt></BkToCstmrStmt>"
    return f'<?xml version="1.0"?><Document xmlns="{space}">{body}</Document>'.encode()


def entry(reference: str, amount: str, direction: str = "DBIT", more: str = "", status: str = "<Cd>BOOK</Cd>") -> str:
    return (
        f'<Ntry><NtryRef>{reference}</NtryRef><Amt Ccy="GBP">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd>'
        f"<Sts>{status}</Sts><BookgDt><Dt>2026-05-21</Dt></BookgDt>{more}</Ntry>"
    )


def balance(code: str, amount: str, direction: str = "CRDT") -> str:
    kind = f"<Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
    return f'<Bal>{kind}<Amt Ccy="GBP">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd></Bal>'


def movement(amount: str, tag: str = '<Amt Ccy="GBP">{}</Amt>') -> str:
    return f"<TxDtls>{tag.format(amount)}</TxDtls>"


def column(table: Table, name: str) -> list[str]:
    return table.cells[name].to_list()


def test_money_that_leaves_the_account_is_positive_and_money_that_comes_back_negative():
    table = read_camt(statement(entry("E1", "100.00"), entry("E2", "20.00", "CRDT")))
    assert column(table, "Amt") == ["100.00", "-20.00"]


def test_references_names_and_texts_have_their_columns():
    row = read_camt(statement(entry("E1", "100.00", more=DETAILS))).cells.row(0, named=True)
    assert row["Id"] == "TX9"
    assert (row["NtryRef"], row["EndToEndId"], row["Ustrd"]) == ("E1", "V100001", "DP F00002 May")
    assert (row["Cdtr"], row["CdtrAcct"], row["Acct"], row["Stmt"]) == ("A Family", "GB00X", "GB11COUNCIL", "S1")


def test_an_older_version_of_the_format_is_read_as_well():
    batch = "".join(movement(pounds, '<AmtDtls><TxAmt><Amt Ccy="GBP">{}</Amt></TxAmt></AmtDtls>') for pounds in "12")
    more = f"<NtryDtls>{batch}</NtryDtls>"
    table = read_camt(statement(entry("E1", "3", more=more, status="BOOK"), version="02"))
    assert column(table, "Amt") == ["1", "2"]
    assert column(table, "Sts") == ["BOOK", "BOOK"]


def test_a_batch_gives_one_row_for_each_movement_with_an_id_of_its_own():
    more = f"<NtryDtls>{movement('60.00')}{movement('40.00')}</NtryDtls>"
    table = read_camt(statement(entry("E1", "100.00", more=more), entry("E2", "5.00")))
    assert list(zip(column(table, "Id"), column(table, "Amt"), strict=True)) == [
        ("E1-1", "60.00"),
        ("E1-2", "40.00"),
        ("E2", "5.00"),
    ]


@pytest.mark.parametrize("second", [movement("39.99"), "<TxDtls/>", movement("x")])
def test_a_batch_that_does_not_come_to_its_amount_is_one_bad_row(second):
    table = read_camt(statement(entry("E1", "100.00", more=f"<NtryDtls>{movement('60.00')}{second}</NtryDtls>")))
    assert (table.cells.height, table.ragged.height) == (0, 1)
    assert "do not come to its amount" in table.ragged["reason"][0]


def test_money_in_another_currency_is_no_pounds():
    table = read_camt(statement(entry("E1", "100.00").replace("GBP", "EUR")))
    assert table.ragged["reason"].to_list() == ["Amt: in another currency, expected GBP"]


def test_an_entry_without_a_direction_is_a_bad_row():
    table = read_camt(statement(entry("E1", "100.00", "SIDEWAYS")))
    assert table.rows == table.ragged.height == 1


def test_balances_that_the_entries_join_are_trusted():
    parts = [
        balance("OPBD", "100.00"),
        balance("CLBD", "20.00", "DBIT"),
        entry("E1", "150.00"),
        entry("E2", "30.00", "CRDT"),
    ]
    assert read_camt(statement(*parts)).rows == 2


@pytest.mark.parametrize("closing", ["10.01", "x"])
def test_balances_that_the_entries_do_not_join_refuse_the_file(closing):
    with pytest.raises(Unreadable, match="do not lead from the opening to the closing balance"):
        read_camt(statement(balance("OPBD", "100.00"), balance("CLBD", closing), entry("E1", "90.00")))


def test_entries_not_booked_yet_are_furniture(tmp_path):
    data = statement(entry("E1", "100.00", more=DETAILS), entry("E2", "1.00", status="<Cd>PDNG</Cd>"))
    delivery = delivered(tmp_path, statement_xml=data, sources_toml=LAYOUT)
    report = next(file for file in delivery.files if file.name == "statement.xml")
    assert (report.rows, report.delivered, report.furniture) == (2, 1, 1)
    row = delivery.rows["transactions"].row(0, named=True)
    assert (row["transaction_id"], row["amount_pence"], row["posted_on"]) == ("TX9", 10_000, on("2026-05-21"))
    assert (row["kind"], row["payee_reference"], row["narrative"]) == ("payment", "V100001", "DP F00002 May")


def test_a_statement_without_entries_is_a_quiet_day():
    assert read_camt(statement()).rows == 0
