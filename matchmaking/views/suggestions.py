"""Whom the matching suggests, each with its why."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from clusters.enums import ParticipantRole
from extratex.shared.htmx import HtmxHttpRequest, render_page
from matchmaking import obstacles, pages, permissions, queries
from matchmaking.enums import CandidatureStatus
from matchmaking.models import Candidature, Suggestion
from matchmaking.shown import shown_to
from matchmaking.views.access import key_in, visible_candidature


@require_GET
def suggestion_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show for each of one's candidatures whom it could meet; staff ask for one that they look after."""
    key = key_in(request.GET, "candidature")
    chosen = [visible_candidature(request, key)] if key is not None else _own(request)
    is_staff = permissions.can_list_all(request.user)
    hosts = [each for each in chosen if not each.is_visitor and each.status == CandidatureStatus.VALIDATED]
    context = {
        "views": [_view_of(request, candidature) for candidature in chosen],
        "may_propose": {each.pk for each in chosen if permissions.can_propose_for(request.user, each)},
        "helped": {each.pk for each in chosen if permissions.looks_after(request.user, each)},
        "is_staff": is_staff,
        "sees_visitors": is_staff or bool(hosts),
    }
    return render_page(request, "matchmaking/suggestions.html", context)


def _own(request: HtmxHttpRequest) -> list[Candidature]:
    mine = Candidature.objects.of_member(request.user).select_related("organisation", "wave").order_by("-role", "-pk")
    return list(mine.exclude(status__in=[CandidatureStatus.REJECTED, CandidatureStatus.WITHDRAWN]))


def _view_of(request: HtmxHttpRequest, candidature: Candidature) -> dict[str, object]:
    """Return one candidature with its suggestions, or why there are none."""
    is_validated = candidature.status == CandidatureStatus.VALIDATED
    is_visitor = candidature.role == ParticipantRole.VISITOR
    found = list(queries.suggestions_for(candidature)) if is_validated else []
    is_pending = is_validated and queries.run_is_pending(candidature.wave)
    return {
        "candidature": candidature,
        "is_validated": is_validated,
        "is_pending": is_pending,
        "run": queries.run_under_way(candidature.wave) if is_pending else None,
        "places": queries.places_left(candidature) if is_validated and not is_visitor else None,
        "left": queries.proposals_left(candidature) if is_validated else 0,
        "rows": _rows(request, candidature, found),
        "why_nobody": obstacles.found_by_the_last_run(candidature) if is_validated and is_visitor and not found else [],
    }


def _rows(request: HtmxHttpRequest, candidature: Candidature, found: list[Suggestion]) -> list[dict[str, object]]:
    """Return what stands in the list: the other side, the score, the reasons, and a proposal between the two."""
    proposals = queries.proposals_by_partner(candidature)
    others = shown_to(request.user, (each.host if candidature.is_visitor else each.visitor for each in found))
    whys = pages.whys_of(candidature, found, [other.is_named for other in others])
    return [
        {"suggestion": suggestion, "other": other, "whys": why, "proposal": proposals.get(other.pk)}
        for suggestion, other, why in zip(found, others, whys, strict=True)
    ]
