"""The CV of a visitor and the pictures of a host: added and removed at any time, shown once they are checked."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from extratex.shared.htmx import HtmxHttpRequest, render_page
from matchmaking import operations, permissions
from matchmaking.forms.files import CvForm, PictureForm
from matchmaking.models import Candidature, Picture
from matchmaking.views.access import visible_candidature

UNFIT = 422


@require_http_methods(["GET", "HEAD", "POST"])
def files(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Show the files of one's candidature, take a new one in, or remove one."""
    candidature = visible_candidature(request, pk)
    if not permissions.can_write(request.user, candidature):
        raise PermissionDenied
    if "remove" in request.POST:
        operations.remove_file(candidature, request.POST["remove"])
        messages.success(request, _("Removed."))
        return redirect("matchmaking:files", pk)
    form = (CvForm if candidature.is_visitor else PictureForm)(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and _is_taken_in(request, candidature, form):
        messages.success(request, _("Received. It is shown as soon as it has been checked."))
        return redirect("matchmaking:files", pk)
    is_full = not candidature.is_visitor and candidature.pictures.count() >= Picture.MOST
    context = {
        "candidature": candidature,
        "form": None if is_full else form,
        "back": reverse("matchmaking:candidature", args=[pk]),
    }
    return render_page(request, "matchmaking/files.html", context, status=UNFIT if form.errors else 200)


def _is_taken_in(request: HtmxHttpRequest, candidature: Candidature, form: CvForm | PictureForm) -> bool:
    """Take the file in; say at the form why it cannot be kept."""
    upload = form.cleaned_data["upload"]
    try:
        if candidature.is_visitor:
            operations.give_cv(candidature, upload, by=request.user)
        else:
            operations.add_picture(candidature, upload, form.cleaned_data["shows"], by=request.user)
    except ValidationError as fault:
        form.add_error("upload", fault)
        return False
    return True
