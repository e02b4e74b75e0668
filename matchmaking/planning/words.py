"""What the pages of plans say: how good a plan is, what is missing, what each target costs, where its pairs lead."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django_countries import countries

from extratex.shared.reasons import Reason
from matchmaking import pages, run_pages
from matchmaking.models import Candidature, PairWish, Plan, PlannedPair
from matchmaking.words import listed, merit_in_words

type Fact = tuple[str, str]

PERCENT = 100
TINY_PERCENT = 0.05


@dataclass(frozen=True)
class Goal:
    """One target of a plan: asked, there already, added by the plan, missing; ready for components/bar.html."""

    label: str
    asked: int
    made: int
    added: int
    missing: int

    @property
    def parts(self) -> list[dict[str, Any]]:
        """Return what is there and what the plan adds as the parts of a bar."""
        return [{"label": _("there already"), "value": self.made}, {"label": _("by this plan"), "value": self.added}]

    @property
    def text(self) -> str:
        """Say how far the plan comes."""
        return _("%(reached)s of %(asked)s") % {"reached": self.made + self.added, "asked": self.asked}


@dataclass(frozen=True)
class CountryRow:
    """What a plan holds for one country of hosts."""

    code: str
    name: str
    pairs: int
    cost: Decimal


def quality_of(plan: Plan) -> str:
    """Say in plain words how good the plan provably is."""
    figures = plan.figures
    if figures["status"] == "optimal":
        return _("This is the best plan there is: it is proven that no other one under these limits scores more.")
    gap = PERCENT * figures["gap"]
    if figures["shortfall"] > figures["least_shortfall"]:
        return _(
            "The time was over before it was proven that no plan comes nearer to the targets. Let it search longer."
        )
    return _(
        "No plan under these limits scores more than %(bound)s. This one lacks at most %(gap)s %% of that; searching "
        "longer may narrow it down."
    ) % {"bound": _number(figures["upper_bound"], 1), "gap": _number(gap, 2 if gap >= TINY_PERCENT else 3)}


def goals_of(plan: Plan) -> list[Goal]:
    """Return the targets that the plan was asked for, with what is there already and what it adds."""
    figures = plan.figures
    made, missing = figures["made"], figures["shortfalls"]
    names = {
        "sme": (_("Visits by small and medium-sized companies"), plan.min_sme),
        "non_member": (_("Visitors from outside the partnerships"), plan.min_non_member),
        "cross_sector": (_("Across sectors"), figures["cross_sector"] + missing["cross_sector"]),
    }
    if not plan.min_cross_sector_share:
        del names["cross_sector"]
    goals = [
        Goal(label, asked, made[name], figures[name] - made[name], missing[name])
        for name, (label, asked) in names.items()
        if asked
    ]
    if plan.max_exchanges:
        goals.insert(0, Goal(_("Exchanges, at most"), plan.max_exchanges, made["all"], figures["pairs"], 0))
    return goals


def shortage_of(plan: Plan) -> list[str]:
    """Say why targets are missed: what is missing, and how many visitors could have met them."""
    figures = plan.figures
    made, possible = figures["made"], figures["possible"]
    sentences = {
        "sme": _(
            "%(missing)s more visits by SMEs would be needed. Of your visitors that have not travelled, %(possible)s "
            "SMEs suit a host with a place left; %(made)s count already."
        ),
        "non_member": _(
            "%(missing)s more visitors from outside the partnerships would be needed. Of your visitors that have not "
            "travelled, %(possible)s such suit a host with a place left; %(made)s count already."
        ),
        "cross_sector": _(
            "%(missing)s more exchanges across sectors would be needed. %(possible)s of your visitors suit a host of "
            "another sector; %(made)s count already."
        ),
    }
    return [
        sentence % {"missing": missing, "possible": possible[name], "made": made[name]}
        for name, sentence in sentences.items()
        if (missing := figures["shortfalls"][name])
    ]


def prices_of(plan: Plan) -> list[str]:
    """Say what a step down or up of each limit would do: "30 instead of 28 … lowers the score by 1.2 %"."""
    return [_price_in_words(price) for price in plan.figures["prices"] if not _is_free(price)]


def free_limits_of(plan: Plan) -> str:
    """Name the limits that may be moved a step without any change; nothing where there is none."""
    names = {
        "min_sme": _("visits by SMEs"),
        "min_non_member": _("visitors from outside the partnerships"),
        "min_cross_sector_share": _("the share across sectors"),
        "max_exchanges": _("the number of exchanges"),
        "budget": _("the money"),
    }
    prices = plan.figures["prices"]
    dear = {price["key"] for price in prices if not _is_free(price)}
    free = [name for key, name in names.items() if key not in dear and any(price["key"] == key for price in prices)]
    return _("A step more or less changes nothing for: %(limits)s.") % {"limits": listed(free)} if free else ""


def _is_free(price: dict[str, Any]) -> bool:
    is_same = price["percent"] is None or abs(price["percent"]) < TINY_PERCENT
    return is_same and not price["shortfall_change"] and price["certain"]


def _price_in_words(price: dict[str, Any]) -> str:
    values = {"other": _limit(price["key"], price["other"]), "value": _limit(price["key"], price["value"])}
    change = {
        "min_sme": _("%(other)s visits by SMEs instead of %(value)s"),
        "min_non_member": _("%(other)s visitors from outside the partnerships instead of %(value)s"),
        "min_cross_sector_share": _("%(other)s across sectors instead of %(value)s"),
        "max_exchanges": _("At most %(other)s exchanges instead of %(value)s"),
        "budget": _("EUR %(other)s instead of %(value)s"),
    }[price["key"]] % values
    sentence = _("%(change)s: %(effect)s.") % {"change": change, "effect": _effect(price)}
    return (
        sentence
        if price["certain"]
        else _("%(sentence)s (Estimated: not all of it is proven.)") % {"sentence": sentence}
    )


def _effect(price: dict[str, Any]) -> str:
    percent, short = price["percent"], price["shortfall_change"]
    effects = []
    if short > 0:
        effects.append(_("the targets are missed by %(number)s more") % {"number": short})
    if short < 0:
        effects.append(_("the targets are missed by %(number)s less") % {"number": -short})
    if percent is None or abs(percent) < TINY_PERCENT:
        effects.append(_("the score stays the same"))
    else:
        words = _("lowers the score by %(percent)s %%") if percent < 0 else _("raises the score by %(percent)s %%")
        effects.append(words % {"percent": _number(abs(percent), 1)})
    return _(" and ").join(effects)


def _limit(key: str, value: float) -> str:
    if key == "min_cross_sector_share":
        return f"{_number(PERCENT * value, 0)} %"
    return _number(value, 2 if key == "budget" else 0)


def _number(value: float, places: int) -> str:
    return str(number_format(value, decimal_pos=places, use_l10n=True, force_grouping=True))


def totals_of(plan: Plan) -> list[Fact]:
    """Return what a plan adds up to."""
    figures = plan.figures
    cost = Decimal(str(figures["total_cost"])) - Decimal(figures["made"]["cost"])
    return [
        (_("Pairs"), _number(figures["pairs"], 0)),
        (_("Score of all pairs"), _number(figures["total_score"], 1)),
        (_("No plan scores more than"), _number(figures["upper_bound"], 1)),
        (_("Lump sums of these pairs (EUR)"), _number(float(cost), 2)),
        (_("Lump sums of what is under way and not committed (EUR)"), _number(float(figures["made"]["cost"]), 2)),
    ]


def choice_of(plan: Plan) -> str:
    """Say what the plan could choose from."""
    return _(
        "Chosen from %(candidates)s possible pairs of %(visitors)s visitors and %(hosts)s hosts. Visitors that have "
        "travelled, or are about to, are left out: %(visited)s."
    ) % {name: _number(plan.figures[name], 0) for name in ("candidates", "visitors", "hosts", "visited")}


def limits_of(plan: Plan) -> list[Fact]:
    """Return what the plan was asked for."""
    names = run_pages.wishes()
    weights = plan.parameters["weights"]
    return [
        (_("Exchanges at most"), "" if plan.max_exchanges is None else str(plan.max_exchanges)),
        (_("Money (EUR)"), "" if plan.budget is None else _number(float(plan.budget), 2)),
        (_("Visits by SMEs"), str(plan.min_sme)),
        (_("Visitors from outside"), str(plan.min_non_member)),
        (_("Across sectors"), f"{_number(PERCENT * float(plan.min_cross_sector_share), 0)} %"),
        (_("Seconds to search"), str(plan.seconds)),
        (_("Weights"), ", ".join(f"{label} {weights[name]:g}" for name, label in names.items() if name in weights)),
    ]


def refused_locks(plan: Plan) -> list[tuple[str, str]]:
    """Return the locked pairs that the plan could not hold, each with the reason."""
    refused = plan.parameters.get("refused", [])
    keys = {each[side] for each in refused for side in ("visitor", "host")}
    named = Candidature.objects.filter(pk__in=keys).select_related("organisation").in_bulk()
    return [
        (
            " → ".join(named[key].organisation.legal_name for key in (each["visitor"], each["host"]) if key in named),
            merit_in_words(Reason.from_json(each["reason"])),
        )
        for each in refused
    ]


def countries_of(plan: Plan) -> list[CountryRow]:
    """Return how many visits lead to which country, most first (one query)."""
    counted = plan.pairs.order_by().values("host__organisation__country").annotate(pairs=Count("pk"), cost=Sum("cost"))
    rows = [
        CountryRow(code, str(countries.name(code)), row["pairs"], row["cost"])
        for row in counted
        if (code := row["host__organisation__country"])
    ]
    return sorted(rows, key=lambda row: (-row.pairs, row.name))


def with_whys(plan: Plan, pairs: Iterable[PlannedPair]) -> list[tuple[PlannedPair, list[pages.Why]]]:
    """Return pairs with the reasons that make their score."""
    rows = list(pairs)
    return list(zip(rows, pages.whys_of_pairs(rows, plan.partnership.wave, plan.parameters), strict=True))


def wish_by_pair(wishes: Iterable[PairWish]) -> dict[tuple[int, int], PairWish]:
    """Return the wishes by the keys of visitor and host."""
    return {(wish.visitor_id, wish.host_id): wish for wish in wishes}
