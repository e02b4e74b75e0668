"""The pages of claims and payments: who sees what, what stands in place of a button, how many queries they take."""

import pytest
from django.urls import reverse

from clusters.enums import StaffRoleName
from clusters.models import StaffRole
from exchanges.enums import ClaimStatus, PaymentFileStatus
from exchanges.models import Claim, PaymentFile
from exchanges.transitions import claims
from exchanges.transitions.payment_files import create
from extratex.shared import clock
from tests import factories
from tests.exchanges.money.counting import counted
from tests.exchanges.money.factories import ITALIAN, TURKISH, make_budget, make_payable, make_validated

pytestmark = pytest.mark.usefixtures("programme")

HTMX = {"HX-Request": "true"}


@pytest.fixture
def validated(visitor_person, ntt_officer):
    return make_validated(visitor_person, ntt_officer)


def address(name, *keys):
    return reverse(f"exchanges:{name}", args=keys)


def page(client, person, url, **options):
    client.force_login(person)
    return client.get(url, **options).content.decode()


def test_one_click_claims_the_frozen_sum(client, validated, visitor_person):
    before = page(client, visitor_person, address("claim", validated.pk))
    assert "Claim 305.00 EUR" in before
    assert "account ending in 3456" in before
    assert ITALIAN not in before

    response = client.post(address("claim", validated.pk), {"amount": "9999"})

    claim = Claim.objects.get()
    assert response["Location"] == address("claim_detail", claim.pk)
    assert claim.amount == validated.lump_sum


def test_second_click_lands_on_the_same_claim(client, validated, visitor_person):
    client.force_login(visitor_person)
    client.post(address("claim", validated.pk))

    again = client.post(address("claim", validated.pk))

    assert again.status_code == 409
    assert Claim.objects.count() == 1
    assert client.get(address("claim", validated.pk))["Location"] == address("claim_detail", Claim.objects.get().pk)


def test_coordinator_approves_on_the_claims_page(client, validated, visitor_person, coordinator):
    claim = claims.submit(validated, actor=visitor_person)
    shown = page(client, coordinator, address("claim_detail", claim.pk))
    assert "Approve the claim" in shown
    assert "NTT officer" in shown
    assert ITALIAN not in shown

    response = client.post(address("decide_claim", claim.pk), {"move": "approve"})

    claim.refresh_from_db()
    assert (response.status_code, claim.status, claim.approved_by) == (302, ClaimStatus.APPROVED, coordinator)


def test_missing_button_is_explained_to_who_validated(client, visitor_person, coordinator):
    claim = claims.submit(make_validated(visitor_person, coordinator), actor=visitor_person)

    shown = page(client, coordinator, address("claim_detail", claim.pk))

    assert "You validated the report" in shown
    assert 'value="approve"' not in shown
    assert client.post(address("decide_claim", claim.pk), {"move": "approve"}).status_code == 403


def test_sending_back_asks_for_the_reason(client, validated, visitor_person, coordinator):
    claim = claims.submit(validated, actor=visitor_person)
    client.force_login(coordinator)

    assert client.post(address("decide_claim", claim.pk), {"move": "send_back", "note": ""}).status_code == 422
    assert client.post(address("decide_claim", claim.pk), {"move": "pay_twice"}).status_code == 422
    client.post(address("decide_claim", claim.pk), {"move": "send_back", "note": "Which account?"})

    assert "Which account?" in page(client, visitor_person, address("claim", validated.pk))


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        ("visitor_person", 200),
        ("ntt_officer", 200),
        ("coordinator", 200),
        ("finance_officer", 200),
        ("programme_officer", 200),
        ("clutex_officer", 404),
        ("host_person", 404),
        ("stranger", 404),
        ("other_coordinator", 404),
    ],
)
def test_who_sees_a_claim(person, expected, client, validated, visitor_person, request):
    claim = claims.submit(validated, actor=visitor_person)
    client.force_login(request.getfixturevalue(person))

    assert client.get(address("claim_detail", claim.pk)).status_code == expected
    assert client.get(address("claims")).content.decode().count("data-claim") == (expected == 200)


@pytest.mark.parametrize("rows", [1, 3])
def test_list_of_claims_takes_as_many_queries_for_any_number(rows, client, coordinator):
    for _ in range(rows):
        make_payable(coordinator)
    client.force_login(coordinator)

    response, queries = counted(client, address("claims"))

    assert queries == 7

    assert response.content.decode().count("data-claim") == rows


@pytest.mark.parametrize(
    ("query", "found"),
    [("status=approved", 1), ("status=paid", 0), ("status=nonsense", 1), ("search=Per%C3%B2", 0), ("search=%00", 1)],
)
def test_claims_are_narrowed(query, found, client, coordinator):
    make_payable(coordinator)
    client.force_login(coordinator)

    response = client.get(f"{address('claims')}?{query}")

    assert response.status_code == 200
    assert response.content.decode().count("data-claim") == found


def test_claims_are_found_by_number_and_name(client, coordinator):
    first, _second = make_payable(coordinator), make_payable(coordinator)
    client.force_login(coordinator)

    for words in (first.exchange.number, str(first.exchange.visitor)[-6:], f"xt-{first.exchange.pk}"):
        shown = client.get(address("claims"), {"search": words}, headers=HTMX).content.decode()
        assert f'href="{address("claim_detail", first.pk)}"' in shown


