"""Which wish of a candidature keeps everybody away: as the last run has found, or asked now of those who take part."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import batched

from django.utils.translation import gettext as _

from clusters.enums import ParticipantRole
from matchmaking import inputs, queries
from matchmaking.engine.candidates import Obstacle, why_no_visitor, why_nobody, why_not
from matchmaking.engine.model import Host, Visitor, Window
from matchmaking.models import Availability, Candidature
from matchmaking.words import listed

MOST_ASKED = 1000
AT_ONCE = 200


def found_by_the_last_run(visitor: Candidature) -> list[str]:
    """Say for a visitor without suggestions which wish keeps how many hosts away, what would help most first."""
    if not Candidature.objects.validated(ParticipantRole.HOST).filter(wave=visitor.wave).exists():
        return [_("No host has been validated yet.")]
    outcome = queries.last_outcome(visitor)
    if outcome is None:
        return []
    if not outcome.obstacles:
        return [_("No host can receive you at present, whatever you wish.")]
    return _in_words(ParticipantRole.VISITOR, (Obstacle(tuple(wishes), number) for wishes, number in outcome.obstacles))


def asked_now(candidature: Candidature, periods: Sequence[Availability]) -> list[str]:
    """Say which wish leaves a candidature, filled in as it stands and with these periods, without anybody.

    Empty where there is somebody, and where nobody takes part yet. At most a thousand others are asked, the youngest
    first, and no more as soon as one of them would do.
    """
    windows = tuple((each.first_day, each.last_day) for each in periods)
    return _of_visitor(candidature, windows) if candidature.is_visitor else _of_host(candidature, windows)


def _of_visitor(candidature: Candidature, windows: tuple[Window, ...]) -> list[str]:
    visitor = replace(inputs.visitors_from([candidature], candidature.wave)[0], windows=windows, eligible=True)
    hosts: list[Host] = []
    for keys in _others(candidature, ParticipantRole.HOST):
        some = inputs.hosts_from(Candidature.objects.with_profile().filter(pk__in=keys), candidature.wave)
        if any(not why_not(visitor, host) for host in some):
            return []
        hosts += some
    return _in_words(ParticipantRole.VISITOR, why_nobody(visitor, hosts))


def _of_host(candidature: Candidature, windows: tuple[Window, ...]) -> list[str]:
    host = replace(inputs.hosts_from([candidature], candidature.wave)[0], windows=windows, eligible=True)
    visitors: list[Visitor] = []
    for keys in _others(candidature, ParticipantRole.VISITOR):
        some = inputs.visitors_from(Candidature.objects.with_profile().filter(pk__in=keys), candidature.wave)
        if any(not why_not(visitor, host) for visitor in some):
            return []
        visitors += some
    return _in_words(ParticipantRole.HOST, why_no_visitor(host, visitors))


def _others(candidature: Candidature, role: ParticipantRole) -> Iterable[tuple[int, ...]]:
    rows = Candidature.objects.validated(role).filter(wave=candidature.wave).order_by("-pk")
    return batched(list(rows.values_list("pk", flat=True)[:MOST_ASKED]), AT_ONCE)


def _in_words(role: str, obstacles: Iterable[Obstacle]) -> list[str]:
    names = {
        "languages": _("your choice of languages"),
        "dates": _("your periods and the length of your stay"),
        "excluded_countries": _("the countries that you leave out"),
        "partner_types": _("the types of host that you wish"),
        "declined": _("the proposals that were declined"),
    }
    sentence = _("Hosts that would fit without %(wishes)s: %(number)s.")
    if role == ParticipantRole.HOST:
        names |= {"dates": _("your periods"), "partner_types": _("the types of visitor that you wish")}
        sentence = _("Visitors that would fit without %(wishes)s: %(number)s.")
    return [
        sentence % {"wishes": listed(names[wish] for wish in obstacle.wishes), "number": obstacle.hosts}
        for obstacle in obstacles
    ]
