"""The papers of an exchange: what they say, their versions, and who signs them."""

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from exchanges.enums import AgreementKind, Party
from exchanges.models import Agreement, BankAccount, Exchange
from exchanges.queries import derivation_of
from exchanges.words import sum_in_words
from extratex.documents import store
from extratex.shared import clock
from extratex.shared.pdf import render_pdf

PAPER = "agreement"
EVIDENCE = "evidence"
PAYMENT_FILE = "payment_file"

PARTIES = {
    AgreementKind.COMMITMENT: [Party.VISITOR, Party.HOST, Party.VISITOR_SIDE, Party.HOST_SIDE],
    AgreementKind.FINANCIAL: [Party.VISITOR, Party.VISITOR_SIDE],
}
TEXTS = {
    AgreementKind.COMMITMENT: "papers/commitment_text.html",
    AgreementKind.FINANCIAL: "papers/financial_agreement_text.html",
}
FRAMES = {
    AgreementKind.COMMITMENT: "papers/commitment.html",
    AgreementKind.FINANCIAL: "papers/financial_agreement.html",
}


def issue(exchange: Exchange, kind: AgreementKind) -> Agreement:
    """Make the next version of a paper from the file as it stands, and put it in force in place of the last one.

    The text is kept with the version, so that whoever signs reads on the page what stands in the document.
    """
    supersede(exchange, kind)
    version = exchange.agreements.filter(kind=kind).count() + 1
    text = _text(exchange, kind)
    context = {
        "text": mark_safe(text),  # noqa: S308 our own template has escaped every value in it
        "reference": _("%(number)s, version %(version)s") % {"number": exchange.number, "version": version},
        "issued_on": clock.today(),
        "programme": exchange.wave,
    }
    document = store.keep(render_pdf(FRAMES[kind], context), name=_name(exchange, kind, version), kind=PAPER, by=None)
    return Agreement.objects.create(
        exchange=exchange,
        kind=kind,
        version=version,
        document=document,
        content_hash=document.sha256,
        text=text,
        amount=derivation_of(exchange).amount,
        parties=[party.value for party in PARTIES[kind]],
    )


def supersede(exchange: Exchange, kind: AgreementKind) -> None:
    """Take the version in force out of force; it and its signatures stay where they are."""
    exchange.agreements.filter(kind=kind, superseded_at__isnull=True).update(superseded_at=clock.now())


def _text(exchange: Exchange, kind: AgreementKind) -> str:
    derivation = derivation_of(exchange)
    context = {
        "exchange": exchange,
        "sum": sum_in_words(derivation),
        "amount": derivation.amount,
        "stays": exchange.stays.select_related("host"),
        "agenda": exchange.agenda.all(),
        "account": BankAccount.objects.filter(exchange=exchange).first(),
        "commitment": exchange.agreements.filter(kind=AgreementKind.COMMITMENT, superseded_at__isnull=True).first(),
    }
    return render_to_string(TEXTS[kind], context).strip()


def _name(exchange: Exchange, kind: AgreementKind, version: int) -> str:
    return _("%(number)s %(paper)s version %(version)s.pdf") % {
        "number": exchange.number,
        "paper": kind.label,
        "version": version,
    }
