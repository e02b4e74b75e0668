"""What the app below asks of this one: candidatures follow their organisation to another partnership."""

from typing import Any

from django.dispatch import receiver

from clusters.models import Organisation
from clusters.queries import partnership_of
from clusters.signals import organisation_reassigned
from matchmaking.enums import CandidatureStatus
from matchmaking.models import Candidature

UNDECIDED = (CandidatureStatus.DRAFT, CandidatureStatus.SUBMITTED, CandidatureStatus.CHANGES_REQUESTED)


@receiver(organisation_reassigned, dispatch_uid="matchmaking.follow_organisation")
def follow_organisation(*, organisation: Organisation, **_more: Any) -> None:
    """Move what is not decided yet to the partnership of the cluster that decides from now on."""
    partnership = partnership_of(organisation.reference_cluster)
    if partnership is not None:
        undecided = Candidature.objects.filter(organisation=organisation, status__in=UNDECIDED)
        undecided.filter(wave=partnership.wave_id).update(partnership=partnership)
