"""The catalogues: hosts for whoever is validated, visitors for validated hosts; list, map, detail and comparison."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from clusters import saved_views
from extratex.shared.htmx import HtmxHttpRequest, render_page
from extratex.shared.paging import KeyedPage
from matchmaking import catalogue, pages, queries, side_by_side
from matchmaking.filters import CatalogueFilter
from matchmaking.models import Candidature
from matchmaking.models.querysets import CandidatureQuerySet, may_open_catalogue
from matchmaking.shown import Shown, shown_to
from matchmaking.views.access import LONGEST_KEY, key_in, listed
from matchmaking.words_of_catalogue import HOSTS, VISITORS, Catalogue

ROWS = 24
AREA, VIEW, MAP = "area", "view", "map"


@require_GET
def host_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show the validated hosts as a list or on a map."""
    return _list(request, HOSTS)


@require_GET
def visitor_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show the validated visitors as a list or on a map."""
    return _list(request, VISITORS)


@require_GET
def host_detail(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Show what a host offers and, for one's own visitors, whether and why it is suggested."""
    return _detail(request, HOSTS, pk)


@require_GET
def visitor_detail(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Show what a visitor seeks and, for one's own hosts, whether and why it is suggested."""
    return _detail(request, VISITORS, pk)


@require_GET
def compare_hosts(request: HtmxHttpRequest) -> HttpResponse:
    """Lay up to three hosts beside each other."""
    return _compare(request, HOSTS)


@require_GET
def compare_visitors(request: HtmxHttpRequest) -> HttpResponse:
    """Lay up to three visitors beside each other."""
    return _compare(request, VISITORS)


def _list(request: HtmxHttpRequest, about: Catalogue) -> HttpResponse:
    if not request.user.is_authenticated:
        raise PermissionDenied
    if not may_open_catalogue(request.user, about.role):
        return render_page(request, "matchmaking/catalogue_closed.html", {"about": about})
    if "clear" in request.GET:
        saved_views.remember(request.user, about.page, "")
        return redirect(about.page)
    if not request.GET and (last := saved_views.last_used(request.user, about.page)):
        return redirect(f"{about.url}?{last}")
    rows = CatalogueFilter(request.GET, catalogue.listed(request.user, about.role), role=about.role)
    query = saved_views.narrowed_by(request.GET, [*rows.filters, AREA])
    if request.GET:
        saved_views.remember(request.user, about.page, query)
    areas = catalogue.areas_in(request.GET.getlist(AREA))
    found = catalogue.within(rows.qs, areas)
    is_map = request.GET.get(VIEW) == MAP
    context = {
        "about": about,
        "filter": rows,
        "faults": [(rows.form[name].label, errors) for name, errors in rows.form.errors.items()],
        "query": query,
        "areas": areas,
        "without_area": _without(request.GET, AREA),
        "is_map": is_map,
        "pills": _pills(request.GET, about, is_map=is_map),
        "views": saved_views.named_views(request.user, about.page, query),
        "share": request.build_absolute_uri(f"{about.url}?{query}") if query else "",
        **(_map(request, found) if is_map else _rows(request, found)),
    }
    return render_page(request, "matchmaking/catalogue.html", context, fragment="results")


def _rows(request: HtmxHttpRequest, found: CandidatureQuerySet) -> dict[str, Any]:
    page = KeyedPage(found.for_catalogue(), request.GET, ROWS)
    kept = catalogue.favourites_among(request.user, page)
    return {"page": page, "cards": [(each, each.pk in kept) for each in shown_to(request.user, page)]}


def _map(request: HtmxHttpRequest, found: CandidatureQuerySet) -> dict[str, Any]:
    return {"picture": catalogue.picture_of(found), "kept": _without(request.GET, AREA, VIEW)}


def _pills(given: QueryDict, about: Catalogue, *, is_map: bool) -> list[dict[str, object]]:
    """Return the two ways to look at the same rows."""
    kept = _without(given, VIEW)
    as_list = f"{about.url}?{kept}" if kept else f"{about.url}?{VIEW}=list"
    as_map = f"{about.url}?{kept}&{VIEW}={MAP}" if kept else f"{about.url}?{VIEW}={MAP}"
    return [
        {"label": _("List"), "url": as_list, "current": not is_map},
        {"label": _("Map"), "url": as_map, "current": is_map},
    ]


def _without(given: QueryDict, *names: str) -> str:
    """Return the address's filters without some, and never a page's key."""
    kept = given.copy()
    for name in (*names, "after", "before", "clear"):
        kept.pop(name, None)
    return kept.urlencode()


def _detail(request: HtmxHttpRequest, about: Catalogue, pk: int) -> HttpResponse:
    other = listed(request, about.role, pk)
    own = Candidature.objects.of_member(request.user).validated(about.other_role).filter(wave=other.wave)
    shown = shown_to(request.user, [other])[0]
    context = {
        "about": about,
        "shown": shown,
        "pictures": other.pictures.select_related("document") if shown.is_named else [],
        "is_kept": other.pk in catalogue.favourites_among(request.user, [other]),
        "views": [_view_of(each, shown) for each in own.with_profile()],
    }
    return render_page(request, "matchmaking/catalogue_detail.html", context)


def _view_of(own: Candidature, shown: Shown) -> dict[str, object]:
    """Return what one of the person's own candidatures should know of this one."""
    other = shown.candidature
    visitor, host = (own, other) if own.is_visitor else (other, own)
    suggestion = queries.suggestions_for(own).filter(**{other.role: other}).first()
    return {
        "visitor": visitor,
        "host": host,
        "suggestion": suggestion,
        "whys": pages.whys_of(own, [suggestion], [shown.is_named])[0] if suggestion else [],
        "against": [] if suggestion else pages.reasons_against(visitor, host, reader=own.role),
        "proposal": queries.live_proposal(visitor, host),
    }


def _compare(request: HtmxHttpRequest, about: Catalogue) -> HttpResponse:
    """Compare those that the address names; what the catalogue does not show is left out."""
    given = list(dict.fromkeys(key for key in request.GET.getlist("with") if _is_key(key)))
    rows = catalogue.listed(request.user, about.role).with_profile().select_related("entry")
    others = list(rows.filter(pk__in=[int(key) for key in given[: side_by_side.MOST]]))
    others.sort(key=lambda each: given.index(str(each.pk)))
    if len(given) > side_by_side.MOST:
        messages.info(request, _("Three are compared at once; these are the first ones that you chose."))
    own = Candidature.objects.of_member(request.user).validated(about.other_role).with_profile().order_by("pk")
    mine = list(own)
    asked = key_in(request.GET, "for")
    chosen = next((each for each in mine if each.pk == asked), mine[0] if mine else None)
    base = "&".join(f"with={each.pk}" for each in others)
    context = {
        "about": about,
        "table": side_by_side.compare(shown_to(request.user, others), chosen),
        "kept": catalogue.favourites_among(request.user, others),
        "pills": [
            {
                "label": each.organisation.legal_name,
                "url": f"{reverse(about.compare)}?{base}&for={each.pk}",
                "current": each == chosen,
            }
            for each in mine
        ],
    }
    return render_page(request, "matchmaking/compare.html", context)


def _is_key(key: str) -> bool:
    return key.isascii() and key.isdecimal() and len(key) <= LONGEST_KEY and str(int(key)) == key
