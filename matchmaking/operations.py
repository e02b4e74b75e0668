"""What changes in this app besides a status: correcting a candidature, its CV and its pictures."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clusters.models import User
from extratex.documents import store
from extratex.shared.moves import MoveConflict
from matchmaking.documents import CV, PICTURE
from matchmaking.models import Candidature, Picture


@transaction.atomic
def correct(candidature: Candidature, write: Callable[[], Candidature]) -> Candidature:
    """Let `write` store what has been written; raises MoveConflict once the candidature is sent."""
    fresh = _locked(candidature)
    if not fresh.is_editable:
        raise MoveConflict(_("The candidature can no longer be changed: it has been sent."), fresh)
    return write()


@transaction.atomic
def give_cv(candidature: Candidature, upload: Any, *, by: User) -> None:
    """Take a CV in, in place of the one that is there; raises ValidationError where it cannot be kept."""
    fresh = _locked(candidature)
    fresh.cv = store.receive(upload, kind=CV, by=by)
    fresh.save(update_fields=["cv"])


@transaction.atomic
def add_picture(candidature: Candidature, upload: Any, shows: str, *, by: User) -> None:
    """Take a picture in, at the first free place; raises ValidationError where it cannot be kept, or five are there."""
    taken = set(_locked(candidature).pictures.values_list("place", flat=True))
    free = [place for place in range(1, Picture.MOST + 1) if place not in taken]
    if not free:
        raise ValidationError(_("Five pictures are the most. Remove one to add another."))
    document = store.receive(upload, kind=PICTURE, by=by)
    Picture.objects.create(candidature=candidature, document=document, shows=shows, place=free[0])


@transaction.atomic
def remove_file(candidature: Candidature, key: str) -> None:
    """Take a picture or the CV off a candidature, by the key of its document; what is no such key removes nothing."""
    fresh = _locked(candidature)
    if fresh.cv_id is not None and str(fresh.cv_id) == key:
        fresh.cv = None
        fresh.save(update_fields=["cv"])
    for picture in fresh.pictures.all():
        if str(picture.document_id) == key:
            picture.delete()


def _locked(candidature: Candidature) -> Candidature:
    return Candidature.objects.select_for_update(of=("self",)).get(pk=candidature.pk)
