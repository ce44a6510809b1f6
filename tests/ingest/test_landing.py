"""A landing folder as a whole: whose each file is, what refuses it, and what is never lost."""

import os
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import polars as pl
import pytest

from reconciliation import shapes
from reconciliation.errors import Refusal
from reconciliation.ingest import FileReport, check_feed_age, check_quarantined, read_landing, reading, settled
from reconciliation.policy import default_policy
from reconciliation.records import RECORDS
from reconciliation.versions import merge
from tests.bad_inputs.told import AS_OF, told
from tests.ingest.made import BY_SIGN, HEADER, delivered, landed, source

GOOD = HEADER + "A1,2026-05-21,1.00,payment,\n"


def test_every_typed_frame_has_its_records_columns_and_where_each_row_came_from(tmp_path):
    delivery = delivered(tmp_path, transactions_csv=GOOD)
    rows = delivery.rows["transactions"]
    assert rows.schema == RECORDS["transactions"].schema() | {
        "source": pl.String,
        "source_file": pl.String,
        "source_row": pl.Int64,
    }
    assert rows.row(0, named=True)["source_file"] == "transactions.csv"
    assert rows["recorded_on"].to_list() == [None]
    assert delivery.quarantine.schema == pl.Schema(shapes.QUARANTINE)


def test_defaults_stand_in_for_blank_cells(tmp_path):
    header = "entitlement_id,family_id,kind,amount,schedule,effective_from,status\n"
    line = "E1,F1,weekly,1,weekly_advance,2026-01-01,active\n"
    row = delivered(tmp_path, entitlements_csv=header + line).rows["entitlements"].row(0, named=True)
    assert (row["weekly_contribution_pence"], row["contribution_method"], row["interim"]) == (0, "net", False)


@pytest.mark.parametrize(
    ("name", "is_taken"),
    [("reviews", 1), ("reviews_north", 1), ("reviews_", 1), ("Reviews", 0), ("reviews2", 0), ("my_reviews", 0)],
)
def test_canonical_names_are_the_records_own_with_an_ending(tmp_path, name, is_taken):
    delivery = delivered(tmp_path, **{f"{name}_csv": "review_id,family_id,completed_on\n"})
    assert ("reviews" in delivery.rows, delivery.ignored == (f"{name}.csv",)) == (bool(is_taken), not is_taken)


def test_record_types_without_a_file_are_named(tmp_path):
    assert delivered(tmp_path).absent == tuple(name for name in RECORDS if not RECORDS[name].is_required)


def test_all_causes_are_told_at_once(tmp_path):
    place = landed(tmp_path, transactions_csv="", reviews_csv="review_id\n")
    (place / "families.csv").unlink()
    with pytest.raises(Refusal) as refused:
        read_landing(place, default_policy(), AS_OF)
    told_of = {cause.split(":")[0] for cause in refused.value.causes}
    assert told_of == {"transactions.csv", "reviews.csv", "families"}


def test_a_file_over_the_policys_size_is_refused(tmp_path):
    ingest = default_policy().ingest.model_copy(update={"max_file_megabytes": 1})
    policy = default_policy().model_copy(update={"ingest": ingest})
    place = landed(tmp_path, transactions_csv=HEADER + "\n" * 1_000_000)
    assert "is larger than the 1 MB that [ingest.max_file_megabytes] allows" in told(place, policy)[1]


def test_a_link_that_leads_outside_is_refused(tmp_path):
    (tmp_path / "secret.csv").write_text(GOOD)
    place = landed(tmp_path)
    (place / "transactions_1.csv").symlink_to(tmp_path / "secret.csv")
    assert told(place) == [
        "refused",
        "transactions_1.csv: is a link that leads outside the landing folder; copy the file in",
    ]


def test_a_pipe_in_place_of_a_file_is_refused_and_never_waited_for(tmp_path):
    place = landed(tmp_path)
    os.mkfifo(place / "reviews.csv")
    assert told(place) == ["refused", "reviews.csv: is no plain file; copy the export itself in"]


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    assert told(tmp_path / "nowhere") == [
        "refused",
        "nowhere: is no folder that can be read; check the path after --data",
    ]


