"""The administration of this app: everything is read here, and changed only where its people change it."""

from django.contrib import admin

from clusters.admin import OnlyRead
from matchmaking.models import Candidature, CandidatureEvent, MatchRun, PairWish, Plan, Proposal, ProposalEvent


@admin.register(Candidature)
class CandidatureAdmin(OnlyRead):
    """What organisations seek and offer."""

    list_display = ["number", "organisation", "role", "partnership", "status", "status_since"]
    list_filter = ["role", "status", "partnership", "wave"]
    list_select_related = ["organisation", "partnership"]
    search_fields = ["organisation__legal_name"]


@admin.register(Proposal)
class ProposalAdmin(OnlyRead):
    """Who has proposed an exchange to whom."""

    list_display = ["number", "visitor", "host", "proposed_by", "status", "expires_on"]
    list_filter = ["status", "proposed_by"]
    list_select_related = ["visitor__organisation", "host__organisation"]
    search_fields = ["visitor__organisation__legal_name", "host__organisation__legal_name"]


@admin.register(MatchRun)
class MatchRunAdmin(OnlyRead):
    """The runs of the matching, with the weights that each used and what came of it."""

    list_display = ["wave", "kind", "status", "asked_at", "started_at", "finished_at", "done", "total"]
    list_filter = ["kind", "status", "wave"]
    list_select_related = ["wave"]


@admin.register(Plan)
class PlanAdmin(OnlyRead):
    """The plans of partnerships, with what they were asked for and what came of them."""

    list_display = ["number", "partnership", "status", "asked_by", "asked_at", "confirmed_at", "sent_at"]
    list_filter = ["status", "partnership"]
    list_select_related = ["partnership", "asked_by"]


@admin.register(PairWish)
class PairWishAdmin(OnlyRead):
    """Pairs that coordinators have locked or forbidden."""

    list_display = ["partnership", "visitor", "host", "kind", "author", "made_at"]
    list_filter = ["kind", "partnership"]
    list_select_related = ["partnership", "visitor__organisation", "host__organisation", "author"]


class EventAdmin(OnlyRead):
    """A history; inserted only."""

    list_display = ["at", "subject", "move", "source", "target", "actor"]
    list_filter = ["move"]
    list_select_related = ["actor"]


@admin.register(CandidatureEvent)
class CandidatureEventAdmin(EventAdmin):
    """What happened to candidatures."""


@admin.register(ProposalEvent)
class ProposalEventAdmin(EventAdmin):
    """What happened to proposals."""
