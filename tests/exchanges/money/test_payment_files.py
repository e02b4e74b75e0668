"""A payment file: valid for the bank, its total the sum of its claims, made by another person than the approver."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import sepaxml
import xmlschema
from django.db import IntegrityError, transaction

from clusters.enums import StaffRoleName
from clusters.models import StaffRole, User
from exchanges import payments
from exchanges.enums import ClaimStatus, LedgerKind, PaymentFileStatus
from exchanges.enums import ExchangeStatus as Status
from exchanges.models import Claim, PaymentFile
from exchanges.transitions import payment_files
from exchanges.transitions.payment_files import PAYMENT_FILE
from extratex.documents import store
from extratex.shared import clock
from extratex.shared.moves import MoveConflict, MoveForbidden
from tests import factories
from tests.exchanges.money.factories import ITALIAN, TURKISH, make_budget, make_payable
from tests.invariants import assert_invariants

pytestmark = pytest.mark.usefixtures("programme")

SPACE = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}
SCHEMA = Path(sepaxml.__file__).parent / "schemas" / "pain.001.001.09.xsd"


def create(*claims, actor, budget=None):
    return payment_files.create(
        [claim.pk for claim in claims], budget=budget or make_budget(), execute_on=clock.today(), actor=actor
    )


def xml_of(payment_file):
    return ET.fromstring(store.read(payment_file.document))


def texts(tree, path):
    return [node.text for node in tree.iterfind(f".//p:{path.replace('/', '/p:')}", SPACE)]


def test_table_of_moves_holds_these_and_no_others():
    table = {(source, move.name): move.target for move in PAYMENT_FILE.moves.values() for source in move.sources}

    assert table == {
        (PaymentFileStatus.CREATED, "mark_paid"): PaymentFileStatus.PAID,
        (PaymentFileStatus.CREATED, "discard"): PaymentFileStatus.DISCARDED,
    }


def test_file_is_valid_for_the_bank_and_pays_the_sum_of_its_claims(coordinator, finance_officer):
    claims = [make_payable(coordinator, lump_sum=Decimal(amount)) for amount in ("305.00", "780.00", "152.50")]

    payment_file = create(*claims, actor=finance_officer)

    content = store.read(payment_file.document)
    xmlschema.XMLSchema(SCHEMA).validate(content.decode())
    tree = xml_of(payment_file)
    assert payment_file.total == Decimal("1237.50") == sum(claim.amount for claim in payment_file.claims.all())
    assert texts(tree, "GrpHdr/CtrlSum") == ["1237.50"]
    assert sorted(texts(tree, "InstdAmt")) == ["152.50", "305.00", "780.00"]
    assert texts(tree, "GrpHdr/MsgId") == [payment_file.message_id]
    assert texts(tree, "GrpHdr/NbOfTxs") == ["3"]
    assert payment_file.document.sha256
    assert_invariants()


def test_payee_finds_plain_words_and_the_number_of_the_exchange(coordinator, finance_officer):
    host = factories.make_organisation(
        legal_name="Kompozity Žďár nad Sázavou & syn_<s.r.o.>", country="CZ", reference_cluster="CLUTEX"
    )
    claim = make_payable(coordinator, host=host)

    tree = xml_of(create(claim, actor=finance_officer))

    number = claim.exchange.number
    assert texts(tree, "RmtInf/Ustrd") == [
        f"ClusterXchange lump sum {number}, visit to Kompozity Zdar nad Sazavou + syn s.r.o."
    ]
    assert texts(tree, "EndToEndId") == [number]
    assert texts(tree, "CdtrAcct/Id/IBAN") == [ITALIAN]
    assert not texts(tree, "PstlAdr")


def test_remittance_is_cut_to_what_a_bank_carries(coordinator):
    host = factories.make_organisation(legal_name="Vlákna " * 40, country="CZ", reference_cluster="CLUTEX")

    text = payments.remittance(make_payable(coordinator, host=host))

    assert len(text) <= 140
    assert text.isascii()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("Straße № 5 – ½", "Strasse No 5 - 1/2"),
        ("Ελλάδα", "Ellada"),
        ("a\r\nb\tc", "a b c"),
        ("=SUM(A1)<&>", "SUM(A1) +"),
        ("Łódź Øresund", "Lodz Oresund"),
        ("\x00\u200b\ufeff", ""),
    ],
)
def test_text_is_written_in_the_characters_of_sepa(given, expected):
    assert payments.sepa_text(given, 70) == expected


def test_claims_and_exchanges_move_with_their_file(coordinator, finance_officer):
    claim = make_payable(coordinator)
    budget = claim.exchange.partnership.budget

    payment_file = create(claim, actor=finance_officer)
    claim.refresh_from_db()
    assert (claim.status, claim.exchange.status) == (ClaimStatus.IN_PAYMENT_FILE, Status.IN_PAYMENT_FILE)

    payment_files.mark_paid(payment_file, actor=finance_officer)
    claim = Claim.objects.get(pk=claim.pk)
    budget.refresh_from_db()
    assert (claim.status, claim.exchange.status) == (ClaimStatus.PAID, Status.PAID)
    assert budget.paid == claim.amount
    assert claim.exchange.entries.filter(kind=LedgerKind.PAY).count() == 1
    assert_invariants()


def test_file_is_paid_once(coordinator, finance_officer):
    payment_file = create(make_payable(coordinator), actor=finance_officer)
    payment_files.mark_paid(payment_file, actor=finance_officer)

    with pytest.raises(MoveConflict):
        payment_files.mark_paid(payment_file, actor=finance_officer)
    with pytest.raises(MoveConflict):
        payment_files.discard(payment_file, actor=finance_officer, note="Too late")
    assert_invariants()


def test_claims_of_a_discarded_file_wait_for_the_next_one(coordinator, finance_officer):
    claim = make_payable(coordinator)
    first = create(claim, actor=finance_officer)

    first = payment_files.discard(first, actor=finance_officer, note="Wrong day")
    second = create(claim, actor=finance_officer)

    claim.refresh_from_db()
    assert claim.payment_file == second
    assert first.events.get(move="discard").facts == {"claims": [claim.exchange.number]}
    assert first.message_id != second.message_id
    assert_invariants()


def test_who_approved_a_claim_does_not_pay_it(coordinator):
    claim = make_payable(coordinator)
    StaffRole.objects.create(
        user=coordinator, role=StaffRoleName.FINANCE_OFFICER, partnership=claim.exchange.partnership
    )

    with pytest.raises(MoveConflict, match="You approved this claim"):
        create(claim, actor=User.objects.get(pk=coordinator.pk))
    assert not PaymentFile.objects.exists()


def test_database_refuses_a_payer_who_approved(coordinator, finance_officer):
    claim = make_payable(coordinator)
    payment_file = create(make_payable(coordinator), actor=finance_officer)
    PaymentFile.objects.filter(pk=payment_file.pk).update(created_by=coordinator)

    with pytest.raises(IntegrityError, match="who approved a claim does not pay it"), transaction.atomic():
        Claim.objects.filter(pk=claim.pk).update(payment_file=payment_file, status=ClaimStatus.IN_PAYMENT_FILE)


def test_account_outside_sepa_is_put_apart_and_says_how_it_is_paid(coordinator, finance_officer):
    claim = make_payable(coordinator)
    claim.exchange.account.iban = TURKISH
    claim.exchange.account.save()

    [payable] = payments.payables(make_budget())

    assert "outside SEPA: pay it by hand" in str(payable.why_not(finance_officer))
    with pytest.raises(MoveConflict, match="outside SEPA"):
        create(claim, actor=finance_officer)


def test_one_unfit_claim_stops_the_whole_file(coordinator, finance_officer):
    fit, unfit = make_payable(coordinator), make_payable(coordinator)
    unfit.exchange.account.iban = TURKISH
    unfit.exchange.account.save()

    with pytest.raises(MoveConflict):
        create(fit, unfit, actor=finance_officer)

    fit.refresh_from_db()
    assert fit.status == ClaimStatus.APPROVED
    assert not PaymentFile.objects.exists()


def test_claim_of_another_partnership_or_not_approved_is_not_paid(coordinator, finance_officer):
    claim = make_payable(coordinator)
    create(claim, actor=finance_officer)

    with pytest.raises(MoveConflict, match="somebody else was faster"):
        create(claim, actor=finance_officer)
    with pytest.raises(MoveConflict, match="somebody else was faster"):
        payment_files.create([], budget=make_budget(), execute_on=clock.today(), actor=finance_officer)


@pytest.mark.parametrize("person", ["coordinator", "ntt_officer", "stranger", "programme_officer", "other_coordinator"])
def test_only_a_finance_officer_of_the_partnership_pays(person, coordinator, finance_officer, request):
    claim = make_payable(coordinator)
    payment_file = create(make_payable(coordinator), actor=finance_officer)

    with pytest.raises(MoveForbidden):
        create(claim, actor=request.getfixturevalue(person))
    with pytest.raises(MoveForbidden):
        payment_files.mark_paid(payment_file, actor=request.getfixturevalue(person))


def test_list_of_what_can_be_paid_takes_two_queries(coordinator, django_assert_num_queries):
    for _ in range(3):
        make_payable(coordinator)
    budget = make_budget()

    with django_assert_num_queries(2):
        rows = payments.payables(budget)

    assert len(rows) == 3
    assert all(row.claim.due_on <= clock.today() + timedelta(days=10) for row in rows)
