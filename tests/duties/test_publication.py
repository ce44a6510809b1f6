"""A table that cannot be un-suppressed: it is solved here by a reader who knows how many families each team has."""

import random
from itertools import combinations_with_replacement, product

import polars as pl
import pytest

from reconciliation.publication import ALL_TEAMS, FAILINGS, NO_TEAM, SIMILAR, SUPPRESSED, scrutiny
from tests.duties.made import policy_with

PATTERNS = tuple(product((False, True), repeat=len(FAILINGS)))
NEEDED = 3


def dice(seed):
    return random.Random(seed)


def published(council, threshold):
    """The table as {(team, measure): text} of a council {team: [the failings of each family]}."""
    rows = [(f"{team}{n}", team, *bits) for team, families in council.items() for n, bits in enumerate(families)]
    schema = {"family_id": pl.String, "team": pl.String, **dict.fromkeys(FAILINGS, pl.Boolean)}
    families = pl.DataFrame(rows, schema=schema, orient="row")
    failings = pl.sum_horizontal(FAILINGS)
    lookback = families.drop("team").with_columns(failings=failings, similar=failings >= NEEDED)
    policy = policy_with("publication", threshold=threshold)
    table = scrutiny(lookback, families.select("family_id", team=pl.col("team").replace(NO_TEAM, None)), policy)
    return {(team, measure): count for team, measure, count in table.rows()}


def counted(families):
    return [sum(column) for column in zip(*families, strict=True)]


def by_measure(council, threshold):
    """Each failing as (total or None, {team: shown count or None}, {team: true count})."""
    table = published(council, threshold)
    truth = {team: dict(zip(FAILINGS, counted(families), strict=True)) for team, families in council.items()}
    for measure in FAILINGS:
        shown = {team: _number(table[team, measure]) for team in council}
        yield _number(table[ALL_TEAMS, measure]), shown, {team: truth[team][measure] for team in council}


def _number(text):
    return None if text == SUPPRESSED else int(text)


def possible(total, shown, sizes):
    """Every value that each suppressed count of one measure could have, by trying them all."""
    hidden = [team for team, count in shown.items() if count is None]
    values = {team: set() for team in hidden}
    known = sum(count for count in shown.values() if count is not None)
    for guess in product(*(range(sizes[team] + 1) for team in hidden)):
        if total is None or known + sum(guess) == total:
            for team, count in zip(hidden, guess, strict=True):
                values[team].add(count)
    return values


def random_council(chance, teams, most):
    """Teams of all sizes, with failings that are rare, common or universal in each of them."""
    how_common = (0.0, 0.1, 0.5, 0.9, 1.0)
    council = {}
    for team in "ABCDEF"[:teams]:
        odds = [chance.choice(how_common) for _ in FAILINGS]
        size = chance.randint(1, most)
        council[team] = [tuple(chance.random() < odd for odd in odds) for _ in range(size)]
    return council


@pytest.mark.parametrize("seed", range(60))
def test_no_suppressed_count_can_be_worked_out_nor_nearly(seed):
    """Each could be any of more than `threshold` values, or all from nobody to everybody in a smaller team."""
    chance = dice(seed)
    threshold = chance.choice((2, 3, 5))
    council = random_council(chance, chance.randint(1, 4), 9)
    sizes = {team: len(families) for team, families in council.items()}
    for total, shown, truth in by_measure(council, threshold):
        for team, values in possible(total, shown, sizes).items():
            assert truth[team] in values
            assert len(values) > min(threshold, sizes[team]), (council, shown, total)


@pytest.mark.parametrize("seed", range(60))
def test_what_is_shown_is_true_and_never_small(seed):
    chance = dice(seed)
    council = random_council(chance, chance.randint(1, 6), 30)
    for total, shown, truth in by_measure(council, 5):
        assert all(count is None or count == truth[team] for team, count in shown.items())
        assert all(count not in range(1, 5) for count in (total, *shown.values()))
        assert total is None or total == sum(truth.values())


