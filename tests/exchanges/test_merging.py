"""Merging two records of one organisation: nothing is lost, nothing is half done, and who may not does not."""

from datetime import date
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from clusters.enums import InvitationStatus, JoinRequestStatus, MembershipRole, ParticipantRole
from clusters.enums import OrganisationStatus as Status
from clusters.importing.snapshots import snapshot
from clusters.merging import deed, parts, values
from clusters.merging.parts import Pair
from clusters.models import (
    BulkRow,
    BulkValidation,
    Draft,
    Invitation,
    JoinRequest,
    Membership,
    Organisation,
    OrganisationMerge,
    RelatedEnterprise,
    RoleEvent,
    ValidationReminder,
)
from clusters.queries import partnership_of
from clusters.transitions import invitations
from exchanges.enums import Mode
from exchanges.models import Exchange, Stay
from extratex.notices.models import Notice
from extratex.shared import clock
from extratex.shared.moves import MoveConflict, MoveForbidden, NoteMissing
from matchmaking.enums import CandidatureStatus
from matchmaking.models import Candidature, HostInvitation, MatchRun, Proposal
from tests import factories
from tests.exchanges import factories as exchanges
from tests.exchanges.merges import NAME, make_pair, merge
from tests.invariants import assert_invariants
from tests.matchmaking import factories as matchmaking

pytestmark = pytest.mark.usefixtures("programme")

STAY = (date(2027, 6, 7), date(2027, 6, 10))


@pytest.fixture
def pair(programme: None) -> Pair:
    """Two validated records of one spinning mill with NTT, each with an owner of its own."""
    return make_pair()


def fresh(organisation: Organisation) -> Organisation:
    return Organisation.with_gone.get(pk=organisation.pk)


def surround(organisation: Organisation, officer: Any) -> None:
    """Let one row of every kind that there is point to an organisation."""
    person = factories.make_person()
    JoinRequest.objects.create(person=person, organisation=organisation, expires_on=clock.today())
    invitation = Invitation(email="new@mill.example", organisation=organisation, role=MembershipRole.EDITOR)
    invitations.invite(invitation, actor=organisation.memberships.get().user)
    organisation.related_enterprises.create(name="Mother", relation="linked", share=100, headcount=5)
    member_import = factories.make_member_import()
    member_import.rows.create(number=2, organisation=organisation)
    member_import.rows.create(number=3, existing=organisation)
    run = BulkValidation.objects.create(asked_by=officer)
    BulkRow.objects.create(run=run, organisation=organisation)
    ValidationReminder.objects.create(organisation=organisation, kind="staff", waited_since=organisation.status_since)
    RoleEvent.objects.create(move="join", target="owner", person=person, organisation=organisation, actor=person)
    earlier = factories.make_organisation()
    merge(Pair(organisation, earlier), officer)
    abroad = [factories.make_organisation(country="CZ", reference_cluster="CLUTEX") for _number in range(2)]
    partnership = partnership_of(organisation.reference_cluster)
    HostInvitation.objects.create(
        organisation=organisation, wave=partnership.wave, partnership=partnership, invited_by=officer
    )
    for visitor, host in ((organisation, abroad[0]), (abroad[1], organisation)):
        exchange = exchanges.open_exchange(proposal=exchanges.make_proposal(visitor, host), actor=person)
        Stay.objects.create(exchange=exchange, visitor=visitor, host=host, period=DateRange(*STAY))


def test_every_foreign_key_to_an_organisation_moves_or_is_history() -> None:
    names = {name for name, _relation in parts.pointing()}

    assert names == parts.cared_for() | parts.HISTORY
    assert not parts.cared_for() & parts.HISTORY


def test_nothing_is_lost(pair: Pair, ntt_officer: Any) -> None:
    surround(pair.merged, ntt_officer)
    before = parts.keys_of(pair.merged)
    assert all(before[name] for name in before if name != "clusters.OrganisationMerge.merged"), before
    ahead = deed.preview(pair, {})

    merge(pair, ntt_officer, headcount="merged")

    kept, left = parts.keys_of(pair.kept), parts.keys_of(pair.merged)
    for name in parts.cared_for() - {"clusters.Membership.organisation"}:
        assert set(before[name]) <= set(kept[name]), name
        assert not left[name], name
    named = " ".join(ahead.stays).casefold()
    for name, relation in parts.pointing():
        if name in parts.HISTORY and before[name]:
            assert set(before[name]) <= set(left[name]), name
            assert str(relation.related_model._meta.verbose_name_plural) in named, name
    assert {each.role for each in Membership.objects.filter(organisation=pair.kept)} == {MembershipRole.OWNER}
    assert not Membership.objects.filter(organisation=pair.merged).exists()


