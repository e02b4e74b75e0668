"""Small cases for the tests of the engine, and how hypothesis draws them."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import strategies as st

from matchmaking.engine.model import Host, Visitor, Weights

MONDAY = date(2021, 9, 6)
WEIGHTS = Weights(technologies=40, cross_sector=20, purposes=10, preferred_country=10, dates=10, first_time=10)

VISITOR = Visitor(
    id="v",
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
    id="h",
    organisation="Trenes",
    country="ES",
    type="scaling_up",
    sectors=frozenset({"Transportation and logistics"}),
    technologies_offered=frozenset({"lasers", "plastics"}),
    purposes=frozenset({"Take up new technologies"}),
    languages=frozenset({"es", "en"}),
    windows=((MONDAY + timedelta(days=2), MONDAY + timedelta(days=30)),),
    capacity_left=1,
    eligible=True,
)


def hosts_like(number: int, **changes: object) -> list[Host]:
    """Return hosts that differ only in id and organisation."""
    return [replace(HOST, id=f"h{each:02}", organisation=f"Trenes {each}", **changes) for each in range(number)]


def words(*choice):
    return st.frozensets(st.sampled_from(choice))


def mostly(usual, *seldom):
    """Draw the usual value four times out of five: among evenly drawn cases hardly any keeps all the rules."""
    return st.sampled_from([usual] * (4 * len(seldom)) + list(seldom))


@st.composite
def window_lists(draw):
    begins = [MONDAY + timedelta(days=draw(st.integers(0, 20))) for _ in range(draw(mostly(1, 0, 2, 3)))]
    return tuple((day, day + timedelta(days=draw(mostly(20, 0, 2, 6, 11)))) for day in begins)


def visitors(name="v"):
    return st.builds(
        Visitor,
        id=st.just(name),
        organisation=st.sampled_from(["A", "B", "C"]),
        country=st.sampled_from(["IT", "ES", "DE"]),
        type=st.just("sme"),
        sectors=words("textile", "rail"),
        technologies_sought=words("weaving", "lasers", "sewing", "robots"),
        purposes=words("learn", "grow"),
        preferred_countries=words("IT", "ES", "FR"),
        languages=mostly(frozenset({"en"}), frozenset(), frozenset({"it"}), frozenset({"en", "it", "es"})),
        windows=window_lists(),
        days=mostly(3, 1, 5, 6),
        first_time=st.booleans(),
    )


hosts = st.builds(
    Host,
    id=st.text("abc", min_size=1, max_size=3),
    organisation=mostly("D", "A", "E"),
    country=st.sampled_from(["IT", "ES", "FR", "PT"]),
    type=st.just("sme"),
    sectors=words("textile", "rail", "plastics"),
    technologies_offered=words("weaving", "lasers", "sewing"),
    purposes=words("learn", "grow"),
    languages=mostly(frozenset({"en"}), frozenset(), frozenset({"it"}), frozenset({"en", "it", "fr"})),
    windows=window_lists(),
    capacity_left=mostly(1, 0, -1, 2),
    eligible=mostly(True, False),
)
host_lists = st.lists(hosts, max_size=10, unique_by=lambda host: host.id)
figures = st.sampled_from([0, 1, 2.5, 10, 40])
all_weights = st.builds(Weights, figures, figures, figures, figures, figures, figures)
