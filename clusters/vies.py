"""Asking VIES, the European Commission's register, whether a VAT number is in use: `ask` is the only call to it.

The row of VatCheck is the intent; until VIES has said so, no number is valid. VIES is often away: then it is asked
again after growing pauses, and after the last one a person has to look.
"""

import json
from collections.abc import Iterable
from datetime import timedelta
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from django.conf import settings
from django.db import transaction
from django.db.models import F

from clusters import queries
from clusters.enums import VatState
from clusters.models import Organisation, VatCheck
from extratex.shared import clock
from extratex.shared.bell import ring
from extratex.shared.logs import get_logger

logger = get_logger(__name__)

TIME_OUT_SECONDS = 10
LONGEST_ANSWER = 64 * 1024
LONGEST_FAULT = 300
SWEPT_AT_ONCE = 200


class ViesSilent(Exception):
    """VIES gave no answer that decides anything; the text says what it did instead."""


@transaction.atomic
def ask_for(organisation: Organisation) -> None:
    """Ask about an organisation's number, once for each number; without VIES nothing is asked."""
    there = VatCheck.objects.filter(organisation=organisation)
    if not _can_be_asked(organisation):
        there.delete()
        _record(organisation.pk, organisation.vat, VatState.UNCHECKED)
        return
    if there.filter(number=organisation.vat, due_at__isnull=True).exclude(organisation__vat_state=VatState.UNAVAILABLE):
        return
    fresh = {"number": organisation.vat, "due_at": clock.now(), "attempts": 0, "fault": ""}
    check, _created = VatCheck.objects.update_or_create(organisation=organisation, defaults=fresh)
    _record(organisation.pk, organisation.vat, VatState.PENDING)
    ring("clusters.check_vat", check_id=check.pk)


@transaction.atomic
def ask_for_new(organisations: Iterable[Organisation]) -> None:
    """Ask about the numbers of organisations that have just been stored, about all of them at once."""
    asked = [each for each in organisations if _can_be_asked(each)]
    fresh = VatCheck.objects.bulk_create(
        VatCheck(organisation=each, number=each.vat, due_at=clock.now()) for each in asked
    )
    Organisation.objects.filter(pk__in=[each.pk for each in asked]).update(vat_state=VatState.PENDING)
    for check in fresh:
        ring("clusters.check_vat", check_id=check.pk)


def carry_out(check_id: int) -> None:
    """Ask once about one number; nothing where it is not due. A worker that dies here is followed by the next try."""
    check = _claimed(check_id)
    if check is None:
        return
    try:
        state = VatState.VALID if ask(check.number) else VatState.INVALID
    except ViesSilent as silence:
        _postpone(check, str(silence))
        return
    with transaction.atomic():
        if _still(check).update(due_at=None, fault=""):
            _record(check.organisation_id, check.number, state)


def sweep() -> int:
    """Wake the checks that are due, or close them where nobody can be asked any more; return how many."""
    due = list(VatCheck.objects.due().select_related("organisation").order_by("due_at")[:SWEPT_AT_ONCE])
    for check in due:
        if settings.VIES_URL:
            ring("clusters.check_vat", check_id=check.pk)
        else:
            ask_for(check.organisation)
    return len(due)


def ask(number: str) -> bool:
    """Return whether VIES says that a number such as IT00743110157 is in use; raises ViesSilent."""
    question = {"countryCode": number[:2], "vatNumber": number[2:]}
    request = Request(  # noqa: S310 the settings let only http and https through
        settings.VIES_URL,
        data=json.dumps(question).encode(),
        headers={"Content-Type": "application/json", "Accept": "application/json"},
    )
    return _verdict(_answer_to(request), question)


def _can_be_asked(organisation: Organisation) -> bool:
    return bool(settings.VIES_URL and organisation.vat and queries.is_in_the_union(organisation.country.code))


def _claimed(check_id: int) -> VatCheck | None:
    """Take a check that is due by putting its next try off: no second worker asks, and one that dies is followed."""
    check = VatCheck.objects.due().filter(pk=check_id).first()
    if check is None:
        return None
    pauses = settings.VIES_PAUSES_MINUTES
    next_try = clock.now() + timedelta(minutes=pauses[min(check.attempts, len(pauses) - 1)])
    taken = VatCheck.objects.due().filter(pk=check_id, attempts=check.attempts)
    if not settings.VIES_URL or not taken.update(due_at=next_try, attempts=F("attempts") + 1):
        return None
    check.attempts += 1
    return check


def _still(check: VatCheck) -> Any:
    """Return the row as long as nobody has asked anew, or about another number, in the meantime."""
    return VatCheck.objects.filter(pk=check.pk, number=check.number, attempts=check.attempts)


@transaction.atomic
def _postpone(check: VatCheck, fault: str) -> None:
    is_last = check.attempts >= settings.VIES_TRIES
    later: dict[str, Any] = {"fault": fault[:LONGEST_FAULT]} | ({"due_at": None} if is_last else {})
    if _still(check).update(**later):
        _record(check.organisation_id, check.number, VatState.UNAVAILABLE)
    logger.warning("vies_silent", check=check.pk, attempts=check.attempts, given_up=is_last, error=fault)


def _record(organisation_id: int, number: str, state: VatState) -> None:
    """Write what is known of a number, as long as it is still that organisation's number."""
    asked_at = None if state in {VatState.UNCHECKED, VatState.PENDING} else clock.now()
    rows = Organisation.objects.filter(pk=organisation_id, vat=number)
    rows.exclude(vat_state=state, vat_checked_at=asked_at).update(vat_state=state, vat_checked_at=asked_at)


def _answer_to(request: Request) -> Any:
    try:
        with urlopen(request, timeout=TIME_OUT_SECONDS) as answer:  # noqa: S310 as above
            text = answer.read(LONGEST_ANSWER)
    except HTTPError as fault:
        text = _body_of(fault)
    except (OSError, HTTPException) as fault:
        raise ViesSilent(f"{type(fault).__name__}: {fault}") from fault
    try:
        return json.loads(text)
    except ValueError:
        raise ViesSilent("an answer that is no JSON") from None


def _body_of(fault: HTTPError) -> bytes:
    with fault:
        try:
            return bytes(fault.read(LONGEST_ANSWER))
        except (OSError, HTTPException):
            return b""


def _verdict(answer: Any, question: dict[str, str]) -> bool:
    if not isinstance(answer, dict):
        raise ViesSilent("an answer without its fields")
    fault = _fault_in(answer)
    if fault == "INVALID_INPUT":
        return False
    if fault:
        raise ViesSilent(fault)
    if not isinstance(answer.get("valid"), bool) or answer.get("vatNumber") != question["vatNumber"]:
        raise ViesSilent("an answer about something else")
    return bool(answer["valid"])


def _fault_in(answer: dict[str, Any]) -> str:
    """Return the fault that VIES names, in either of the ways in which it does."""
    wrapped = answer.get("errorWrappers")
    if isinstance(wrapped, list) and wrapped:
        first = wrapped[0]
        return str(first.get("error") or "a fault without a name") if isinstance(first, dict) else "garbage"
    named = answer.get("userError")
    return "" if named in {None, "", "VALID", "INVALID"} else str(named)
