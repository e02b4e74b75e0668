"""How soon a new candidature is suggested, with 100,000 others present: from the commit to the written lists.

Run as `python -m extratex.embedded exec -- python -m bench.incremental [CANDIDATURES]` with the variables of a
test; it fills the database that it is given, which goes away with the embedded server.
"""

import os
import random
import resource
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from threading import Thread

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "extratex.settings")
django.setup()

from django.core.management import call_command  # noqa: E402 Django has to be ready first
from django.db import connection  # noqa: E402

from bench.cases import SEED  # noqa: E402
from clusters.enums import OrganisationStatus, ParticipantRole, Vocabulary  # noqa: E402
from clusters.models import Cluster, Organisation, Partnership, Term, User, Wave  # noqa: E402
from clusters.queries import open_wave  # noqa: E402
from clusters.seeding import load_programme, prolong_rates  # noqa: E402
from extratex.shared import clock  # noqa: E402
from matchmaking import matching, shards  # noqa: E402
from matchmaking.engine.prepare import prepare  # noqa: E402
from matchmaking.enums import CandidatureStatus  # noqa: E402
from matchmaking.models import Availability, Candidature, MatchRun, Plan, Suggestion  # noqa: E402
from matchmaking.planning import inputs  # noqa: E402

COUNTRIES = ["IT", "ES", "DE", "SK", "CZ", "FR", "PL", "PT"]
LANGUAGES = ["it", "es", "de", "sk", "cs", "fr", "pl", "pt"]
AT_ONCE = 5000
SECONDS_BETWEEN_LOOKS = 0.2


def main(candidatures: int = 100_000) -> None:
    """Fill the database, rank everybody, then add one visitor and one host and measure, also beside a whole run."""
    call_command("migrate", verbosity=0)
    load_programme()
    prolong_rates()
    measured(f"{candidatures:,} candidatures made up", lambda: fill(candidatures))
    prepare()
    wave = open_wave()
    assert wave is not None
    whole = matching.ask(wave)
    measured("a whole run", lambda: shards.carry_out(whole.pk))
    while MatchRun.objects.unfinished().exists():
        measured("a whole run goes on", lambda: shards.carry_out(whole.pk))
    print(f"  suggestions                     {Suggestion.objects.count():9,}", flush=True)
    print("  wanted: a new or changed candidature is suggested within 60 s of saving")
    for role in ParticipantRole:
        key = fill(1, role)[0]
        run = matching.ask_about(Candidature.objects.select_related("wave").get(pk=key))
        measured(f"a new {role} is suggested", lambda run=run: shards.carry_out(run.pk))
        run.refresh_from_db()
        listed = Suggestion.objects.filter(**{role: key}).count()
        print(f"    {run.get_status_display()}: {listed} suggestions, lists ranked {run.total:,}")
    beside_a_whole_run(wave)
    partnership = Partnership.objects.filter(wave=wave).earliest("pk")
    plan = Plan(partnership=partnership, parameters={"weights": matching.parameters()["weights"], "wishes": []})
    measured("the case of a plan is read", lambda: print(f"    {len(inputs.read(plan).case.score):,} pairs"))
    print(f"  peak memory                     {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:9.0f} MB")


def beside_a_whole_run(wave: Wave) -> None:
    """Let a host come while the only worker is at a whole run, whose shards have begun."""
    whole = matching.ask(wave)
    worker = Thread(target=finish, args=[whole])
    worker.start()
    while not MatchRun.objects.filter(pk=whole.pk, done__gt=0).exists():
        time.sleep(SECONDS_BETWEEN_LOOKS)
    host = Candidature.objects.select_related("wave").get(pk=fill(1, ParticipantRole.HOST)[0])
    run = matching.ask_about(host)

    def wait() -> None:
        while MatchRun.objects.unfinished().filter(pk=run.pk).exists():
            time.sleep(SECONDS_BETWEEN_LOOKS)

    measured("… beside a whole run", wait)
    whole.refresh_from_db()
    print(f"    {whole.get_status_display()}: {whole.done:,} of {whole.total:,} lists", flush=True)
    worker.join()
    again = MatchRun.objects.unfinished().get()
    measured("… and once more after it", lambda: shards.carry_out(again.pk))


def finish(run: MatchRun) -> None:
    """Work at a run until it is over, as a worker does."""
    while MatchRun.objects.unfinished().filter(pk=run.pk).exists():
        shards.carry_out(run.pk)
    connection.close()


def measured(what: str, work: Callable[[], object]) -> None:
    """Do something once and print how long it took."""
    started = time.perf_counter()
    work()
    print(f"  {what:<30}  {time.perf_counter() - started:9.2f} s", flush=True)


def fill(number: int, role: ParticipantRole | None = None) -> list[int]:
    """Make up so many validated candidatures, half of them visitors, and return the keys of the last ones."""
    chance, wave = random.Random(f"{SEED} {number} {role} {time.monotonic() if role else 0}"), open_wave()
    partnership = Partnership.objects.filter(wave=wave).earliest("pk")
    cluster = Cluster.objects.filter(has_eccp_profile=True).earliest("pk")
    contact, _created = User.objects.get_or_create(email="bench@example.invalid")
    words = {
        each: list(Term.objects.of(each)) for each in (Vocabulary.TECHNOLOGY, Vocabulary.PURPOSE, Vocabulary.SECTOR)
    }
    keys: list[int] = []
    for first in range(0, number, AT_ONCE):
        rows = range(first, min(first + AT_ONCE, number))
        places = [chance.randrange(len(COUNTRIES)) for _each in rows]
        organisations = Organisation.objects.bulk_create(
            Organisation(
                legal_name=f"Firm {role or ''} {each}",
                type="sme",
                country=COUNTRIES[place],
                town="Town",
                latitude=chance.uniform(38, 56),
                longitude=chance.uniform(-8, 24),
                languages=["en", LANGUAGES[place]],
                reference_cluster=cluster,
                is_cluster_member=True,
                status=OrganisationStatus.VALIDATED,
            )
            for each, place in zip(rows, places, strict=True)
        )
        made = Candidature.objects.bulk_create(
            Candidature(
                organisation=organisation,
                wave=wave,
                partnership=partnership,
                contact=contact,
                role=role or (ParticipantRole.VISITOR if each % 2 else ParticipantRole.HOST),
                languages=organisation.languages,
                countries=chance.sample(COUNTRIES, 2),
                motivation="To learn.",
                capacity=chance.randint(1, 5),
                status=CandidatureStatus.VALIDATED,
            )
            for each, organisation in zip(rows, organisations, strict=True)
        )
        tie(chance, Organisation.sectors.through, "organisation", organisations, words[Vocabulary.SECTOR], 2)
        tie(chance, Candidature.technologies.through, "candidature", made, words[Vocabulary.TECHNOLOGY], 6)
        tie(chance, Candidature.purposes.through, "candidature", made, words[Vocabulary.PURPOSE], 2)
        begins = [clock.today() + timedelta(days=chance.randrange(300)) for _each in made]
        Availability.objects.bulk_create(
            Availability(candidature=each, first_day=day, last_day=day + timedelta(days=chance.randint(10, 60)))
            for each, day in zip(made, begins, strict=True)
        )
        keys = [each.pk for each in made]
    return keys


def tie(chance, through, owner, rows, terms, most) -> None:  # noqa: ANN001 models of many kinds
    """Give each row one to `most` of the terms."""
    through.objects.bulk_create(
        through(**{f"{owner}_id": row.pk, "term_id": term.pk})
        for row in rows
        for term in chance.sample(terms, min(chance.randint(1, most), len(terms)))
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
