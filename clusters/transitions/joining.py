"""Every change of a request to join happens in this file, and nowhere else."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from clusters import people_notices, permissions, queries
from clusters.enums import GONE, MembershipRole, RuleName
from clusters.enums import JoinRequestStatus as Status
from clusters.models import JoinRequest, JoinRequestEvent, Organisation, User
from clusters.transitions import roles
from extratex.shared import clock
from extratex.shared.moves import Machine, Move, MoveConflict

IS_MEMBER = _("You belong to %(organisation)s already.")
ASKED_ALREADY = _("You have asked to join %(organisation)s already. You hear from us as soon as somebody answers.")
NOT_JOINABLE = _("%(organisation)s takes nobody in at present.")
TOO_MANY_OPEN = _("You wait for %(number)s answers already. Take one request back, or wait for its answer.")
TOO_MANY_A_DAY = _("You have asked %(number)s organisations today. Please go on tomorrow.")
ASK_LATER = _("%(organisation)s has declined your request. You may ask again from %(day)s on.")


def _can_be_accepted(join_request: JoinRequest) -> StrOrPromise | None:
    if not join_request.person.is_active:
        return _("This person can no longer sign in.")
    if join_request.organisation.status in GONE:
        return roles.NOT_THERE % {"organisation": join_request.organisation}
    return None


def _is_overdue(join_request: JoinRequest) -> StrOrPromise | None:
    return None if join_request.expires_on < clock.today() else _("There is still time to answer.")


JOIN_REQUEST = Machine.of(
    JoinRequest,
    JoinRequestEvent,
    [
        Move(
            name="accept",
            label=_("Let this person in"),
            sources=frozenset({Status.ASKED}),
            target=Status.ACCEPTED,
            allowed=permissions.can_decide_joining,
            guard=_can_be_accepted,
        ),
        Move(
            name="decline",
            label=_("Decline"),
            sources=frozenset({Status.ASKED}),
            target=Status.DECLINED,
            allowed=permissions.can_decide_joining,
            needs_note=True,
            note_label=_("Why not; the person reads this"),
            style="plain",
        ),
        Move(
            name="withdraw",
            label=_("Take the request back"),
            sources=frozenset({Status.ASKED}),
            target=Status.WITHDRAWN,
            allowed=permissions.can_withdraw_joining,
            style="stop",
        ),
        Move(
            name="settle",
            label=_("Settle"),
            sources=frozenset({Status.ASKED}),
            target=Status.WITHDRAWN,
            allowed=permissions.can_run_deadlines,
            offered=False,
        ),
        Move(
            name="expire",
            label=_("Expire"),
            sources=frozenset({Status.ASKED}),
            target=Status.EXPIRED,
            allowed=permissions.can_run_deadlines,
            guard=_is_overdue,
        ),
    ],
)


@transaction.atomic
def ask(organisation: Organisation, *, person: User, message: str = "") -> JoinRequest:
    """Ask to join an organisation; raises MoveConflict in words for a member, a second request, or too many.

    The person's own row is locked, so that the limits are counted while the same person asks nothing else.
    """
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if (reason := against_asking(organisation, person)) is not None:
        raise MoveConflict(reason, organisation)
    join_request = JoinRequest(
        person=person,
        organisation=organisation,
        message=message.strip(),
        expires_on=clock.today() + timedelta(days=int(queries.rule_value(RuleName.JOIN_REQUEST_DAYS))),
    )
    try:
        with transaction.atomic():
            join_request.save(force_insert=True)
    except IntegrityError as fault:
        raise MoveConflict(ASKED_ALREADY % {"organisation": organisation}, organisation) from fault
    JOIN_REQUEST.begin(join_request, actor=person)
    people_notices.tell_of_join_request(join_request)
    return join_request


def against_asking(organisation: Organisation, person: User) -> StrOrPromise | None:
    """Say why the person cannot ask to join the organisation now, or nothing."""
    named = {"organisation": organisation}
    mine = JoinRequest.objects.filter(person=person)
    if organisation.memberships.filter(user=person).exists():
        return IS_MEMBER % named
    if mine.open().filter(organisation=organisation).exists():
        return ASKED_ALREADY % named
    if not Organisation.objects.open_to_joining().filter(pk=organisation.pk).exists():
        return NOT_JOINABLE % named
    return _too_soon(organisation, person) or _too_many(person)


@transaction.atomic
def accept(join_request: JoinRequest, *, actor: User) -> JoinRequest:
    """Let the person in: as an editor or, where nobody owns the organisation, as its owner.

    The organisation is locked before the request, as a merge of two organisations does it.
    """
    organisation = roles.locked(join_request.organisation)

    def admit(fresh: JoinRequest) -> None:
        role = MembershipRole.EDITOR if queries.has_active_owner(organisation) else MembershipRole.OWNER
        roles.admit(fresh.person, organisation, role=role, actor=actor)
        people_notices.tell_of_answer(fresh)

    return JOIN_REQUEST.apply("accept", join_request, actor=actor, effect=admit)


def decline(join_request: JoinRequest, *, actor: User, note: str) -> JoinRequest:
    """Say no, with the reason."""
    return JOIN_REQUEST.apply("decline", join_request, actor=actor, note=note, effect=people_notices.tell_of_answer)


def withdraw(join_request: JoinRequest, *, actor: User) -> JoinRequest:
    """Take one's own request back before it is answered."""
    return JOIN_REQUEST.apply("withdraw", join_request, actor=actor)


def settle(join_request: JoinRequest) -> JoinRequest:
    """Close a request that is needless since two organisations became one, under the portal's name."""
    return JOIN_REQUEST.apply("settle", join_request, actor=User.objects.system())


def expire(join_request: JoinRequest) -> JoinRequest:
    """Close a request that nobody has answered in time, under the portal's name."""
    return JOIN_REQUEST.apply("expire", join_request, actor=User.objects.system(), effect=people_notices.tell_of_answer)


def _too_soon(organisation: Organisation, person: User) -> StrOrPromise | None:
    declined = JoinRequest.objects.filter(person=person, organisation=organisation, status=Status.DECLINED)
    last = declined.order_by("-status_since").first()
    if last is None:
        return None
    pause = timedelta(days=int(queries.rule_value(RuleName.JOIN_AGAIN_DAYS)))
    again_on = timezone.localdate(last.status_since) + pause
    if again_on <= clock.today():
        return None
    return ASK_LATER % {"organisation": organisation, "day": date_format(again_on, "j F Y")}


def _too_many(person: User) -> StrOrPromise | None:
    most_open = int(queries.rule_value(RuleName.OPEN_JOIN_REQUESTS))
    if JoinRequest.objects.filter(person=person).open().count() >= most_open:
        return TOO_MANY_OPEN % {"number": most_open}
    most_a_day = int(queries.rule_value(RuleName.JOIN_REQUESTS_A_DAY))
    return TOO_MANY_A_DAY % {"number": most_a_day} if queries.requests_made_lately(person) >= most_a_day else None
