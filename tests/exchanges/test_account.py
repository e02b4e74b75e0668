"""The visitor's account: checked, encrypted, shown by four characters, and bound to a version of the agreement."""

import pytest
from django.db import connection
from django.urls import reverse

from exchanges.desk.board import board_for
from exchanges.enums import AgreementKind, ExchangeStatus, Party
from exchanges.models import BankAccount, Exchange
from exchanges.permissions import parties_to_sign
from exchanges.queries import agreement_in_force
from extratex.documents import store
from extratex.shared.moves import MoveConflict, MoveForbidden
from tests import factories as people
from tests.exchanges import factories
from tests.exchanges.factories import IBAN

pytestmark = pytest.mark.usefixtures("programme")

GIVEN = {"holder": "Tessitura Prova S.r.l.", "iban": "IT60 X054 2811 1010 0000 0123 456", "bic": ""}
OTHER_IBAN = "DE89370400440532013000"


def page(exchange: Exchange) -> str:
    return reverse("exchanges:account", args=[exchange.pk])


def test_the_account_leads_to_the_agreement_that_names_it(client):
    exchange, cast = factories.bring_to(ExchangeStatus.APPROVED)
    client.force_login(cast.visitor)

    response = client.post(page(exchange), GIVEN)

    assert response.headers["Location"] == reverse("exchanges:financial_agreement", args=[exchange.pk])
    account = BankAccount.objects.get()
    assert (account.iban, account.last_four, account.bic) == (IBAN, "3456", "BLOPIT22")
    assert "IBAN ending in 3456" in agreement_in_force(factories.fresh(exchange), AgreementKind.FINANCIAL).text


@pytest.mark.parametrize(
    ("iban", "message"),
    [
        ("IT60 X054 2811 1010 0000 0123 457", "check digits are wrong"),
        ("IT60 X054 2811 1010 0000 0123", "too short or too long"),
        ("ZZ60 X054 2811 1010 0000 0123 456", "No country with IBANs"),
        ("hello", "This is no IBAN"),
        ("\x00", "Null characters"),
        ("IT" * 30, "This is no IBAN"),
        ("", "required"),
    ],
)
def test_a_wrong_iban_is_explained(client, iban, message):
    exchange, cast = factories.bring_to(ExchangeStatus.APPROVED)
    client.force_login(cast.visitor)

    response = client.post(page(exchange), GIVEN | {"iban": iban})

    assert response.status_code == 422
    assert message in response.content.decode()
    assert not BankAccount.objects.exists()


def test_a_wrong_bic_is_explained(client):
    exchange, cast = factories.bring_to(ExchangeStatus.APPROVED)
    client.force_login(cast.visitor)

    response = client.post(page(exchange), GIVEN | {"bic": "NOPE"})

    assert response.status_code == 422
    assert "8 or 11" in response.content.decode()


def test_an_account_outside_sepa_is_taken_with_a_word_on_how_it_is_paid(client):
    exchange, cast = factories.bring_to(ExchangeStatus.APPROVED)
    client.force_login(cast.visitor)

    response = client.post(page(exchange), GIVEN | {"iban": "TR33 0006 1005 1978 6457 8413 26"}, follow=True)

    assert "outside SEPA" in response.content.decode()
    assert BankAccount.objects.get().last_four == "1326"


def test_the_iban_stands_nowhere_in_clear(client):
    exchange, cast = factories.bring_to(ExchangeStatus.READY)
    client.force_login(cast.visitor)

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables"
            " WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY table_name"
        )
        tables = [name for (name,) in cursor.fetchall()]
        holding = []
        for table in tables:
            cursor.execute(f'SELECT count(*) FROM "{table}" AS each WHERE each::text LIKE %s', [f"%{IBAN}%"])
            if cursor.fetchone()[0]:
                holding.append(table)

    assert holding == ["clusters_budget", "clusters_budgethistory"]  # the partnership's own account, which is no secret
    assert IBAN not in client.get(reverse("exchanges:detail", args=[exchange.pk])).content.decode()
    for agreement in exchange.agreements.all():
        assert IBAN not in agreement.text
        assert IBAN.encode() not in store.read(agreement.document)


