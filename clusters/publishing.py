"""The files of what is published: taken in from those who publish, and read by everybody once it is public."""

from typing import Any

from django.db.models import Q
from django.utils.text import slugify

from clusters.calls import CV
from clusters.models import Call, CallApplication, Download, NewsItem
from extratex.documents import accepted, access
from extratex.documents.models import Document

PICTURE = "news_picture"
DOWNLOAD = "public_download"
TERMS = "call_terms"
LONGEST_ADDRESS = 70


def free_address(model: type[NewsItem] | type[Call], title: str) -> str:
    """Return an address made from a title that no other row of the model has."""
    stem = slugify(title)[:LONGEST_ADDRESS].strip("-") or model.__name__.lower()
    rows: Any = model._default_manager
    taken = set(rows.filter(slug__startswith=stem).values_list("slug", flat=True))
    numbered = (f"{stem}-{number}" for number in range(2, len(taken) + 3))
    return next(address for address in (stem, *numbered) if address not in taken)


def can_read_published(user: Any, document: Document) -> bool:
    """A published file is for everybody, one of a draft for those who publish it."""
    return any(
        model._default_manager.visible_to(user).filter(**{field: document}).exists()
        for model, field in ((NewsItem, "picture"), (Download, "document"), (Call, "terms_document"))
    )


def can_read_cv(user: Any, document: Document) -> bool:
    """A CV is for its applicant, and for the committee once the call is closed."""
    return CallApplication.objects.visible_to(user).filter(Q(cv=document)).exists()


def register() -> None:
    """Say who reads the files of this app; called once, when the app is ready."""
    for kind in (PICTURE, DOWNLOAD, TERMS):
        access.register(kind, can_read_published, also_strangers=True)
    access.register(CV, can_read_cv)
    accepted.take_pictures(PICTURE)
