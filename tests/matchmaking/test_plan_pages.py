"""The plans in the cockpit: who reads and asks for them, what the pages say, and what they refuse."""

from decimal import Decimal

import pytest

from matchmaking.enums import PairOutcome, RunStatus, WishKind
from matchmaking.models import PairWish, Plan, Proposal
from matchmaking.planning import asking, sending, work
from tests import factories as people
from tests.exchanges.money import factories as money
from tests.matchmaking import factories

pytestmark = pytest.mark.usefixtures("programme")

FORM = {
    "max_exchanges": "10",
    "budget": "9000.00",
    "min_sme": "2",
    "min_non_member": "",
    "percent": "50",
    "seconds": "5",
    "weight_technologies": "40",
    "weight_cross_sector": "18",
    "weight_purposes": "10",
    "weight_preferred_country": "8",
    "weight_dates": "8",
    "weight_first_time": "6",
    "weight_travel": "6",
    "weight_targets": "4",
    "weight_sectors": "6",
    "weight_earlier_declines": "10",
}


@pytest.fixture
def plan(visitor, host, coordinator):
    """A computed plan with one pair, which misses its target."""
    asked = Plan(partnership=visitor.partnership, min_sme=3, seconds=5)
    weights = {name.removeprefix("weight_"): float(value) for name, value in FORM.items() if name.startswith("weight_")}
    asking.ask(asked, weights=weights, by=coordinator)
    work.carry_out(asked.pk)
    asked.refresh_from_db()
    return asked


def text_of(response):
    return " ".join(response.content.decode().split())


def test_a_coordinator_begins_with_the_targets_and_the_money_that_is_left(client, coordinator):
    money.make_budget(45_000)
    people.partnership().__class__.objects.filter(acronym="EXTRATEX").update(
        planned_exchanges=59, target_sme_visitors=30, target_cross_sector_share=Decimal("0.5")
    )
    client.force_login(coordinator)

    form = client.get("/cockpit/plans/new/").context["form"]

    shown = {name: str(form[name].value()) for name in ("max_exchanges", "budget", "min_sme", "percent")}
    assert shown == {"max_exchanges": "59", "budget": "45000.00", "min_sme": "30", "percent": "50"}


def test_a_coordinator_asks_for_a_plan_and_follows_it(client, coordinator, visitor):
    client.force_login(coordinator)

    page = text_of(client.post("/cockpit/plans/new/", FORM | {"weight_dates": "12.5"}, follow=True))

    plan = Plan.objects.get()
    assert (plan.asked_by, plan.max_exchanges, plan.min_non_member) == (coordinator, 10, 0)
    assert plan.min_cross_sector_share == Decimal("0.5")
    assert plan.parameters["weights"]["dates"] == 12.5
    assert "The plan is being computed" in page
    assert 'hx-trigger="every 2s"' in page


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("weight_dates", "nan"),
        ("weight_dates", "-1"),
        ("weight_dates", "inf"),
        ("weight_dates", ""),
        ("budget", "NaN"),
        ("budget", "-5"),
        ("min_sme", "-1"),
        ("min_sme", "many"),
        ("percent", "101"),
        ("seconds", "0"),
        ("seconds", "121"),
        ("max_exchanges", "0"),
    ],
)
def test_a_value_that_makes_no_sense_is_said_at_its_field_and_nothing_typed_is_lost(client, coordinator, field, value):
    money.make_exchange()
    client.force_login(coordinator)

    response = client.post("/cockpit/plans/new/", FORM | {field: value})

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert response.context["form"]["weight_technologies"].value() == "40"
    assert not Plan.objects.exists()


def test_weights_that_all_weigh_nothing_are_refused(client, coordinator):
    client.force_login(coordinator)
    nothing = {name: "0" for name in FORM if name.startswith("weight_")}

    response = client.post("/cockpit/plans/new/", FORM | nothing)

    assert list(response.context["form"].errors) == ["weight_technologies"]


def test_a_plan_shows_its_pairs_sums_bound_prices_and_what_is_missing(client, coordinator, plan, visitor, host):
    client.force_login(coordinator)

    page = text_of(client.get(f"/cockpit/plans/{plan.pk}/"))

    assert visitor.organisation.legal_name in page
    assert host.organisation.legal_name in page
    assert "it is proven that no other one under these limits scores more" in page
    assert "Not all targets can be reached. This is the plan that comes nearest." in page
    assert "2 more visits by SMEs would be needed." in page
    assert "2 visits by SMEs instead of 3: the targets are missed by 1 less and the score stays the same." in page
    assert "Czechia" in page
    assert "infeasible" not in page
    assert "You both speak: English." in page


