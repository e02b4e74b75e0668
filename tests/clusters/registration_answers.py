"""Right answers to each page of a registration, and how a person goes through them."""

from typing import Any

from django.test import Client

from clusters import drafts
from clusters.enums import Vocabulary
from clusters.forms.registration import KIND
from clusters.models import Draft, User
from tests import factories

NEW = "/organisation/new/"


def right_answers() -> dict[str, dict[str, Any]]:
    """A right answer to each question, page by page."""
    return {
        "who": {"legal_name": "Filatura Nuova S.r.l.", "country": "IT", "vat": "IT 00743110157"},
        "size": {"type": "sme", "headcount": "38", "turnover_eur": "6400000"},
        "place": {"town": "prato", "nuts": "ITI1"},
        "work": {
            "sectors": [factories.term(Vocabulary.SECTOR, "Textile manufacturing").pk],
            "technologies": [factories.term(Vocabulary.TECHNOLOGY, "Nonwovens").pk],
            "ecosystems": [factories.term(Vocabulary.ECOSYSTEM, "Textiles").pk],
            "key_technologies": [factories.term(Vocabulary.KEY_TECHNOLOGY, "Advanced materials").pk],
            "languages": ["it", "en"],
        },
        "cluster": {"reference_cluster": factories.cluster("NTT").pk, "is_cluster_member": "on"},
    }


def seen_on(client: Client, address: str) -> str:
    """Return the mark of what is saved, as the page carries it."""
    return str(client.get(address).context["seen"])


def save(client: Client, slug: str, answers: dict[str, Any], base: str = NEW, **more: Any) -> Any:
    """Type answers into a page and save them, from what the page shows now."""
    address = f"{base}{slug}/"
    return client.post(address, {"seen": seen_on(client, address), **answers}, **more)


def fill(user: User, **changed: dict[str, Any]) -> Draft:
    """Answer all pages as if somebody had typed it, some of them otherwise."""
    draft = drafts.begin(user, KIND)
    answers = {slug: page | changed.get(slug, {}) for slug, page in right_answers().items()}
    draft.answers = {slug: _typed(page) for slug, page in answers.items()}
    draft.save()
    return draft


def send(client: Client, base: str = NEW) -> Any:
    """Send what the check of all answers shows now."""
    address = f"{base}check/"
    page = client.get(address).context
    return client.post(address, {"seen": page["seen"], "shown": page.get("shown", "")})


def _typed(page: dict[str, Any]) -> dict[str, list[str]]:
    return {
        name: [str(each) for each in value] if isinstance(value, list) else [str(value)] for name, value in page.items()
    }
