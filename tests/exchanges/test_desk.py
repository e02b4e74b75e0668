"""What waits for whom: each role finds its own work and nobody else's, and never more is read than is shown."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clusters.enums import OrganisationStatus, ParticipantRole
from clusters.models import Organisation
from exchanges.desk.board import SHOWN, board_for
from exchanges.desk.items import Item
from exchanges.enums import AgreementKind, ClaimStatus, Party
from exchanges.enums import ExchangeStatus as Status
from exchanges.models import Agreement, Approval, Claim, Signature
from exchanges.transitions import claims, payment_files
from extratex.documents import store
from extratex.shared import clock
from matchmaking.enums import CandidatureStatus, ProposalStatus
from matchmaking.models import Candidature, Proposal
from tests import factories
from tests.exchanges.money.counting import counted
from tests.exchanges.money.factories import make_budget, make_exchange, make_payable, make_report, make_validated

pytestmark = pytest.mark.usefixtures("programme")


def work_of(person):
    """Return what waits for a person as (what to do, title)."""
    return [(item.todo, item.title) for item in board_for(person).items]


def issue(exchange, kind, parties):
    document = store.keep(f"{kind} {exchange.pk}".encode(), name="paper.pdf", kind="agreement")
    return Agreement.objects.create(
        exchange=exchange,
        kind=kind,
        version=1,
        document=document,
        content_hash=document.sha256,
        amount=305,
        parties=[party.value for party in parties],
    )


def sign(agreement, party, person):
    Signature.objects.create(
        agreement=agreement, party=party, person=person, name=str(person), content_hash=agreement.content_hash
    )


@pytest.fixture
def exchange(visitor_organisation, host_organisation):
    def make(status):
        return make_exchange(status, visitor=visitor_organisation, host=host_organisation)

    return make


def test_registration_waits_for_its_cluster_only(ntt_officer, clutex_officer, coordinator, other_coordinator):
    waiting = factories.make_organisation(status=OrganisationStatus.SUBMITTED)
    factories.make_organisation(status=OrganisationStatus.DRAFT)

    expected = [("validate the organisation", str(waiting))]
    assert work_of(ntt_officer) == expected
    assert work_of(coordinator) == expected
    assert work_of(clutex_officer) == work_of(other_coordinator) == []


@pytest.mark.parametrize("status", [OrganisationStatus.DRAFT, OrganisationStatus.CHANGES_REQUESTED])
def test_owner_finishes_the_registration(status, visitor_person):
    mine = factories.make_organisation(owner=visitor_person, status=status)

    assert work_of(visitor_person) == [("finish the registration", str(mine))]


def test_candidature_waits_for_its_cluster_and_comes_back_to_its_owner(
    exchange, ntt_officer, visitor_person, visitor_organisation
):
    exchange(Status.CANCELLED)
    candidature = Candidature.objects.get(organisation=visitor_organisation)
    candidature.status = CandidatureStatus.SUBMITTED
    candidature.save()
    assert work_of(ntt_officer) == [("validate the candidature", str(candidature))]

    candidature.status = CandidatureStatus.CHANGES_REQUESTED
    candidature.save()
    assert work_of(ntt_officer) == []
    assert work_of(visitor_person) == [("finish the candidature", str(candidature))]


@pytest.mark.parametrize("by", ParticipantRole.values)
def test_proposal_waits_for_the_other_side(by, exchange, visitor_person, host_person):
    proposal = exchange(Status.CANCELLED).proposal
    turn = ParticipantRole.HOST if by == ParticipantRole.VISITOR else ParticipantRole.VISITOR
    Proposal.objects.filter(pk=proposal.pk).update(status=ProposalStatus.PROPOSED, proposed_by=by, turn=turn)

    asked, other = (host_person, visitor_person) if by == ParticipantRole.VISITOR else (visitor_person, host_person)

    assert ("answer the proposal", str(proposal)) in work_of(asked)
    assert "answer the proposal" not in {todo for todo, _title in work_of(other)}


def test_both_organisations_build(exchange, visitor_person, host_person, ntt_officer):
    file = exchange(Status.BUILDING)

    for person in (visitor_person, host_person):
        assert work_of(person) == [("enter dates, objectives and agenda", str(file))]
    assert work_of(ntt_officer) == []


def test_each_party_signs_once(exchange, visitor_person, host_person, ntt_officer, clutex_officer, stranger):
    file = exchange(Status.SIGNING)
    paper = issue(file, AgreementKind.COMMITMENT, Party)
    people = {
        Party.VISITOR: visitor_person,
        Party.HOST: host_person,
        Party.VISITOR_SIDE: ntt_officer,
        Party.HOST_SIDE: clutex_officer,
    }
    for person in people.values():
        assert work_of(person) == [("sign the Commitment to Quality", str(file))]

    for party, person in people.items():
        sign(paper, party, person)
        assert work_of(person) == []
    assert work_of(stranger) == []


def test_signatures_on_an_older_version_do_not_count(exchange, ntt_officer):
    file = exchange(Status.SIGNING)
    sign(issue(file, AgreementKind.COMMITMENT, Party), Party.VISITOR_SIDE, ntt_officer)
    file.agreements.update(superseded_at=clock.now(), version=0)
    issue(file, AgreementKind.COMMITMENT, Party)

    assert work_of(ntt_officer) == [("sign the Commitment to Quality", str(file))]


def test_each_side_approves_by_another_person(exchange, ntt_officer, clutex_officer, coordinator, visitor_person):
    file = exchange(Status.SIGNED)
    for person in (ntt_officer, clutex_officer, coordinator):
        assert work_of(person) == [("approve the exchange", str(file))]

    Approval.objects.create(exchange=file, side=Party.VISITOR_SIDE, person=coordinator)

    assert work_of(coordinator) == work_of(ntt_officer) == work_of(visitor_person) == []
    assert work_of(clutex_officer) == [("approve the exchange", str(file))]


def test_account_and_financial_agreement(exchange, visitor_person, host_person, coordinator, ntt_officer):
    file = exchange(Status.APPROVED)
    assert work_of(visitor_person) == [("say to which account you want to be paid", str(file))]
    assert work_of(coordinator) == []

    paper = issue(file, AgreementKind.FINANCIAL, [Party.VISITOR, Party.VISITOR_SIDE])
    for person in (visitor_person, coordinator):
        assert work_of(person) == [("sign the financial agreement", str(file))]
    assert work_of(ntt_officer) == work_of(host_person) == []

    sign(paper, Party.VISITOR, visitor_person)
    assert work_of(visitor_person) == []


def test_reports_wait_for_both_and_then_for_the_visitors_side(
    exchange, visitor_person, host_person, ntt_officer, clutex_officer
):
    file = exchange(Status.REPORT_DUE)
    assert work_of(visitor_person) == work_of(host_person) == [("write the closing report", str(file))]

    make_report(file, ParticipantRole.HOST)
    assert work_of(host_person) == []
    make_report(file, ParticipantRole.VISITOR)
    assert work_of(visitor_person) == [("add the evidence and hand in", str(file))]

    file.status = Status.REPORT_SUBMITTED
    file.save()
    assert work_of(ntt_officer) == [("check report and evidence", str(file))]
    assert work_of(visitor_person) == work_of(clutex_officer) == []


def test_money_goes_from_desk_to_desk(visitor_person, ntt_officer, coordinator, finance_officer):
    file = make_validated(visitor_person, ntt_officer)
    assert work_of(visitor_person) == [("claim the lump sum", str(file))]

    claim = claims.submit(file, actor=visitor_person)
    assert work_of(visitor_person) == work_of(finance_officer) == []
    assert work_of(coordinator) == [("approve the claim", str(file))]

    claims.approve(claim, actor=coordinator)
    assert work_of(coordinator) == []
    assert work_of(finance_officer) == [("put into a payment file", str(file))]

    payment_file = payment_files.create(
        [claim.pk], budget=make_budget(), execute_on=clock.today(), actor=finance_officer
    )
    assert work_of(finance_officer) == [("hand it to the bank, then mark it as paid", "Payment file of EXTRATEX")]

    payment_files.mark_paid(payment_file, actor=finance_officer)
    assert work_of(finance_officer) == []


def test_claim_does_not_wait_for_who_validated_its_report(visitor_person, coordinator):
    claims.submit(make_validated(visitor_person, coordinator), actor=visitor_person)

    assert Claim.objects.filter(status=ClaimStatus.SUBMITTED).exists()
    assert work_of(coordinator) == []


# How it is said ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("waited", "left", "since", "due", "tone"),
    [
        (0, 8, "today", "in 8 days", ""),
        (1, 4, "1 day", "in 4 days", "wait"),
        (9, 0, "9 days", "today", "stop"),
        (2, 1, "2 days", "in 1 day", "wait"),
        (20, -3, "20 days", "3 days late", "stop"),
        (3, None, "3 days", "", ""),
    ],
)
def test_item_says_since_when_and_until_when(waited, left, since, due, tone):
    item = Item(
        key="",
        url="",
        title="",
        reference="",
        todo="",
        waits_since=clock.now() - timedelta(days=waited),
        due_on=None if left is None else clock.today() + timedelta(days=left),
    )

    assert (item.since, item.due, item.due_tone) == (since, due, tone)


def test_longest_waiting_stands_first_whatever_its_kind(ntt_officer, visitor_organisation):
    young = factories.make_organisation(status=OrganisationStatus.SUBMITTED)
    old = make_exchange(Status.REPORT_SUBMITTED, status_since=clock.now() - timedelta(days=9))

    board = board_for(ntt_officer)

    assert [item.title for item in board.items] == [str(old), str(young)]
    assert (board.total, board.longest) == (2, 9)


def test_desk_shows_pills_with_counts_and_a_page_of_a_kind(client, ntt_officer):
    for _ in range(SHOWN + 2):
        factories.make_organisation(status=OrganisationStatus.SUBMITTED)
    make_exchange(Status.REPORT_SUBMITTED)
    client.force_login(ntt_officer)

    everything = client.get(reverse("desk")).content.decode()
    second = client.get(reverse("desk"), {"kind": "organisations", "page": "2"}).content.decode()

    assert f'Organisations <span class="num">{SHOWN + 2}</span>' in everything
    assert f"{SHOWN + 3} items." in everything
    assert everything.count('class="title"') == SHOWN
    assert second.count('class="title"') == 2
    assert f"{SHOWN + 1} to {SHOWN + 2} of {SHOWN + 2}" in second


def test_unknown_kind_and_page_show_everything(client, ntt_officer):
    factories.make_organisation(status=OrganisationStatus.SUBMITTED)
    client.force_login(ntt_officer)

    for query in (
        {"kind": "\x00"},
        {"kind": "organisations", "page": "x"},
        {"kind": "organisations", "page": "9" * 99},
    ):
        assert client.get(reverse("desk"), query).status_code == 200


def test_newcomer_is_told_to_register(client, stranger):
    client.force_login(stranger)

    page = client.get(reverse("desk")).content.decode()

    assert "Register your organisation" in page
    assert reverse("clusters:new") in page


def test_member_is_told_to_write_a_candidature_and_sees_where_everything_stands(client, visitor_person, exchange):
    factories.make_organisation(owner=visitor_person)
    exchange(Status.READY)
    client.force_login(visitor_person)

    page = client.get(reverse("desk")).content.decode()

    assert "Write your candidature" in page
    assert page.count("data-standing") == 4
    assert "Ready to start" in page


def test_empty_desk_says_so(client, ntt_officer):
    client.force_login(ntt_officer)

    assert "All done" in client.get(reverse("desk")).content.decode()


@pytest.mark.parametrize(
    ("person", "queries"),
    [("ntt_officer", 16), ("coordinator", 19), ("finance_officer", 10), ("visitor_person", 23), ("stranger", 8)],
)
@pytest.mark.parametrize("rows", [1, 3])
def test_desk_takes_as_many_queries_for_any_number(person, queries, rows, client, coordinator, request):
    for _ in range(rows):
        owner = request.getfixturevalue("visitor_person")
        factories.make_organisation(status=OrganisationStatus.SUBMITTED)
        for status in (Status.BUILDING, Status.SIGNED, Status.REPORT_DUE, Status.REPORT_SUBMITTED):
            make_exchange(status, visitor=factories.make_organisation(owner=owner))
        claimant = factories.make_person()
        claims.submit(make_validated(claimant, factories.make_person()), actor=claimant)
        make_payable(coordinator)
    client.force_login(request.getfixturevalue(person))

    _response, made = counted(client, reverse("desk"))

    assert made == queries


def test_ten_thousand_registrations_are_counted_and_not_read(client, ntt_officer):
    template = factories.make_organisation(status=OrganisationStatus.SUBMITTED)
    Organisation.objects.bulk_create(
        [
            Organisation(
                legal_name=f"Waiting {number}",
                type=template.type,
                country="IT",
                town="Prato",
                latitude=43.9,
                longitude=11.1,
                languages=["en"],
                reference_cluster=template.reference_cluster,
                status=OrganisationStatus.SUBMITTED,
            )
            for number in range(10_000)
        ],
        batch_size=2000,
    )
    client.force_login(ntt_officer)

    with CaptureQueriesContext(connection) as asked:
        board = board_for(ntt_officer)
    page = client.get(reverse("desk")).content.decode()

    assert board.total == 10_001
    assert len(board.items) == SHOWN
    assert "10001 items." in page
    reading = [each["sql"] for each in asked if '"legal_name"' in each["sql"]]
    assert all(f"LIMIT {SHOWN}" in sql for sql in reading)
