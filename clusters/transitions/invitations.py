"""Every change of an invitation happens in this file, and nowhere else.

The link of the mail holds a secret of 256 bits; the database keeps its hash only, and the outbox forgets the mail's
text once it is delivered. Sending it again makes a new secret, so that the older mail opens nothing any more.
"""

import hashlib
import secrets
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from clusters import people_notices, permissions, queries
from clusters.enums import InvitationStatus as Status
from clusters.enums import OrganisationStatus, RuleName
from clusters.models import Invitation, InvitationEvent, MemberImport, User
from clusters.transitions import roles
from extratex.shared import clock
from extratex.shared.moves import Machine, Move, MoveConflict, MoveForbidden

TOKEN_BYTES = 32
TAKES_PART = (
    OrganisationStatus.DRAFT,
    OrganisationStatus.SUBMITTED,
    OrganisationStatus.CHANGES_REQUESTED,
    OrganisationStatus.VALIDATED,
)
IS_MEMBER = _("%(email)s belongs to %(place)s already.")
INVITED_ALREADY = _("%(email)s is invited already. You can send that invitation again.")
ONESELF = _("You cannot invite yourself: who takes a role is somebody else’s choice.")
OVER = _("The invitation has expired. Ask who invited you to send it again.")
VOID = _("Whoever sent this invitation may no longer invite. Ask %(place)s for a new one.")
NO_PART = _("%(place)s does not take part in the programme any more.")
TOO_MANY_A_DAY = _("You have sent %(number)s invitations in 24 hours. Please go on tomorrow.")
TOO_MANY_OF_IMPORTS = _("You have invited %(number)s contacts of imports in 24 hours. Please go on tomorrow.")
TOO_OFTEN = _("%(email)s has been sent %(number)s invitations in 24 hours. Please try again tomorrow.")


def _can_be_accepted(invitation: Invitation) -> StrOrPromise | None:
    if invitation.expires_on < clock.today():
        return OVER
    named = {"place": invitation.place}
    if invitation.organisation is not None and invitation.organisation.status not in TAKES_PART:
        return NO_PART % named
    sender = User.objects.get(pk=invitation.invited_by_id)
    return None if permissions.can_invite(sender, invitation) else VOID % named


def _can_be_sent_again(invitation: Invitation) -> StrOrPromise | None:
    most = int(queries.rule_value(RuleName.INVITATIONS_TO_ADDRESS_A_DAY))
    if queries.invitations_got_lately(invitation.email) >= most:
        return TOO_OFTEN % {"email": invitation.email, "number": most}
    return None


def _is_overdue(invitation: Invitation) -> StrOrPromise | None:
    return None if invitation.expires_on < clock.today() else _("There is still time to answer.")


INVITATION = Machine.of(
    Invitation,
    InvitationEvent,
    [
        Move(
            name="accept",
            label=_("Accept"),
            sources=frozenset({Status.SENT}),
            target=Status.ACCEPTED,
            allowed=permissions.can_answer_invitation,
            guard=_can_be_accepted,
        ),
        Move(
            name="decline",
            label=_("Decline"),
            sources=frozenset({Status.SENT}),
            target=Status.DECLINED,
            allowed=permissions.can_answer_invitation,
            style="plain",
        ),
        Move(
            name="resend",
            label=_("Send again"),
            sources=frozenset({Status.SENT, Status.EXPIRED}),
            target=Status.SENT,
            allowed=permissions.can_invite,
            guard=_can_be_sent_again,
            style="plain",
        ),
        Move(
            name="withdraw",
            label=_("Withdraw"),
            sources=frozenset({Status.SENT}),
            target=Status.WITHDRAWN,
            allowed=permissions.can_invite,
            style="stop",
        ),
        Move(
            name="settle",
            label=_("Settle"),
            sources=frozenset({Status.SENT}),
            target=Status.WITHDRAWN,
            allowed=permissions.can_run_deadlines,
            offered=False,
        ),
        Move(
            name="expire",
            label=_("Expire"),
            sources=frozenset({Status.SENT}),
            target=Status.EXPIRED,
            allowed=permissions.can_run_deadlines,
            guard=_is_overdue,
        ),
    ],
)


def hash_of(token: str) -> str:
    """Return what the database keeps of a link's secret."""
    return hashlib.sha256(token.encode()).hexdigest()


def found_by(token: str) -> Invitation | None:
    """Return the invitation that a link opens, in whatever status, or nothing."""
    return Invitation.objects.for_list().filter(token_hash=hash_of(token)).first()


