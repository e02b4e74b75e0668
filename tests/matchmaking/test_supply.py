"""Supply of hosts: the numbers against a count by hand, idle hosts, likely hosts, and invitations sent once."""

from datetime import date, timedelta
from itertools import pairwise
from random import Random

import pytest

from clusters.enums import OrganisationStatus, ParticipantRole
from clusters.merging.parts import Pair
from clusters.queries import open_wave
from extratex.notices.models import Notice
from extratex.shared import clock
from matchmaking import host_invitations, merging, supply
from matchmaking.enums import CandidatureStatus, ProposalStatus
from matchmaking.models import Candidature, HostInvitation
from tests import factories as people
from tests.matchmaking import factories

pytestmark = pytest.mark.usefixtures("programme")

NAMES = ("Nonwovens", "Braiding", "Composite materials", "Coating and laminating")
PAGE = "/supply/?partnership=extratex"


@pytest.fixture
def scope():
    return supply.Scope(open_wave(), people.partnership())


@pytest.fixture
def mill(visitor):
    """A validated organisation that is no host and offers what the visitor seeks."""
    return people.make_organisation(
        owner=people.make_person("Owner"), legal_name="Mulino", country="ES", reference_cluster="CLUTEX"
    )


def some_candidatures(draw):
    """Make up visitors and hosts of two partnerships, some of them not validated, and proposals between them."""
    made = []
    for number in range(14):
        make = factories.make_host if number % 2 else factories.make_visitor
        fields = (
            {"countries": draw.sample(["CZ", "ES", "PT"], draw.randint(0, 2))} if make is factories.make_visitor else {}
        )
        begin = draw.randrange(0, 200)
        made.append(
            make(
                technologies=tuple(draw.sample(NAMES, draw.randint(1, 3))),
                windows=((begin, begin + draw.randrange(1, 90)), (210, 215)),
                capacity=draw.randint(1, 4),
                status=draw.choice([CandidatureStatus.VALIDATED] * 3 + [CandidatureStatus.SUBMITTED]),
                **fields,
            )
        )
    visitors, hosts = made[::2], made[1::2]
    for visitor in visitors[:4]:
        factories.make_proposal(visitor, draw.choice(hosts), status=draw.choice(list(ProposalStatus)))
    Candidature.objects.filter(pk__in=[each.pk for each in draw.sample(made, 4)]).update(
        partnership=people.partnership("EXXTRA")
    )


def counted_by_hand(scope, keys_of):
    """Count visitors, hosts and places, one candidature after the other."""
    found = {}
    for each in Candidature.objects.filter(status=CandidatureStatus.VALIDATED, partnership=scope.partnership):
        taken = each.proposals_as_host.filter(status=ProposalStatus.ACCEPTED).count()
        for key in set(keys_of(each)):
            row = found.setdefault(key, [0, 0, 0])
            row[0] += each.is_visitor
            row[1] += not each.is_visitor
            row[2] += 0 if each.is_visitor else max(each.capacity - taken, 0)
    return found


def as_found(balances):
    rows = {each.key: [each.visitors, each.hosts, each.places] for each in balances}
    return {key: row for key, row in rows.items() if any(row)}


@pytest.mark.parametrize("seed", range(3))
def test_the_numbers_are_those_of_a_count_by_hand(scope, seed):
    some_candidatures(Random(seed))
    months = supply.coming_months(clock.today())

    def countries_of(each):
        return (each.countries or [""]) if each.is_visitor else [each.organisation.country.code]

    def months_of(each):
        windows = list(each.availabilities.all())
        return [first for first, last in months if any(w.first_day <= last and w.last_day >= first for w in windows)]

    technologies = supply.by_technology(scope)
    assert as_found(technologies) == counted_by_hand(scope, lambda each: [term.pk for term in each.technologies.all()])
    assert as_found(supply.by_country(scope)) == counted_by_hand(scope, countries_of)
    assert as_found(supply.by_month(scope)) == counted_by_hand(scope, months_of)
    elsewhere = Candidature.objects.validated(ParticipantRole.HOST).exclude(partnership=scope.partnership)
    assert {each.key: each.elsewhere for each in technologies} == {
        each.key: elsewhere.filter(technologies=each.key).count() for each in technologies
    }