def test_htmx_gets_only_what_moves(client, coordinator, plan):
    client.force_login(coordinator)

    page = text_of(client.get(f"/cockpit/plans/{plan.pk}/", headers={"HX-Request": "true"}))

    assert "<h1" not in page
    assert "How good it is" in page


def test_who_oversees_all_reads_but_neither_asks_nor_wishes_nor_sends(client, programme_officer, plan, visitor, host):
    client.force_login(programme_officer)
    here = f"/cockpit/plans/{plan.pk}/"
    wish = {"visitor": visitor.number, "host": host.number, "kind": "lock"}

    page = text_of(client.get(here))

    assert visitor.organisation.legal_name in page
    assert "Send the proposals" not in page
    assert 'value="lock"' not in page
    assert client.get("/cockpit/plans/new/").status_code == 403
    assert client.post(f"{here}again/").status_code == 403
    assert client.post(f"{here}cancel/").status_code == 403
    assert client.post(f"{here}wish/", wish).status_code == 403
    assert client.post(f"{here}send/", {"message": "Go."}).status_code == 403
    assert not PairWish.objects.exists()


def test_a_pair_is_locked_forbidden_and_set_free_and_the_plan_computed_again(client, coordinator, plan, visitor, host):
    client.force_login(coordinator)
    here = f"/cockpit/plans/{plan.pk}/"
    pair = {"visitor": visitor.number, "host": host.number}

    page = text_of(client.post(f"{here}wish/", pair | {"kind": "lock", "reason": "They know each other."}, follow=True))
    assert "1 wish has changed since this plan" in page
    assert "They know each other." in page
    client.post(f"{here}wish/", pair | {"kind": "forbid"})
    assert [wish.kind for wish in PairWish.objects.all()] == [WishKind.FORBID]

    client.post(f"{here}again/")
    child = Plan.objects.get(parent=plan)
    work.carry_out(child.pk)
    page = text_of(client.get(f"/cockpit/plans/{child.pk}/"))
    assert "No pair can be made" in page

    client.post(f"{here}wish/", pair | {"kind": "lift"})
    assert not PairWish.objects.exists()


@pytest.mark.parametrize("wrong", [{"visitor": "CAN-9999"}, {"host": "what?"}, {"visitor": ""}, {"kind": "marry"}])
def test_a_wish_for_what_is_not_there_is_said_at_its_field(client, coordinator, plan, visitor, host, wrong):
    client.force_login(coordinator)
    sound = {"visitor": visitor.number, "host": host.number, "kind": "lock"}

    response = client.post(f"/cockpit/plans/{plan.pk}/wish/", sound | wrong)

    assert response.status_code == 422
    assert list(response.context["wish_form"].errors) == list(wrong)
    assert not PairWish.objects.exists()


def test_a_visitor_of_another_partnership_is_nobodys_to_lock(client, coordinator, plan, host):
    foreign = factories.make_visitor()
    type(foreign).objects.filter(pk=foreign.pk).update(partnership=people.partnership("EXXTRA"))
    client.force_login(coordinator)

    response = client.post(
        f"/cockpit/plans/{plan.pk}/wish/", {"visitor": foreign.number, "host": host.number, "kind": "lock"}
    )

    assert response.status_code == 422


def test_a_lock_that_cannot_be_had_is_said_with_its_reason(client, coordinator, plan):
    deaf = factories.make_visitor(languages=["it"])
    host = factories.make_host(languages=["cs"])
    factories.wish(deaf, host, WishKind.LOCK, by=coordinator)
    child = asking.ask_again(plan, by=coordinator)
    work.carry_out(child.pk)
    client.force_login(coordinator)

    page = text_of(client.get(f"/cockpit/plans/{child.pk}/"))

    assert "Locked, but not to be had:" in page
    assert "They speak no common language." in page