@transaction.atomic
def invite(invitation: Invitation, *, actor: User, source: MemberImport | None = None) -> Invitation:
    """Send a new invitation, of which address, role and place are filled in; raises MoveConflict in words.

    It says the same whether or not the address has an account. The sender's own row is locked, so that the limits are
    counted while the same person sends nothing else. The contacts of an import, the `source`, have a limit of their
    own: a cluster brings hundreds of members in at once.
    """
    invitation.email = invitation.email.lower()
    if not permissions.can_invite(actor, invitation):
        raise MoveForbidden(str(roles.FORBIDDEN))
    User.objects.select_for_update(no_key=True).get(pk=actor.pk)
    if (reason := _against_sending(invitation, actor, source)) is not None:
        raise MoveConflict(reason, invitation)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    invitation.invited_by, invitation.token_hash, invitation.expires_on = actor, hash_of(token), _last_day()
    try:
        with transaction.atomic():
            invitation.save(force_insert=True)
    except IntegrityError as fault:
        raise MoveConflict(INVITED_ALREADY % {"email": invitation.email}, invitation) from fault
    INVITATION.begin(invitation, actor=actor, facts={"import": source.pk} if source else None)
    people_notices.send_invitation(invitation, token)
    return invitation


@transaction.atomic
def invite_all(prepared: list[Invitation], *, actor: User) -> list[Invitation]:
    """Send several invitations, all or, where one cannot be sent, none: the MoveConflict says which, and why."""
    return [invite(invitation, actor=actor) for invitation in prepared]


def moves_of_sender(invitation: Invitation) -> list[Move[Invitation]]:
    """Return the buttons of an invitation in a list, by its status alone, so that no row asks the database."""
    return [INVITATION.moves[name] for name in ("resend", "withdraw") if _starts(name, invitation)]


@transaction.atomic
def resend(invitation: Invitation, *, actor: User) -> Invitation:
    """Send an invitation again, in the sender's own name, with a new link and a new last day."""
    User.objects.select_for_update(no_key=True).get(pk=actor.pk)
    if (reason := _too_many(actor)) is not None:
        raise MoveConflict(reason, invitation)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    changes = {"token_hash": hash_of(token), "expires_on": _last_day(), "invited_by": actor}
    try:
        with transaction.atomic():
            return INVITATION.apply(
                "resend",
                invitation,
                actor=actor,
                changes=changes,
                effect=lambda fresh: people_notices.send_invitation(fresh, token),
            )
    except IntegrityError as fault:
        raise MoveConflict(INVITED_ALREADY % {"email": invitation.email}, invitation) from fault


@transaction.atomic
def accept(invitation: Invitation, *, actor: User) -> Invitation:
    """Take the role that one is invited to; a link that was used cannot be used again.

    The organisation is locked before the invitation, as a merge of two organisations does it.
    """
    if invitation.organisation is not None:
        roles.locked(invitation.organisation)

    def take(fresh: Invitation) -> None:
        if fresh.organisation is not None:
            roles.admit(actor, fresh.organisation, role=fresh.role, actor=actor)
        else:
            roles.give_staff_role(actor, fresh)
        people_notices.tell_of_acceptance(fresh)

    return INVITATION.apply("accept", invitation, actor=actor, changes={"accepted_by": actor}, effect=take)


def decline(invitation: Invitation, *, actor: User) -> Invitation:
    """Say that one does not want the role."""
    return INVITATION.apply("decline", invitation, actor=actor, effect=people_notices.tell_of_acceptance)


def withdraw(invitation: Invitation, *, actor: User) -> Invitation:
    """Take an invitation back: its link opens nothing any more."""
    return INVITATION.apply("withdraw", invitation, actor=actor)


def settle(invitation: Invitation) -> Invitation:
    """Close an invitation that is needless since two organisations became one, under the portal's name."""
    return INVITATION.apply("settle", invitation, actor=User.objects.system())


def expire(invitation: Invitation) -> Invitation:
    """Close an invitation that was not answered in time, under the portal's name."""
    return INVITATION.apply("expire", invitation, actor=User.objects.system(), effect=people_notices.tell_of_acceptance)


def _starts(name: str, invitation: Invitation) -> bool:
    return invitation.status in INVITATION.moves[name].sources


def _last_day() -> date:
    return clock.today() + timedelta(days=int(queries.rule_value(RuleName.INVITATION_DAYS)))


def _against_sending(invitation: Invitation, actor: User, source: MemberImport | None) -> StrOrPromise | None:
    if queries.has_confirmed(actor, invitation.email) or actor.email == invitation.email:
        return ONESELF
    if queries.has_role(invitation):
        return IS_MEMBER % {"email": invitation.email, "place": invitation.place}
    return (_too_many_of_imports(actor) if source else _too_many(actor)) or _can_be_sent_again(invitation)


def _too_many(actor: User) -> StrOrPromise | None:
    most = int(queries.rule_value(RuleName.INVITATIONS_A_DAY))
    return TOO_MANY_A_DAY % {"number": most} if queries.invitations_sent_lately(by=actor) >= most else None


def _too_many_of_imports(actor: User) -> StrOrPromise | None:
    most = int(queries.rule_value(RuleName.IMPORT_INVITATIONS_A_DAY))
    if queries.invitations_sent_lately(by=actor, of_imports=True) >= most:
        return TOO_MANY_OF_IMPORTS % {"number": most}
    return None
