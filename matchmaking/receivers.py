"""What the apps below ask of this one: candidatures follow their organisation or its people, and who reads a file."""

from typing import Any

from django.dispatch import receiver
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clusters import departures
from clusters.models import Organisation, User
from clusters.queries import partnership_of
from clusters.signals import organisation_reassigned
from extratex.documents import access
from matchmaking import permissions
from matchmaking.enums import CandidatureStatus
from matchmaking.models import Candidature
from matchmaking.models.messages import ATTACHMENT

UNDECIDED = (CandidatureStatus.DRAFT, CandidatureStatus.SUBMITTED, CandidatureStatus.CHANGES_REQUESTED)


@receiver(organisation_reassigned, dispatch_uid="matchmaking.follow_organisation")
def follow_organisation(*, organisation: Organisation, **_more: Any) -> None:
    """Move what is not decided yet to the partnership of the cluster that decides from now on."""
    partnership = partnership_of(organisation.reference_cluster)
    if partnership is not None:
        undecided = Candidature.objects.filter(organisation=organisation, status__in=UNDECIDED)
        undecided.filter(wave=partnership.wave_id).update(partnership=partnership)


def say_who_takes_charge(organisation: Organisation, person: User, heir: User | None) -> list[str]:
    """Say how many candidatures somebody else takes charge of."""
    number = Candidature.objects.filter(organisation=organisation, contact=person).count()
    if not number:
        return []
    sentence = ngettext(
        "%(person)s is in charge of %(number)s candidature: it passes to %(heir)s.",
        "%(person)s is in charge of %(number)s candidatures: they pass to %(heir)s.",
        number,
    )
    return [sentence % {"person": person, "number": number, "heir": heir or _("nobody, since nobody is left")}]


def take_charge(organisation: Organisation, person: User, heir: User) -> None:
    """Put the heir in charge of the candidatures of somebody who leaves."""
    Candidature.objects.filter(organisation=organisation, contact=person).update(contact=heir)


access.register(ATTACHMENT, permissions.can_read_attachment)
departures.register(departures.Part(say_who_takes_charge, take_charge))
