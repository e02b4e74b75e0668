"""What somebody keeps of the catalogues for herself, with a note."""

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clusters.enums import ParticipantRole
from extratex.shared.htmx import HtmxHttpRequest, render_page
from matchmaking import catalogue
from matchmaking.forms.catalogue import NoteForm
from matchmaking.models import Candidature, Favourite
from matchmaking.shown import shown_to
from matchmaking.words_of_catalogue import HOSTS, VISITORS

MOST = 200
UNFIT = 422


@require_GET
def favourite_list(request: HtmxHttpRequest) -> HttpResponse:
    """List what one keeps, hosts and visitors apart."""
    return _page(request)


@require_POST
def keep(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Keep a candidature, or let it go; the form says which, so that a second click changes nothing."""
    candidature = _seen(request, pk)
    wants = request.POST.get("keep") != "0"
    mine = Favourite.objects.visible_to(request.user)
    if not wants:
        mine.filter(candidature=candidature).delete()
    elif mine.count() < MOST or mine.filter(candidature=candidature).exists():
        Favourite.objects.get_or_create(user=request.user, candidature=candidature)
    else:
        wants = False
        messages.error(request, _("You keep as many as you can: let one go that you no longer need."))
    if request.htmx:
        shown = shown_to(request.user, [candidature])[0]
        return render_page(request, "matchmaking/favourite.html", {"shown": shown, "is_kept": wants})
    return redirect(_back(request))


@require_POST
def note(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Write a note to oneself on what one keeps."""
    favourite = get_object_or_404(Favourite.objects.visible_to(request.user), candidature=pk)
    form = NoteForm(request.POST, instance=favourite)
    if not form.is_valid():
        return _page(request, {favourite.pk: form}, status=UNFIT)
    form.save()
    messages.success(request, _("Your note is stored; nobody else reads it."))
    return redirect("matchmaking:favourites")


def _page(request: HtmxHttpRequest, forms: dict[int, NoteForm] | None = None, status: int = 200) -> HttpResponse:
    kept = {each.candidature_id: each for each in Favourite.objects.visible_to(request.user)}
    lists = []
    for about in (HOSTS, VISITORS):
        rows = catalogue.listed(request.user, about.role).filter(pk__in=kept).for_catalogue()
        found = [
            (each, (forms or {}).get(kept[each.pk].pk) or NoteForm(instance=kept[each.pk]))
            for each in shown_to(request.user, rows)
        ]
        if found:
            lists.append((about, found))
    shown = sum(len(found) for _about, found in lists)
    context = {"lists": lists, "gone": len(kept) - shown, "hosts": HOSTS}
    return render_page(request, "matchmaking/favourites.html", context, status=status)


def _seen(request: HtmxHttpRequest, pk: int) -> Candidature:
    """Return the candidature if one of the catalogues shows it, or if it is to be let go; 404 otherwise."""
    shown = [Candidature.objects.in_catalogue_for(request.user, role).values("pk") for role in ParticipantRole]
    kept = Favourite.objects.visible_to(request.user).values("candidature")
    seen = Q(pk__in=shown[0]) | Q(pk__in=shown[1]) | Q(pk__in=kept)
    return get_object_or_404(Candidature.objects.filter(seen).select_related("organisation"), pk=pk)


def _back(request: HtmxHttpRequest) -> str:
    given = request.POST.get("next", "")
    allowed = given.startswith("/") and url_has_allowed_host_and_scheme(given, allowed_hosts=None)
    return given if allowed else "matchmaking:favourites"
