"""The papers: what stands in them, for whom they can be read, and that nothing is fetched for them."""

import io

import pytest
from pypdf import PdfReader

from exchanges.enums import AgreementKind, ExchangeStatus
from exchanges.models import Exchange
from exchanges.transitions import exchanges
from extratex.documents import store
from tests.exchanges import factories

pytestmark = pytest.mark.usefixtures("programme")


def read(exchange: Exchange, kind: AgreementKind) -> tuple[PdfReader, str]:
    document = exchange.agreements.get(kind=kind).document
    reader = PdfReader(io.BytesIO(store.read(document)))
    return reader, " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def test_the_commitment_says_all_that_is_agreed():
    exchange, _cast = factories.bring_to(ExchangeStatus.SIGNING)

    _reader, text = read(exchange, AgreementKind.COMMITMENT)

    for said in (
        "Commitment to Quality",
        f"{exchange.number}, version 1",
        exchange.visitor.legal_name,
        exchange.host.legal_name,
        "Try recycled yarns on a narrow loom.",
        "A first sample.",
        "In the weaving hall",
        "Full amount for Czechia",
        "305.00",
        "What each party commits itself to",
        "Data protection",
        "funded by the COSME programme of the European Union",
    ):
        assert said in text, (said, text[-900:])


def test_the_financial_agreement_names_the_sum_and_four_characters_of_the_account():
    exchange, _cast = factories.bring_to(ExchangeStatus.READY)

    _reader, text = read(exchange, AgreementKind.FINANCIAL)

    for said in ("Financial agreement", "a lump sum of EUR 305.00", "IBAN ending in 3456", "No 874137"):
        assert said in text, (said, text[-900:])
    assert exchange.agreements.get(kind=AgreementKind.COMMITMENT).content_hash[:20] in text.replace(" ", "")


@pytest.mark.parametrize("kind", AgreementKind)
def test_each_paper_is_tagged_titled_and_has_a_language(kind):
    exchange, _cast = factories.bring_to(ExchangeStatus.READY)

    reader, _text = read(exchange, kind)

    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.trailer["/Root"]["/Lang"] == "en"
    assert reader.metadata.title == kind.label


def test_an_address_in_a_text_is_not_fetched_for_the_paper():
    exchange, cast = factories.make_exchange()
    factories.fill(exchange, cast.visitor)
    trap = '<img src="http://127.0.0.1:9/canary"><link rel="stylesheet" href="file:///etc/passwd">'
    Exchange.objects.filter(pk=exchange.pk).update(objectives=trap)

    exchanges.issue_commitment(exchange, actor=cast.visitor)

    _reader, text = read(exchange, AgreementKind.COMMITMENT)
    assert "canary" in text
    assert "root:" not in text
