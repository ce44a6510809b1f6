"""The paragraph of the core: the records of a position in, every figure of it out."""

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from reconciliation.accounts import Settling, accounts
from reconciliation.alone import Neighbours, narrowed
from reconciliation.escalation import briefing
from reconciliation.exceptions import raise_all
from reconciliation.exceptions.assurance import families_in_payment, plans_in_use, stalled_vacancies
from reconciliation.identify import named_among_several
from reconciliation.lookback import lookback
from reconciliation.misposting import mispostings, open_instalments, payee_mismatches
from reconciliation.policy import Policy
from reconciliation.position import Position
from reconciliation.promises import promised
from reconciliation.publication import scrutiny
from reconciliation.remedies import compensation
from reconciliation.results import Facts, Known, Money, Results
from reconciliation.shapes import QUARANTINE, SCRUTINY, SUSPENSE, empty
from reconciliation.shards import in_shards
from reconciliation.standing import doubted_rows, with_standing
from reconciliation.suspense import suspense
from reconciliation.visibility import visible


def reckon(
    versions: Mapping[str, pl.DataFrame],
    policy: Policy,
    position: Position,
    quarantined: pl.DataFrame | None = None,
    settling: Settling = in_shards,
) -> Results:
    """Everything the rules say of all families at a position.

    `versions` holds every version of every record, typed, by record name; `quarantined` (shape QUARANTINE) the rows
    that are still in doubt; `settling` is how rules §1–§3 are worked out: here, elsewhere, or only where need be.
    Raises `Refusal` when an entitlement uses a schedule that the policy lacks.
    """
    found = _of_families(_facts(versions, policy, position, settling), quarantined)
    money = found.money
    return replace(
        found,
        suspense=suspense(money.movements, money.families, money.open_instalments),
        scrutiny=scrutiny(found.lookback, money.families, policy),
    )


def reckon_alone(
    versions: Mapping[str, pl.DataFrame],
    policy: Policy,
    position: Position,
    quarantined: pl.DataFrame,
    neighbours: Neighbours,
) -> Results:
    """What `reckon` says of one family, from the versions that its position can depend on; no other family's rows.

    `neighbours` is what everyone else's money looks like to it. Raises `Refusal` as `reckon` does.
    """
    facts = _facts(versions, policy, position, neighbours=neighbours)
    return narrowed(_of_families(facts, quarantined), neighbours.family_id)


def _of_families(facts: Facts, quarantined: pl.DataFrame | None) -> Results:
    """All but what belongs to no family: `suspense` and `scrutiny` are left empty."""
    money, promises, raised = facts.money, facts.promises, raise_all(facts)
    quarantined = empty(QUARANTINE) if quarantined is None else quarantined
    return Results(
        position=facts.position,
        policy=facts.policy,
        records=facts.records,
        money=money,
        balances=with_standing(money.balances, doubted(facts, raised, quarantined), raised, promises),
        suspense=empty(SUSPENSE),
        promises=promises,
        raised=raised,
        compensation=compensation(facts, money.interest),
        briefing=facts.briefing,
        lookback=lookback(facts, raised),
        scrutiny=empty(SCRUTINY),
    )


def raised_at(
    versions: Mapping[str, pl.DataFrame], policy: Policy, position: Position, settling: Settling = in_shards
) -> pl.DataFrame:
    """The exceptions of a position alone, shape RAISED: for what is new since, and what was cleared."""
    return raise_all(_facts(versions, policy, position, settling))


def _facts(
    versions: Mapping[str, pl.DataFrame],
    policy: Policy,
    position: Position,
    settling: Settling = in_shards,
    neighbours: Neighbours | None = None,
) -> Facts:
    records = visible(versions, position)
    money = reckon_money(records, policy, position, settling)
    if neighbours is not None:
        money = neighbours.beside(money)
    promises = promised(records["promises"], money.movements, position)
    known = Known(position, policy, records, active_lines(records, position), money, promises)
    in_payment = families_in_payment(known.active_lines)
    return Facts(
        **vars(known),
        in_payment=in_payment,
        plans_in_use=plans_in_use(records["plans"], in_payment),
        stalled_vacancies=stalled_vacancies(known),
        mispostings=mispostings(money.loose_payments, money.open_instalments, policy.matching.window_days),
        payee_mismatches=payee_mismatches(money.movements, money.families),
        briefing=briefing(known),
    )


def reckon_money(records: dict[str, pl.DataFrame], policy: Policy, position: Position, settling: Settling) -> Money:
    """Rules §1–§4 over the visible records."""
    found = accounts(records, policy, position, settling)
    return Money(families=records["families"], open_instalments=open_instalments(found.instalments), **vars(found))


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
    lost = facts.money.movements.filter(pl.col("family_id").is_null())
    mixed_up = [
        pairs[side].alias("family_id")
        for pairs in (facts.mispostings, facts.payee_mismatches)
        for side in ("family_id", "other_family_id")
    ]
    return (
        pl.concat(
            [
                *mixed_up,
                doubted_rows(quarantined, facts.position.known_on)["family_id"],
                raised.filter(pl.col("code") == "UNMATCHED_RETURN")["family_id"],
                *([] if lost.is_empty() else [named_among_several(lost, facts.money.families)["family_id"]]),
            ]
        )
        .unique()
        .to_frame()
    )
