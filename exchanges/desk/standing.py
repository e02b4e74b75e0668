"""Where everything stands that belongs to a person's own organisations, and the first step of who has none."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from clusters import drafts, pages, queries
from clusters.enums import OrganisationStatus, RuleName
from clusters.forms.registration import KIND, title_of
from clusters.models import JoinRequest, Organisation
from clusters.permissions import roles_of
from exchanges.models import Exchange
from matchmaking.models import Candidature

SHOWN = 10


@dataclass(frozen=True)
class Step:
    """The one next thing to do, for components/next_action.html."""

    title: str
    text: str
    url: str = ""
    label: str = ""


@dataclass(frozen=True)
class Line:
    """One thing and where it stands."""

    url: str
    title: str
    reference: str
    status: str
    tone: str
    whereabouts: str = ""


def standing_of(user: Any) -> list[Line]:
    """Return one's organisations, candidatures and exchanges with their status, the youngest first.

    Three queries, and a fourth where a registration waits.
    """
    mine = roles_of(user).organisations
    if not mine:
        return []
    organisations = Organisation.objects.filter(pk__in=mine).select_related("reference_cluster").order_by("-pk")
    candidatures = Candidature.objects.filter(organisation__in=mine).select_related("organisation").order_by("-pk")
    exchanges = Exchange.objects.visible_to(user).for_list().order_by("-pk")
    return [
        *_organisation_lines(organisations[:SHOWN]),
        *(_line(row, reverse("matchmaking:candidature", args=[row.pk]), row.number) for row in candidatures[:SHOWN]),
        *(_line(row, reverse("exchanges:detail", args=[row.pk]), row.number) for row in exchanges[:SHOWN]),
    ]


def first_step_of(user: Any) -> Step | None:
    """Return what somebody does first: go on with a registration or begin it, then write a candidature."""
    roles = roles_of(user)
    begun = drafts.find(user, KIND)
    if begun is not None:
        return Step(
            _("Go on with your registration"),
            _("%(name)s: saved on %(at)s, not sent yet.")
            % {"name": title_of(begun), "at": date_format(localtime(begun.updated_at), "j F Y, H:i")},
            reverse("clusters:go_on"),
            _("Go on"),
        )
    if roles.is_staff:
        return None
    if not roles.organisations:
        return _waiting_to_join(user) or Step(
            _("Register your organisation"),
            _("It takes ten minutes. Your reference cluster validates it; then you write what you seek or offer."),
            reverse("clusters:new"),
            _("Register"),
        )
    written = Candidature.objects.filter(organisation=OuterRef("pk"))
    validated = Organisation.objects.filter(pk__in=roles.organisations, status=OrganisationStatus.VALIDATED)
    if validated.filter(~Exists(written)).exists():
        return Step(
            _("Write your candidature"),
            _("Your organisation is validated. Say what you want to learn as a visitor, or what you offer as a host."),
            reverse("matchmaking:candidatures"),
            _("Write a candidature"),
        )
    return None


def _waiting_to_join(user: Any) -> Step | None:
    asked = JoinRequest.objects.open().filter(person=user).for_list().first()
    if asked is None:
        return None
    return Step(
        _("You have asked to join %(organisation)s") % {"organisation": asked.organisation},
        _("You get a notice as soon as somebody answers. Until then you need do nothing."),
        reverse("clusters:join_request", args=[asked.pk]),
        _("See your request"),
    )


def _organisation_lines(organisations: Iterable[Organisation]) -> Iterator[Line]:
    """Say of each registration that is under way with whom it lies, since when and until when."""
    rows = list(organisations)
    waits = any(row.status == OrganisationStatus.SUBMITTED for row in rows)
    days = queries.days(RuleName.VALIDATION_DAYS) if waits else 0
    for row in rows:
        line = _line(row, reverse("clusters:organisation", args=[row.pk]), row.number)
        is_done = row.status == OrganisationStatus.VALIDATED
        yield line if is_done else replace(line, whereabouts=pages.whereabouts(row, answer_days=days))


def _line(row: Any, url: str, reference: str) -> Line:
    return Line(url, str(row), reference, row.get_status_display(), row.status_tone)
