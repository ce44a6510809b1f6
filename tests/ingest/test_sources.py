"""Layouts of sources.toml, each setting as records.md describes it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from reconciliation.errors import Refusal
from reconciliation.ingest import read_landing
from reconciliation.ingest.sources import Source
from reconciliation.ingest.sources_file import _sentence, read_sources
from tests.bad_inputs.told import AS_OF, lenient
from tests.ingest.made import BY_SIGN, delivered, landed, on, source

FULL = """\
[[source]]
name = "ledger"
record = "transactions"
files = "AP_*.csv"
format = "csv"
encoding = "cp1252"
delimiter = ";"
skip_rows = 3
sheet = "Payments"
date_format = ["%d/%m/%Y", "%d-%b-%Y", "%d-%b-%y"]
amount_style = "accounting"
sign = "reversed"
drop_rows_where = { "Trans No" = ["", "TOTAL"] }
control_total = "TOTAL"
[source.columns]
transaction_id = "Trans No"
posted_on = "Payment Date"
amount = "Amount"
payee_reference = "Vendor"
narrative = "Description"
[source.constants]
kind = "payment"
[source.values.kind]
"BACS RETURN" = "return"
[source.kind_by_sign]
positive = "payment"
negative = "reversal"
"""
EXPORT = """\
Accounts payable
Printed 22/05/2026

