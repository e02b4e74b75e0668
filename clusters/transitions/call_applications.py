"""Every change of the status of an application to a call happens in this file, and nowhere else."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from clusters import notices, permissions
from clusters.enums import ApplicationStatus as Status
from clusters.models import Call, CallApplication, CallApplicationEvent, User
from extratex.documents.enums import State
from extratex.shared import clock, moves
from extratex.shared.moves import Move


def why_not_now(application: CallApplication) -> str | None:
    """Say why nothing can be handed in or changed at this second; None while the call is open."""
    call: Call = application.call
    if call.is_open():
        return None
    if not call.is_public:
        return _t("This call is not published.")
    if call.is_over:
        words = _t(
            "The call closed on %(moment)s (%(zone)s); your answer arrived at %(now)s. What is received after the "
            "closing second is disregarded."
        )
        return words % {"moment": moment(call.closes_there), "zone": call.time_zone, "now": _now(call)}
    words = _t("The call opens on %(moment)s (%(zone)s); what is received before is disregarded.")
    return words % {"moment": moment(call.opens_there), "zone": call.time_zone}


def why_not_handed_in(application: CallApplication) -> str | None:
    """Say what keeps an application from being handed in: the window, or something that is missing."""
    if (late := why_not_now(application)) is not None:
        return late
    if not application.motivation.strip() or not application.experience.strip():
        return _t("Motivation and experience are missing.")
    if application.cv is None:
        return _t("The CV is missing.")
    if application.cv.state == State.REFUSED:
        return _t("The CV could not be accepted: choose another file.")
    return None


CALL_APPLICATION = moves.Machine.of(
    CallApplication,
    CallApplicationEvent,
    [
        Move(
            name="submit",
            label=_("Hand in"),
            sources=frozenset({Status.DRAFT}),
            target=Status.SUBMITTED,
            allowed=permissions.can_write_application,
            guard=why_not_handed_in,
        ),
        Move(
            name="take_back",
            label=_("Take back and change"),
            sources=frozenset({Status.SUBMITTED, Status.WITHDRAWN}),
            target=Status.DRAFT,
            allowed=permissions.can_write_application,
            guard=why_not_now,
            style="plain",
        ),
        Move(
            name="withdraw",
            label=_("Withdraw"),
            sources=frozenset({Status.DRAFT, Status.SUBMITTED}),
            target=Status.WITHDRAWN,
            allowed=permissions.can_write_application,
            style="stop",
        ),
    ],
)


def submit(application: CallApplication, *, actor: User) -> CallApplication:
    """Hand an application in, at a second at which its call is open."""
    return CALL_APPLICATION.apply("submit", application, actor=actor, effect=notices.tell_of_application)


def take_back(application: CallApplication, *, actor: User) -> CallApplication:
    """Take an application back in order to change it, as long as the call is open."""
    return CALL_APPLICATION.apply("take_back", application, actor=actor)


def withdraw(application: CallApplication, *, actor: User) -> CallApplication:
    """Withdraw an application; no committee reads it any more."""
    return CALL_APPLICATION.apply("withdraw", application, actor=actor)


def moment(at: datetime) -> str:
    """Write a moment to the second, in the time zone that it carries."""
    return f"{date_format(at, 'j F Y')}, {at:%H:%M:%S}"


def _now(call: Call) -> str:
    return f"{timezone.localtime(clock.now(), call.closes_there.tzinfo):%H:%M:%S}"
