"""The papers of an exchange: what they say, their versions, and who signs them."""

from django.utils.translation import gettext as _

from exchanges.enums import AgreementKind, Party
from exchanges.models import Agreement, BankAccount, Exchange
from exchanges.queries import derivation_of
from extratex.documents import store
from extratex.documents.models import Document
from extratex.shared import clock
from extratex.shared.pdf import render_pdf

PAPER = "agreement"
EVIDENCE = "evidence"
PAYMENT_FILE = "payment_file"

PARTIES = {
    AgreementKind.COMMITMENT: [Party.VISITOR, Party.HOST, Party.VISITOR_SIDE, Party.HOST_SIDE],
    AgreementKind.FINANCIAL: [Party.VISITOR, Party.VISITOR_SIDE],
}
TEMPLATES = {
    AgreementKind.COMMITMENT: "papers/commitment.html",
    AgreementKind.FINANCIAL: "papers/financial_agreement.html",
}


def issue(exchange: Exchange, kind: AgreementKind) -> Agreement:
    """Make the next version of a paper from the file as it stands, and put it in force in place of the last one."""
    supersede(exchange, kind)
    version = exchange.agreements.filter(kind=kind).count() + 1
    derivation = derivation_of(exchange)
    document = _render(exchange, kind, version)
    return Agreement.objects.create(
        exchange=exchange,
        kind=kind,
        version=version,
        document=document,
        content_hash=document.sha256,
        amount=derivation.amount,
        parties=[party.value for party in PARTIES[kind]],
    )


def supersede(exchange: Exchange, kind: AgreementKind) -> None:
    """Take the version in force out of force; it and its signatures stay where they are."""
    exchange.agreements.filter(kind=kind, superseded_at__isnull=True).update(superseded_at=clock.now())


def _render(exchange: Exchange, kind: AgreementKind, version: int) -> Document:
    context = {
        "exchange": exchange,
        "version": version,
        "issued_on": clock.today(),
        "derivation": derivation_of(exchange),
        "stays": exchange.stays.select_related("host"),
        "agenda": exchange.agenda.all(),
        "account": BankAccount.objects.filter(exchange=exchange).first(),
        "parties": PARTIES[kind],
        "programme": exchange.wave,
    }
    content = render_pdf(TEMPLATES[kind], context)
    name = _("%(number)s %(paper)s version %(version)s.pdf") % {
        "number": exchange.number,
        "paper": kind.label,
        "version": version,
    }
    return store.keep(content, name=name, kind=PAPER, by=None)
