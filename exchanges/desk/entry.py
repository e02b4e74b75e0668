"""What waits before there is an exchange: registrations, candidatures, suggestions, proposals and messages."""

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clusters.enums import OrganisationStatus, ParticipantRole, RuleName
from clusters.models import Organisation
from exchanges.desk.items import Item, Reader, Source
from matchmaking.enums import CandidatureStatus, ProposalStatus
from matchmaking.models import Candidature, Proposal, Suggestion
from matchmaking.queries import news_for, waits_for_word

UNFINISHED = [OrganisationStatus.DRAFT, OrganisationStatus.CHANGES_REQUESTED]
UNFINISHED_CANDIDATURE = [CandidatureStatus.DRAFT, CandidatureStatus.CHANGES_REQUESTED]


def organisations(reader: Reader) -> QuerySet[Organisation] | None:
    """Return the registrations to validate, and one's own to finish."""
    roles = reader.roles
    looked_after = roles.clusters | roles.led_clusters
    if not looked_after and not roles.organisations:
        return None
    to_validate = Q(status=OrganisationStatus.SUBMITTED, reference_cluster__in=looked_after)
    to_finish = Q(status__in=UNFINISHED, pk__in=roles.organisations)
    waiting = Organisation.objects.filter(to_validate & ~Q(pk__in=roles.organisations) | to_finish)
    return waiting.select_related("reference_cluster").order_by("status_since", "pk")


def organisation_item(organisation: Organisation, reader: Reader) -> Item:
    """Return the line of a registration."""
    is_submitted = organisation.status == OrganisationStatus.SUBMITTED
    page = "clusters:organisation" if is_submitted else "clusters:edit"
    return Item(
        key=f"organisation-{organisation.pk}",
        url=reverse(page, args=[organisation.pk]),
        title=str(organisation),
        reference=f"{organisation.number} · {organisation.place}{_cluster_of(organisation, reader)}",
        todo=_("validate the organisation") if is_submitted else _("finish the registration"),
        waits_since=organisation.status_since,
        due_on=validation_due(organisation, reader) if is_submitted else None,
    )


def candidatures(reader: Reader) -> QuerySet[Candidature] | None:
    """Return the candidatures to validate, and one's own to finish or to speak for."""
    roles = reader.roles
    looked_after = roles.clusters | roles.led_clusters
    if not looked_after and not roles.organisations:
        return None
    to_validate = Q(status=CandidatureStatus.SUBMITTED, organisation__reference_cluster__in=looked_after)
    mine = Q(organisation__in=roles.organisations)
    to_finish = Q(status__in=UNFINISHED_CANDIDATURE) | waits_for_word()
    waiting = Candidature.objects.filter(to_validate & ~mine | to_finish & mine)
    return waiting.select_related("organisation__reference_cluster").order_by("status_since", "pk")


def candidature_item(candidature: Candidature, reader: Reader) -> Item:
    """Return the line of a candidature."""
    is_submitted = candidature.status == CandidatureStatus.SUBMITTED
    is_unfinished = candidature.status in UNFINISHED_CANDIDATURE
    todo = _("finish the candidature") if is_unfinished else _("say whether the candidature still holds")
    return Item(
        key=f"candidature-{candidature.pk}",
        url=reverse("matchmaking:candidature", args=[candidature.pk]),
        title=str(candidature),
        reference=candidature.number + _cluster_of(candidature.organisation, reader),
        todo=_("validate the candidature") if is_submitted else todo,
        waits_since=candidature.status_since,
        due_on=validation_due(candidature, reader) if is_submitted else None,
    )


def _cluster_of(organisation: Organisation, reader: Reader) -> str:
    """Name the reference cluster for whoever looks after several."""
    several = len(reader.roles.clusters | reader.roles.led_clusters) > 1
    return f" · {organisation.reference_cluster.short_name}" if several else ""


def validation_due(row: Organisation | Candidature, reader: Reader) -> date:
    """Return until when a reference cluster validates what was handed in."""
    return timezone.localdate(row.status_since) + reader.days(RuleName.VALIDATION_DAYS)


def suggestions(reader: Reader) -> QuerySet[Candidature] | None:
    """Return one's validated visitor's candidatures that have suggestions and no live proposal yet."""
    roles = reader.roles
    if not roles.organisations:
        return None
    live = Proposal.objects.filter(
        visitor=OuterRef("pk"), status__in=[ProposalStatus.PROPOSED, ProposalStatus.ACCEPTED]
    )
    return (
        Candidature.objects.validated(ParticipantRole.VISITOR)
        .filter(organisation__in=roles.organisations)
        .filter(Exists(Suggestion.objects.filter(visitor=OuterRef("pk"))), ~Exists(live))
        .select_related("organisation")
        .order_by("status_since", "pk")
    )


def suggestion_item(candidature: Candidature, _reader: Reader) -> Item:
    """Return the line of a candidature for which hosts were found."""
    return Item(
        key=f"suggestions-{candidature.pk}",
        url=f"{reverse('matchmaking:suggestions')}?candidature={candidature.pk}",
        title=str(candidature.organisation),
        reference=candidature.number,
        todo=_("choose a host among the suggestions"),
        waits_since=candidature.status_since,
    )


def proposals(reader: Reader) -> QuerySet[Proposal] | None:
    """Return the open proposals that one's organisation has to answer."""
    mine = reader.roles.organisations
    if not mine:
        return None
    by_host = Q(turn=ParticipantRole.HOST, host__organisation__in=mine)
    by_visitor = Q(turn=ParticipantRole.VISITOR, visitor__organisation__in=mine)
    return (
        Proposal.objects.open()
        .filter(by_host | by_visitor)
        .select_related("visitor__organisation", "host__organisation")
        .order_by("offered_at", "pk")
    )


def proposal_item(proposal: Proposal, _reader: Reader) -> Item:
    """Return the line of a proposal."""
    return Item(
        key=f"proposal-{proposal.pk}",
        url=reverse("matchmaking:proposal", args=[proposal.pk]),
        title=str(proposal),
        reference=proposal.number,
        todo=_("answer the proposal") if proposal.offers == 1 else _("answer the other dates"),
        waits_since=proposal.offered_at,
        due_on=proposal.expires_on,
    )


def messages(reader: Reader) -> QuerySet[Proposal]:
    """Return the proposals about which somebody has written what one has not read."""
    return news_for(reader.user).select_related("visitor__organisation", "host__organisation")


def message_item(proposal: Any, _reader: Reader) -> Item:
    """Return the line of unread messages."""
    return Item(
        key=f"messages-{proposal.pk}",
        url=reverse("matchmaking:proposal", args=[proposal.pk]) + "#thread",
        title=str(proposal),
        reference=proposal.number,
        todo=_("read the new messages"),
        waits_since=proposal.news_since,
    )


SOURCES = [
    Source("organisations", gettext_lazy("Organisations"), organisations, organisation_item),
    Source("candidatures", gettext_lazy("Candidatures"), candidatures, candidature_item),
    Source("suggestions", gettext_lazy("Suggestions"), suggestions, suggestion_item),
    Source("proposals", gettext_lazy("Proposals"), proposals, proposal_item),
    Source("messages", gettext_lazy("Messages"), messages, message_item),
]
