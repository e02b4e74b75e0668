"""Whom the matching suggests, each with its why."""

from collections.abc import Iterable

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from clusters.enums import ParticipantRole
from extratex.shared.htmx import HtmxHttpRequest, render_page
from matchmaking import pages, permissions, queries
from matchmaking.enums import CandidatureStatus
from matchmaking.models import Candidature, Suggestion
from matchmaking.views.access import key_in, visible_candidature

MOST_VISITORS = 50


@require_GET
def suggestion_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show for each of one's candidatures whom it could meet; staff ask for one that they look after."""
    key = key_in(request.GET, "candidature")
    chosen = [visible_candidature(request, key)] if key is not None else _own(request)
    context = {
        "views": [_view_of(candidature) for candidature in chosen],
        "may_propose": {each.pk for each in chosen if permissions.can_write(request.user, each)},
        "is_staff": permissions.can_list_all(request.user),
    }
    return render_page(request, "matchmaking/suggestions.html", context)


def _own(request: HtmxHttpRequest) -> list[Candidature]:
    mine = Candidature.objects.of_member(request.user).select_related("organisation", "wave").order_by("-role", "-pk")
    return list(mine.exclude(status__in=[CandidatureStatus.REJECTED, CandidatureStatus.WITHDRAWN]))


def _view_of(candidature: Candidature) -> dict[str, object]:
    """Return one candidature with its suggestions, or why there are none."""
    is_validated = candidature.status == CandidatureStatus.VALIDATED
    is_visitor = candidature.role == ParticipantRole.VISITOR
    rows = (queries.suggestions_for if is_visitor else queries.visitors_for)(candidature)
    found = list(rows[:MOST_VISITORS]) if is_validated else []
    is_pending = is_validated and queries.run_is_pending(candidature.wave)
    return {
        "candidature": candidature,
        "is_validated": is_validated,
        "is_pending": is_pending,
        "run": queries.latest_run(candidature.wave) if is_validated else None,
        "places": queries.places_left(candidature) if is_validated and not is_visitor else None,
        "left": queries.proposals_left(candidature) if is_validated else 0,
        "rows": _rows(candidature, found),
        "why_nobody": pages.why_nobody(candidature) if is_validated and is_visitor and not found else [],
    }


def _rows(candidature: Candidature, found: Iterable[Suggestion]) -> list[dict[str, object]]:
    """Return what stands in the list: the other side, the score, the reasons, and a proposal between the two."""
    proposals = queries.proposals_by_partner(candidature)
    rows = []
    for suggestion in found:
        other = suggestion.host if candidature.is_visitor else suggestion.visitor
        rows.append(
            {
                "suggestion": suggestion,
                "other": other,
                "brief": pages.brief_of(other),
                "whys": pages.whys_of(suggestion),
                "proposal": proposals.get(other.pk),
            }
        )
    return rows
