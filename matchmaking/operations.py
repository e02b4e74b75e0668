"""What changes in this app besides a status: correcting a candidature."""

import hashlib
from collections.abc import Callable

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from extratex.shared.moves import MoveConflict
from matchmaking.models import Candidature


class StaleEdit(MoveConflict):
    """The candidature was saved by somebody else since the page was opened."""


@transaction.atomic
def correct(candidature: Candidature, write: Callable[[], Candidature], *, seen: str) -> Candidature:
    """Let `write` store a corrected candidature; raises MoveConflict once it is sent, StaleEdit once it has changed."""
    fresh = Candidature.objects.select_for_update(of=("self",)).get(pk=candidature.pk)
    if not fresh.is_editable:
        raise MoveConflict(_("The candidature can no longer be changed: it has been sent."), fresh)
    if mark_of(fresh) != seen:
        raise StaleEdit(
            _("Somebody else has saved this candidature since you opened the page. What you wrote is below."), fresh
        )
    return write()


def mark_of(candidature: Candidature) -> str:
    """Return the mark of a candidature's content as it stands, by which a stale edit is recognised."""
    stored = Candidature.objects.get(pk=candidature.pk)
    parts = [
        *(sorted(names) for names in (stored.countries, stored.languages)),
        *(sorted(terms.values_list("pk", flat=True)) for terms in (stored.purposes, stored.technologies)),
        sorted(stored.availabilities.values_list("first_day", "last_day")),
        (stored.days, stored.travellers, stored.capacity, stored.contact_id, stored.motivation),
    ]
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:24]