def test_a_reader_that_panics_is_a_refusal(tmp_path, monkeypatch):
    """Libraries written in Rust raise what no `except Exception` catches when they give up on a file."""

    class PanicException(BaseException):
        pass

    def panicking(*_):
        raise PanicException

    monkeypatch.setattr(reading, "read_csv", panicking)
    assert "transactions.csv: is damaged or no csv file; export it again" in told(landed(tmp_path))


def test_more_bad_rows_than_the_policy_allows_refuse_the_file_with_the_commonest_reason(tmp_path):
    bad = "A{},2026-05-21,x,payment,\n"
    good = "".join(f"G{n},2026-05-21,1.00,payment,\n" for n in range(19))
    exactly_five_percent = landed(tmp_path, transactions_csv=HEADER + good + bad.format(1))
    assert read_landing(exactly_five_percent, default_policy(), AS_OF).quarantine.height == 1
    (exactly_five_percent / "transactions.csv").write_text(HEADER + good + bad.format(1) + bad.format(2))
    assert told(exactly_five_percent, default_policy())[1].startswith("transactions.csv: 2 of 21 rows are bad")
    assert 'Most often: amount: found "a"' in told(exactly_five_percent, default_policy())[1]


@pytest.mark.parametrize("percent", ["0", "0.1", "5.0", "33.3333", "100"])
def test_the_share_of_bad_rows_is_never_rounded(percent):
    ingest = default_policy().ingest.model_copy(update={"max_quarantined_percent": Decimal(percent)})
    policy = default_policy().model_copy(update={"ingest": ingest})
    quarantine = shapes.empty(shapes.QUARANTINE).vstack(
        pl.DataFrame([{"source_file": "a", "row": 1, "reason": "r"}], schema=shapes.QUARANTINE)
    )
    for rows, bad in ((3, 1), (1000, 1), (1001, 1), (20, 1), (19, 1), (1, 1), (999_999, 333_333)):
        file = FileReport("a", "canonical", "reviews", "", rows=rows, delivered=rows - bad, quarantined=bad)
        is_refused = False
        try:
            check_quarantined([file], quarantine, policy)
        except Refusal:
            is_refused = True
        assert is_refused == (Fraction(100 * bad, rows) > Fraction(percent))


def test_conflicts_count_as_quarantined_once_they_are_known(tmp_path):
    given = (("A1", "1.00"), ("A1", "2.00"), ("A2", "4.00"), ("A2", "4.00"))
    text = HEADER + "".join(f"{key},2026-05-21,{pounds},payment,\n" for key, pounds in given)
    delivery = delivered(tmp_path, transactions_csv=text + "A3,2026-05-21,8.00,return,\n")
    merged = {name: merge(RECORDS[name], rows, RECORDS[name].empty(), AS_OF) for name, rows in delivery.rows.items()}
    whole = settled(delivery, merged)
    report = next(file for file in whole.files if file.record == "transactions")
    assert (report.rows, report.accepted, report.unchanged, report.quarantined) == (5, 1, 1, 3)
    assert (report.pence, report.accepted_pence, report.unchanged_pence, report.quarantined_pence) == (
        1900,
        400,
        400,
        1100,
    )
    with pytest.raises(Refusal, match="3 of 5 rows are bad"):
        check_quarantined(whole.files, whole.quarantine, default_policy())


def test_a_report_whose_rows_do_not_add_up_cannot_be_made():
    with pytest.raises(AssertionError):
        FileReport("a", "canonical", "reviews", "", rows=3, delivered=1, quarantined=1)


def test_a_bad_row_keeps_what_could_be_read_of_its_family_and_date(tmp_path):
    header = "suspension_id,family_id,starts_on,pay_percent,status,recorded_on\n"
    lines = ["S1,F1,2026-01-01,x,active,2026-02-01", "S2,F2,2026-01-01,0,active,soon", "S3,F3,2026-01-01", ",,,,,"]
    quarantine = delivered(tmp_path, suspensions_csv=header + "\n".join(lines)).quarantine
    assert quarantine.select("key", "family_id", "recorded_on").rows() == [
        ("S1", "F1", date(2026, 2, 1)),
        ("S2", "F2", None),
        ("S3", "F3", None),
        (None, None, None),
    ]