def test_another_account_makes_a_new_version_and_voids_the_signatures():
    exchange, cast = factories.bring_to(ExchangeStatus.APPROVED)
    factories.give_account(exchange, factories.Account("Tessitura", IBAN), actor=cast.visitor)
    factories.sign_agreement(exchange, cast.visitor, Party.VISITOR)

    factories.give_account(exchange, factories.Account("Tessitura", OTHER_IBAN), actor=cast.visitor)

    agreement = agreement_in_force(factories.fresh(exchange), AgreementKind.FINANCIAL)
    assert (agreement.version, agreement.signatures.count()) == (2, 0)
    assert BankAccount.objects.get().iban == OTHER_IBAN


def test_the_same_account_again_changes_nothing():
    exchange, cast = factories.bring_to(ExchangeStatus.APPROVED)

    for _click in range(3):
        factories.give_account(exchange, factories.Account("Tessitura", IBAN), actor=cast.visitor)

    assert exchange.agreements.filter(kind=AgreementKind.FINANCIAL).count() == 1
    assert exchange.events.filter(move="give_account").count() == 1


@pytest.mark.parametrize("status", [ExchangeStatus.BUILDING, ExchangeStatus.SIGNED, ExchangeStatus.READY])
def test_the_account_is_given_after_approval_and_before_signing(client, status):
    exchange, cast = factories.make_exchange() if status == "building" else factories.bring_to(status)
    client.force_login(cast.visitor)

    assert client.post(page(exchange), GIVEN).status_code == 409
    with pytest.raises(MoveConflict):
        factories.give_account(exchange, factories.Account("Tessitura", OTHER_IBAN), actor=cast.visitor)


@pytest.mark.parametrize("role", ["host", "visitor_side", "host_side", "coordinator"])
def test_nobody_but_the_visitor_gives_the_account(client, role):
    exchange, cast = factories.bring_to(ExchangeStatus.APPROVED)
    client.force_login(getattr(cast, role))

    assert client.post(page(exchange), GIVEN).status_code == 403
    with pytest.raises(MoveForbidden):
        factories.give_account(exchange, factories.Account("Tessitura", IBAN), actor=getattr(cast, role))


def test_the_agreement_is_signed_by_visitor_and_coordinator_only():
    exchange, cast = factories.bring_to(ExchangeStatus.APPROVED)
    factories.give_account(exchange, factories.Account("Tessitura", IBAN), actor=cast.visitor)

    for person, party in (
        (cast.visitor_side, Party.VISITOR_SIDE),
        (cast.host, Party.HOST),
        (people.make_staff(people.StaffRoleName.FINANCE_OFFICER, people.partnership()), Party.VISITOR_SIDE),
    ):
        with pytest.raises(MoveForbidden):
            factories.sign_agreement(exchange, person, party)


def test_an_editor_of_the_visitor_touches_no_money(client):
    exchange, cast = factories.bring_to(ExchangeStatus.APPROVED)
    editor = people.make_member(exchange.visitor).user
    client.force_login(editor)

    assert client.post(page(exchange), GIVEN).status_code == 403
    assert board_for(editor).items == []
    assert "An owner of the visiting organisation gives it" in client.get(f"/exchanges/{exchange.pk}/").content.decode()
    with pytest.raises(MoveForbidden):
        factories.give_account(exchange, factories.Account("Tessitura", IBAN), actor=editor)

    factories.give_account(exchange, factories.Account("Tessitura", IBAN), actor=cast.visitor)
    financial = agreement_in_force(factories.fresh(exchange), AgreementKind.FINANCIAL)
    assert parties_to_sign(editor, financial) == []
    assert parties_to_sign(cast.visitor, financial) == [Party.VISITOR]


def test_an_editor_of_the_visitor_signs_the_commitment():
    exchange, _cast = factories.bring_to(ExchangeStatus.SIGNING)
    editor = people.make_member(exchange.visitor).user

    commitment = agreement_in_force(factories.fresh(exchange), AgreementKind.COMMITMENT)

    assert parties_to_sign(editor, commitment) == [Party.VISITOR]
