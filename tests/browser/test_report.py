"""report.html as a person uses it."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from reconciliation import shapes
from reconciliation.reports.report_page import report_page
from tests.reports.small_council import HOSTILE_NAME, HOSTILE_NOTE, LIVED, edition


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    file = tmp_path_factory.mktemp("report") / "report.html"
    file.write_bytes(report_page(edition()))
    return file


def shown(page, section: str) -> list[str]:
    return [row.inner_text() for row in page.locator(f"#{section} tbody tr").all()]


def test_the_page_works_without_any_request_and_without_a_complaint(watched, report):
    page = watched.open(report)
    page.locator("#exceptions button[data-family]").first.click()
    assert watched.went_out == []
    assert watched.complaints == []


def test_no_script_from_a_name_a_team_or_a_note_ever_runs(watched, report):
    page = watched.open(report)
    page.fill("#families input[name=search]", "document.title")
    page.locator("#families button[data-family]").click()
    assert page.locator("#working-title").inner_text() == f"F2 {HOSTILE_NAME}"
    assert "owned" not in page.title()
    assert page.locator("body > script").count() == 3
    assert page.locator("tbody img").count() == 0
    assert watched.complaints == []


def test_a_script_that_got_into_the_page_would_still_not_run(watched, report):
    page = watched.open(report)
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"document.title=1\">')")
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'document.title=2'}))")
    page.wait_for_timeout(200)
    assert page.title() == "Direct payments on 10 June 2026"


def test_the_first_sentence_says_what_is_owed(watched, report):
    page = watched.open(report)
    assert page.locator("h1").inner_text() == "£1,360.00 is owed to 2 families."
    assert "£840.00 of it was promised to 1 family" in page.locator(".lead").inner_text()


def test_every_standing_is_shown_with_its_families(watched, report):
    page = watched.open(report)
    tiles = [tile.inner_text().split("\n")[:2] for tile in page.locator(".glance > li").all()]
    assert tiles == [
        ["Cannot tell", "1"],
        ["Owed, and promised", "1"],
        ["Owed", "0"],
        ["Overpaid", "1"],
        ["Settled", "2"],
    ]


def test_what_is_not_checked_is_said_at_the_top(watched, report):
    page = watched.open(report)
    assert "Not checked: vacancies, reviews" in page.locator(".notice").first.inner_text()


def test_exceptions_filter_by_what_is_chosen_and_what_is_typed(watched, report):
    page = watched.open(report)
    assert len(shown(page, "exceptions")) == 9
    page.select_option("#exceptions select[name=severity]", "critical")
    assert len(shown(page, "exceptions")) == 3
    page.fill("#exceptions input[name=search]", "una plan")
    assert shown(page, "exceptions") == []
    page.fill("#exceptions input[name=search]", "f2")
    assert len(shown(page, "exceptions")) == 1
    assert page.locator("#exceptions [role=status]").inner_text() == "1 of 9 exceptions"
    page.click("#exceptions button[type=reset]")
    page.wait_for_function("document.querySelectorAll('#exceptions tbody tr').length === 9")


def test_a_heading_sorts_both_ways_and_says_which(watched, report):
    page = watched.open(report)
    head = page.locator("#exceptions th[data-column=amount]")
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    assert "-£12.34" in shown(page, "exceptions")[0]
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "descending"
    assert "£840.00" in shown(page, "exceptions")[0]
    assert "There is no agreed care and support plan" in "".join(shown(page, "exceptions")[-2:])


def test_those_done_with_stand_last(watched, report):
    page = watched.open(report)
    assert all("closed" in row or "snoozed" in row for row in shown(page, "exceptions")[-2:])
    assert not any("closed" in row or "snoozed" in row for row in shown(page, "exceptions")[:-2])


def test_a_family_opens_into_its_working_from_the_keyboard_and_closes_again(watched, report):
    page = watched.open(report)
    button = page.locator("#families button[data-family]").first
    button.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog[open]")
    working = page.locator("dialog").inner_text()
    assert "F1 Una Brown" in working
    assert "28 days at £150.00 a week = £600.00, less contribution £80.00" in working
    assert "£200.00 on 1 May 2026" in working
    assert "M1" in working
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0
    assert page.evaluate("document.activeElement.dataset.family") == "0"


def test_an_address_with_a_family_opens_its_working(watched, report):
    page = watched.open(report, "#family=F3")
    assert "Siân O’Neill" in page.locator("dialog[open] h2").inner_text()


def test_the_proof_is_shown_and_holds(watched, report):
    page = watched.open(report)
    assert page.locator("#proof .holds").count() == 4
    assert page.locator("#proof .fails").count() == 0


def test_a_penny_that_is_missing_is_shown(watched, tmp_path):
    given = edition()
    wrong = given.results.balances.with_columns(paid_pence=pl.col("paid_pence") + 1)
    file = tmp_path / "report.html"
    file.write_bytes(report_page(replace(given, results=replace(given.results, balances=wrong))))
    page = watched.open(file)
    assert "£0.05 is not accounted for" in page.locator("#proof").inner_text()


def test_everything_that_works_has_a_name_and_every_picture_its_words(watched, report):
    page = watched.open(report)
    for field in page.locator("input, select").all():
        assert field.evaluate("field => field.labels.length") == 1
    assert all(len(picture.get_attribute("alt")) > 20 for picture in page.locator("img").all())
    assert all(table.locator("caption").count() == 1 for table in page.locator("table").all())
    assert page.locator("main").count() == page.locator("h1").count() == 1
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the exceptions"


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (640, "dark"), (360, "light")])
def test_nothing_runs_off_the_side_at_any_width_or_zoom(watched, report, width, scheme):
    watched.page.set_viewport_size({"width": width, "height": 900})
    watched.page.emulate_media(color_scheme=scheme)
    page = watched.open(report)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_new_and_cleared_since_the_night_before_are_counted(watched, tmp_path):
    given = edition()
    before = given.exceptions.head(4).with_columns(
        exception_id=pl.when(pl.col("code") == "ARREARS").then(pl.lit("gone")).otherwise("exception_id")
    )
    file = tmp_path / "report.html"
    file.write_bytes(report_page(edition(before=before)))
    text = watched.open(file).locator(".tonight").inner_text()
    assert "New since the night before\n6" in text.replace("\n\n", "\n")
    assert "Cleared since the night before\n1" in text.replace("\n\n", "\n")


def test_the_same_position_gives_the_same_page_whatever_the_run_and_first_sight():
    later = edition(run_id="run-2", exceptions=edition().exceptions.with_columns(first_seen=date(2026, 6, 9)))
    assert report_page(later) == report_page(edition())


def test_notes_and_names_reach_the_file_only_packed():
    text = report_page(edition()).decode()
    assert HOSTILE_NAME not in text
    assert HOSTILE_NOTE not in text


def varied(column: str, seed: int, most: int) -> pl.Expr:
    """Whole numbers that look like chance, the same on every run: nothing that could be packed for free."""
    return (pl.col(column).hash(seed) % most).cast(pl.Int64)


def crowd(families: int):
    """As many families, each with two years of dues and payments of its own amounts, and three exceptions."""
    given = edition()
    results, money = given.results, given.results.money
    ids = pl.DataFrame({"family_id": [f"F{number:06}" for number in range(families)]})

    def each(frame: pl.DataFrame, family: str, *over: str) -> pl.DataFrame:
        return ids.join(frame.filter(family_id=family).drop("family_id", *over), how="cross")

    start = pl.lit(date(2024, 6, 3)) + pl.duration(days=28 * pl.col("n"))
    periods = pl.DataFrame({"n": range(26)})
    key = pl.format("{} {}", "family_id", "n").alias("key")
    people = each(results.records["families"], "F1").with_columns(
        recipient_name=pl.format("Name{} Family{}", varied("family_id", 1, 900), varied("family_id", 2, 9000))
    )
    lines = each(results.records["entitlements"], "F1", "entitlement_id").with_columns(
        entitlement_id="E" + pl.col("family_id"), amount_pence=varied("family_id", 3, 90_000)
    )
    dues = (
        each(money.ledger.head(1), "F1")
        .join(periods, how="cross")
        .with_columns(
            key,
            entitlement_id="E" + pl.col("family_id"),
            period_start=start,
            period_end=start + pl.duration(days=27),
            due_on=start,
            due_pence=varied("family_id", 4, 400_000),
        )
    )
    moved = (
        each(money.movements.head(1), "F1", "posted_on")
        .join(periods, how="cross")
        .with_columns(key)
        .with_columns(
            posted_on=start + pl.duration(days=varied("key", 5, 9)),
            transaction_id=pl.format("T{}", varied("key", 6, 10**9)),
            amount_pence=varied("family_id", 4, 400_000),
        )
    )
    paid = dues.join(moved.select("key", "transaction_id", "posted_on"), on="key").with_columns(
        step=pl.lit("regular"), amount_pence="due_pence"
    )
    raised = each(given.exceptions, "F1").with_columns(amount_pence=varied("family_id", 7, 900_000))
    many = replace(
        results,
        records=results.records | {"families": people, "entitlements": lines},
        balances=each(results.balances, "F1").with_columns(arrears_pence=varied("family_id", 8, 900_000)),
        money=replace(
            money,
            ledger=shapes.shaped(dues, shapes.LEDGER),
            allocations=shapes.shaped(paid, shapes.ALLOCATIONS),
            movements=shapes.shaped(moved, shapes.MOVEMENTS),
        ),
    )
    return replace(given, results=many, exceptions=raised.select(LIVED.keys()))


def test_ten_thousand_families_are_under_15_mb_and_usable_within_two_seconds(watched, tmp_path):
    """The seconds are the page's own (its main thread's), so that other work on the machine does not count."""
    file = tmp_path / "report.html"
    file.write_bytes(report_page(crowd(10_000)))
    assert file.stat().st_size < 15_000_000
    session = watched.page.context.new_cdp_session(watched.page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def busy() -> float:
        metrics = session.send("Performance.getMetrics")["metrics"]
        return {metric["name"]: metric["value"] for metric in metrics}["TaskDuration"]

    page = watched.open(file)
    opened = busy()
    assert 0 < opened < 2
    page.fill("#exceptions input[name=search]", "f009999")
    assert page.locator("#exceptions [role=status]").inner_text() == "3 of 30,000 exceptions"
    searched = busy()
    assert searched - opened < 2
    page.locator("#exceptions button[data-family]").first.click()
    page.wait_for_selector("dialog[open]")
    assert busy() - searched < 2
