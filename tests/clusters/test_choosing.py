"""What is offered while somebody types, and the search of the list: the right rows, nobody else's, never an error."""

import pytest
from django.urls import reverse

from clusters.choosing import organisations_like
from clusters.models import Organisation

pytestmark = pytest.mark.django_db

ODD = [
    "",
    " ",
    "%",
    "_",
    "a",
    "\x00",
    "a\x00b",
    "x" * 10_000,
    "🚀🚀",
    "\u202eabc",
    "'; --",
    "(",
    "\\",
    "ß",
    "٣",
    "１２３４５",
]


@pytest.fixture
def mill(make_organisation):
    return make_organisation(
        legal_name="Přádelna Ještěd s.r.o.", country="CZ", reference_cluster="CLUTEX", vat="CZ25123891", pic="999888777"
    )


def offered(client, name, **asked):
    return client.get(reverse(f"clusters:{name}"), asked).content.decode()


@pytest.mark.parametrize(
    "typed",
    [
        "pradelna",
        "PŘÁDEL",
        "jested pradelna",
        "ještěd liberec",
        "dely",
        "CZ2512",
        "CZ 251 23891",
        "99988",
        "ja\u200bested",
    ],
)
def test_every_way_of_writing_finds_it(mill, programme_officer, typed):
    expected = typed not in {"dely", "ja\u200bested"}

    assert (mill in organisations_like(programme_officer, typed)) is expected
    assert (mill in Organisation.objects.matching(typed)) is expected


def test_its_number_finds_it(mill):
    assert mill in Organisation.objects.matching(mill.number)
    assert mill in Organisation.objects.matching(str(mill.pk))
    assert not Organisation.objects.matching("ORG-999999999999999999999").exists()


def test_one_letter_offers_nothing_and_two_do(mill, programme_officer):
    assert organisations_like(programme_officer, "p") == []
    assert organisations_like(programme_officer, "př") == [mill]


def test_the_closest_names_come_first(make_organisation, programme_officer):
    names = ["Filatura Serra e Figli", "Filatura Serra S.r.l.", "Filatura Serra Como"]
    for name in names:
        make_organisation(legal_name=name)

    found = organisations_like(programme_officer, "Filatura Serra")

    assert [row.legal_name for row in found] == [names[1], names[2], names[0]]


def test_staff_are_offered_only_what_they_look_after(client, mill, ntt_officer, clutex_officer):
    client.force_login(ntt_officer)
    assert "Ještěd" not in offered(client, "organisation_options", q="jested")

    client.force_login(clutex_officer)
    assert 'value="Přádelna Ještěd s.r.o.">Liberec, Czechia' in offered(client, "organisation_options", q="jested")


def test_names_are_escaped(client, make_organisation, ntt_officer):
    make_organisation(legal_name='<script>alert("x")</script> Mill')
    client.force_login(ntt_officer)

    html = offered(client, "organisation_options", q="script mill")

    assert "&lt;script&gt;" in html
    assert "<script" not in html


@pytest.mark.parametrize("typed", ODD)
def test_no_text_breaks_search_or_list(client, mill, ntt_officer, typed):
    client.force_login(ntt_officer)

    for name in ("organisation_options", "organisations"):
        answer = client.get(reverse(f"clusters:{name}"), {"q": typed, "country": typed, "after": typed, "page": typed})
        assert answer.status_code == 200


def test_the_queries_of_the_options_do_not_grow(client, make_organisation, ntt_officer, django_assert_num_queries):
    client.force_login(ntt_officer)
    offered(client, "organisation_options", q="options")
    for number in range(3):
        make_organisation(legal_name=f"Options Mill {number}")
        with django_assert_num_queries(10):
            offered(client, "organisation_options", q="options mill")
