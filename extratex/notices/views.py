"""The pages of the outbox: what I was told, and for staff the second try."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from extratex.notices import outbox
from extratex.notices.models import Notice
from extratex.shared import clock
from extratex.shared.htmx import HtmxHttpRequest, render_page

NOTICES_A_PAGE = 25


@require_safe
def notice_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show what I was told, newest first."""
    notices = Notice.objects.visible_to(request.user)
    page = Paginator(notices, NOTICES_A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "unread": notices.unread().count()}
    return render_page(request, "notices/list.html", context, fragment="notices")


@require_POST
def mark_all_read(request: HtmxHttpRequest) -> HttpResponse:
    """Mark all my notices as read."""
    Notice.objects.visible_to(request.user).unread().update(read_at=clock.now())
    messages.success(request, _("All notices are marked as read."))
    return redirect("notices:list")


@require_POST
def try_again(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Take up a delivery that was given up; staff only."""
    if not request.user.is_staff:
        raise PermissionDenied
    if outbox.try_again(pk):
        messages.success(request, _("The notice is on its way again."))
    else:
        messages.warning(request, _("This notice does not wait for a second try."))
    return redirect("statusz")
