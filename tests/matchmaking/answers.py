"""Writing a candidature as people do, for the tests: begun, its pages answered one by one, checked and handed in."""

from typing import Any

from django.http import HttpResponse
from django.test import Client

from clusters.enums import Vocabulary
from matchmaking.models import Candidature
from tests import factories as people
from tests.matchmaking import factories

type Answers = dict[str, dict[str, Any]]


def right_answers(role: str) -> Answers:
    """Return a right answer to each question, page by page."""
    purpose, technology, sector = (
        people.term(vocabulary, name).pk
        for vocabulary, name in (
            (Vocabulary.PURPOSE, factories.PURPOSE),
            (Vocabulary.TECHNOLOGY, "Nonwovens"),
            (Vocabulary.SECTOR, "Automotive"),
        )
    )
    when = {"from_1": factories.in_days(20).isoformat(), "until_1": factories.in_days(50).isoformat()}
    pages = {
        "purpose": {"purposes": [purpose], "motivation": "We want to see it at work."},
        "fields": {"technologies": [technology], "sectors": [sector], "expertise": "Needle punching."},
    }
    if role == "host":
        return pages | {
            "visit": {"visit": "Two days on the lines, half a day in the laboratory."},
            "partners": {"languages": ["en"], "partner_types": ["sme"], "excluded_countries": ["FR"]},
            "dates": {"capacity": "4", "places_1": "2"} | when,
            "shown": {"is_named": "on"},
        }
    return pages | {
        "partners": {"languages": ["it", "en"], "countries": ["CZ"], "excluded_countries": ["FR"]},
        "dates": {"days": "3", "travellers": "2"} | when,
        "shown": {"is_named": "on"},
    }


def begin(client: Client, role: str, organisation: Any, **more: str) -> Candidature:
    """Begin a candidature."""
    client.post(f"/candidatures/new/{role}/", {"organisation": organisation.pk, **more})
    return Candidature.objects.get(organisation=organisation, role=role, status="draft")


def answer(
    client: Client, candidature: Candidature, page: str, answers: dict[str, Any], **headers: str
) -> HttpResponse:
    """Answer one page as it stands on the screen."""
    address = f"/candidatures/{candidature.pk}/edit/{page}/"
    seen = client.get(address).context["seen"]
    return client.post(address, {"seen": seen, **answers}, headers=headers)


def hand_in(client: Client, candidature: Candidature) -> HttpResponse:
    """Send what was checked."""
    address = f"/candidatures/{candidature.pk}/check/"
    return client.post(address, {"seen": client.get(address).context["seen"]})


def write(client: Client, candidature: Candidature, answers: Answers) -> HttpResponse:
    """Answer all pages and hand them in."""
    for page, given in answers.items():
        answer(client, candidature, page, given)
    return hand_in(client, candidature)
