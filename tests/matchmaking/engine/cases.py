"""Small cases for the tests of the engine, and how hypothesis draws them."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import strategies as st

from matchmaking.engine.model import Host, Supply, Visitor, Weights

MONDAY = date(2021, 9, 6)
WEIGHTS = Weights(technologies=40, cross_sector=20, purposes=10, preferred_country=10, dates=10, first_time=10)

VISITOR = Visitor(
    id=1,
    organisation="Tessuti",
    country="IT",
    type="sme",
    sectors=frozenset({"Textile manufacturing"}),
    technologies_sought=frozenset({"weaving", "lasers"}),
    purposes=frozenset({"Take up new technologies"}),
    preferred_countries=frozenset({"ES"}),
    languages=frozenset({"it", "en"}),
    windows=((MONDAY, MONDAY + timedelta(days=13)),),
    days=3,
    first_time=True,
)
HOST = Host(
    id=1,
    organisation="Trenes",
    country="ES",
    type="scaling_up",
    sectors=frozenset({"Transportation and logistics"}),
    technologies_offered=frozenset({"lasers", "plastics"}),
    purposes=frozenset({"Take up new technologies"}),
    languages=frozenset({"es", "en"}),
    windows=((MONDAY + timedelta(days=2), MONDAY + timedelta(days=30)),),
    capacity_left=1,
)


def hosts_like(number: int, **changes: object) -> list[Host]:
    """Return hosts that differ only in id and organisation."""
    return [replace(HOST, id=each + 100, organisation=f"Trenes {each}", **changes) for each in range(number)]


def supply_of(hosts: list[Host]) -> Supply:
    """Count what hosts offer."""
    words = {technology for host in hosts for technology in host.technologies_offered}
    return Supply(len(hosts), {word: sum(word in host.technologies_offered for host in hosts) for word in words})


def words(*choice):
    return st.frozensets(st.sampled_from(choice))


def mostly(usual, *seldom):
    """Draw the usual value four times out of five: among evenly drawn cases hardly any keeps all the rules."""
    return st.sampled_from([usual] * (4 * len(seldom)) + list(seldom))


def seldom(*choice):
    """Draw some of the words one time in five, else none."""
    return mostly(frozenset(), *(frozenset({word}) for word in choice), frozenset(choice))


SOME, HARDLY_ANY = mostly(1, 0, 2, 3), mostly(0, 1, 2)


@st.composite
def window_lists(draw, numbers):
    begins = [MONDAY + timedelta(days=draw(st.integers(0, 20))) for _ in range(draw(numbers))]
    return tuple((day, day + timedelta(days=draw(mostly(20, 0, 2, 6, 11)))) for day in begins)


PLACES = [None, (43.88, 11.1), (50.77, 15.06), (38.72, -9.14), (41.0, 28.9), (-33.9, 151.2)]
COMMON = {
    "sectors": words("textile", "rail", "plastics"),
    "purposes": words("learn", "grow", "sell"),
    "windows": window_lists(SOME),
    "eligible": mostly(True, False),
    "excluded_countries": seldom("IT", "ES", "DE", "FR"),
    "partner_types": seldom("sme", "cluster", "large"),
    "wary_countries": seldom("IT", "ES", "DE"),
    "wary_types": seldom("sme", "large"),
    "wary_technologies": seldom("weaving", "lasers", "robots"),
    "place": st.sampled_from(PLACES),
    "need": st.sampled_from([0, 0.3333, 0.5, 1]),
}
TECHNOLOGIES = ("weaving", "lasers", "sewing", "robots", *(f"technology {number}" for number in range(70)))


def visitors(**fixed):
    return st.builds(
        Visitor,
        **COMMON
        | {
            "id": st.integers(1, 9),
            "organisation": st.sampled_from(["A", "B", "C"]),
            "country": st.sampled_from(["IT", "ES", "DE"]),
            "type": mostly("sme", "cluster"),
            "sectors_sought": words("textile", "rail", "plastics"),
            "technologies_sought": st.frozensets(st.sampled_from(TECHNOLOGIES), max_size=5),
            "preferred_countries": words("IT", "ES", "FR"),
            "languages": mostly(frozenset({"en"}), frozenset(), frozenset({"it"}), frozenset({"en", "it", "es"})),
            "days": mostly(3, 1, 5, 6),
            "first_time": st.booleans(),
            "declined": mostly(frozenset(), frozenset({1, 2, 3})),
        }
        | {name: st.just(value) for name, value in fixed.items()},
    )


hosts = st.builds(
    Host,
    **COMMON
    | {
        "id": st.integers(1, 30),
        "organisation": mostly("D", "A", "E"),
        "country": st.sampled_from(["IT", "ES", "FR", "PT"]),
        "type": mostly("sme", "large", "cluster"),
        "sectors_offered": words("textile", "rail", "paper"),
        "full_windows": window_lists(HARDLY_ANY),
        "technologies_offered": st.frozensets(st.sampled_from(TECHNOLOGIES), max_size=20),
        "languages": mostly(frozenset({"en"}), frozenset(), frozenset({"it"}), frozenset({"en", "it", "fr"})),
        "capacity_left": mostly(1, 0, -1, 2),
    },
)
host_lists = st.lists(hosts, max_size=12, unique_by=lambda host: host.id)
visitor_lists = st.lists(visitors(), max_size=6, unique_by=lambda visitor: visitor.id)
figures = st.sampled_from([0, 1, 2.5, 10, 40])
all_weights = st.builds(Weights, *([figures] * 10))