def test_the_record_that_goes_points_to_the_one_that_stays_and_says_who_and_why(pair: Pair, ntt_officer: Any) -> None:
    Organisation.objects.filter(pk=pair.merged.pk).update(vat="IT00743110157")
    pair = Pair(pair.kept, fresh(pair.merged))

    done = merge(pair, ntt_officer, note="One mill, registered twice.")

    old = fresh(pair.merged)
    assert (old.status, old.merged_into, old.vat) == (Status.MERGED, pair.kept, "")
    assert fresh(pair.kept).vat == "IT00743110157"
    for organisation, move in ((old, "merge"), (pair.kept, "take_in")):
        event = organisation.events.get(move=move)
        assert (event.actor, event.note) == (ntt_officer, "One mill, registered twice.")
        assert pair.merged.number in event.label or pair.kept.number in event.label
    assert (done.kept, done.merged, done.by, done.replaced["vat_of_merged"]) == (
        pair.kept,
        old,
        ntt_officer,
        "IT00743110157",
    )
    assert Notice.objects.filter(kind="organisation", subject__contains="one organisation now").count() == 2


def test_each_value_is_the_chosen_one_and_what_only_one_says_is_proposed(pair: Pair, ntt_officer: Any) -> None:
    kept, merged = pair.kept, pair.merged
    Organisation.objects.filter(pk=kept.pk).update(description="Spins.", headcount=20, pic="")
    Organisation.objects.filter(pk=merged.pk).update(description="Weaves.", headcount=30, pic="123456789")
    merged.technologies.set([factories.term("technology", "Weaving of technical fabrics")])
    pair = Pair(fresh(kept), fresh(merged))
    both = set(kept.technologies.all()) | set(merged.technologies.all())

    done = merge(pair, ntt_officer, description="merged", technologies="both", legal_name="nonsense")

    stored = fresh(kept)
    assert (stored.description, stored.headcount, stored.pic) == ("Weaves.", 20, "123456789")
    assert set(stored.technologies.all()) == both
    assert set(done.replaced) == {"description", "technologies", "pic", "vat_of_merged"}
    assert done.replaced["description"] == "Spins."


def test_what_is_chosen_covers_everything_that_a_registration_says(pair: Pair) -> None:
    assert {value for group in values.GROUPS for value in group} == set(snapshot(pair.kept))


def test_somebody_of_both_stays_once_and_keeps_the_higher_role(pair: Pair, ntt_officer: Any) -> None:
    person = pair.kept.memberships.get().user
    Membership.objects.filter(organisation=pair.kept).update(role=MembershipRole.EDITOR)
    Membership.objects.create(user=person, organisation=pair.merged, role=MembershipRole.OWNER)

    merge(pair, ntt_officer)

    assert Membership.objects.get(user=person).role == MembershipRole.OWNER
    assert Membership.objects.filter(organisation=pair.kept).count() == 2


def test_what_would_stand_twice_is_settled(pair: Pair, ntt_officer: Any) -> None:
    asker = factories.make_person()
    colleague = factories.make_member(pair.kept).user
    for person, organisation in ((asker, pair.kept), (asker, pair.merged), (colleague, pair.merged)):
        JoinRequest.objects.create(person=person, organisation=organisation, expires_on=clock.today())
    for organisation in (pair.kept, pair.merged):
        invitation = Invitation(email="new@mill.example", organisation=organisation, role=MembershipRole.EDITOR)
        invitations.invite(invitation, actor=organisation.memberships.order_by("pk")[0].user)

    merge(pair, ntt_officer)

    requests = JoinRequest.objects.filter(organisation=pair.kept).order_by("pk")
    assert [each.status for each in requests] == [
        JoinRequestStatus.ASKED,
        JoinRequestStatus.WITHDRAWN,
        JoinRequestStatus.WITHDRAWN,
    ]
    sent = Invitation.objects.filter(organisation=pair.kept).order_by("pk")
    assert [each.status for each in sent] == [InvitationStatus.SENT, InvitationStatus.WITHDRAWN]


