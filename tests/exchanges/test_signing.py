"""Signing: bound to exactly one document, once a party and once a person, frozen by the last one."""

import hashlib
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from clusters.models import LumpSumRate
from exchanges.enums import AgreementKind, ExchangeStatus, Party
from exchanges.models import Exchange, Signature
from exchanges.queries import agreement_in_force, derivation_of
from exchanges.transitions import exchanges
from extratex.documents import store
from extratex.shared import clock
from extratex.shared.moves import MoveConflict, MoveForbidden
from tests.exchanges import factories

pytestmark = pytest.mark.usefixtures("programme")


def commitment(exchange: Exchange):
    return agreement_in_force(factories.fresh(exchange), AgreementKind.COMMITMENT)


def posted(exchange: Exchange, party: Party, **changes: str) -> dict[str, str]:
    return {"content_hash": commitment(exchange).content_hash, "party": party, "has_read": "on"} | changes


def page(exchange: Exchange) -> str:
    return reverse("exchanges:commitment", args=[exchange.pk])


def test_the_page_shows_text_derivation_hash_and_for_whom_one_signs(client):
    exchange, cast = factories.bring_to(ExchangeStatus.SIGNING)
    client.force_login(cast.visitor)

    text = client.get(page(exchange)).content.decode()

    agreement = commitment(exchange)
    assert agreement.content_hash in text
    assert text.count("your turn") == 1
    assert "Full amount for Czechia" in text
    assert f"I have read version 1 and sign for: {exchange.visitor}" in text
    assert reverse("documents:download", args=[agreement.document_id]) in text


def test_the_hash_is_that_of_the_file():
    exchange, _cast = factories.bring_to(ExchangeStatus.SIGNING)
    agreement = commitment(exchange)

    assert hashlib.sha256(store.read(agreement.document)).hexdigest() == agreement.content_hash


def test_a_signature_keeps_who_for_whom_when_where_and_what(client):
    exchange, cast = factories.bring_to(ExchangeStatus.SIGNING)
    client.force_login(cast.host)

    response = client.post(page(exchange), posted(exchange, Party.HOST))

    assert response.status_code == 302
    signature = Signature.objects.get()
    assert (signature.person, signature.party, signature.name) == (cast.host, Party.HOST, "Host")
    assert signature.address == "127.0.0.1"
    assert signature.content_hash == signature.agreement.content_hash == signature.agreement.document.sha256


def test_a_double_click_lands_on_the_same_signature(client):
    exchange, cast = factories.bring_to(ExchangeStatus.SIGNING)
    client.force_login(cast.visitor)
    form = posted(exchange, Party.VISITOR)

    answers = [client.post(page(exchange), form) for _click in range(3)]

    assert [answer.status_code for answer in answers] == [302] * 3
    assert Signature.objects.count() == 1


def test_a_paper_that_was_replaced_cannot_be_signed(client):
    exchange, cast = factories.bring_to(ExchangeStatus.SIGNING)
    form = posted(exchange, Party.VISITOR)
    exchanges.reopen(exchange, actor=cast.host, note="A slip.")
    exchanges.issue_commitment(exchange, actor=cast.host)
    client.force_login(cast.visitor)

    response = client.post(page(exchange), form)

    assert response.status_code == 409
    assert not Signature.objects.exists()


def test_signatures_on_an_old_version_do_not_count_for_the_new_one():
    exchange, cast = factories.bring_to(ExchangeStatus.SIGNING)
    factories.sign(exchange, cast.visitor, Party.VISITOR)
    exchanges.reopen(exchange, actor=cast.host, note="A slip.")
    exchanges.issue_commitment(exchange, actor=cast.host)

    agreement = commitment(exchange)

    assert agreement.version == 2
    assert not agreement.signatures.exists()
    assert Signature.objects.count() == 1


@pytest.mark.parametrize(
    ("role", "party", "status"),
    [
        ("visitor", Party.HOST, 422),
        ("visitor", Party.VISITOR_SIDE, 422),
        ("host_side", Party.VISITOR_SIDE, 422),
        ("visitor", "emperor", 422),
    ],
)
def test_nobody_signs_for_another_party(client, role, party, status):
    exchange, cast = factories.bring_to(ExchangeStatus.SIGNING)
    client.force_login(getattr(cast, role))

    response = client.post(page(exchange), posted(exchange, party))

    assert response.status_code == status
    assert not Signature.objects.exists()


