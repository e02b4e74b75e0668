"""Likely duplicates are found by number, website and name, and what finds them is true however a row was written."""

import pytest

from clusters.duplicates import frequencies, likely_duplicates, likely_duplicates_of_each
from clusters.models import Organisation
from clusters.rules.folding import name_key
from clusters.rules.likeness import Profile

pytestmark = pytest.mark.django_db


@pytest.fixture
def mill(make_organisation):
    return make_organisation(
        legal_name="Tessitura Valbisenzio S.r.l.",
        vat="IT00743110157",
        pic="999888777",
        website="https://www.valbisenzio.example/en/",
    )


@pytest.fixture(autouse=True)
def neighbours(make_organisation):
    for name in ("Tessitura Ferretti Prato S.r.l.", "Confezioni Valdarno", "Filatura Lombardi S.p.A."):
        make_organisation(legal_name=name)


def codes(found):
    return {reason.code for reason in found.reasons}


@pytest.mark.parametrize(
    "written",
    [
        "Tessitura Valbisenzio",
        "VALBISENZIO TESSITURA SRL",
        "Tesitura Valbisenzio",
        "Tessitura Valbisenzo",
        "Tessitura Val Bisenzio",
        "Te\u200bssitura Valbi\u200dsenzio",
        "Tеssіturа Vаlbisеnziо",  # Cyrillic look-alikes
        "ＴＥＳＳＩＴＵＲＡ Válbisénzio",
        "Valbisenzio",
    ],
)
def test_a_name_is_found_however_it_is_written(mill, written):
    first = likely_duplicates(legal_name=written, country="IT", town="Prato")[0]

    assert first.organisation == mill
    assert first.score > 0.5


@pytest.mark.parametrize(
    ("known", "code"),
    [
        ({"vat": "IT00743110157"}, "same_vat"),
        ({"pic": "999888777"}, "same_pic"),
        ({"website": "http://valbisenzio.example"}, "same_website"),
    ],
)
def test_each_number_and_the_website_find_it_under_any_name(mill, known, code):
    (found,) = likely_duplicates(legal_name="Quite Another Name", **known)

    assert found.organisation == mill
    assert codes(found) == {code}


def test_different_firms_of_the_town_are_no_duplicates(mill):
    assert likely_duplicates(legal_name="Tessitura Moretti Prato S.r.l.", country="IT", town="Prato") == []


def test_the_organisation_itself_is_left_out(mill):
    assert likely_duplicates(legal_name=mill.legal_name, but=mill) == []
    assert likely_duplicates(legal_name=mill.legal_name, but=mill.pk) == []


def test_the_likeliest_comes_first_and_no_more_than_asked_for(mill, make_organisation):
    twin = make_organisation(legal_name="Tessitura Valbisenzio", country="CZ")

    found = likely_duplicates(legal_name="Tessitura Valbisenzio", country="CZ", town="Liberec")

    assert [each.organisation for each in found] == [twin, mill]
    assert found[0].score == 1
    assert len(likely_duplicates(legal_name="Tessitura Valbisenzio", limit=1)) == 1


@pytest.mark.parametrize("name", ["", "%", "🚀", "GmbH", "a", "x" * 300, "\u202eabc", "' OR 1=1 --", "ﷺ" * 300])
def test_odd_names_find_nothing_and_break_nothing(mill, name):
    assert likely_duplicates(legal_name=name, vat="'", pic="%", website="http://[") == []


def test_the_search_takes_two_queries_whatever_there_is(mill, django_assert_num_queries):
    frequencies.forget()
    with django_assert_num_queries(3):  # statistics, what comes into question, the organisations themselves
        likely_duplicates(legal_name="Tessitura Valbisenzio", vat="IT00743110157")
    with django_assert_num_queries(2):
        likely_duplicates(legal_name="Tessitura Valbisenzio", vat="IT00743110157")


def test_many_are_searched_for_at_once_and_each_finds_its_own(mill, make_organisation, django_assert_num_queries):
    other = make_organisation(legal_name="Přádelny Bohemia a.s.", country="CZ", town="Liberec")
    names = ["Tessitura Valbisenzo", "Nothing of the Kind", "Pradelny Bohemia"] * 5
    frequencies.read()

    with django_assert_num_queries(2):
        found = likely_duplicates_of_each([Profile(name) for name in names])

    assert [[each.organisation for each in some] for some in found] == [[mill], [], [other]] * 5
    assert found == [likely_duplicates(legal_name=name) for name in names]


def is_true(organisation):
    organisation.refresh_from_db()
    fresh = Organisation(
        legal_name=organisation.legal_name, town=organisation.town, website=organisation.website, country="IT"
    )
    fresh.derive()
    kept = (organisation.name_key, organisation.name_grams, organisation.web_host)
    return kept == (fresh.name_key, fresh.name_grams, fresh.web_host) != ("", [], "")


def test_what_finds_a_name_follows_every_way_of_writing_it(mill):
    assert is_true(mill)

    mill.legal_name = "Another Mill"
    mill.save(update_fields=["legal_name"])
    assert is_true(mill)

    mill.legal_name, mill.website = "A Third Mill", "https://third.example"
    Organisation.objects.bulk_update([mill], ["legal_name", "website"])
    assert is_true(mill)
    assert mill.web_host == "third.example"

    mill.pk, mill.vat = None, ""
    (copied,) = Organisation.objects.bulk_create([mill])
    assert is_true(copied)


def test_a_row_without_its_name_can_be_saved(mill):
    part = Organisation.objects.only("status").get(pk=mill.pk)
    part.headcount = 3
    part.save(update_fields=["headcount"])

    assert is_true(mill)


def test_a_statement_that_would_leave_it_behind_is_refused(mill):
    with pytest.raises(TypeError):
        Organisation.objects.filter(pk=mill.pk).update(legal_name="Past the model")

    Organisation.objects.filter(pk=mill.pk).update(headcount=5)
    assert name_key(Organisation.objects.get(pk=mill.pk).legal_name) == mill.name_key


def test_what_it_is_found_by_writes_no_history(mill):
    before = mill.versions.count()

    Organisation.objects.filter(pk=mill.pk).update(name_key="x")

    assert mill.versions.count() == before
