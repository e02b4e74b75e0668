"""What the planning asks from below: which exchanges of a partnership count already, and what a stay costs today."""

from collections.abc import Collection, Mapping
from decimal import Decimal

from clusters.enums import OrganisationType
from clusters.models import Partnership
from exchanges import cockpit
from exchanges.enums import COMMITTED_STATUSES, Mode
from exchanges.models import Exchange
from exchanges.queries import place_of, rules_on
from exchanges.rules.distance import distance_between
from exchanges.rules.outlook import look_ahead
from extratex.shared import clock
from matchmaking.standing import Made, Stay, StaySum

NOTHING = Decimal(0)


def made_by(partnership: Partnership) -> list[Made]:
    """Return the exchanges that the cockpit counts; what is not committed yet will still take its sum."""
    rows = list(cockpit.live(partnership).select_related("visitor", "host", "proposal__visitor"))
    open_rows = [row for row in rows if row.status not in COMMITTED_STATUSES and row.mode == Mode.PHYSICAL]
    sums = sums_of({_stay_of(row) for row in open_rows})
    costs = {row.pk: _cost_of(row, sums) for row in open_rows}
    return [
        Made(
            sme=row.visitor.type == OrganisationType.SME,
            member=row.visitor.is_cluster_member,
            cross_sector=row.cross_sector,
            cost=costs.get(row.pk, NOTHING),
        )
        for row in rows
    ]


def sums_of(stays: Collection[Stay]) -> dict[Stay, StaySum]:
    """Return what stays of so many working days cost in a country, far away and nearby."""
    if not stays:
        return {}
    today = clock.today()
    rules = rules_on(today)
    near_km = float(rules.settings.full_sum_distance_km)
    outlooks = {
        (country, days): look_ahead(country=country, working_days=days, begins=today, rules=rules)
        for country, days in stays
    }
    return {
        stay: StaySum(outlook.far.amount, outlook.near.amount, near_km)
        for stay, outlook in outlooks.items()
        if not outlook.problems
    }


def _stay_of(row: Exchange) -> Stay:
    return row.host.country.code, row.proposal.visitor.days


def _cost_of(row: Exchange, sums: Mapping[Stay, StaySum]) -> Decimal:
    """Return the sum that is signed, or what the stay would cost as the visitor has wished it."""
    if row.lump_sum is not None:
        return row.lump_sum
    found = sums.get(_stay_of(row))
    if found is None:
        return NOTHING
    km = float(distance_between(place_of(row.visitor), place_of(row.host)).km)
    return found.near if km < found.near_km else found.far
