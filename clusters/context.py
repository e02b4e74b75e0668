"""What every page shows of the programme: its wave, the navigation for the person's roles, and the demonstration."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from clusters import queries
from clusters.permissions import Roles, roles_of
from extratex.shared import clock
from extratex.shared.htmx import HtmxHttpRequest

type Entry = tuple[StrOrPromise, str]

HOW: Entry = (_("How it works"), "clusters:programme")
MISSIONS: Entry = (_("Missions"), "clusters:missions")
PARTNERS: Entry = (_("Partners"), "clusters:partners")
LUMP_SUMS: Entry = (_("Lump sums"), "lump_sums")
SEARCH: Entry = (_("Search"), "search")
STRANGERS: list[Entry] = [HOW, MISSIONS, PARTNERS, LUMP_SUMS, SEARCH]
DESK: Entry = (_("Desk"), "desk")
MINE: Entry = (_("My organisation"), "clusters:mine")
STAFF: Entry = (_("Staff"), "clusters:staff")
ORGANISATIONS: Entry = (_("Organisations"), "clusters:organisations")
CANDIDATURES: Entry = (_("Candidatures"), "matchmaking:candidatures")
SUGGESTIONS: Entry = (_("Suggestions"), "matchmaking:suggestions")
PROPOSALS: Entry = (_("Proposals"), "matchmaking:proposals")
MATCHING: Entry = (_("Matching"), "matchmaking:runs")
EXCHANGES: Entry = (_("Exchanges"), "exchanges:list")
CLAIMS: Entry = (_("Claims"), "exchanges:claims")
PAYMENTS: Entry = (_("Payments"), "exchanges:payments")
FACTS: Entry = (_("Facts"), "clusters:facts")
PUBLISHING: Entry = (_("Publishing"), "clusters:publishing")
COCKPIT: Entry = (_("Cockpit"), "exchanges:cockpit")

INSIDE = {
    "clusters:organisations": ("clusters:imports", "clusters:mine"),
    "matchmaking:suggestions": ("matchmaking:hosts", "matchmaking:visitors", "matchmaking:favourites"),
    "exchanges:cockpit": ("matchmaking:supply",),
}


@dataclass(frozen=True)
class Link:
    """One entry of the navigation."""

    label: StrOrPromise
    url: str
    current: bool


def programme(request: HtmxHttpRequest) -> dict[str, object]:
    """Give each page its wave, its navigation and the state of the demonstration; each is read only when drawn."""
    return {
        "programme": SimpleLazyObject(queries.wave_to_show),
        "navigation": SimpleLazyObject(lambda: _navigation(request)),
        "demonstration": _demonstration(),
    }


def entries_for(roles: Roles, *, is_signed_in: bool) -> list[Entry]:
    """Return what somebody with these roles finds in the navigation."""
    if not is_signed_in:
        return STRANGERS
    return [DESK, *(_for_staff(roles) if roles.is_staff else _for_members()), PARTNERS]


def _for_members() -> list[Entry]:
    return [MINE, CANDIDATURES, SUGGESTIONS, PROPOSALS, EXCHANGES]


def _for_staff(roles: Roles) -> list[Entry]:
    own = [MINE] if roles.organisations else []
    money = [CLAIMS, PAYMENTS] if roles.coordinates or roles.pays_for or roles.oversees_all else []
    cockpit = [COCKPIT, MATCHING] if money else []
    publishing = [PUBLISHING] if roles.coordinates or roles.oversees_all else []
    facts = [FACTS] if roles.oversees_all else []
    return [*own, ORGANISATIONS, CANDIDATURES, PROPOSALS, EXCHANGES, *money, *cockpit, STAFF, *publishing, *facts]


def _navigation(request: HtmxHttpRequest) -> list[Link]:
    user = request.user
    entries = entries_for(roles_of(user), is_signed_in=user.is_authenticated)
    here = next((name for _label, name in entries if _leads_to(name, request.path)), None)
    return [Link(label, reverse(name), current=name == here) for label, name in entries]


def _leads_to(name: str, path: str) -> bool:
    return any(path.startswith(reverse(each)) for each in (name, *INSIDE.get(name, ())))


def _demonstration() -> dict[str, object] | None:
    if not settings.DEMONSTRATION:
        return None
    return {
        "today": clock.today(),
        "mailbox_url": reverse("demonstration:mailbox"),
        "clock_url": reverse("demonstration:clock"),
    }