def test_an_unfinished_correction_is_named_before_it_is_given_up(ntt_officer: Any) -> None:
    pair = make_pair()
    Organisation.objects.filter(pk=pair.merged.pk).update(status=Status.CHANGES_REQUESTED)
    pair = Pair(pair.kept, fresh(pair.merged))
    author = factories.make_person("Ada Author")
    Draft.objects.create(user=author, kind="registration", subject=str(pair.merged.pk))

    assert any("Ada Author" in sentence for sentence in deed.preview(pair, {}).moves)
    merge(pair, ntt_officer)

    assert not Draft.objects.exists()


@pytest.mark.parametrize("answer", ["kept", "merged"])
def test_enterprises_follow_the_figures_with_which_they_count(pair: Pair, ntt_officer: Any, answer: str) -> None:
    for organisation, name in ((pair.kept, "Own mother"), (pair.merged, "Other mother")):
        organisation.related_enterprises.create(name=name, relation="linked", share=100, headcount=5)
    Organisation.objects.filter(pk=pair.merged.pk).update(headcount=99)
    pair = Pair(pair.kept, fresh(pair.merged))

    merge(pair, ntt_officer, headcount=answer)

    by_name = {each.name: each.organisation for each in RelatedEnterprise.objects.select_related("organisation")}
    stays = "Other mother" if answer == "merged" else "Own mother"
    assert by_name.pop(stays) == pair.kept
    assert list(by_name.values()) == [fresh(pair.merged)]


@pytest.mark.parametrize(
    ("kept", "merged", "reason"),
    [
        (Status.VALIDATED, Status.DRAFT, "still being written"),
        (Status.REJECTED, Status.VALIDATED, "does not take part"),
        (Status.SUBMITTED, Status.VALIDATED, "let the validated one stay"),
    ],
)
def test_what_cannot_stay_does_not(ntt_officer: Any, kept: Status, merged: Status, reason: str) -> None:
    pair = Pair(*(factories.make_organisation(status=status) for status in (kept, merged)))

    with pytest.raises(MoveConflict, match=reason):
        merge(pair, ntt_officer)

    assert not OrganisationMerge.objects.exists()


def test_nobody_merges_what_lies_with_a_cluster_of_others_nor_the_own(pair: Pair, ntt_officer: Any) -> None:
    foreign = factories.make_organisation(reference_cluster="CLUTEX")
    own = factories.make_organisation(owner=ntt_officer)

    for other in (foreign, own):
        for both in (Pair(pair.kept, other), Pair(other, pair.kept)):
            with pytest.raises(MoveForbidden):
                merge(both, ntt_officer)
    with pytest.raises(NoteMissing):
        merge(pair, ntt_officer, note=" ")

    assert not OrganisationMerge.objects.exists()
    assert fresh(pair.merged).status == Status.VALIDATED


def test_two_candidatures_with_life_in_them_stand_against_it(pair: Pair, ntt_officer: Any) -> None:
    for organisation in (pair.kept, pair.merged):
        matchmaking.make_candidature(organisation, ParticipantRole.HOST)

    with pytest.raises(MoveConflict, match="Both have a candidature for one role"):
        merge(pair, ntt_officer)


@pytest.mark.parametrize("alive", ["kept", "merged", "neither"])
def test_a_candidature_without_life_makes_room_and_neither_is_lost(pair: Pair, ntt_officer: Any, alive: str) -> None:
    dead = CandidatureStatus.WITHDRAWN
    own, other = (
        matchmaking.make_candidature(
            organisation,
            ParticipantRole.VISITOR,
            status=CandidatureStatus.VALIDATED if alive == word else dead,
        )
        for organisation, word in ((pair.kept, "kept"), (pair.merged, "merged"))
    )
    only = matchmaking.make_candidature(pair.merged, ParticipantRole.HOST)

    merge(pair, ntt_officer)

    places = dict(Candidature.objects.values_list("pk", "organisation"))
    stays, goes = (other, own) if alive == "merged" else (own, other)
    assert places == {stays.pk: pair.kept.pk, goes.pk: pair.merged.pk, only.pk: pair.kept.pk}
    assert all(version.organisation_id > 0 for each in (own, other) for version in each.versions.all())
    assert MatchRun.objects.filter(about__contains=[only.pk]).exists()


