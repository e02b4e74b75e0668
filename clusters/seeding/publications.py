"""The calls that were published, and what a demonstration publishes: news, and a call that is open."""

import json
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from clusters.models import Call, NewsItem, Partnership, User
from clusters.publishing import free_address
from clusters.seeding.programme import FOLDER
from extratex.shared import clock


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
    row = published["call"]
    zone = ZoneInfo(row["time_zone"])
    opens = datetime.combine(clock.today(), time(0), zone)
    closes = datetime.combine(clock.today() + timedelta(days=row["days"]), time(17), zone)
    call = _call(row, opens, closes)
    call.committee.add(*User.objects.filter(email__in=row["committee"]))


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
