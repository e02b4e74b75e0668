"""What this app itself moves in a merge: people, requests to join, invitations, enterprises, rows of imports."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clusters.forms.registration import KIND
from clusters.merging.parts import Answers, Pair, Part, register
from clusters.merging.values import MERGED
from clusters.models import Draft, ImportedRow, Invitation, JoinRequest, Membership, RelatedEnterprise, User, VatCheck
from clusters.transitions import invitations, joining, roles

FIELDS = frozenset(
    {
        "clusters.ImportedRow.existing",
        "clusters.Invitation.organisation",
        "clusters.JoinRequest.organisation",
        "clusters.Membership.organisation",
        "clusters.RelatedEnterprise.organisation",
    }
)


def show(pair: Pair, answers: Answers) -> list[str]:
    """Say who belongs to the record that stays afterwards, and which questions to the other one go on."""
    memberships = Membership.objects.filter(organisation=pair.merged).for_page()
    sentences = [
        _("%(person)s (%(email)s) belongs to %(kept)s, as %(role)s.")
        % (pair.names | {"person": each.user, "email": each.user.email, "role": each.get_role_display().lower()})
        for each in memberships
    ]
    requests = JoinRequest.objects.filter(organisation=pair.merged)
    if number := requests.count():
        text = ngettext(
            "%(number)s request to join goes along, %(open)s of them open.",
            "%(number)s requests to join go along, %(open)s of them open.",
            number,
        )
        sentences.append(text % {"number": number, "open": requests.open().count()})
    sent = Invitation.objects.filter(organisation=pair.merged)
    if number := sent.count():
        text = ngettext(
            "%(number)s invitation goes along, %(open)s of them open.",
            "%(number)s invitations go along, %(open)s of them open.",
            number,
        )
        sentences.append(text % {"number": number, "open": sent.open().count()})
    return [*sentences, *_show_the_rest(pair, answers)]


def _show_the_rest(pair: Pair, answers: Answers) -> list[str]:
    sentences = []
    if number := RelatedEnterprise.objects.filter(organisation=pair.merged).count():
        sentences.append(_enterprises_in_words(number, goes=answers["headcount"] == MERGED))
    if number := ImportedRow.objects.filter(existing=pair.merged).count():
        text = ngettext(
            "%(number)s row of an import that was to fill in the old record fills in the other one.",
            "%(number)s rows of imports that were to fill in the old record fill in the other one.",
            number,
        )
        sentences.append(text % {"number": number})
    given_up = _("A correction that %(person)s has begun and not sent is given up.")
    return [*sentences, *(given_up % {"person": draft.user} for draft in _drafts(pair).select_related("user"))]


def move(pair: Pair, answers: Answers, actor: User) -> Mapping[str, Any]:
    """Move all of it; nobody is twice in the record that stays, and an owner stays an owner."""
    moved = {
        "people": _move_people(pair, actor),
        "requests": _move_requests(pair),
        "invitations": _move_invitations(pair),
        "enterprises": _move_enterprises(pair, answers),
    }
    VatCheck.objects.filter(organisation=pair.merged).delete()
    ImportedRow.objects.filter(existing=pair.merged).update(existing=pair.kept)
    _drafts(pair).delete()
    return moved


def _move_people(pair: Pair, actor: User) -> list[int]:
    people = []
    for membership in Membership.objects.filter(organisation=pair.merged).select_related("user").order_by("pk"):
        roles.admit(membership.user, pair.kept, role=membership.role, actor=actor)
        membership.delete()
        people.append(membership.user_id)
    return people


def _move_requests(pair: Pair) -> list[int]:
    """Let requests go on; whoever belongs to the record that stays, or asks it already, needs no second one."""
    requests = JoinRequest.objects.filter(organisation=pair.merged)
    asking = set(JoinRequest.objects.open().filter(organisation=pair.kept).values_list("person", flat=True))
    belonging = set(Membership.objects.filter(organisation=pair.kept).values_list("user", flat=True))
    for request in requests.open():
        if request.person_id in asking | belonging:
            joining.settle(request)
    return _moved(requests, pair)


def _move_invitations(pair: Pair) -> list[int]:
    """Let invitations go on; an address is not invited twice."""
    sent = Invitation.objects.filter(organisation=pair.merged)
    invited = set(Invitation.objects.open().filter(organisation=pair.kept).values_list("email", flat=True))
    for invitation in sent.open().filter(email__in=invited):
        invitations.settle(invitation)
    return _moved(sent, pair)


def _move_enterprises(pair: Pair, answers: Answers) -> list[int]:
    """Let the enterprises follow the figures that were chosen, with which they count; the others stay behind."""
    if answers["headcount"] != MERGED:
        return []
    given_up = list(RelatedEnterprise.objects.filter(organisation=pair.kept).values_list("pk", flat=True))
    moved = _moved(RelatedEnterprise.objects.filter(organisation=pair.merged), pair)
    RelatedEnterprise.objects.filter(pk__in=given_up).update(organisation=pair.merged)
    return moved


def _moved(rows: Any, pair: Pair) -> list[int]:
    keys = list(rows.order_by("pk").values_list("pk", flat=True))
    rows.update(organisation=pair.kept)
    return keys


def _drafts(pair: Pair) -> Any:
    return Draft.objects.filter(kind=KIND, subject=str(pair.merged.pk))


def _enterprises_in_words(number: int, *, goes: bool) -> str:
    if goes:
        text = ngettext(
            "%(number)s partner or linked enterprise goes along with the figures.",
            "%(number)s partner and linked enterprises go along with the figures.",
            number,
        )
    else:
        text = ngettext(
            "%(number)s partner or linked enterprise stays with the old record, as its figures do.",
            "%(number)s partner and linked enterprises stay with the old record, as its figures do.",
            number,
        )
    return text % {"number": number}


register(Part(fields=FIELDS, shows=show, moves=move))