@pytest.mark.parametrize("today", [date(2026, 1, 31), date(2026, 12, 1), date(2028, 2, 29)])
def test_the_coming_months_leave_no_day_out(today):
    months = supply.coming_months(today)

    assert months[0][0] == today
    assert len(months) == 12
    assert all(after[0] == before[1] + timedelta(days=1) for before, after in pairwise(months))


def test_hosts_that_nobody_touches_and_that_never_answer_are_named(client, visitor, host, coordinator):
    silent, lively = factories.make_host(), factories.make_host()
    long_ago = clock.now() - timedelta(days=61)
    Candidature.objects.filter(pk=host.pk).update(touched_at=long_ago)
    for each in (silent, lively):
        factories.make_proposal(visitor, each, status=ProposalStatus.EXPIRED)
    factories.make_proposal(factories.make_visitor(), lively, status=ProposalStatus.DECLINED)
    client.force_login(coordinator)

    context = client.get(PAGE).context

    assert [each.pk for each in context["stale"]] == [host.pk]
    assert [(each.pk, each.expired) for each in context["silent"]] == [(silent.pk, 1)]


def test_likely_hosts_offer_what_is_missing_and_are_no_hosts_yet(scope, visitor, mill):
    factories.make_visitor(technologies=("Braiding", "Nonwovens"))
    people.make_organisation(legal_name="Nothing missing", technologies=("Composite materials",))
    people.make_organisation(legal_name="Not validated", status=OrganisationStatus.SUBMITTED)
    factories.make_host(technologies=("Digital textile printing",), organisation={"technologies": ("Nonwovens",)})
    both = people.make_organisation(legal_name="Both", technologies=("Braiding", "Nonwovens"))

    short = host_invitations.short_of(supply.by_technology(scope))
    likely = host_invitations.likely_hosts(scope, short)

    names = [each.organisation.legal_name for each in likely]
    assert names[0] == both.legal_name
    assert mill.legal_name in names
    assert not {"Nothing missing", "Not validated"} & set(names)
    assert likely[0].weight == 3
    assert (
        likely[0].reason == "Offers Nonwovens (sought by 2, places left: 0) and Braiding (sought by 1, places left: 0)."
    )


def invite(client, keys, step="send/", **more):
    return client.post(f"/supply/invite/{step}", {"partnership": "extratex", "chosen": keys, **more})


def test_a_dry_run_sends_nothing_and_a_press_sends_once(client, mill, coordinator):
    person = mill.memberships.get().user
    client.force_login(coordinator)

    page = invite(client, [mill.pk], step="").content.decode()
    assert "1 organisation would be invited" in page
    assert not HostInvitation.objects.exists()

    for _press in range(2):
        assert invite(client, [mill.pk], note="See you in Prato.").status_code == 302

    invitation = HostInvitation.objects.get()
    assert (invitation.organisation, invitation.invited_by) == (mill, coordinator)
    notice = Notice.objects.get(person=person)
    assert notice.subject == "EXTRATEX asks Mulino to receive visitors"
    assert "Nonwovens" in notice.text
    assert notice.text.endswith("See you in Prato.")
    assert notice.link == "/candidatures/new/host/"
    assert "was asked on" in invite(client, [mill.pk], step="").content.decode()


def test_who_was_asked_long_ago_may_be_asked_again(client, mill, coordinator):
    client.force_login(coordinator)
    invite(client, [mill.pk])
    HostInvitation.objects.update(invited_on=clock.today() - timedelta(days=60))

    invite(client, [mill.pk])

    assert HostInvitation.objects.count() == 2
    assert Notice.objects.filter(kind="matchmaking", link="/candidatures/new/host/").count() == 2