@pytest.mark.parametrize(
    "council",
    [
        {"A": [(True,) * 5] * 3},
        {"A": [(True,) * 5] * 3, "B": [(False,) * 5] * 9},
        {"A": [(True,) * 5] * 3, "B": [(True,) * 5] * 9},
        {"A": [(True,) * 5] * 1, "B": [(True,) * 5] * 1, "C": [(True,) * 5] * 3},
        {"A": [(True,) * 5] * 4, "B": [(True,) * 5, (False,) * 5], "C": [(False,) * 5] * 20},
        {"A": [(True,) * 5] * 4 + [(False,) * 5] * 5, "B": [(True,) * 5]},
    ],
    ids=["one team", "nobody elsewhere", "everybody", "only small", "tiny partner", "large beside tiny"],
)
def test_nasty_tables_hold_too(council):
    sizes = {team: len(families) for team, families in council.items()}
    for total, shown, _ in by_measure(council, 5):
        for team, values in possible(total, shown, sizes).items():
            assert len(values) > min(5, sizes[team])


def similar_too(council, table):
    """Every value of each suppressed count that fits the whole table, the number of similar families included.

    All ways in which the families of each team can have failings are tried, so nothing that ties the failings to each
    other and to `similar` escapes.
    """
    similar = _number(table[ALL_TEAMS, SIMILAR])
    ways = []
    for team, families in council.items():
        shown = [_number(table[team, measure]) for measure in FAILINGS]
        fits = set()
        for families_guess in combinations_with_replacement(PATTERNS, len(families)):
            counts = counted(families_guess)
            if all(seen is None or seen == count for seen, count in zip(shown, counts, strict=True)):
                fits.add((*counts, sum(sum(bits) >= NEEDED for bits in families_guess)))
        ways.append(fits)
    totals = [_number(table[ALL_TEAMS, measure]) for measure in FAILINGS] + [similar]
    found = {(team, measure): set() for team in council for measure in FAILINGS}
    for guess in product(*ways):
        sums = [sum(column) for column in zip(*guess, strict=True)]
        if all(total is None or total == added for total, added in zip(totals, sums, strict=True)):
            for team, counts in zip(council, guess, strict=True):
                for measure, count in zip(FAILINGS, counts, strict=False):
                    found[team, measure].add(count)
    return {cell: values for cell, values in found.items() if table[cell] == SUPPRESSED}


@pytest.mark.parametrize("seed", range(120))
def test_the_number_of_similar_families_gives_nothing_away(seed):
    chance = dice(seed)
    council = random_council(chance, chance.randint(1, 3), 3)
    table = published(council, threshold=2)
    for (team, _), values in similar_too(council, table).items():
        assert len(values) > min(2, len(council[team]))


def test_similar_is_suppressed_where_it_would_tell_a_suppressed_count():
    """All of A and none of B are owed and without a plan, so similar families are A's families without a carer plan."""
    a = [(True, True, True, False, False)] * 5 + [(True, True, False, False, False)] * 4
    b = [(False, False, True, False, False)] * 2 + [(False,) * 5] * 8
    table = published({"A": a, "B": b}, threshold=5)
    assert table["A", "carer"] == table["B", "carer"] == SUPPRESSED
    assert table[ALL_TEAMS, "carer"] == "7"
    assert table[ALL_TEAMS, SIMILAR] == SUPPRESSED


def test_a_county_with_a_few_small_counts_still_tells_how_many_are_similar():
    chance = dice(1)
    odds = (0.3, 0.3, 0.2, 0.05, 0.1)
    council = {
        team: [tuple(chance.random() < odd for odd in odds) for _ in range(size)]
        for team, size in {"North": 300, "South": 250, "Small": 30, "Tiny": 20}.items()
    }
    table = published(council, threshold=5)
    assert SUPPRESSED in table.values()
    assert int(table[ALL_TEAMS, SIMILAR]) == sum(sum(bits) >= NEEDED for team in council.values() for bits in team)


def test_families_without_a_team_are_counted_together():
    table = published({NO_TEAM: [(True,) * 5] * 6}, threshold=5)
    assert table[NO_TEAM, "owed"] == "6"
    assert table[ALL_TEAMS, "families"] == "6"


def test_a_team_cannot_pass_for_the_total():
    table = published({ALL_TEAMS: [(True,) * 5] * 6, "B": [(True,) * 5] * 7}, threshold=5)
    assert (table[ALL_TEAMS, "owed"], table[NO_TEAM, "owed"]) == ("13", "6")


def test_too_few_families_to_count_are_not_counted():
    assert set(published({"A": [(True,) * 5] * 4}, threshold=5).values()) == {SUPPRESSED}
