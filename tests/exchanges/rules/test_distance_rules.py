"""Distances between named places."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchanges.rules.distance import Distance, Place, distance_between

PRATO = Place("Prato", 43.8808, 11.0966)
TERRASSA = Place("Terrassa", 41.5611, 2.0081)
places = st.builds(Place, st.text(max_size=5), st.floats(-90, 90), st.floats(-180, 180))


def test_a_known_distance():
    assert distance_between(PRATO, TERRASSA).km == pytest.approx(Decimal(784), abs=Decimal(5))


def test_the_other_side_of_the_earth_is_half_its_circumference():
    assert distance_between(Place("here", 0, 0), Place("antipode", 0, 180)).km == Decimal("20015.1")


@pytest.mark.parametrize(("km", "under"), [("199.9", True), ("200.0", False), ("200.1", False)])
def test_the_threshold_itself_is_not_under(km, under):
    assert Distance(Decimal(km), PRATO, TERRASSA).is_under(Decimal(200)) is under


@pytest.mark.parametrize(("latitude", "longitude"), [(90.1, 0), (0, -180.1), (float("nan"), 0), (0, float("inf"))])
def test_a_place_off_the_globe_is_refused(latitude, longitude):
    with pytest.raises(ValueError, match="outside the globe"):
        Place("nowhere", latitude, longitude)


@given(places, places)
def test_the_way_back_is_as_long(one, other):
    there, back = distance_between(one, other), distance_between(other, one)

    assert there.km == back.km
    assert 0 <= there.km <= Decimal("20015.1")


@given(places)
def test_no_place_is_away_from_itself(place):
    assert distance_between(place, place).km == 0


@given(places, places)
def test_a_distance_is_read_back_identically(one, other):
    distance = distance_between(one, other)

    assert Distance.from_json(distance.as_json()) == distance
