"""What becomes of candidatures when two organisations are merged: they move, with their proposals.

An organisation has one candidature for a role of a wave. Where both have one with life in it, one has to be withdrawn
first; one without life makes room for the other.
"""

from collections.abc import Mapping
from typing import Any

import pgtrigger
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_stubs_ext import StrOrPromise

from clusters.merging.parts import Answers, Pair, Part, register
from clusters.models import Organisation, User
from matchmaking import matching, receivers
from matchmaking.enums import CandidatureStatus
from matchmaking.models import Candidature, HostInvitation, Proposal

LIFELESS = frozenset({CandidatureStatus.REJECTED, CandidatureStatus.WITHDRAWN})

type Twins = list[tuple[Candidature, Candidature]]


def show(pair: Pair, _answers: Answers) -> list[str]:
    """Name each candidature that goes along, and those that stay behind because the place is taken."""
    staying = {merged.pk for kept, merged in _twins(pair) if not _gives_way(kept, merged)}
    sentences = []
    for candidature in _of(pair.merged):
        values = pair.names | {"candidature": _described(candidature)}
        if candidature.pk in staying:
            text = _("%(candidature)s stays with the old record: %(kept)s has one of its own.")
        else:
            text = _("%(candidature)s goes to %(kept)s.")
        sentences.append(text % values)
    sentences += [
        _("%(candidature)s makes room for it and goes to the old record.") % {"candidature": _described(kept)}
        for kept, merged in _twins(pair)
        if _gives_way(kept, merged)
    ]
    if number := Proposal.objects.filter(_sides(pair.merged)).count():
        text = ngettext("%(number)s proposal goes with it.", "%(number)s proposals go with them.", number)
        sentences.append(text % {"number": number})
    return sentences


def refuse(pair: Pair) -> list[StrOrPromise]:
    """Say what stands against it: two candidatures with life in them for one role, a live proposal to oneself."""
    reasons: list[StrOrPromise] = [
        _("Both have a candidature for one role: %(one)s and %(other)s. One of them has to be withdrawn first.")
        % {"one": _described(kept), "other": _described(merged)}
        for kept, merged in _twins(pair)
        if _is_alive(kept) and _is_alive(merged)
    ]
    between = Proposal.objects.live().filter(_sides(pair.kept)).filter(_sides(pair.merged))
    text = _("%(number)s is a proposal of the two to each other: it has to be closed first.")
    return [*reasons, *(text % {"number": proposal.number} for proposal in between.order_by("pk"))]


def move(pair: Pair, _answers: Answers, actor: User) -> Mapping[str, Any]:
    """Move the candidatures; what is not decided yet lies with the partnership of the record that stays."""
    twins = _twins(pair)
    changing = [merged.pk for kept, merged in twins if _gives_way(kept, merged)]
    for kept, merged in twins:
        if merged.pk in changing:
            _change_places(kept, merged)
    in_place = [each.pk for twin in twins for each in twin]
    others = Candidature.objects.filter(organisation=pair.merged).exclude(pk__in=in_place)
    moved = [*changing, *others.values_list("pk", flat=True)]
    others.update(organisation=pair.kept)
    receivers.follow_organisation(organisation=pair.kept)
    for candidature in Candidature.objects.filter(organisation=pair.kept, status=CandidatureStatus.VALIDATED):
        matching.ask_about(candidature, by=actor)
    return {"candidatures": sorted(moved)}


def _change_places(kept: Candidature, merged: Candidature) -> None:
    """Give each the other's organisation; neither has two of one role and wave in between.

    PostgreSQL looks after foreign keys when the transaction ends, and after unique ones at once: so one of the two
    stands for a moment at an organisation that cannot exist, of which its history tells nothing.
    """
    first, second = kept.organisation_id, merged.organisation_id
    with pgtrigger.ignore("matchmaking.Candidature:update_update"):
        Candidature.objects.filter(pk=kept.pk).update(organisation=-kept.pk)
    Candidature.objects.filter(pk=merged.pk).update(organisation=first)
    Candidature.objects.filter(pk=kept.pk).update(organisation=second)


def _twins(pair: Pair) -> Twins:
    """Return the candidatures of one role and wave that both have."""
    own = {(each.role, each.wave_id): each for each in _of(pair.kept)}
    return [(own[each.role, each.wave_id], each) for each in _of(pair.merged) if (each.role, each.wave_id) in own]


def _gives_way(kept: Candidature, merged: Candidature) -> bool:
    return _is_alive(merged) and not _is_alive(kept)


def _is_alive(candidature: Candidature) -> bool:
    """Tell whether anything can still come of a candidature, or of a proposal of it."""
    if candidature.status not in LIFELESS:
        return True
    return Proposal.objects.live().filter(**{candidature.role: candidature}).exists()


def _of(organisation: Organisation) -> list[Candidature]:
    rows = Candidature.objects.filter(organisation=organisation).select_related("wave", "organisation")
    return list(rows.order_by("pk"))


def _sides(organisation: Organisation) -> Q:
    return Q(visitor__organisation=organisation) | Q(host__organisation=organisation)


def _described(candidature: Candidature) -> str:
    role, status = candidature.get_role_display(), candidature.get_status_display()
    return f"{candidature.number} ({role}, {candidature.wave}, {status})"


register(Part(fields=frozenset({"matchmaking.Candidature.organisation"}), shows=show, refuses=refuse, moves=move))


def show_invitations(pair: Pair, _answers: Answers) -> list[str]:
    """Say how often the old record was asked to become a host; who stays counts as asked then."""
    number = HostInvitation.objects.filter(organisation=pair.merged).count()
    text = ngettext(
        "%(number)s invitation to become a host goes along.",
        "%(number)s invitations to become a host go along.",
        number,
    )
    return [text % {"number": number}] if number else []


def move_invitations(pair: Pair, _answers: Answers, _actor: User) -> Mapping[str, Any]:
    """Move the invitations to become a host; where both were asked on one day, once is enough."""
    own = set(HostInvitation.objects.filter(organisation=pair.kept).values_list("wave", "invited_on"))
    theirs = list(HostInvitation.objects.filter(organisation=pair.merged).values_list("pk", "wave", "invited_on"))
    moved = [key for key, *day in theirs if tuple(day) not in own]
    HostInvitation.objects.filter(pk__in=moved).update(organisation=pair.kept)
    HostInvitation.objects.filter(organisation=pair.merged).delete()
    return {"host_invitations": sorted(moved)}


register(
    Part(fields=frozenset({"matchmaking.HostInvitation.organisation"}), shows=show_invitations, moves=move_invitations)
)