def test_two_presses_at_once_ask_once(visitor, mill, scope, coordinator, race):
    short = host_invitations.short_of(supply.by_technology(scope))

    def press():
        host_invitations.send(scope, short, [mill.pk], by=coordinator, note="")

    assert race([press, press]) == [None, None]
    assert HostInvitation.objects.count() == 1


def test_a_line_that_is_too_long_is_refused_and_kept(client, mill, coordinator):
    client.force_login(coordinator)

    answer = invite(client, [mill.pk], note="x" * 501)

    assert answer.status_code == 422
    assert "x" * 501 in answer.content.decode()
    assert not HostInvitation.objects.exists()


@pytest.mark.parametrize("step", ["", "send/"])
def test_only_the_coordinator_invites_and_only_organisations_of_the_partnership(
    client, mill, coordinator, other_coordinator, programme_officer, ntt_officer, step
):
    for person, status in ((other_coordinator, 404), (programme_officer, 403), (ntt_officer, 403)):
        client.force_login(person)
        assert invite(client, [mill.pk], step=step).status_code == status
    foreign = people.make_organisation(reference_cluster=people.partnership("EXXTRA").members.first().cluster)
    client.force_login(coordinator)
    for keys in ([], ["x", "-1", "9" * 30], [foreign.pk]):
        assert invite(client, keys, step=step).status_code in {200, 302}
    assert not HostInvitation.objects.exists()


def test_the_page_shows_the_own_partnership_and_to_the_programme_all(
    client, visitor, coordinator, other_coordinator, programme_officer
):
    client.force_login(other_coordinator)
    assert client.get(PAGE).status_code == 404
    client.force_login(coordinator)
    assert client.get("/supply/?partnership=nonsense").status_code == 404
    assert "1 place is missing" in client.get("/supply/").content.decode()
    client.force_login(programme_officer)
    whole = client.get(f"/supply/?partnership=all-{open_wave().pk}")
    assert [row.visitors for row in whole.context["balances"][0][3]] == [1]
    assert not whole.context["may_invite"]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_takes_as_many_queries_for_three_rows_as_for_one(
    client, sign_in, coordinator, django_assert_num_queries, rows
):
    for number in range(rows):
        visitor = factories.make_visitor(technologies=NAMES[number : number + 1])
        people.make_organisation(technologies=NAMES[number : number + 1])
        host = factories.make_host(technologies=("Digital textile printing",))
        factories.make_proposal(visitor, host, status=ProposalStatus.EXPIRED)
        Candidature.objects.filter(pk=host.pk).update(touched_at=clock.now() - timedelta(days=90))
    sign_in(coordinator)

    with django_assert_num_queries(23):
        page = client.get(PAGE).content.decode()

    assert (page.count("data-stale"), page.count("data-silent")) == (rows, rows)
    assert page.count("data-likely") >= rows


def test_whoever_is_merged_counts_as_asked(scope, mill, coordinator):
    kept = people.make_organisation(legal_name="Mulino S.L.", country="ES", reference_cluster="CLUTEX")
    asked = {"wave": scope.wave, "partnership": scope.partnership, "invited_by": coordinator}
    today, before = clock.today(), clock.today() - timedelta(days=3)
    for organisation, day in ((mill, today), (mill, before), (kept, today)):
        HostInvitation.objects.create(organisation=organisation, invited_on=day, **asked)
    pair = Pair(kept, mill)

    assert merging.show_invitations(pair, {}) == ["2 invitations to become a host go along."]
    merging.move_invitations(pair, {}, coordinator)

    assert list(HostInvitation.objects.order_by("pk").values_list("organisation", "invited_on")) == [
        (kept.pk, before),
        (kept.pk, today),
    ]