Trans No;Payment Date;Amount;Vendor;Description;Cost centre
A1;21/05/2026;(£1,000.00);V1;Café;X
A2;21-May-2026;20.00 DR;V2;"a; b";X
A3;21-May-26;5.00-;V3;;X
;;;;;
TOTAL;;(985.00);;;
"""


def transactions(folder, **files):
    return delivered(folder, **files).rows["transactions"]


def test_every_setting_of_the_documentation_together(tmp_path):
    place = landed(tmp_path, sources_toml=FULL)
    (place / "AP_1.csv").write_bytes(EXPORT.encode("cp1252"))
    delivery = read_landing(place, lenient(), AS_OF)
    rows = delivery.rows["transactions"].filter(source="ledger")
    assert rows["amount_pence"].to_list() == [100_000, -2_000, 500]
    assert rows["posted_on"].to_list() == [on("2026-05-21")] * 3
    assert rows["kind"].to_list() == ["payment", "reversal", "payment"]
    assert rows["narrative"].to_list() == ["Café", "a; b", None]
    report = next(file for file in delivery.files if file.name == "AP_1.csv")
    assert (report.rows, report.delivered, report.furniture) == (5, 3, 2)
    assert report.control_total_pence == report.pence == 98_500
    assert report.unknown_columns == ("Cost centre",)


def test_furniture_is_counted_even_where_it_is_ragged(tmp_path):
    export = "No,Day,Sum\nA1,2026-05-21,1.00\nTOTAL\n"
    delivery = delivered(tmp_path, ap_csv=export, sources_toml=source(drop_rows_where='{ No = ["TOTAL"] }') + BY_SIGN)
    report = next(file for file in delivery.files if file.name == "ap.csv")
    assert (report.delivered, report.quarantined, report.furniture) == (1, 0, 1)


def test_a_row_cut_short_is_no_furniture_because_its_cells_are_missing(tmp_path):
    export = "Day,Sum,No\n2026-05-21,1.00,A1\n2026-05-2\n"
    delivery = delivered(tmp_path, ap_csv=export, sources_toml=source(drop_rows_where='{ No = [""] }') + BY_SIGN)
    report = next(file for file in delivery.files if file.name == "ap.csv")
    assert (report.quarantined, report.furniture) == (1, 0)


def test_the_control_total_counts_bad_rows_too(tmp_path):
    export = "No,Day,Sum\nA1,2026-05-21,1.00\nA2,2026-02-30,2.00\nTOTAL,,3.00\n"
    told = source(drop_rows_where='{ No = ["TOTAL"] }', control_total='"TOTAL"') + BY_SIGN
    delivery = delivered(tmp_path, ap_csv=export, sources_toml=told)
    report = next(file for file in delivery.files if file.name == "ap.csv")
    assert (report.control_total_pence, report.pence, report.quarantined) == (300, 300, 1)


def test_formats_of_dates_are_tried_in_order(tmp_path):
    export = "No,Day,Sum\nA1,03/04/2026,1.00\nA2,13/04/2026,1.00\nA3,04/13/2026,1.00\n"
    told = source(date_format='["%m/%d/%Y", "%d/%m/%Y"]') + BY_SIGN
    days = transactions(tmp_path, ap_csv=export, sources_toml=told)["posted_on"].to_list()
    assert days == [on("2026-03-04"), on("2026-04-13"), on("2026-04-13")]


def test_braces_in_a_date_format_are_only_text(tmp_path):
    told = source(date_format='"{%d}{}%m{0}%Y"') + BY_SIGN
    delivery = delivered(tmp_path, ap_csv="No,Day,Sum\nA1,{21}{}05{0}2026,1.00\nA2,x,1\n", sources_toml=told)
    assert delivery.rows["transactions"]["posted_on"].to_list() == [on("2026-05-21")]
    assert delivery.quarantine["reason"][0].endswith("written as {DD}{}MM{0}YYYY")


def test_a_time_of_day_that_the_format_names_is_passed_over(tmp_path):
    export = "No,Day,Sum\nA1,21/05/2026 23:59:59,1.00\nA2,21/05/2026,1.00\n"
    told = source(date_format='"%d/%m/%Y %H:%M:%S"') + BY_SIGN
    delivery = delivered(tmp_path, ap_csv=export, sources_toml=told)
    assert delivery.rows["transactions"]["posted_on"].to_list() == [on("2026-05-21")]
    assert "written as DD/MM/YYYY hh:mm:ss" in delivery.quarantine["reason"][0]


def test_a_blank_cell_can_stand_for_a_value(tmp_path):
    told = source() + 'kind = "Type"\n[source.values.kind]\n"" = "payment"\n'
    export = "No,Day,Sum,Type\nA1,2026-05-21,1.00,\n"
    assert transactions(tmp_path, ap_csv=export, sources_toml=told)["kind"].to_list() == ["payment"]


def test_constants_fill_what_the_export_does_not_say(tmp_path):
    told = source() + '[source.constants]\nkind = "remedy"\npromise_id = "M1"\n'
    row = transactions(tmp_path, ap_csv="No,Day,Sum\nA1,2026-05-21,1.00\n", sources_toml=told).row(0, named=True)
    assert (row["kind"], row["promise_id"], row["source"]) == ("remedy", "M1", "ap")


def test_values_are_translated_and_others_left_to_be_judged(tmp_path):
    told = source() + 'kind = "Type"\n[source.values.kind]\nBACS = "payment"\n"BACS RETURN" = "return"\n'
    export = "No,Day,Sum,Type\nA1,2026-05-21,1.00, BACS \nA2,2026-05-21,-1.00,BACS RETURN\nA3,2026-05-21,1.00,CHQ\n"
    delivery = delivered(tmp_path, ap_csv=export, sources_toml=told)
    assert delivery.rows["transactions"]["kind"].to_list() == ["payment", "return"]
    assert delivery.quarantine["key"].to_list() == ["A3"]


def test_a_kind_that_the_export_says_goes_before_its_sign(tmp_path):
    told = source() + 'kind = "Type"\n' + BY_SIGN
    export = "No,Day,Sum,Type\nA1,2026-05-21,-1.00,recovery\nA2,2026-05-21,-1.00,\n"
    assert transactions(tmp_path, ap_csv=export, sources_toml=told)["kind"].to_list() == ["recovery", "return"]


def test_the_sign_is_turned_before_the_kind_is_told_by_it(tmp_path):
    told = source(sign='"reversed"') + BY_SIGN
    row = transactions(tmp_path, ap_csv="No,Day,Sum\nA1,2026-05-21,-1.00\n", sources_toml=told).row(0, named=True)
    assert (row["amount_pence"], row["kind"]) == (100, "payment")


def test_a_column_that_already_has_its_canonical_name_needs_no_mapping(tmp_path):
    export = "No,Day,Sum,family_id\nA1,2026-05-21,1.00,F1\n"
    rows = transactions(tmp_path, ap_csv=export, sources_toml=source() + BY_SIGN)
    assert rows["family_id"].to_list() == ["F1"]


def test_several_files_of_a_source_are_one_record(tmp_path):
    told = source(files='"ap*.csv"') + BY_SIGN
    one, two = "No,Day,Sum\nA1,2026-05-21,1.00\n", "No,Day,Sum\nA2,2026-05-21,1.00\n"
    rows = transactions(tmp_path, ap_csv=one, ap2_csv=two, sources_toml=told)
    assert rows["source_file"].to_list() == ["ap.csv", "ap2.csv"]


def test_a_source_claims_a_canonical_name_before_the_name_does(tmp_path):
    told = source(files='"transactions.csv"') + BY_SIGN
    rows = transactions(tmp_path, transactions_csv="No,Day,Sum\nA1,2026-05-21,1.00\n", sources_toml=told)
    assert rows["source"].to_list() == ["ap"]


def test_a_source_without_a_file_tonight_is_named(tmp_path):
    assert delivered(tmp_path, sources_toml=source() + BY_SIGN).unfed == ("ap",)


def test_a_link_to_settings_outside_the_folder_is_refused(tmp_path):
    place = landed(tmp_path)
    (tmp_path / "elsewhere.toml").write_text(source())
    (place / "sources.toml").symlink_to(tmp_path / "elsewhere.toml")
    with pytest.raises(Refusal, match="leads outside the landing folder"):
        read_sources(place)


def test_tables_nested_without_end_are_refused(tmp_path):
    place = landed(tmp_path, sources_toml="a = " + "[" * 100_000)
    with pytest.raises(Refusal, match="is not a TOML file"):
        read_sources(place)


WORDS = st.sampled_from(["", "transactions", "csv", "*.csv", "../*.csv", "%d/%m/%Y", "utf-8", "kind", "\x00", "é"])
VALUES = st.one_of(
    WORDS, st.integers(-1, 1), st.booleans(), st.lists(WORDS, max_size=2), st.dictionaries(WORDS, WORDS, max_size=2)
)
SETTINGS = ("name", "record", "files", "format", "encoding", "delimiter", "date_format", "drop_rows_where", "columns")


@given(st.dictionaries(st.sampled_from(SETTINGS), VALUES))
def test_any_settings_are_a_layout_or_a_refusal_of_one_line_each(table):
    lines = ["taken"]
    try:
        Source.model_validate(table)
    except ValidationError as fault:
        lines = [_sentence(error) for error in fault.errors()]
    assert lines
    assert not any("\n" in line for line in lines)
