"""Writing down what came back from a stay: the two closing reports and the evidence; both are open until handed in."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clusters.enums import ParticipantRole
from clusters.models import User
from exchanges import permissions
from exchanges.documents import EVIDENCE
from exchanges.enums import EvidenceKind
from exchanges.enums import ExchangeStatus as Status
from exchanges.models import ClosingReport, Evidence, Exchange
from extratex.documents import store
from extratex.documents.models import Document
from extratex.shared import clock
from extratex.shared.moves import MoveConflict, MoveForbidden

OPEN_FOR = {
    ParticipantRole.VISITOR: frozenset({Status.REPORT_DUE}),
    ParticipantRole.HOST: frozenset({Status.REPORT_DUE, Status.REPORT_SUBMITTED}),
}


def reporting_role(user: Any, exchange: Exchange) -> ParticipantRole | None:
    """Return as whom a person reports on an exchange, or None."""
    if permissions.is_visitor(user, exchange):
        return ParticipantRole.VISITOR
    return ParticipantRole.HOST if permissions.is_host(user, exchange) else None


def is_open(exchange: Exchange, role: ParticipantRole) -> bool:
    """Tell whether this role's report can be written and changed now."""
    return exchange.status in OPEN_FOR[role]


def sent_back_because(exchange: Exchange) -> str:
    """Return why the visitor's side sent the report back last, as long as it has not been handed in again."""
    if exchange.status != Status.REPORT_DUE:
        return ""
    event = exchange.events.filter(move="send_report_back").last()
    return event.note if event else ""


def write_report(exchange: Exchange, role: ParticipantRole, answers: Mapping[str, object], *, author: User) -> None:
    """Write the closing report of one role, or write it anew as long as it is open.

    Raises MoveForbidden for who does not take part in that role, MoveConflict when the report is closed.
    """
    if reporting_role(author, exchange) != role:
        raise MoveForbidden(str(_("Only visitor and host write closing reports.")))
    with transaction.atomic():
        locked = _locked(exchange, role)
        ClosingReport.objects.update_or_create(
            exchange=locked, role=role, defaults={**answers, "author": author, "written_at": clock.now()}
        )


def add_evidence(
    exchange: Exchange, uploads: "Iterable[UploadedFile[Any]]", kind: EvidenceKind, description: str, *, by: User
) -> list[ValidationError]:
    """Take files into quarantine as evidence and return what is wrong with those that cannot be taken.

    Raises MoveForbidden for others than the visitor, MoveConflict when evidence is closed.
    """
    _refuse_others(exchange, by)
    refused = []
    with transaction.atomic():
        locked = _locked(exchange, ParticipantRole.VISITOR)
        for upload in uploads:
            try:
                document = store.receive(upload, kind=EVIDENCE, by=by)
            except ValidationError as reason:
                refused.append(ValidationError([f"{upload.name}: {message}" for message in reason.messages]))
                continue
            Evidence.objects.create(exchange=locked, kind=kind, document=document, description=description, added_by=by)
    return refused


def remove_evidence(evidence: Evidence, *, by: User) -> None:
    """Take a file out of the evidence, and away for good; raises as `add_evidence`."""
    _refuse_others(evidence.exchange, by)
    with transaction.atomic():
        _locked(evidence.exchange, ParticipantRole.VISITOR)
        document = Document.objects.select_for_update().get(pk=evidence.document_id)
        evidence.delete()
        document.delete()
        storage, name = document.file.storage, str(document.file.name)
        transaction.on_commit(lambda: storage.delete(name))


def _refuse_others(exchange: Exchange, person: User) -> None:
    if not permissions.is_visitor(person, exchange):
        raise MoveForbidden(str(_("Only the visitor adds and removes evidence.")))


def _locked(exchange: Exchange, role: ParticipantRole) -> Exchange:
    """Lock the exchange, so that nothing is written into a report that is being handed in."""
    locked = Exchange.objects.select_for_update(of=("self",)).get(pk=exchange.pk)
    if not is_open(locked, role):
        raise MoveConflict(_("Reports and evidence cannot be changed any more: the status has moved on."), locked)
    return locked