def test_a_proposal_to_oneself_stands_against_it(pair: Pair, ntt_officer: Any) -> None:
    visitor = matchmaking.make_candidature(pair.kept, ParticipantRole.VISITOR)
    proposal = matchmaking.make_proposal(visitor, matchmaking.make_candidature(pair.merged, ParticipantRole.HOST))

    with pytest.raises(MoveConflict, match=f"{proposal.number} is a proposal of the two to each other"):
        merge(pair, ntt_officer)
    Proposal.objects.update(status="declined")
    merge(pair, ntt_officer)

    assert set(Candidature.objects.values_list("organisation", flat=True)) == {pair.kept.pk}


def visiting(organisation: Organisation) -> Exchange:
    host = factories.make_organisation(country="CZ", reference_cluster="CLUTEX")
    proposal = exchanges.make_proposal(organisation, host)
    return exchanges.open_exchange(proposal=proposal, actor=proposal.author)


def test_an_exchange_goes_along_with_all_its_stays(pair: Pair, ntt_officer: Any) -> None:
    exchange = exchanges.fill(visiting(pair.merged), pair.merged.memberships.get().user)
    assert any(exchange.number in sentence for sentence in deed.preview(pair, {}).moves)

    merge(pair, ntt_officer)

    exchange.refresh_from_db()
    assert exchange.visitor == pair.kept
    assert {stay.visitor_id for stay in exchange.stays.all()} == {pair.kept.pk}
    assert exchange.proposal.visitor.organisation == pair.kept
    assert_invariants()


def test_two_physical_exchanges_stand_against_it(pair: Pair, ntt_officer: Any) -> None:
    visiting(pair.kept)
    second = visiting(pair.merged)
    Candidature.objects.filter(organisation=pair.merged).update(role=ParticipantRole.HOST)

    with pytest.raises(MoveConflict, match="Both have a physical exchange"):
        merge(pair, ntt_officer)
    second.refresh_from_db()
    assert second.visitor == pair.merged


def test_two_stays_at_once_stand_against_it(pair: Pair, ntt_officer: Any) -> None:
    for organisation in (pair.kept, pair.merged):
        exchange = visiting(organisation)
        Exchange.objects.filter(pk=exchange.pk).update(mode=Mode.VIRTUAL)
        exchange.refresh_from_db()
        exchanges.fill(exchange, organisation.memberships.get().user, mode=Mode.VIRTUAL)
        Candidature.objects.filter(organisation=organisation).update(status=CandidatureStatus.WITHDRAWN)
    assert Stay.objects.filter(live=True).exists()

    with pytest.raises(MoveConflict):
        merge(pair, ntt_officer)


def test_an_exchange_with_each_other_stands_against_it(ntt_officer: Any, coordinator: Any) -> None:
    exchange, _cast = exchanges.make_exchange()
    both = Pair(exchange.visitor, exchange.host)

    with pytest.raises(MoveConflict, match="each other"):
        merge(both, coordinator)


def test_a_record_that_took_another_in_hands_it_on(pair: Pair, ntt_officer: Any) -> None:
    first = factories.make_organisation(legal_name=NAME)
    merge(Pair(pair.merged, first), ntt_officer)

    merge(pair, ntt_officer)

    assert {fresh(each).merged_into for each in (first, pair.merged)} == {pair.kept}


def test_nothing_is_merged_into_what_was_itself_merged(pair: Pair, ntt_officer: Any) -> None:
    third = factories.make_organisation(legal_name=NAME)
    merge(pair, ntt_officer)

    for both in (Pair(fresh(pair.merged), third), Pair(third, fresh(pair.merged))):
        with pytest.raises(MoveConflict, match=r"does not take part|is gone already"):
            merge(both, ntt_officer)


def test_what_has_changed_since_it_was_looked_at_is_looked_at_again(pair: Pair, ntt_officer: Any) -> None:
    seen = deed.mark_of(pair)
    factories.make_member(pair.merged)

    with pytest.raises(MoveConflict, match="has changed since you looked"):
        merge(pair, ntt_officer, seen=seen)
