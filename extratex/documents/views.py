"""Serving files: only through here, only to those who may, only what was checked, never to be opened in place."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from extratex.documents import access, checks
from extratex.documents.enums import State
from extratex.documents.models import Document
from extratex.shared.htmx import HtmxHttpRequest, render_page

CONFLICT, GONE = 409, 410
PUBLIC_SECONDS = 3600


@login_not_required
@require_safe
def download(request: HtmxHttpRequest, pk: UUID) -> HttpResponseBase:
    """Send a checked file as an attachment; say in words what keeps another from being sent.

    Strangers get what is published, and the way to the sign-in for all else, whether it exists or not.
    """
    document = Document.objects.filter(pk=pk).first()
    if document is None or not access.can_read(request.user, document):
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        raise Http404
    if not document.is_clean:
        status = GONE if document.state == State.REFUSED else CONFLICT
        return render_page(request, "documents/not_ready.html", {"document": document}, status=status)
    response = FileResponse(
        document.file.open("rb"),
        as_attachment=True,
        filename=document.original_name,
        content_type=document.media_type,
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    is_public = not request.user.is_authenticated
    response.headers["Cache-Control"] = f"public, max-age={PUBLIC_SECONDS}" if is_public else "private, no-store"
    return response


@require_POST
def check_again(request: HtmxHttpRequest, pk: UUID) -> HttpResponseBase:
    """Take up a check that was parked; staff only."""
    if not request.user.is_staff:
        raise PermissionDenied
    if checks.check_again(pk):
        messages.success(request, _("The file is checked again."))
    else:
        messages.warning(request, _("This file does not wait for a second check."))
    return redirect("statusz")