def test_a_row_with_an_open_quote_still_names_its_family(tmp_path):
    header = "transaction_id,family_id,posted_on,amount,kind,narrative\n"
    text = header + 'A1,F7,2026-05-21,1.00,payment,"DP\nA2,F8,2026-05-21,1.00,payment,x\n'
    delivery = delivered(tmp_path, transactions_csv=text)
    assert delivery.quarantine["family_id"].to_list() == ["F7"]
    assert delivery.rows["transactions"]["family_id"].to_list() == ["F8"]


def test_the_raw_row_is_kept_by_column_and_never_stands_in_a_reason(tmp_path):
    text = HEADER + "A1,2026-05-21,Zoë Smith,payment,secret\nA2,2026-05-21,1,payment,a,b\n"
    quarantine = delivered(tmp_path, transactions_csv=text).quarantine
    assert quarantine["raw"].str.json_path_match("$.amount").to_list() == ["Zoë Smith", "1"]
    assert quarantine["raw"].str.json_path_match("$['beyond the header'][0]").to_list() == [None, "b"]
    assert not quarantine["reason"].str.contains("Zo|Smith|secret").any()


def test_several_faults_of_a_row_are_told_together(tmp_path):
    reason = delivered(tmp_path, transactions_csv=HEADER + "A1,2026-02-30,x,gift,\n").quarantine["reason"][0]
    assert [part.split(":")[0] for part in reason.split("; ")] == ["posted_on", "amount", "kind"]


def test_an_identifier_stays_on_one_line_and_a_narrative_need_not(tmp_path):
    header = "transaction_id,family_id,posted_on,amount,kind,narrative\n"
    lines = 'A1,"F1\nForged log line",2026-05-21,1.00,payment,x\nA2,F2,2026-05-21,1.00,payment,"two\nlines"\n'
    delivery = delivered(tmp_path, transactions_csv=header + lines)
    assert delivery.quarantine.select("key", "family_id").rows() == [("A1", None)]
    assert delivery.rows["transactions"]["narrative"].to_list() == ["two\nlines"]


def test_a_span_of_one_day_is_a_span(tmp_path):
    header = "suspension_id,family_id,starts_on,ends_on,pay_percent,status\n"
    days = ("2026-01-01,2026-01-01", "2026-01-02,2026-01-01")
    lines = "".join(f"S{n},F1,{span},0,active\n" for n, span in enumerate(days))
    delivery = delivered(tmp_path, suspensions_csv=header + lines)
    assert delivery.rows["suspensions"]["suspension_id"].to_list() == ["S0"]
    assert delivery.quarantine["reason"].to_list() == ["ends_on: lies before starts_on"]


def test_files_in_any_order_give_the_same_delivery(tmp_path):
    told_by = source(files='"ap*.csv"') + BY_SIGN
    given = {"ap_csv": "No,Day,Sum\nA1,2026-05-21,1.00\n", "ap2_csv": "No,Day,Sum\nA2,2026-05-21,1.00\n"}
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    one = delivered(tmp_path / "one", **given, sources_toml=told_by)
    two = delivered(tmp_path / "two", **dict(reversed(given.items())), sources_toml=told_by)
    assert one.rows["transactions"].equals(two.rows["transactions"])
    assert one.files == two.files


@pytest.mark.parametrize(("days", "is_stale"), [(0, False), (35, False), (36, True), (-3, False)])
def test_a_stale_feed_never_looks_like_a_quiet_night(days, is_stale):
    newest = AS_OF - timedelta(days=days)
    if is_stale:
        with pytest.raises(Refusal, match="36 days before 2026-06-10"):
            check_feed_age(newest, default_policy(), AS_OF)
    else:
        check_feed_age(newest, default_policy(), AS_OF)


def test_a_feed_that_never_brought_anything_is_stale():
    with pytest.raises(Refusal, match="none has ever been delivered"):
        check_feed_age(None, default_policy(), AS_OF)