def test_finance_officer_makes_downloads_and_closes_a_file(client, coordinator, finance_officer):
    claim = make_payable(coordinator)
    shown = page(client, finance_officer, address("payments"))
    assert "305.00 EUR together" in shown
    assert ITALIAN not in shown

    response = client.post(address("payments"), {"chosen": [claim.pk], "execute_on": clock.today().isoformat()})
    payment_file = PaymentFile.objects.get()
    assert response["Location"] == address("payment_file", payment_file.pk)
    shown = client.get(response["Location"]).content.decode()
    assert payment_file.document.sha256 in shown
    assert ITALIAN not in shown

    client.post(address("move_payment_file", payment_file.pk), {"move": "mark_paid"})
    payment_file.refresh_from_db()
    assert payment_file.status == PaymentFileStatus.PAID


def test_file_is_discarded_with_a_reason_only(client, coordinator, finance_officer):
    payment_file = create(
        [make_payable(coordinator).pk], budget=make_budget(), execute_on=clock.today(), actor=finance_officer
    )
    client.force_login(finance_officer)

    assert client.post(address("move_payment_file", payment_file.pk), {"move": "discard"}).status_code == 422
    assert client.post(address("move_payment_file", payment_file.pk), {"move": "burn"}).status_code == 422
    client.post(address("move_payment_file", payment_file.pk), {"move": "discard", "note": "Wrong day"})

    shown = page(client, finance_officer, address("payment_file", payment_file.pk))
    assert "Wrong day" in shown
    assert "Nothing any more" in shown


def test_total_follows_what_is_ticked(client, coordinator, finance_officer):
    first, second = make_payable(coordinator), make_payable(coordinator)
    client.force_login(finance_officer)

    both = client.get(address("payments"), {"chosen": [first.pk, second.pk]}, headers=HTMX).content.decode()
    none = client.get(address("payments"), headers=HTMX).content.decode()

    assert "2 claims chosen" in both
    assert "610.00 EUR" in both
    assert "0 claims chosen" in none
    assert "<html" not in both


def test_what_cannot_be_chosen_says_why(client, coordinator):
    own, foreign = make_payable(coordinator), make_payable(factories.make_staff(*_coordinator()))
    foreign.exchange.account.iban = TURKISH
    foreign.exchange.account.save()
    StaffRole.objects.create(user=coordinator, role=StaffRoleName.FINANCE_OFFICER, partnership=factories.partnership())

    shown = page(client, coordinator, address("payments"))

    assert "You approved this claim: another finance officer pays it." in shown
    assert "outside SEPA: pay it by hand" in shown
    assert 'name="chosen"' not in shown
    response = client.post(address("payments"), {"chosen": [own.pk], "execute_on": clock.today().isoformat()})
    assert response.status_code == 422
    assert not PaymentFile.objects.exists()


def _coordinator():
    return StaffRoleName.COORDINATOR, factories.partnership()


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ({"chosen": [], "execute_on": "2099-01-01"}, "Choose at least one claim."),
        ({"chosen": ["999999"], "execute_on": "2099-01-01"}, "can no longer be chosen"),
        ({"chosen": ["x"], "execute_on": "2099-01-01"}, "can no longer be chosen"),
        ({"execute_on": "2001-01-01"}, "This day has passed."),
        ({"execute_on": "soon"}, "Enter a valid date."),
    ],
)
def test_wrong_choice_keeps_the_page_and_says_what_is_wrong(sent, error, client, coordinator, finance_officer):
    claim = make_payable(coordinator)
    client.force_login(finance_officer)

    response = client.post(address("payments"), {"chosen": [claim.pk], **sent})

    assert response.status_code == 422
    assert error in response.content.decode()
    assert not PaymentFile.objects.exists()


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        ("finance_officer", 200),
        ("coordinator", 200),
        ("programme_officer", 200),
        ("ntt_officer", 403),
        ("visitor_person", 403),
        ("stranger", 403),
    ],
)
def test_who_sees_the_payments(person, expected, client, coordinator, finance_officer, request):
    payment_file = create(
        [make_payable(coordinator).pk], budget=make_budget(), execute_on=clock.today(), actor=finance_officer
    )
    client.force_login(request.getfixturevalue(person))

    assert client.get(address("payments")).status_code == expected
    assert client.get(address("payment_file", payment_file.pk)).status_code == (200 if expected == 200 else 404)
    if person != "finance_officer":
        sent = {"chosen": ["1"], "execute_on": clock.today().isoformat()}
        assert client.post(address("payments"), sent).status_code in {403, 404}


def test_money_of_another_partnership_is_not_found(client, coordinator, finance_officer, other_coordinator):
    make_payable(coordinator)
    make_budget(of=factories.partnership("EXXTRA"))
    client.force_login(finance_officer)
    assert client.get(f"{address('payments')}?partnership=exxtra").status_code == 404

    client.force_login(other_coordinator)
    assert client.get(f"{address('payments')}?partnership=extratex").status_code == 404
    assert "data-payable" not in client.get(address("payments")).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_list_of_payments_takes_as_many_queries_for_any_number(rows, client, coordinator, finance_officer):
    for _ in range(rows):
        make_payable(coordinator)
        create([make_payable(coordinator).pk], budget=make_budget(), execute_on=clock.today(), actor=finance_officer)
    client.force_login(finance_officer)

    response, queries = counted(client, address("payments"))

    assert queries == 9

    assert response.content.decode().count("data-payable") == rows
    assert response.content.decode().count("data-payment-file") == rows
