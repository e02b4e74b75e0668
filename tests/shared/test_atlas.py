"""Outlines of countries become the paths of an SVG."""

import re

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from clusters import europe
from extratex.shared.atlas import EUROPE, dots, outlines


def square(longitude: float, latitude: float, size: float = 4) -> dict[str, object]:
    """A world of one square country, its outline in two arcs, one of them backwards."""
    corner = [[0, 0], [size, 0], [0, size]]
    back = [[0, 0], [0, size], [size, 0]]
    return {
        "transform": {"scale": [1, 1], "translate": [longitude, latitude]},
        "arcs": [corner, back],
        "objects": {
            "countries": {
                "geometries": [{"type": "Polygon", "arcs": [[0, ~1]], "id": "001", "properties": {"name": "Square"}}]
            }
        },
    }


def points_of(path: str) -> list[tuple[int, int]]:
    found = []
    for ring in re.findall(r"M(-?\d+) (-?\d+)l([^z]*)z", path):
        x, y = int(ring[0]), int(ring[1])
        found.append((x, y))
        steps = [int(each) for each in ring[2].split()]
        for right, down in zip(steps[::2], steps[1::2], strict=True):
            x, y = x + right, y + down
            found.append((x, y))
    return found


def test_a_country_in_the_middle_is_drawn_whole():
    path = outlines(square(10, 50), EUROPE)["001"]

    assert path.count("M") == 1
    assert len(points_of(path)) >= 4


def test_a_country_far_away_is_left_out():
    assert outlines(square(-120, 10), EUROPE) == {}


@given(longitude=st.integers(-60, 80), latitude=st.integers(20, 80))
def test_nothing_is_drawn_outside_the_frame(longitude, latitude):
    for path in outlines(square(longitude, latitude, 9), EUROPE).values():
        assert all(0 <= x <= EUROPE.width and 0 <= y <= EUROPE.height for x, y in points_of(path))


def test_the_projection_keeps_areas():
    def area(latitude: float) -> float:
        points = points_of(outlines(square(10, latitude, 5), EUROPE)["001"])
        pairs = zip(points, [*points[1:], points[0]], strict=True)
        return abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairs)) / 2

    # five degrees square at 40° and at 60° north differ on the globe as the sines of their edges do
    assert area(60) / area(40) == pytest.approx(0.0598 / 0.0928, rel=0.06)


def test_places_on_one_pixel_share_a_dot_and_those_elsewhere_have_none():
    assert dots([(11.1, 43.88), (11.1001, 43.88), (-100, 40)], EUROPE).count("M") == 1


def test_every_country_of_the_programme_is_on_the_map():
    paths = europe.country_paths()

    assert {"PT", "IS", "TR", "AM", "CY", "MT", "XK", "UA", "FI"} <= paths.keys()
    assert sum(map(len, paths.values())) < 100_000


def test_more_clusters_make_a_darker_country():
    drawn = europe.draw({"IT": 100, "DE": 10, "PT": 1, "FR": 0}, [])

    assert [shape.shade for shape in drawn.shapes] == [3, 4, 1]
    assert europe.draw({}, []).shapes == []


def test_without_the_atlas_the_map_is_empty(tmp_path):
    europe.country_paths.cache_clear()
    with override_settings(ATLAS=tmp_path / "missing.json"):
        assert europe.draw({"IT": 1}, []).shapes == []
    europe.country_paths.cache_clear()
