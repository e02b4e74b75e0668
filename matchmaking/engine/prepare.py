"""Compile the kernels before anybody waits for them: at a worker's start, or once when an image is built.

Run as `python -m matchmaking.engine.prepare` by the account that runs the worker.
"""

from datetime import date

from matchmaking.engine.columns import packed
from matchmaking.engine.model import Host, Visitor, Weights
from matchmaking.engine.obstacles import obstacles_of
from matchmaking.engine.ranking import Ranking
from matchmaking.engine.terms import supply_of, terms_of

WEIGHTS = Weights(1, 1, 1, 1, 1, 1, 1, 1, 1, 1)
WINDOWS = ((date(2021, 9, 6), date(2021, 9, 17)),)


def prepare() -> None:
    """Rank one visitor and one host in both directions; what is compiled already is only read."""
    words = frozenset({"one"})
    visitor = Visitor(
        id=1,
        organisation="visiting",
        country="IT",
        type="sme",
        sectors=words,
        purposes=words,
        languages=words,
        windows=WINDOWS,
        technologies_sought=words,
        sectors_sought=words,
        preferred_countries=words,
        days=3,
        first_time=True,
    )
    host = Host(
        id=1,
        organisation="hosting",
        country="CZ",
        type="sme",
        sectors=words,
        purposes=words,
        languages=words,
        windows=WINDOWS,
        technologies_offered=words,
        sectors_offered=words,
        capacity_left=1,
    )
    ours, theirs, known = packed([visitor], [host])
    ranking = Ranking(ours, theirs, known, terms_of(WEIGHTS, supply_of(theirs, known), known))
    ranking.hosts_for(0, 1, 1)
    ranking.visitors_for(0, 1, 1)
    obstacles_of(ours, 0, theirs)


if __name__ == "__main__":
    prepare()
