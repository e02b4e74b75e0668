"""The desk: each person's home, with what waits for her and where everything stands."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clusters.permissions import roles_of
from exchanges.desk.board import Board, board_for
from exchanges.desk.standing import first_step_of, standing_of
from extratex.shared.htmx import HtmxHttpRequest, render_page


@require_safe
def desk(request: HtmxHttpRequest) -> HttpResponse:
    """Show what waits for the person, by kind, the longest waiting first."""
    kind = request.GET.get("kind", "")
    board = board_for(request.user, kind=kind, page=request.GET.get("page", ""))
    roles = roles_of(request.user)
    context = {
        "board": board,
        "pills": _pills(board),
        "first_step": first_step_of(request.user),
        "standing": standing_of(request.user),
        "is_staff": roles.is_staff,
        "has_cockpit": bool(roles.coordinates or roles.pays_for or roles.oversees_all),
    }
    return render_page(request, "exchanges/desk.html", context, fragment="waiting")


def _pills(board: Board) -> list[dict[str, object]]:
    address = reverse("desk")
    pills: list[dict[str, object]] = [
        {"label": _("All"), "url": address, "current": board.chosen is None, "count": board.total}
    ]
    for pile in board.piles:
        url = f"{address}?kind={pile.source.kind}"
        pills.append({"label": pile.source.label, "url": url, "current": pile is board.chosen, "count": pile.count})
    return pills
