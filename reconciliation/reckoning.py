"""The paragraph of the core: the records of a position in, every figure of it out."""

from collections.abc import Mapping

import polars as pl

from reconciliation.accounts import Each, accounts, in_threads
from reconciliation.alone import Neighbours
from reconciliation.escalation import briefing
from reconciliation.exceptions import raise_all
from reconciliation.identify import identified, named_among_several
from reconciliation.lookback import lookback
from reconciliation.misposting import mispostings, open_instalments, payee_mismatches
from reconciliation.policy import Policy
from reconciliation.position import Position
from reconciliation.promises import promised
from reconciliation.publication import scrutiny
from reconciliation.remedies import compensation
from reconciliation.results import Facts, Money, Results
from reconciliation.shapes import QUARANTINE, empty
from reconciliation.standing import doubted_rows, with_standing
from reconciliation.suspense import suspense
from reconciliation.visibility import visible


def reckon(
    versions: Mapping[str, pl.DataFrame],
    policy: Policy,
    position: Position,
    quarantined: pl.DataFrame | None = None,
    neighbours: Neighbours | None = None,
    each: Each = in_threads,
) -> Results:
    """Everything the rules say of all families at a position.

    `versions` holds every version of every record, typed, by record name; `quarantined` (shape QUARANTINE) the rows
    that are still in doubt. `neighbours` is given when `versions` hold one family's rows only: what everyone else's
    money looks like to it. `each` works out the shards of the council. Raises `Refusal` when an entitlement uses a
    schedule that the policy lacks.
    """
    facts = _facts(versions, policy, position, neighbours, each)
    money, promises, raised = facts.money, facts.promises, raise_all(facts)
    quarantined = empty(QUARANTINE) if quarantined is None else quarantined
    standing = with_standing(money.balances, doubted(facts, raised, quarantined), raised, promises)
    looked_back = lookback(facts, raised)
    return Results(
        position=position,
        policy=policy,
        records=facts.records,
        money=money,
        balances=standing,
        suspense=suspense(money.movements, money.families, money.open_instalments),
        promises=promises,
        raised=raised,
        compensation=compensation(facts, money.interest),
        briefing=briefing(facts),
        lookback=looked_back,
        scrutiny=scrutiny(looked_back, money.families, policy),
    )


def raised_at(
    versions: Mapping[str, pl.DataFrame], policy: Policy, position: Position, each: Each = in_threads
) -> pl.DataFrame:
    """The exceptions of a position alone, shape RAISED: for what is new since, and what was cleared."""
    return raise_all(_facts(versions, policy, position, None, each))


def _facts(
    versions: Mapping[str, pl.DataFrame],
    policy: Policy,
    position: Position,
    neighbours: Neighbours | None,
    each: Each,
) -> Facts:
    records = visible(versions, position)
    money = reckon_money(records, policy, position, each)
    if neighbours is not None:
        money = neighbours.beside(money)
    promises = promised(records["promises"], money.movements, position)
    return Facts(position, policy, records, active_lines(records, position), money, promises)


def reckon_money(records: dict[str, pl.DataFrame], policy: Policy, position: Position, each: Each) -> Money:
    """Rules §1–§4 over the visible records."""
    families = records["families"]
    found = accounts(records, identified(records["transactions"], families), policy, position, each)
    return Money(families=families, open_instalments=open_instalments(found.instalments), **vars(found))


def active_lines(records: dict[str, pl.DataFrame], position: Position) -> pl.DataFrame:
    """Active weekly entitlements of visible families, entitled on `as_of` whatever the percent (rules §6)."""
    day = pl.lit(position.as_of)
    still = pl.min_horizontal("effective_to", "closed_on")
    return (
        records["entitlements"]
        .filter(pl.col("kind") == "weekly", pl.col("status") == "active", pl.col("effective_from") <= day)
        .join(records["families"].select("family_id", "closed_on"), on="family_id", maintain_order="left")
        .filter(still.is_null() | (still >= day))
        .drop("closed_on")
    )


def doubted(facts: Facts, raised: pl.DataFrame, quarantined: pl.DataFrame) -> pl.DataFrame:
    """`family_id` of every family whose figures cannot be trusted tonight (rules §3, *cannot tell*)."""
    money, window = facts.money, facts.policy.matching.window_days
    lost = money.movements.filter(pl.col("family_id").is_null())
    mixed_up = [
        mispostings(money.loose_payments, money.open_instalments, window),
        payee_mismatches(money.movements, money.families),
    ]
    sides = [pairs.select(family_id=side) for pairs in mixed_up for side in ("family_id", "other_family_id")]
    return pl.concat(
        [
            *sides,
            doubted_rows(quarantined, facts.position.known_on),
            raised.filter(pl.col("code") == "UNMATCHED_RETURN").select("family_id"),
            named_among_several(lost, money.families).select("family_id"),
        ]
    ).unique()
