"""The files of candidatures: a CV is for the two sides, the pictures of a host for whom the host itself is shown."""

from typing import Any

from extratex.documents import accepted, access
from extratex.documents.models import Document
from matchmaking.models import Candidature, Proposal

CV = "candidature_cv"
PICTURE = "candidature_picture"


def can_read_cv(user: Any, document: Document) -> bool:
    """Its own people and those who look after them read a CV, and the other side of a proposal that still stands."""
    written = Candidature.objects.visible_to(user).filter(cv=document)
    return written.exists() or Proposal.objects.visible_to(user).live().filter(visitor__cv=document).exists()


def can_read_picture(user: Any, document: Document) -> bool:
    """Whoever sees a host, in its own pages, in the catalogue or in a proposal, sees its pictures."""
    shown = (
        Candidature.objects.visible_to(user).filter(pictures__document=document),
        Candidature.objects.in_catalogue_for(user).filter(is_named=True, pictures__document=document),
        Proposal.objects.visible_to(user).filter(host__pictures__document=document),
    )
    return any(rows.exists() for rows in shown)


access.register(CV, can_read_cv)
access.register(PICTURE, can_read_picture)
accepted.take_pictures(PICTURE)