def test_the_domain_refuses_a_signature_for_another_party():
    exchange, cast = factories.bring_to(ExchangeStatus.SIGNING)

    with pytest.raises(MoveForbidden):
        factories.sign(exchange, cast.visitor, Party.HOST)


def test_a_coordinator_of_both_sides_signs_for_one_of_them_only():
    exchange, cast = factories.bring_to(ExchangeStatus.SIGNING)
    factories.sign(exchange, cast.coordinator, Party.VISITOR_SIDE)

    with pytest.raises(MoveForbidden):
        factories.sign(exchange, cast.coordinator, Party.HOST_SIDE)


def test_who_has_not_read_it_does_not_sign(client):
    exchange, cast = factories.bring_to(ExchangeStatus.SIGNING)
    client.force_login(cast.visitor)
    form = posted(exchange, Party.VISITOR)
    del form["has_read"]

    response = client.post(page(exchange), form)

    assert response.status_code == 422
    assert "Please confirm that you have read this version." in response.content.decode()


def test_the_last_signature_freezes_and_no_later_rate_moves_the_sum():
    exchange, _cast = factories.bring_to(ExchangeStatus.SIGNED)

    LumpSumRate.objects.update(amount=Decimal(999))

    exchange = factories.fresh(exchange)
    assert exchange.lump_sum == Decimal("305.00")
    assert derivation_of(exchange).amount == Decimal("305.00")
    assert exchange.frozen_at is not None
    assert exchange.frozen_rules["settings"]["minimum_working_days"] == "3"


def test_a_rate_changed_between_first_and_last_signature_asks_for_a_new_version():
    exchange, cast = factories.bring_to(ExchangeStatus.SIGNING)
    for person, party in ((cast.visitor, "visitor"), (cast.host, "host"), (cast.visitor_side, "visitor_side")):
        factories.sign(exchange, person, Party(party))
    LumpSumRate.objects.update(amount=Decimal(700))

    with pytest.raises(MoveConflict, match="rates have changed"):
        factories.sign(exchange, cast.host_side, Party.HOST_SIDE)

    exchange = factories.fresh(exchange)
    assert (exchange.status, exchange.lump_sum, Signature.objects.count()) == (ExchangeStatus.SIGNING, None, 3)


def test_a_stay_that_has_begun_meanwhile_stops_the_last_signature(time_machine):
    exchange, cast = factories.bring_to(ExchangeStatus.SIGNING)
    for person, party in ((cast.visitor, "visitor"), (cast.host, "host"), (cast.visitor_side, "visitor_side")):
        factories.sign(exchange, person, Party(party))
    time_machine.move_to(clock.now().replace(year=factories.first_monday().year) + timedelta(days=300))

    with pytest.raises(MoveConflict):
        factories.sign(exchange, cast.host_side, Party.HOST_SIDE)


@pytest.mark.parametrize(
    "change", [lambda rows: rows.update(name="Another"), lambda rows: rows.delete()], ids=["update", "delete"]
)
def test_signatures_stand_for_ever(change):
    exchange, cast = factories.bring_to(ExchangeStatus.SIGNING)
    factories.sign(exchange, cast.visitor, Party.VISITOR)

    with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
        change(Signature.objects.all())

    assert Signature.objects.get().name == "Visitor"


def test_two_parties_that_sign_in_the_same_moment_both_count(race):
    exchange, cast = factories.bring_to(ExchangeStatus.SIGNING)
    parties = {
        Party.VISITOR: cast.visitor,
        Party.HOST: cast.host,
        Party.VISITOR_SIDE: cast.visitor_side,
        Party.HOST_SIDE: cast.host_side,
    }

    faults = race(
        [
            lambda party=party, person=person: factories.sign(exchange, person, party)
            for party, person in parties.items()
        ]
    )

    exchange = factories.fresh(exchange)
    assert faults == [None] * 4
    assert (exchange.status, exchange.lump_sum) == (ExchangeStatus.SIGNED, Decimal("305.00"))
    assert exchange.events.filter(move="sign_last").count() == 1
