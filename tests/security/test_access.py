"""Every address of the portal, asked by every role: what is not in the table fails, and so does what differs from it.

An object is asked for by those whom it concerns and by those whom it does not; for the latter it does not exist (404).
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from clusters import bulk
from clusters.enums import ImportStatus
from clusters.models import LumpSumRate, Organisation, ProgrammeEvent, User
from exchanges.enums import ExchangeStatus
from exchanges.transitions import claims, payment_files
from extratex.shared import clock
from matchmaking.models import MatchRun
from tests import factories
from tests.exchanges.money import factories as money
from tests.matchmaking.factories import make_plan
from tests.security.places import places_of_merges, places_of_people

ROLES = ("anonymous", "stranger", "visitor", "host", "ntt", "clutex", "coordinator", "finance", "other", "programme")

# One column a role, in the order above. 302 is the way to the sign-in (or onward, where a page only leads on); 405 an
# address that only takes a form.
TABLE = {
    "accessibility": "200 200 200 200 200 200 200 200 200 200",
    "clusters:add_label": "302 403 403 403 200 403 200 403 403 403",
    "clusters:ask_to_join": "302 200 302 200 200 200 200 200 200 200",
    "clusters:bulk": "302 405 405 405 405 405 405 405 405 405",
    "clusters:bulk_run": "302 404 404 404 200 404 404 404 404 404",
    "clusters:cancel_bulk": "302 405 405 405 405 405 405 405 405 405",
    "clusters:change_role": "302 405 405 405 405 405 405 405 405 405",
    "clusters:check": "302 404 200 404 403 404 403 403 404 403",
    "clusters:cluster": "200 200 200 200 200 200 200 200 200 200",
    "clusters:confirm_bulk": "302 405 405 405 405 405 405 405 405 405",
    "clusters:contact": "200 200 200 200 200 200 200 200 200 200",
    "clusters:application": "302 403 403 403 404 403 403 403 403 403",
    "clusters:applications": "302 403 403 403 200 403 403 403 403 403",
    "clusters:apply": "302 200 200 200 403 200 200 200 200 200",
    "clusters:call": "200 200 200 200 200 200 200 200 200 200",
    "clusters:calls": "200 200 200 200 200 200 200 200 200 200",
    "clusters:downloads": "200 200 200 200 200 200 200 200 200 200",
    "clusters:edit": "302 404 302 404 403 404 403 403 404 403",
    "clusters:edit_cluster": "302 403 403 403 200 403 200 403 403 403",
    "clusters:edit_event": "302 403 403 403 403 403 200 403 403 403",
    "clusters:edit_partnership": "302 403 403 403 403 403 200 403 403 403",
    "clusters:end_administration": "302 403 403 403 403 403 403 403 403 403",
    "clusters:end_staff_role": "302 404 404 404 200 404 200 404 404 403",
    "clusters:event": "200 200 200 200 200 200 200 200 200 200",
    "clusters:events": "200 200 200 200 200 200 200 200 200 200",
    "clusters:begin": "302 405 405 405 405 405 405 405 405 405",
    "clusters:discard": "302 405 405 405 405 405 405 405 405 405",
    "clusters:edit_page": "302 404 200 404 403 404 403 403 404 403",
    "clusters:fact": "302 403 403 403 403 403 403 403 403 200",
    "clusters:fact_list": "302 403 403 403 403 403 403 403 403 200",
    "clusters:fact_new": "302 403 403 403 403 403 403 403 403 200",
    "clusters:fact_take_back": "302 405 405 405 405 405 405 405 405 405",
    "clusters:facts": "302 403 403 403 403 403 403 403 403 200",
    "clusters:forget_view": "302 405 405 405 405 405 405 405 405 405",
    "clusters:how_it_works": "200 200 200 200 200 200 200 200 200 200",
    "clusters:invitation": "200 403 403 403 403 403 403 403 403 403",
    "clusters:invite": "302 404 200 404 403 404 403 403 404 403",
    "clusters:invite_staff": "302 403 403 403 200 200 200 403 200 200",
    "clusters:join_request": "302 404 200 404 404 404 404 404 404 200",
    "clusters:keep_view": "302 405 405 405 405 405 405 405 405 405",
    "clusters:leave": "302 404 200 404 403 404 403 403 404 403",
    "clusters:import": "302 404 404 404 200 404 200 404 404 200",
    "clusters:import_annotated": "302 404 404 404 200 404 200 404 404 200",
    "clusters:import_choose": "302 405 405 405 405 405 405 405 405 405",
    "clusters:import_invite": "302 404 404 404 409 404 403 404 404 403",
    "clusters:import_move": "302 405 405 405 405 405 405 405 405 405",
    "clusters:import_new": "302 403 403 403 200 200 403 403 403 403",
    "clusters:import_template_csv": "302 403 403 403 200 200 403 403 403 403",
    "clusters:import_template_xlsx": "302 403 403 403 200 200 403 403 403 403",
    "clusters:imported_row": "302 404 404 404 200 404 200 404 404 200",
    "clusters:imports": "302 403 403 403 200 200 200 403 200 200",
    "clusters:merge": "302 404 403 404 200 404 200 403 404 200",
    "clusters:merge_pair": "302 404 403 404 200 404 200 403 404 200",
    "clusters:merged_record": "302 404 200 404 200 404 200 200 404 200",
    "clusters:mine": "302 200 302 302 200 200 200 200 200 200",
    "clusters:missions": "200 200 200 200 200 200 200 200 200 200",
    "clusters:move": "302 405 405 405 405 405 405 405 405 405",
    "clusters:move_invitation": "302 405 405 405 405 405 405 405 405 405",
    "clusters:move_join_request": "302 405 405 405 405 405 405 405 405 405",
    "clusters:my_invitation": "302 404 404 404 404 404 404 404 404 404",
    "clusters:move_application": "302 405 405 405 405 405 405 405 405 405",
    "clusters:new": "302 200 200 200 200 200 200 200 200 200",
    "clusters:new_event": "302 403 403 403 403 403 200 403 403 403",
    "clusters:news": "200 200 200 200 200 200 200 200 200 200",
    "clusters:news_atom": "200 200 200 200 200 200 200 200 200 200",
    "clusters:news_item": "200 200 200 200 200 200 200 200 200 200",
    "clusters:news_rss": "200 200 200 200 200 200 200 200 200 200",
    "clusters:go_on": "302 302 302 302 302 302 302 302 302 302",
    "clusters:new_check": "302 302 302 302 302 302 302 302 302 302",
    "clusters:new_page": "302 302 302 302 302 302 302 302 302 302",
    "clusters:organisation": "302 404 200 404 200 404 200 200 404 200",
    "clusters:organisation_options": "302 403 403 403 200 200 200 200 200 200",
    "clusters:organisations": "302 403 403 403 200 200 200 200 200 200",
    "clusters:partners": "200 200 200 200 200 200 200 200 200 200",
    "clusters:partnership": "200 200 200 200 200 200 200 200 200 200",
    "clusters:partnerships": "200 200 200 200 200 200 200 200 200 200",
    "clusters:people": "302 404 200 404 200 404 200 200 404 200",
    "clusters:programme": "200 200 200 200 200 200 200 200 200 200",
    "clusters:publications": "302 403 403 403 403 403 200 403 200 200",
    "clusters:publish": "302 403 403 403 403 403 200 403 200 200",
    "clusters:publishing": "302 403 403 403 403 403 200 403 200 200",
    "clusters:rate_import": "302 403 403 403 403 403 403 403 403 200",
    "clusters:reassign": "302 404 403 404 409 404 409 403 404 403",
    "clusters:send_back": "302 404 403 404 409 404 409 403 404 403",
    "clusters:staff": "302 403 403 403 200 200 200 200 200 200",
    "cookies": "200 200 200 200 200 200 200 200 200 200",
    "clusters:republish": "302 403 403 403 403 403 200 403 404 200",
    "desk": "302 200 200 200 200 200 200 200 200 200",
    "documents:check_again": "302 405 405 405 405 405 405 405 405 405",
    "documents:download": "302 404 200 404 200 200 200 200 404 200",
    "eligibility": "200 200 200 200 200 200 200 200 200 200",
    "exchanges:account": "302 404 409 403 403 403 403 403 404 403",
    "exchanges:agenda": "302 404 409 409 409 409 409 403 404 403",
    "exchanges:approval": "302 404 403 403 200 200 200 403 404 403",
    "exchanges:check": "302 404 200 403 200 200 200 200 404 200",
    "exchanges:claim": "302 404 302 403 403 403 403 403 404 403",
    "exchanges:claim_detail": "302 404 200 404 200 404 200 200 404 200",
    "exchanges:claims": "302 200 200 200 200 200 200 200 200 200",
    "exchanges:cockpit": "302 403 403 403 403 403 200 200 200 200",
    "exchanges:commitment": "302 404 404 404 404 404 404 404 404 404",
    "exchanges:dates": "302 404 409 409 409 409 409 403 404 403",
    "exchanges:decide_claim": "302 405 405 405 405 405 405 405 405 405",
    "exchanges:detail": "302 404 200 200 200 200 200 200 404 200",
    "exchanges:evidence": "302 404 200 403 403 403 403 403 404 403",
    "exchanges:export_csv": "302 403 403 403 403 403 200 200 200 200",
    "exchanges:export_xlsx": "302 403 403 403 403 403 200 200 200 200",
    "exchanges:financial_agreement": "302 404 404 403 404 403 404 404 404 404",
    "exchanges:list": "302 200 200 200 200 200 200 200 200 200",
    "exchanges:move": "302 405 405 405 405 405 405 405 405 405",
    "exchanges:move_payment_file": "302 405 405 405 405 405 405 405 405 405",
    "exchanges:objectives": "302 404 409 409 409 409 409 403 404 403",
    "exchanges:payment_file": "302 404 404 404 404 404 200 200 404 200",
    "exchanges:payments": "302 403 403 403 403 403 200 200 200 200",
    "exchanges:remove_evidence": "302 405 405 405 405 405 405 405 405 405",
    "exchanges:report": "302 404 200 200 403 403 403 403 404 403",
    "exchanges:submit_report": "302 405 405 405 405 405 405 405 405 405",
    "home": "200 200 200 200 200 200 200 200 200 200",
    "livez": "200 200 200 200 200 200 200 200 200 200",
    "lump_sums": "200 200 200 200 200 200 200 200 200 200",
    "matchmaking:agree": "302 200 200 200 200 200 200 200 200 200",
    "matchmaking:candidature": "302 404 200 404 200 404 200 200 404 200",
    "matchmaking:candidatures": "302 200 200 200 200 200 200 200 200 200",
    "matchmaking:check": "302 404 409 404 403 404 403 403 404 403",
    "matchmaking:decline": "302 404 409 409 403 403 403 403 404 403",
    "matchmaking:compare_hosts": "302 200 200 200 200 200 200 200 200 200",
    "matchmaking:compare_visitors": "302 200 200 200 200 200 200 200 200 200",
    "matchmaking:edit": "302 404 409 404 403 404 403 403 404 403",
    "matchmaking:edit_page": "302 404 409 404 403 404 403 403 404 403",
    "matchmaking:files": "302 404 200 404 403 404 403 403 404 403",
    "matchmaking:favourites": "302 200 200 200 200 200 200 200 200 200",
    "matchmaking:host": "302 404 200 200 200 200 200 200 200 200",
    "matchmaking:hosts": "302 200 200 200 200 200 200 200 200 200",
    "matchmaking:keep_favourite": "302 405 405 405 405 405 405 405 405 405",
    "matchmaking:note_favourite": "302 405 405 405 405 405 405 405 405 405",
    "matchmaking:visitor": "302 404 404 200 200 200 200 200 200 200",
    "matchmaking:visitors": "302 200 200 200 200 200 200 200 200 200",
    "matchmaking:move": "302 405 405 405 405 405 405 405 405 405",
    "matchmaking:new": "302 200 302 200 200 200 200 200 200 200",
    "matchmaking:other_dates": "302 404 409 409 403 403 403 403 404 403",
    "matchmaking:proposal": "302 404 200 200 200 200 200 200 404 200",
    "matchmaking:proposal_move": "302 405 405 405 405 405 405 405 405 405",
    "matchmaking:proposals": "302 200 200 200 200 200 200 200 200 200",
    "matchmaking:propose": "302 404 404 404 404 404 404 404 404 404",
    "matchmaking:cancel_plan": "302 405 405 405 405 405 405 405 405 405",
    "matchmaking:compare_plans": "302 404 404 404 404 404 404 404 404 404",
    "matchmaking:new_plan": "302 403 403 403 403 403 200 403 200 403",
    "matchmaking:plan": "302 404 404 404 404 404 200 404 404 200",
    "matchmaking:plan_again": "302 405 405 405 405 405 405 405 405 405",
    "matchmaking:plans": "302 403 403 403 403 403 200 403 200 200",
    "matchmaking:send_plan": "302 404 404 404 404 404 200 404 404 403",
    "matchmaking:wish_of_plan": "302 405 405 405 405 405 405 405 405 405",
    "matchmaking:cancel_run": "302 405 405 405 405 405 405 405 405 405",
    "matchmaking:run": "302 404 404 404 200 200 200 200 200 200",
    "matchmaking:runs": "302 403 403 403 200 200 200 200 200 200",
    "matchmaking:start_run": "302 405 405 405 405 405 405 405 405 405",
    "matchmaking:look_at_invitations": "302 405 405 405 405 405 405 405 405 405",
    "matchmaking:send_invitations": "302 405 405 405 405 405 405 405 405 405",
    "matchmaking:supply": "302 403 403 403 403 403 200 403 200 200",
    "matchmaking:suggestions": "302 200 200 200 200 200 200 200 200 200",
    "matchmaking:write_message": "302 405 405 405 405 405 405 405 405 405",
    "notices:list": "302 200 200 200 200 200 200 200 200 200",
    "notices:mark_all_read": "302 405 405 405 405 405 405 405 405 405",
    "notices:try_again": "302 405 405 405 405 405 405 405 405 405",
    "privacy": "200 200 200 200 200 200 200 200 200 200",
    "readyz": "200 200 200 200 200 200 200 200 200 200",
    "robots": "200 200 200 200 200 200 200 200 200 200",
    "search": "200 200 200 200 200 200 200 200 200 200",
    "sitemap": "200 200 200 200 200 200 200 200 200 200",
    "statusz": "302 403 403 403 403 403 403 403 403 403",
}

PLAN_PAGES = ("cancel_plan", "plan", "plan_again", "send_plan", "wish_of_plan")
IMPORT_PAGES = ("import_annotated", "import_choose", "import_invite", "import_move")
PROPOSAL_PAGES = ("proposal", "proposal_move", "other_dates", "decline", "write_message")
LIBRARIES = ("admin:", "account_", "mfa_", "usersessions_", "socialaccount_")


def named(patterns: list[Any], space: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from named(pattern.url_patterns, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        elif isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}"


@pytest.fixture
def people(
    stranger: User,
    visitor_person: User,
    host_person: User,
    ntt_officer: User,
    clutex_officer: User,
    coordinator: User,
    finance_officer: User,
    other_coordinator: User,
    programme_officer: User,
) -> dict[str, User | None]:
    return dict(
        zip(
            ROLES,
            (
                None,
                stranger,
                visitor_person,
                host_person,
                ntt_officer,
                clutex_officer,
                coordinator,
                finance_officer,
                other_coordinator,
                programme_officer,
            ),
            strict=True,
        )
    )


@pytest.fixture
def places(
    visitor_organisation: Organisation,
    host_organisation: Organisation,
    visitor_person: User,
    ntt_officer: User,
    coordinator: User,
    finance_officer: User,
    administrator: User,
) -> dict[str, list[Any]]:
    """The keys that each address of an object needs: all of them belong to one paid exchange and its visitor."""
    exchange = money.make_exchange(ExchangeStatus.VALIDATED, visitor=visitor_organisation, host=host_organisation)
    money.make_account(exchange)
    evidence = money.make_evidence(exchange)
    claim = claims.submit(exchange, actor=visitor_person)
    claim = claims.approve(claim, actor=coordinator)
    budget = money.make_budget()
    file = payment_files.create([claim.pk], budget=budget, execute_on=clock.today(), actor=finance_officer)
    proposal = exchange.proposal
    imported = factories.make_member_import(status=ImportStatus.CHECKED)
    imported.rows.create(number=2)
    run = MatchRun.objects.create(wave=proposal.visitor.wave, asked_by=coordinator)
    plan = make_plan(visitor=proposal.visitor, by=coordinator)
    event = ProgrammeEvent.objects.filter(partnership__slug="extratex").order_by("pk")[0]
    together = bulk.plan(Organisation.objects.filter(pk=visitor_organisation.pk), by=ntt_officer)
    call = factories.make_call(committee=[ntt_officer])
    return {
        "clusters:application": [call.slug, 1],
        "clusters:applications": [call.slug],
        "clusters:apply": [call.slug],
        "clusters:call": [call.slug],
        "clusters:move_application": [call.slug],
        "clusters:news_item": [factories.make_news().slug],
        "clusters:publications": ["news"],
        "clusters:publish": ["calls"],
        "clusters:republish": ["calls", call.pk],
        "clusters:fact": ["rates", LumpSumRate.objects.order_by("pk").values_list("pk", flat=True)[0]],
        "clusters:fact_list": ["rates"],
        "clusters:fact_new": ["rates"],
        "clusters:fact_take_back": ["rates", 1],
        "clusters:add_label": ["ntt"],
        "clusters:cluster": ["ntt"],
        "clusters:edit_cluster": ["ntt"],
        "clusters:edit_event": [event.pk],
        "clusters:edit_partnership": ["extratex"],
        "clusters:event": [event.pk],
        "clusters:how_it_works": ["visitors"],
        "clusters:new_event": ["extratex"],
        "clusters:partnership": ["extratex"],
        **places_of_people(visitor_organisation, visitor_person),
        **places_of_merges(visitor_organisation, ntt_officer),
        "clusters:end_staff_role": [ntt_officer.staff_roles.get().pk],
        "clusters:end_administration": [administrator.pk],
        "clusters:bulk_run": [together.pk],
        **{f"clusters:{name}": [imported.pk] for name in ("import", *IMPORT_PAGES)},
        "clusters:imported_row": [imported.pk, 2],
        "clusters:edit_page": [visitor_organisation.pk, "who"],
        "clusters:new_page": ["who"],
        "clusters": [visitor_organisation.pk],
        "matchmaking:cancel_run": [run.pk],
        **{f"matchmaking:{name}": [plan.pk] for name in PLAN_PAGES},
        "matchmaking:edit_page": [proposal.visitor.pk, "purpose"],
        "matchmaking:new": ["visitor"],
        "matchmaking:run": [run.pk],
        "matchmaking:host": [proposal.host.pk],
        **{f"matchmaking:{name}": [proposal.pk] for name in PROPOSAL_PAGES},
        "matchmaking:keep_favourite": [proposal.host.pk],
        "matchmaking:note_favourite": [proposal.host.pk],
        "matchmaking": [proposal.visitor.pk],
        "exchanges:remove_evidence": [exchange.pk, evidence.pk],
        "exchanges:claim_detail": [claim.pk],
        "exchanges:decide_claim": [claim.pk],
        "exchanges:payment_file": [file.pk],
        "exchanges:move_payment_file": [file.pk],
        "exchanges": [exchange.pk],
        "documents": [evidence.document.pk],
        "notices:try_again": [1],
    }


def own_addresses() -> list[str]:
    return sorted({name for name in named(get_resolver().url_patterns) if not name.startswith(LIBRARIES)})


def path_of(name: str, places: dict[str, list[Any]]) -> str:
    for prefix in (name, name.split(":", maxsplit=1)[0]):
        try:
            return reverse(name, args=places.get(prefix, []))
        except NoReverseMatch:
            continue
    return reverse(name)


def test_every_address_stands_in_the_table():
    assert own_addresses() == sorted(TABLE)


def signed_in(person: User | None, **given: Any) -> Client:
    client = Client(raise_request_exception=False, **given)
    if person is not None:
        client.force_login(person)
    return client


def test_every_role_finds_what_the_table_says(people, places, settings):
    settings.DEBUG = False
    clients = {role: signed_in(people[role]) for role in ROLES}
    found = {}
    for name in own_addresses():
        path = path_of(name, places)
        answers = []
        for role in ROLES:
            answer = clients[role].get(path)
            answers.append(str(answer.status_code))
            if answer.streaming:
                answer.getvalue()  # a file is closed when it has been read
        found[name] = " ".join(answers)

    assert found == TABLE


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["plain", "htmx"])
def test_nobody_outside_changes_anything(people, places, headers):
    clients = {role: signed_in(people[role], headers=headers) for role in ("anonymous", "stranger", "other")}
    for name in own_addresses():
        path = path_of(name, places)
        for role, client in clients.items():
            answer = client.post(path, {"move": "approve", "note": "x"})

            allowed = OPEN_FORMS.get(name, ())
            is_kept_out = answer.status_code in {302, 403, 404, 405} or leads_to_sign_in(answer)
            assert is_kept_out or role in allowed, (name, role, answer.status_code)
    assert [clients[role].get("/desk/").status_code for role in ("stranger", "other")] == [200, 200]


def leads_to_sign_in(answer: Any) -> bool:
    return "/accounts/login/" in answer.headers.get("HX-Redirect", "")


# Forms that somebody who has to do with nothing may still send: a registration or a request to join, one's own notices,
# and for the coordinator of another partnership what concerns the own one: an invitation to the team, news, a plan, the
# check of registrations that she may see, and the matching, which is common to all partnerships of the wave.
OPEN_TO_BOTH = (
    *("clusters:apply", "clusters:ask_to_join", "clusters:begin", "clusters:discard", "clusters:new_check"),
    *("clusters:new_page", "matchmaking:agree", "matchmaking:new", "notices:mark_all_read"),
)
OPEN_TO_OTHERS = (
    *("clusters:bulk", "clusters:invite_staff", "clusters:publish"),
    *("matchmaking:keep_favourite", "matchmaking:look_at_invitations", "matchmaking:new_plan"),
    *("matchmaking:note_favourite", "matchmaking:send_invitations", "matchmaking:start_run"),
)
OPEN_FORMS = dict.fromkeys(OPEN_TO_BOTH, ("stranger", "other")) | dict.fromkeys(OPEN_TO_OTHERS, ("other",))
