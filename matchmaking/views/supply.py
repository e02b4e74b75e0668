"""The coordinator's page of the supply of hosts, and inviting likely ones."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from clusters.enums import RuleName
from clusters.models import Partnership
from clusters.permissions import roles_of
from clusters.queries import days
from extratex.shared.htmx import HtmxHttpRequest, render_page
from matchmaking import host_invitations, permissions, supply
from matchmaking.forms.supply import InvitationForm
from matchmaking.views.access import LONGEST_KEY

EVERYBODY = "all"
ROWS = 25
UNFIT = 422


@require_safe
def page(request: HtmxHttpRequest) -> HttpResponse:
    """Show demand against supply, hosts that are stale or silent, and who could become one."""
    scope, pills = _scope(request, request.GET.get("partnership"))
    technologies, nations = supply.by_technology(scope), supply.by_country(scope)
    months = supply.by_month(scope)
    limit, stale = supply.stale_hosts(scope)
    short = host_invitations.short_of(technologies)
    context = {
        "scope": scope,
        "pills": pills,
        "balances": [
            (_("By technology"), _("Technology"), "technologies", technologies, supply.bars_of(technologies)),
            (_("By country"), _("Country"), "countries", nations, supply.bars_of(nations)),
            (_("By month"), _("Month"), "months", months, supply.bars_of(months)),
        ],
        "short": short,
        "stale_days": limit,
        "stale": list(stale[: ROWS + 1]),
        "silent": list(supply.silent_hosts(scope)[: ROWS + 1]),
        "rows": ROWS,
        "likely": host_invitations.likely_hosts(scope, short),
        "may_invite": scope.partnership is not None and permissions.can_invite_hosts(request.user, scope.partnership),
    }
    return render_page(request, "matchmaking/supply.html", context)


@require_POST
def look(request: HtmxHttpRequest) -> HttpResponse:
    """Say what inviting the chosen ones would do; nothing is sent."""
    scope = _led(request)
    chosen = _chosen(request)
    if not chosen:
        messages.error(request, _("Choose at least one organisation."))
        return redirect(_address(scope))
    return _dry_run(request, scope, chosen, InvitationForm())


@require_POST
def send(request: HtmxHttpRequest) -> HttpResponse:
    """Invite the chosen ones, each once; a second press finds them invited."""
    scope = _led(request)
    chosen, form = _chosen(request), InvitationForm(request.POST)
    if not form.is_valid():
        return _dry_run(request, scope, chosen, form, status=UNFIT)
    short = host_invitations.short_of(supply.by_technology(scope))
    number = host_invitations.send(scope, short, chosen, by=request.user, note=form.cleaned_data["note"])
    if number:
        text = ngettext("%(number)s organisation is invited.", "%(number)s organisations are invited.", number)
        messages.success(request, text % {"number": number})
    else:
        messages.info(request, _("Nobody was left to invite: they were asked already or are hosts by now."))
    return redirect(_address(scope))


def _dry_run(
    request: HtmxHttpRequest, scope: supply.Scope, chosen: list[int], form: InvitationForm, status: int = 200
) -> HttpResponse:
    short = host_invitations.short_of(supply.by_technology(scope))
    context = {
        "scope": scope,
        "back": _address(scope),
        "run": (run := host_invitations.dry_run(scope, short, chosen)),
        "text": host_invitations.text_for(run.to[0]) if run.to else "",
        "again_days": days(RuleName.HOST_INVITATION_DAYS),
        "form": form,
    }
    return render_page(request, "matchmaking/supply_invite.html", context, status=status)


def _scope(request: HtmxHttpRequest, asked: str | None) -> tuple[supply.Scope, list[dict[str, Any]]]:
    """Return what the address asks for among what the person leads or oversees; 403 for others, 404 for what is not."""
    roles = roles_of(request.user)
    partnerships = Partnership.objects.select_related("wave").order_by("-wave__starts_on", "acronym")
    if not roles.oversees_all:
        partnerships = partnerships.filter(pk__in=roles.coordinates)
    led = list(partnerships)
    if not led:
        raise PermissionDenied
    waves = list(dict.fromkeys(each.wave for each in led)) if roles.oversees_all else []
    scopes = {f"{EVERYBODY}-{wave.pk}": supply.Scope(wave, None) for wave in waves}
    scopes |= {each.slug: supply.Scope(each.wave, each) for each in led}
    key = asked if asked is not None else _first(led)
    if key not in scopes:
        raise Http404
    address = reverse("matchmaking:supply")
    pills = [
        {"label": _label(scope), "url": f"{address}?partnership={name}", "current": name == key}
        for name, scope in scopes.items()
    ]
    return scopes[key], pills


def _first(led: list[Partnership]) -> str:
    return next((each.slug for each in led if each.planned_exchanges), led[0].slug)


def _label(scope: supply.Scope) -> str:
    if scope.partnership is not None:
        return str(scope.partnership.acronym)
    return _("All of %(wave)s") % {"wave": scope.wave}


def _led(request: HtmxHttpRequest) -> supply.Scope:
    """Return the partnership for which the person invites."""
    scope, _pills = _scope(request, request.POST.get("partnership"))
    if scope.partnership is None or not permissions.can_invite_hosts(request.user, scope.partnership):
        raise PermissionDenied
    return scope


def _chosen(request: HtmxHttpRequest) -> list[int]:
    given = dict.fromkeys(request.POST.getlist("chosen"))
    keys = [int(key) for key in given if key.isascii() and key.isdecimal() and len(key) <= LONGEST_KEY]
    return keys[: host_invitations.MOST]


def _address(scope: supply.Scope) -> str:
    slug = scope.partnership.slug if scope.partnership is not None else ""
    return f"{reverse('matchmaking:supply')}?partnership={slug}#likely"
