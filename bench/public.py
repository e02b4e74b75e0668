"""How fast the public pages are, against a bare page of Django with as many queries; also with 1,500 clusters.

    python -m bench.public

Figures: milliseconds of the fastest of many requests, kept and drawn anew; the ratio of kept ones to the floor; queries
of a kept page; kilobytes as they travel.
"""

import sys
import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import caches
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext, get_runner, setup_test_environment
from django.urls import path

import bench._ready  # noqa: F401 - before the models
from clusters.enums import Vocabulary
from clusters.models import Cluster, Partnership, PartnershipMember, Term, Wave
from clusters.seeding import load_programme, prolong_rates
from extratex import urls

ROUNDS = 40
ROUNDS_DRAWN = 5
CLUSTERS = 1500
GOAL = 2.0
PAGES = (
    "/",
    "/partners/",
    "/partners/?country=IT",
    "/clusters/ntt/",
    "/partnerships/extratex/",
    "/visits/",
    "/how-it-works/visitors/",
    "/programme/",
    "/lump-sums/",
    "/eligibility/",
)
ANSWERS = (
    "/lump-sums/?host_country=PT&host_town=Porto&country=IT&town=Prato&first_day=2026-11-25&last_day=2026-12-01",
    "/eligibility/?type=sme&country=IT&role=visitor&other_country=PT&days=3&membership=unknown",
    "/search/?q=textile",
)
COUNTRIES = ("IT", "DE", "FR", "ES", "PL", "PT", "SE", "CZ", "SK", "DK", "FI", "RO", "GR", "AT", "BE")


def floor(_request: object, queries: int) -> HttpResponse:
    """The least that this Django can do: its middleware, queries of one row each, and eight kilobytes of text."""
    for _query in range(queries):
        Wave.objects.first()
    return HttpResponse("x" * 8000)


def add_clusters(number: int) -> None:
    """Create clusters with a place, sectors and a partnership, as a whole programme has them."""
    sectors = list(Term.objects.of(Vocabulary.SECTOR))
    partnerships = list(Partnership.objects.all())
    made = Cluster.objects.bulk_create(
        Cluster(
            name=f"Cluster of trade {index}",
            short_name=f"C{index}",
            slug=f"c{index}",
            country=COUNTRIES[index % len(COUNTRIES)],
            town=f"Town {index}",
            latitude=36 + (index * 7) % 30,
            longitude=-9 + (index * 11) % 40,
            members=index % 300,
        )
        for index in range(number)
    )
    through = Cluster.sectors.through
    through.objects.bulk_create(
        through(cluster_id=each.pk, term_id=sectors[place % len(sectors)].pk) for place, each in enumerate(made)
    )
    PartnershipMember.objects.bulk_create(
        PartnershipMember(partnership=partnerships[place % len(partnerships)], cluster=each)
        for place, each in enumerate(made)
    )


def milliseconds(ask: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Return the fastest of the rounds: the others waited for the machine."""
    taken = []
    for _round in range(rounds):
        begun = time.perf_counter()
        ask()
        taken.append(1000 * (time.perf_counter() - begun))
    return min(taken)


def anew(client: Client, page: str) -> None:
    """Ask for a page that nobody has drawn yet."""
    caches["pages"].clear()
    client.get(page)


def measure(title: str) -> bool:
    """Print the figures of all pages; say whether every kept page stays within the goal."""
    client = Client(headers={"Accept-Encoding": "gzip"})
    print(f"\n{title}")
    print(f"{'page':<46}{'kept ms':>9}{'floor ms':>10}{'ratio':>8}{'drawn ms':>10}{'queries':>9}{'kB':>7}")
    within = True
    for page in (*PAGES, *ANSWERS):
        client.get(page)
        with CaptureQueriesContext(connection) as captured:
            size = len(client.get(page).content)
        queries = len(captured)
        bare = f"/floor/{queries}/"
        kept = milliseconds(lambda page=page: client.get(page))  # type: ignore[misc]
        least = milliseconds(lambda bare=bare: client.get(bare))  # type: ignore[misc]
        drawn = milliseconds(lambda page=page: anew(client, page), ROUNDS_DRAWN)  # type: ignore[misc]
        print(f"{page[:45]:<46}{kept:>9.2f}{least:>10.2f}{kept / least:>8.2f}{drawn:>10.2f}", end="")
        print(f"{queries:>9}{size / 1024:>7.1f}")
        within &= page in ANSWERS or kept <= GOAL * least
    return within


def main() -> int:
    """Measure in a database of its own, with the clusters of the seeds and then with a whole programme's."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    setup_test_environment()
    urls.urlpatterns.append(path("floor/<int:queries>/", login_not_required(floor)))
    runner = get_runner(settings)(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    try:
        load_programme()
        prolong_rates()
        few = measure(f"{Cluster.objects.count()} clusters")
        add_clusters(CLUSTERS)
        many = measure(f"{Cluster.objects.count()} clusters")
    finally:
        runner.teardown_databases(databases)
    print(f"\nevery kept page within {GOAL:.0f} times the floor: {'yes' if few and many else 'no'}")
    return 0 if few and many else 1


if __name__ == "__main__":
    sys.exit(main())
