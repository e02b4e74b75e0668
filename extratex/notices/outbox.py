"""What the portal tells people: written down in the same transaction as its cause, delivered afterwards, once.

Tell through here and nowhere else. A delivery holds a lock of the notice, so that ten workers send one mail; a worker
that is killed in the middle sends it once more at worst, with the same Message-ID.
"""

import smtplib
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, mailers
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django_stubs_ext import StrOrPromise

from extratex.notices.models import ACCOUNT, Notice, Tick
from extratex.shared.bell import ring
from extratex.shared.links import own_links
from extratex.shared.locks import held
from extratex.shared.logs import get_logger
from extratex.shared.sentences import with_one_stop

logger = get_logger(__name__)

CRASHES_UNTIL_PARKED = 5
SWEPT_AT_ONCE = 100
REFUSED_FOR_GOOD = 500


def tell(person: Any, kind: str, subject: StrOrPromise, text: StrOrPromise, *, link: str = "", key: str) -> Notice:
    """Write a notice to a person, in the person's language, once for its key; call it inside the causing transaction.

    `link` is a path of this portal. Somebody who can no longer sign in gets the notice on record, but no mail.
    """
    with translation.override(person.language):
        words = {"subject": str(subject), "text": with_one_stop(text)}
    return _write(address=person.email, key=key, person=person, kind=kind, link=link, awaited=person.is_active, **words)


def write_to(address: str, *, kind: str, subject: str, text: str, key: str, person: Any | None = None) -> Notice:
    """Write to an address that need not belong to a person, such as one that is still to be confirmed."""
    return _write(address=address, key=key, person=person, kind=kind, link="", subject=subject, text=text, awaited=True)


def deliver(notice_id: int) -> None:
    """Deliver one notice if it is due and nobody else is at it; refusals and crashes are counted on its row."""
    with held(f"notice {notice_id}") as mine:
        if not mine:
            return
        claimed = Notice.objects.overdue().filter(pk=notice_id)
        if claimed.filter(crashes__gte=CRASHES_UNTIL_PARKED).exists():
            _give_up(notice_id, "parked: every try broke off")
        elif claimed.update(attempts=F("attempts") + 1, crashes=F("crashes") + 1):
            _try(Notice.objects.select_related("person").get(pk=notice_id))


def sweep() -> int:
    """Wake every delivery that is due and was not woken, oldest first; return how many."""
    Tick.objects.update_or_create(name="notices.sweep", defaults={"at": timezone.now()})
    grace_of_the_bell = timedelta(seconds=settings.SWEEP_SECONDS / 2)
    due = Notice.objects.overdue(by=grace_of_the_bell).order_by("due_at").values_list("pk", flat=True)[:SWEPT_AT_ONCE]
    notice_ids = list(due)
    for notice_id in notice_ids:
        ring("notices.deliver", notice_id=notice_id)
    return len(notice_ids)


def try_again(notice_id: int) -> bool:
    """Take up a notice that was given up, on the word of staff; answer whether it was one."""
    fresh = {"failed_at": None, "attempts": 0, "crashes": 0, "due_at": timezone.now()}
    taken_up = Notice.objects.failed().exclude(kind=ACCOUNT).filter(pk=notice_id).update(**fresh)
    ring("notices.deliver", notice_id=notice_id)
    return bool(taken_up)


def mail_of(notice: Notice) -> EmailMultiAlternatives:
    """Return the e-mail of a notice: plain text and the same as simple HTML, always with the same Message-ID."""
    address = settings.SITE_ADDRESS + notice.link if notice.link else ""
    context = {"notice": notice, "address": address, "linked_text": own_links(notice.text)}
    with translation.override(notice.person.language if notice.person else None):
        plain = render_to_string("notices/mail.txt", context)
        rich = render_to_string("notices/mail.html", context)
    headers = {"Message-ID": notice.message_id, "Auto-Submitted": "auto-generated"}
    mail = EmailMultiAlternatives(one_line(notice.subject), plain.strip() + "\n", to=[notice.address], headers=headers)
    mail.attach_alternative(rich, "text/html")
    return mail


def one_line(text: str, longest: int = 200) -> str:
    """Return a text that can stand in a header: one line, no control characters, not too long."""
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def _write(*, address: str, key: str, subject: str, link: str, awaited: bool, **columns: Any) -> Notice:
    if link and (not link.startswith("/") or link.startswith("//")):
        raise ValueError(f"A notice links to a path of this portal, not to {link!r}.")
    with transaction.atomic():
        notice, is_new = Notice.objects.get_or_create(
            key=key,
            address=address,
            defaults={
                **columns,
                "subject": one_line(subject),
                "link": link,
                "message_id": f"<{uuid4()}@{urlsplit(settings.SITE_ADDRESS).hostname}>",
                "due_at": timezone.now() if awaited else None,
            },
        )
        if is_new and awaited:
            ring("notices.deliver", notice_id=notice.pk)
    return notice


def _try(notice: Notice) -> None:
    try:
        mailers.default.send_messages([mail_of(notice)])
    except (OSError, ValueError) as fault:
        _record_refusal(notice, fault)
    except Exception as fault:
        # A fault of our own: the crash stays counted, so that the fifth one parks the notice.
        _postpone(notice, fault, crashes=notice.crashes)
        raise
    else:
        _close(notice.pk, sent_at=timezone.now(), crashes=0, last_error="")


def _record_refusal(notice: Notice, fault: Exception) -> None:
    if is_permanent(fault) or notice.attempts >= settings.NOTICE_TRIES:
        _give_up(notice.pk, _words(fault))
    else:
        _postpone(notice, fault, crashes=0)


def is_permanent(fault: Exception) -> bool:
    """Answer whether trying again is useless: the address or the message is refused, not the sender or the hour."""
    if isinstance(fault, smtplib.SMTPRecipientsRefused):
        return all(code >= REFUSED_FOR_GOOD for code, _answer in fault.recipients.values())
    if isinstance(fault, smtplib.SMTPDataError):
        return fault.smtp_code >= REFUSED_FOR_GOOD
    return isinstance(fault, ValueError)


def _postpone(notice: Notice, fault: Exception, *, crashes: int) -> None:
    pauses = settings.NOTICE_PAUSES_MINUTES
    pause = timedelta(minutes=pauses[min(notice.attempts, len(pauses)) - 1])
    later = {"due_at": timezone.now() + pause, "crashes": crashes, "last_error": _words(fault)}
    Notice.objects.filter(pk=notice.pk).update(**later)
    logger.warning("notice_postponed", notice_id=notice.pk, attempts=notice.attempts, error=_words(fault))


def _give_up(notice_id: int, reason: str) -> None:
    _close(notice_id, failed_at=timezone.now(), last_error=reason)
    logger.error("notice_given_up", notice_id=notice_id, error=reason)


def _close(notice_id: int, **columns: Any) -> None:
    """Write the end of a delivery; a secret of the account does not outlive it."""
    notice = Notice.objects.filter(pk=notice_id)
    with transaction.atomic():
        notice.update(**columns)
        notice.filter(kind=ACCOUNT).update(text="")


def _words(fault: Exception) -> str:
    return one_line(f"{type(fault).__name__}: {fault}", longest=500)
