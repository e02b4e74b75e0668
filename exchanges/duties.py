"""Who may not take a step because of a step that the same person took before: told in words, in place of a button."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from clusters.permissions import roles_of
from exchanges import permissions
from exchanges.enums import ClaimStatus
from exchanges.models import Claim, Exchange


def why_not_approve(user: Any, claim: Claim) -> StrOrPromise | None:
    """Return why a coordinator of the partnership cannot approve this claim, or nothing."""
    exchange = claim.exchange
    if claim.status != ClaimStatus.SUBMITTED or exchange.partnership_id not in roles_of(user).coordinates:
        return None
    if permissions.is_participant(user, exchange):
        return _("You belong to one of the two organisations: another coordinator approves this claim.")
    if claim.claimed_by_id == user.pk:
        return _("You made this claim yourself: another coordinator approves it.")
    if validated_by(user, exchange):
        return _("You validated the report: another coordinator approves this claim, so that four eyes have seen it.")
    return None


def validated_by(user: Any, exchange: Exchange) -> bool:
    """Tell whether the person has validated this exchange's report."""
    return exchange.events.filter(move="validate_report", actor=user.pk).exists()
