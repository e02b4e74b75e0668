"""Long lists page by page: nobody sees a row twice on the way or misses one, whatever is added or taken away."""

import base64
import json

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clusters.enums import Vocabulary
from clusters.models import Organisation, Term
from extratex.shared.paging import COUNTED, KeyedPage

SIZE = 3
TERMS = Term.objects.filter(vocabulary=Vocabulary.PURPOSE, name__startswith="paged ")
ORDERS = (("name", "pk"), ("-name", "-pk"), ("mark", "-name", "pk"), ("-pk",))


def make(*names, mark="text"):
    return [Term.objects.create(vocabulary=Vocabulary.PURPOSE, name=f"paged {name}", mark=mark) for name in names]


def page(rows, **asked):
    return KeyedPage(rows, asked, SIZE)


def walk(rows, *, backwards=False):
    """Every row on the way from one end to the other."""
    found = page(rows)
    seen = [list(found)]
    while found.has_next:
        found = page(rows, after=found.next_key)
        seen.append(list(found))
    if backwards:
        seen = [list(found)]
        while found.has_previous:
            found = page(rows, before=found.previous_key)
            seen.insert(0, list(found))
    return [row for each in seen for row in each]


@pytest.mark.django_db
@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("number", [0, 1, 3, 4, 11])
def test_a_walk_sees_every_row_once_and_in_order(order, number):
    for mark in ("text", "own"):
        make(*(f"{mark} {each:02d}" for each in range(number)), mark=mark)
    rows = TERMS.order_by(*order)

    assert walk(rows) == list(rows)
    assert sorted(row.pk for row in walk(rows, backwards=True)) == sorted(row.pk for row in rows)


@pytest.mark.django_db
def test_the_ends_have_no_way_beyond_them():
    make(*"abcde")
    rows = TERMS.order_by("name", "pk")
    first = page(rows)
    last = page(rows, after=first.next_key)

    assert (first.has_previous, first.has_next, len(first)) == (False, True, 3)
    assert (last.has_previous, last.has_next, len(last)) == (True, False, 2)
    assert list(page(rows, before=last.previous_key)) == list(first)


@pytest.mark.django_db
def test_a_row_that_is_added_before_the_page_moves_nothing():
    make(*"bcdefgh")
    rows = TERMS.order_by("name", "pk")
    first = page(rows)

    make("a")

    assert [row.name[-1] for row in page(rows, after=first.next_key)] == ["e", "f", "g"]


@pytest.mark.django_db
def test_the_row_at_the_edge_may_go_and_so_may_all_that_followed():
    made = make(*"abcdefg")
    rows = TERMS.order_by("name", "pk")
    first = page(rows)
    made[2].delete()

    assert [row.name[-1] for row in page(rows, after=first.next_key)] == ["d", "e", "f"]

    for row in made[3:]:
        row.delete()
    end = page(rows, after=first.next_key)
    assert [row.name[-1] for row in end] == ["a", "b"]
    assert (end.has_previous, end.has_next) == (False, False)


@pytest.mark.django_db
def test_going_back_to_less_than_a_page_shows_the_whole_first_page():
    made = make(*"abcdefg")
    rows = TERMS.order_by("name", "pk")
    second = page(rows, after=page(rows).next_key)
    made[0].delete()

    back = page(rows, before=second.previous_key)

    assert [row.name[-1] for row in back] == ["b", "c", "d"]
    assert not back.has_previous


@pytest.mark.django_db
def test_rows_of_a_related_order_and_with_microseconds_are_paged(make_organisation):
    for _each in range(7):
        make_organisation()
    rows = Organisation.objects.select_related("reference_cluster").order_by(
        "-reference_cluster__name", "-created_at", "pk"
    )

    assert walk(rows) == list(rows)


@pytest.mark.django_db
def test_rows_are_counted_only_so_far(django_assert_num_queries):
    Term.objects.bulk_create(
        Term(vocabulary=Vocabulary.PURPOSE, name=f"paged {each:05d}") for each in range(COUNTED + 5)
    )
    rows = TERMS.order_by("name", "pk")

    with django_assert_num_queries(2):
        many = page(rows)
        assert (many.counted, many.is_more) == (COUNTED + 1, True)
    few = page(rows.filter(name__endswith="77"))
    assert (few.counted, few.is_more) == (10, False)
    with django_assert_num_queries(1):
        assert page(rows.filter(name__endswith="0777")).counted == 1


def key(values):
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    ["", "x", "%", "é", "a" * 5000, key([]), key({}), key(["a"]), key([None, 1]), key(["a\x00", 1]), key([["a"], 1]),
     key(["a", "b"]), key(["a", 10**30]), key(["\ud800", 1]), key(["a" * 999, 1]), "W" * 1500, "[" * 1000],
)  # fmt: skip
def test_a_key_that_is_none_leads_to_the_first_page(wrong):
    make(*"abcde")
    rows = TERMS.order_by("name", "pk")

    assert list(page(rows, after=wrong)) == list(page(rows))
    assert list(page(rows, before=wrong)) == list(page(rows))


@pytest.mark.django_db
def test_a_time_without_its_zone_is_no_key(make_organisation):
    make_organisation()
    rows = Organisation.objects.order_by("-status_since", "-pk")

    assert len(page(rows, after=key(["2020-01-01T00:00:00", 1]))) == 1
    assert len(page(rows, after=key(["9999-99-99", 1]))) == 1


@pytest.mark.django_db
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60), st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists, max_leaves=4))
def test_no_text_breaks_a_list(text, values):
    rows = Organisation.objects.order_by("-status_since", "-pk")

    page(rows, after=text)
    page(rows, before=key(values))


@pytest.mark.django_db
def test_the_way_on_keeps_the_filters_and_says_how_many_there_are():
    make(*"abcdefg")
    rows = TERMS.order_by("name", "pk")
    second = page(rows, after=page(rows).next_key)
    request = RequestFactory().get("/", {"status": "draft", "after": "x"})

    html = render_to_string("components/pagination.html", {"page": second, "target": "#results"}, request)

    assert "7 in all" in html
    assert f'href="?status=draft&amp;after={second.next_key}"' in html
    assert f'href="?status=draft&amp;before={second.previous_key}"' in html
    assert 'hx-target="#results"' in html


@pytest.mark.django_db
def test_an_empty_list_has_no_way_on():
    assert "<nav" not in render_to_string("components/pagination.html", {"page": page(TERMS.order_by("pk"))})
