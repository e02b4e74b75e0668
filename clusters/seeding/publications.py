"""The calls that were published, and what a demonstration publishes: news, a file, events to come, an open call."""

import json
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.staticfiles import finders
from django.db import transaction

from clusters.enums import EventKind
from clusters.models import Call, Cluster, Download, NewsItem, Partnership, ProgrammeEvent, User
from clusters.publishing import DOWNLOAD, PICTURE, free_address
from clusters.seeding.programme import FOLDER
from extratex.documents import sanitising, store
from extratex.shared import clock

DAYS_OF_A_WEEK = 7


@transaction.atomic
def load_calls() -> None:
    """Create the calls that the partnerships have published, where they are not there yet."""
    for row in _read("calls.json"):
        opens, closes = (_moment(row[name], row["time_zone"]) for name in ("opens", "closes"))
        _call(row, opens, closes)


@transaction.atomic
def load_publications() -> None:
    """Create the news of a demonstration, and a call that stays open for two months with its committee."""
    published = _read("demonstration_publications.json")
    for row in published["news"]:
        if not NewsItem.objects.filter(title=row["title"]).exists():
            NewsItem.objects.create(
                slug=free_address(NewsItem, row["title"]),
                partnership=_partnership(row),
                title=row["title"],
                summary=row["summary"],
                text=row["text"],
                published_at=datetime.fromisoformat(row["published"]),
            )
    _load_pictures_and_files(published)
    _load_events(published["events"])
    row = published["call"]
    zone = ZoneInfo(row["time_zone"])
    opens = datetime.combine(clock.today(), time(0), zone)
    closes = datetime.combine(clock.today() + timedelta(days=row["days"]), time(17), zone)
    call = _call(row, opens, closes)
    call.committee.add(*User.objects.filter(email__in=row["committee"]))


def _load_pictures_and_files(published: dict[str, Any]) -> None:
    """Give one piece of news its picture, and offer one table for download."""
    for row in published["news"]:
        bare = NewsItem.objects.filter(title=row["title"], picture=None).first() if "picture" in row else None
        if bare is not None:
            file = Path(str(finders.find(row["picture"])))
            sound = sanitising.shown(file.read_bytes(), file.suffix)
            bare.picture = store.keep(sound.content, name=f"{file.stem}.jpg", kind=PICTURE)
            bare.picture_shows = row["picture_shows"]
            bare.save()
    row = published["download"]
    if not Download.objects.filter(title=row["title"]).exists():
        document = store.keep((FOLDER / row["file"]).read_bytes(), name=row["file"], kind=DOWNLOAD)
        Download.objects.create(
            title=row["title"], description=row["description"], document=document, published_at=clock.now()
        )


def _load_events(rows: list[dict[str, Any]]) -> None:
    """Create what is to come: a mission and a learning event, some weeks from today."""
    for row in rows:
        starts_on = clock.today() + timedelta(days=row["in_days"])
        starts_on += timedelta(days=-starts_on.weekday() % DAYS_OF_A_WEEK)
        ProgrammeEvent.objects.get_or_create(
            partnership=Partnership.objects.get(acronym=row["partnership"]),
            title=row["title"],
            defaults={
                "kind": EventKind(row["kind"]),
                "starts_on": starts_on,
                "ends_on": starts_on + timedelta(days=row["days"] - 1),
                "place": row["place"],
                "country": row["country"],
                "host_cluster": Cluster.objects.get(short_name=row["host_cluster"]),
                "facts": row["facts"],
            },
        )


def _call(row: dict[str, Any], opens: datetime, closes: datetime) -> Call:
    found = Call.objects.filter(title=row["title"]).first()
    return found or Call.objects.create(
        slug=free_address(Call, row["title"]),
        partnership=_partnership(row),
        reference=row["reference"],
        title=row["title"],
        summary=row["summary"],
        terms=row["terms"],
        time_zone=row["time_zone"],
        opens_at=opens,
        closes_at=closes,
        published_at=opens,
    )


def _partnership(row: dict[str, Any]) -> Partnership | None:
    return Partnership.objects.get(acronym=row["partnership"]) if row["partnership"] else None


def _moment(text: str, zone: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def _read(name: str) -> Any:
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))
