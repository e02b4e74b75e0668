"""Writing a candidature: begun for one of one's organisations, then page by page as a draft, checked and handed in."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods
from django_stubs_ext import StrOrPromise

from clusters.drafts import DraftGone, StaleDraft
from clusters.enums import ParticipantRole
from clusters.forms.writing import Incomplete
from clusters.models import Organisation, Wave
from clusters.queries import open_wave, partnership_of
from clusters.views.writing import CONFLICT, UNFIT, Pages, first_unfinished
from extratex.shared.htmx import HtmxHttpRequest, render_page
from extratex.shared.moves import MoveConflict
from matchmaking import obstacles, permissions, queries
from matchmaking.forms.candidatures import PAGES
from matchmaking.forms.periods import ANCHOR, DatesPage
from matchmaking.forms.writing import CandidatureWriting, begin
from matchmaking.models import Candidature
from matchmaking.transitions.candidatures import against_taking_part
from matchmaking.views.access import visible_candidature


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HtmxHttpRequest, role: str) -> HttpResponse:
    """Begin a candidature in one role for one of one's organisations."""
    if role not in PAGES:
        raise Http404
    wave = open_wave()
    if wave is None:
        return render_page(request, "matchmaking/closed.html")
    organisations = list(queries.organisations_that_may_write(request.user, ParticipantRole(role), wave))
    if not organisations:
        return _nothing_to_write(request, ParticipantRole(role), wave)
    earlier = {each.pk: queries.earlier_candidature(each, ParticipantRole(role), wave) for each in organisations}
    if request.method == "POST":
        chosen = next((each for each in organisations if str(each.pk) == request.POST.get("organisation")), None)
        if chosen is None:
            raise Http404
        taken_up = earlier[chosen.pk] if "take_up" in request.POST else None
        candidature = _begun(Candidature(role=role, wave=wave, organisation=chosen), request.user, taken_up)
        return redirect("matchmaking:edit_page", candidature.pk, next(iter(PAGES[role])))
    context = {
        "role": role,
        "organisations": [(each, earlier[each.pk]) for each in organisations],
        "pages": PAGES[role],
    }
    return render_page(request, "matchmaking/new.html", context)