def test_two_plans_stand_beside_each_other(client, coordinator, plan, visitor, host):
    better = factories.make_host(technologies=("Nonwovens",), windows=((1, 90),))
    factories.wish(visitor, better, WishKind.LOCK, by=coordinator)
    child = asking.ask_again(plan, by=coordinator)
    work.carry_out(child.pk)
    client.force_login(coordinator)
    here = f"/cockpit/plans/compare/?first={plan.pk}&second={child.pk}"

    only_second, only_first = text_of(client.get(here)), text_of(client.get(f"{here}&show=first"))

    assert better.organisation.legal_name in only_second
    assert host.organisation.legal_name not in only_second
    assert host.organisation.legal_name in only_first
    assert "Only in" in only_first
    assert "Both were asked for the same" in only_first
    Plan.objects.filter(pk=child.pk).update(max_exchanges=7)
    assert client.get(here).context["asked"] == [("Exchanges at most", "", "7")]
    assert text_of(client.get(f"{here}&show=both")).count("data-pair") == 0
    assert client.get(f"/cockpit/plans/compare/?first={plan.pk}").status_code == 404


def test_the_proposals_are_sent_after_a_dry_run_and_the_page_tells_what_became_of_each(
    client, coordinator, plan, visitor, host
):
    stopped = factories.make_pair(plan, factories.make_visitor(languages=["it"], capacity=1))
    Plan.objects.filter(pk=plan.pk).update(figures=plan.figures | {"pairs": 2})
    stopped.host.status = "withdrawn"
    stopped.host.save()
    client.force_login(coordinator)
    here = f"/cockpit/plans/{plan.pk}/send/"

    dry = text_of(client.get(here))
    assert "1 of 2 would be sent." in dry
    assert dry.count("data-passing") == 1
    assert "is not validated" in dry
    assert client.post(here, {"message": "  "}).status_code == 422
    assert Plan.objects.get(pk=plan.pk).confirmed_at is None

    client.post(here, {"message": "Please meet."})
    assert "The proposals of this plan were sent before." in text_of(
        client.post(here, {"message": "Twice."}, follow=True)
    )
    sending.carry_out(plan.pk)

    page = text_of(client.get(f"/cockpit/plans/{plan.pk}/"))
    proposal = Proposal.objects.get()
    assert proposal.message == "Please meet."
    assert f"{proposal.number}</a>: Waiting for an answer" in page
    assert str(PairOutcome.REFUSED.label) in page
    client.force_login(visitor.contact)
    assert "Please meet." in client.get(f"/proposals/{proposal.pk}/").content.decode()


def test_an_unfinished_plan_is_taken_back_once_and_not_sent(client, coordinator, visitor):
    plan = factories.make_plan(visitor=visitor, by=coordinator, status=RunStatus.WAITING, figures={})
    client.force_login(coordinator)

    assert "not there yet" in text_of(client.get(f"/cockpit/plans/{plan.pk}/send/", follow=True))
    assert "called off" in text_of(client.post(f"/cockpit/plans/{plan.pk}/cancel/", follow=True))
    assert "over already" in text_of(client.post(f"/cockpit/plans/{plan.pk}/cancel/", follow=True))


def test_the_cockpit_leads_coordinators_to_the_plans(client, coordinator, finance_officer):
    client.force_login(coordinator)
    assert "/cockpit/plans/" in client.get("/cockpit/").content.decode()
    client.force_login(finance_officer)
    assert "/cockpit/plans/" not in client.get("/cockpit/").content.decode()


def test_an_empty_list_says_what_a_plan_is(client, coordinator, programme_officer):
    client.force_login(coordinator)
    assert "Ask for the first plan" in client.get("/cockpit/plans/").content.decode()
    client.force_login(programme_officer)
    assert "Ask for the first plan" not in client.get("/cockpit/plans/").content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_as_many_queries_for_three_plans_as_for_one(
    sign_in, client, coordinator, visitor, django_assert_num_queries, rows
):
    for _number in range(rows):
        factories.make_plan(visitor=visitor, by=coordinator)
    sign_in(coordinator)

    with django_assert_num_queries(13):
        page = client.get("/cockpit/plans/").content.decode()

    assert page.count("data-plan") == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_a_plan_takes_as_many_queries_for_three_pairs_as_for_one(
    sign_in, client, coordinator, visitor, django_assert_num_queries, rows
):
    plan = factories.make_plan(visitor=visitor, by=coordinator)
    for _number in range(rows):
        pair = factories.make_pair(plan)
        factories.wish(pair.visitor, pair.host, WishKind.LOCK, by=coordinator)
    sign_in(coordinator)

    with django_assert_num_queries(38):
        page = client.get(f"/cockpit/plans/{plan.pk}/").content.decode()

    assert page.count("data-pair") == page.count("data-wish") == rows
