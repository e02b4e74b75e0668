"""Applying to a call, and reading what was handed in once it is closed."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Avg, Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clusters import calls
from clusters.forms.publications import ApplicationForm, AssessmentForm
from clusters.models import Assessment, Call, CallApplication
from clusters.transitions import call_applications as transitions
from extratex.shared import clock
from extratex.shared.htmx import HtmxHttpRequest, render_page
from extratex.shared.moves import MoveConflict

ROWS = 50
CONFLICT = 409
MOVES = {"take_back": transitions.take_back, "withdraw": transitions.withdraw}


@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: HtmxHttpRequest, slug: str) -> HttpResponse:
    """Write an application, save it as a draft, and hand it in while the call is open."""
    call = _public(slug)
    if call.committee.filter(pk=request.user.pk).exists():
        raise PermissionDenied
    if request.method == "POST":
        return _write(request, call) if call.is_open() else _refuse(request, call)
    mine = _mine(request, call)
    form = ApplicationForm(instance=mine, is_final=False)
    return _shown(request, mine, form, late=transitions.why_not_now(mine))


def _mine(request: HtmxHttpRequest, call: Call) -> CallApplication:
    mine = CallApplication.objects.filter(call=call, applicant=request.user).select_related("call", "cv").first()
    return mine or CallApplication(call=call, applicant=request.user)


def _refuse(request: HtmxHttpRequest, call: Call) -> HttpResponse:
    """Say that the call is not open at this second; what was typed stays on the page, and nothing is stored."""
    mine = _mine(request, call)
    form = ApplicationForm(request.POST, instance=mine, is_final=False)
    return _shown(request, mine, form, late=transitions.why_not_now(mine), status=CONFLICT)


def _write(request: HtmxHttpRequest, call: Call) -> HttpResponse:
    """Save what was typed, and hand it in where that was asked for; what cannot be handed in stays a draft."""
    is_final = "submit" in request.POST
    with transaction.atomic():
        mine, is_new = calls.application_of(request.user, call)
        if mine.status != CallApplication.Status.DRAFT:
            raise MoveConflict(
                _("This application is handed in or withdrawn: take it back before you change it."), mine
            )
        form = ApplicationForm(request.POST, request.FILES or None, instance=mine, is_final=is_final, is_new=is_new)
        sound = form.is_valid()
        if sound:
            sound = _saved(form, mine, request)
    if not sound:
        return _shown(request, mine, form, status=422)
    if is_final:
        transitions.submit(mine, actor=request.user)
        messages.success(request, _("Your application is received. A notice with the moment is on its way to you."))
    else:
        messages.success(request, _("Saved as a draft. It counts only when you hand it in."))
    return redirect("clusters:apply", call.slug)


def _saved(form: ApplicationForm, mine: CallApplication, request: HtmxHttpRequest) -> bool:
    try:
        with transaction.atomic():
            form.save()
            if form.cleaned_data.get("upload"):
                calls.attach_cv(mine, form.cleaned_data["upload"], by=request.user)
    except ValidationError as fault:
        form.add_error("upload", fault)
        return False
    return True


@require_POST
def move_application(request: HtmxHttpRequest, slug: str) -> HttpResponse:
    """Take one's application back, or withdraw it."""
    mine = get_object_or_404(CallApplication, call__slug=slug, applicant=request.user)
    name = request.POST.get("move", "")
    if name not in MOVES:
        raise Http404
    MOVES[name](mine, actor=request.user)
    return redirect("clusters:apply", slug)


@require_safe
def applications(request: HtmxHttpRequest, slug: str) -> HttpResponse:
    """List what was handed in, for the committee; before the close only how many."""
    call = _judged(request, slug)
    rows = CallApplication.objects.visible_to(request.user).filter(call=call).exclude(applicant=request.user)
    rows = rows.select_related("applicant", "cv").annotate(
        given=Count("assessments"), points=Avg("assessments__points")
    )
    context = {
        "call": call,
        "number": call.applications.handed_in().count(),
        "page": Paginator(rows.order_by("status_since", "pk"), ROWS).get_page(request.GET.get("page")),
    }
    return render_page(request, "clusters/publications/applications.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def application(request: HtmxHttpRequest, slug: str, pk: int) -> HttpResponse:
    """Show one application to a member of the committee, and take her assessment."""
    call = _judged(request, slug)
    rows = CallApplication.objects.visible_to(request.user).filter(call=call).exclude(applicant=request.user)
    found = get_object_or_404(rows.select_related("applicant", "cv"), pk=pk)
    own = Assessment.objects.filter(application=found, member=request.user).first()
    form = AssessmentForm(request.POST or None, instance=own)
    if request.method == "POST" and form.is_valid():
        Assessment.objects.update_or_create(
            application=found,
            member=request.user,
            defaults={
                "points": form.cleaned_data["points"],
                "reason": form.cleaned_data["reason"],
                "at": clock.now(),
            },
        )
        messages.success(request, _("Your assessment is stored."))
        return redirect("clusters:applications", slug)
    others: Any = found.assessments.exclude(member=request.user).select_related("member") if own else []
    context = {"call": call, "application": found, "form": form, "own": own, "others": others}
    status = 422 if form.errors else 200
    return render_page(request, "clusters/publications/application.html", context, status=status)


def _public(slug: str) -> Call:
    return get_object_or_404(Call.objects.public().select_related("partnership"), slug=slug)


def _judged(request: HtmxHttpRequest, slug: str) -> Call:
    """Return a call that the person judges; others do not even learn whether anybody has applied."""
    call = get_object_or_404(Call.objects.visible_to(request.user).select_related("partnership"), slug=slug)
    if not call.committee.filter(pk=request.user.pk).exists():
        raise PermissionDenied
    return call


def _shown(
    request: HtmxHttpRequest,
    mine: CallApplication,
    form: ApplicationForm,
    *,
    late: str | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "call": mine.call,
        "application": mine,
        "form": form,
        "late": late,
        "is_draft": mine.status == CallApplication.Status.DRAFT,
        "moves": transitions.CALL_APPLICATION.open_to(request.user, mine) if mine.pk else [],
        "history": mine.events.select_related("actor").order_by("-at", "-pk") if mine.pk else [],
    }
    return render_page(request, "clusters/publications/apply.html", context, status=status)