@require_GET
def edit(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Lead to the first page that is not answered yet, or to all answers."""
    writing = CandidatureWriting(request.user, _editable(request, pk))
    return redirect(CANDIDATURE_PAGES.address(writing, first_unfinished(writing)))


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HtmxHttpRequest, pk: int, slug: str) -> HttpResponse:
    """Show one page of a candidature; save what is typed into it, and go on to the next one once it is right."""
    return CANDIDATURE_PAGES.page(request, CandidatureWriting(request.user, _editable(request, pk)), slug)


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Show all answers with a way to change each page, and hand them in."""
    writing = CandidatureWriting(request.user, _editable(request, pk))
    return _handed_in(request, writing) if request.method == "POST" else _checked(request, writing)


class CandidaturePages(Pages[CandidatureWriting]):
    """The pages of a candidature."""

    gone = gettext_lazy(
        "Not saved: this candidature was sent elsewhere in the meantime. What you typed is still here; it can be saved "
        "once the candidature lies with you again."
    )

    def address(self, writing: CandidatureWriting, slug: str) -> str:
        """Return the address of a page, or of the check of all answers."""
        key = [writing.row.pk]
        return reverse("matchmaking:edit_page", args=[*key, slug]) if slug else reverse("matchmaking:check", args=key)

    def stays_at(self, request: HtmxHttpRequest, writing: CandidatureWriting, slug: str) -> str:
        """Whoever asks for another period stays at the periods, with nothing said about what is missing."""
        return f"{self.address(writing, slug)}#{ANCHOR}" if "row" in request.POST else ""

    def way_back(self, writing: CandidatureWriting, before: str) -> tuple[str, StrOrPromise]:
        """Return the page before; from the first one the candidature itself."""
        if before:
            return self.address(writing, before), _("Back")
        return reverse("matchmaking:candidature", args=[writing.row.pk]), str(writing.row)

    def later(self, writing: CandidatureWriting) -> str:
        """Return the candidature."""
        return reverse("matchmaking:candidature", args=[writing.row.pk])


CANDIDATURE_PAGES = CandidaturePages()


def _checked(request: HtmxHttpRequest, writing: CandidatureWriting, *, status: int = 200) -> HttpResponse:
    candidature = writing.row
    instance = writing.instance()
    forms = writing.pages(instance)
    is_complete = not any(form.errors for form in forms)
    periods = next(form for form in forms if isinstance(form, DatesPage)).periods() if is_complete else []
    refusal = against_taking_part(candidature)
    cluster = candidature.organisation.reference_cluster.short_name
    lead = _("%(cluster)s sees them once you have sent them. After that you can change them only when it asks you to.")
    context = {
        **CANDIDATURE_PAGES.answers(writing, forms),
        "back": reverse("matchmaking:candidature", args=[candidature.pk]),
        "back_label": candidature,
        "lead": lead % {"cluster": cluster},
        "statement": _("I confirm that all this is right, and that I may act for this organisation."),
        "send": _("Send to the reference cluster"),
        "is_complete": is_complete and not refusal,
        "incomplete": refusal or _("You can send it once all parts are right. What you have typed is saved."),
        "also": "matchmaking/check_also.html",
        "candidature": candidature,
        "obstacles": obstacles.asked_now(instance, periods) if is_complete else [],
    }
    return render_page(request, "clusters/check.html", context, status=status)


def _handed_in(request: HtmxHttpRequest, writing: CandidatureWriting) -> HttpResponse:
    try:
        candidature = writing.hand_in(mark=request.POST.get("seen", ""))
    except Incomplete:
        return _checked(request, writing, status=UNFIT)
    except StaleDraft:
        messages.warning(request, _("Something was changed elsewhere since you looked. Please check again and send."))
        return _checked(request, writing, status=CONFLICT)
    except DraftGone:
        return redirect("matchmaking:candidature", writing.row.pk)
    text = _("Sent to %(cluster)s. You hear from us as soon as it has decided.")
    messages.success(request, text % {"cluster": candidature.organisation.reference_cluster.short_name})
    return redirect("matchmaking:candidature", candidature.pk)


def _nothing_to_write(request: HtmxHttpRequest, role: ParticipantRole, wave: Wave) -> HttpResponse:
    """Lead to the candidature that is there already, or say what has to come first."""
    there = Candidature.objects.of_member(request.user).filter(role=role, wave=wave).first()
    if there is not None:
        messages.info(request, _("Your organisation has this candidature already."))
        return redirect("matchmaking:candidature", there.pk)
    return render_page(request, "matchmaking/register_first.html")


def _begun(candidature: Candidature, user: Any, earlier: Candidature | None) -> Candidature:
    """Store the draft; a second click lands on the one that the first has stored."""
    organisation: Organisation = candidature.organisation
    partnership = partnership_of(organisation.reference_cluster)
    if partnership is None:
        raise MoveConflict(_("The reference cluster takes no part in the open wave."), organisation)
    candidature.partnership, candidature.contact = partnership, user
    role, wave = candidature.role, candidature.wave
    try:
        return begin(candidature, user, earlier)
    except IntegrityError as fault:
        if "organisation_has_one_candidature_a_role" not in str(fault):
            raise
        return Candidature.objects.get(organisation=organisation, role=role, wave=wave)


def _editable(request: HtmxHttpRequest, pk: int) -> Candidature:
    candidature = visible_candidature(request, pk)
    if not permissions.can_write(request.user, candidature):
        raise PermissionDenied
    if not candidature.is_editable:
        raise MoveConflict(_("The candidature can no longer be changed: it has been sent."), candidature)
    return candidature
