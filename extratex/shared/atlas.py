"""Outlines of countries for a map that the server draws: TopoJSON in, paths of an SVG out.

Pure Python. The projection is Lambert's azimuthal equal-area one around the middle of Europe, as official European maps
use it: a shaded country is as large as it is. Everything is cut to the frame and rounded to whole pixels.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import cos, radians, sin, sqrt
from typing import Any

type Point = tuple[float, float]
type Pixel = tuple[int, int]

EARTH_RADIUS_KM = 6371.0


@dataclass(frozen=True, slots=True)
class Frame:
    """What the map shows: its middle in degrees, its edges in kilometres from there, and pixels to a kilometre."""

    longitude: float
    latitude: float
    west: float
    east: float
    south: float
    north: float
    scale: float

    @property
    def width(self) -> int:
        """Return the width in pixels."""
        return round((self.east - self.west) * self.scale)

    @property
    def height(self) -> int:
        """Return the height in pixels."""
        return round((self.north - self.south) * self.scale)

    def pixel(self, longitude: float, latitude: float) -> Point:
        """Return where a place lies on the map, from its upper left corner."""
        along = radians(longitude - self.longitude)
        up, middle = radians(latitude), radians(self.latitude)
        closeness = 1 + sin(middle) * sin(up) + cos(middle) * cos(up) * cos(along)
        stretch = EARTH_RADIUS_KM * sqrt(2 / max(closeness, 1e-9))
        x = stretch * cos(up) * sin(along)
        y = stretch * (cos(middle) * sin(up) - sin(middle) * cos(up) * cos(along))
        return (x - self.west) * self.scale, (self.north - y) * self.scale

    def shows(self, longitude: float, latitude: float) -> bool:
        """Tell whether a place lies on the map."""
        x, y = self.pixel(longitude, latitude)
        return 0 <= x <= self.width and 0 <= y <= self.height


EUROPE = Frame(longitude=12, latitude=52, west=-2150, east=2950, south=-2050, north=2350, scale=0.2)


def outlines(topology: Mapping[str, Any], frame: Frame) -> dict[str, str]:
    """Return the path of each country that the frame shows, by its numeric ISO code or, where it has none, its name."""
    arcs = [list(_arc(arc, topology["transform"], frame)) for arc in topology["arcs"]]
    paths: dict[str, str] = {}
    for shape in topology["objects"]["countries"]["geometries"]:
        name = str(shape.get("id") or shape["properties"]["name"])
        drawn = "".join(_path(_cut(ring, frame)) for ring in _rings(shape, arcs))
        if drawn:
            paths[name] = paths.get(name, "") + drawn
    return paths


def dots(places: Iterable[Point], frame: Frame) -> str:
    """Return one path with a dot for each place (longitude, latitude) on the map; places on one pixel share theirs."""
    pixels = {_rounded(frame.pixel(*place)) for place in places if frame.shows(*place)}
    return "".join(f"M{x} {y}h0" for x, y in sorted(pixels))


def _arc(arc: Sequence[Sequence[int]], transform: Mapping[str, Any], frame: Frame) -> Iterator[Point]:
    """Undo quantisation and differences of one arc and project it."""
    (scale_x, scale_y), (move_x, move_y) = transform["scale"], transform["translate"]
    x = y = 0
    for step_x, step_y in arc:
        x, y = x + step_x, y + step_y
        yield frame.pixel(x * scale_x + move_x, y * scale_y + move_y)


def _rings(shape: Mapping[str, Any], arcs: Sequence[list[Point]]) -> Iterator[list[Point]]:
    """Yield the rings of a polygon or of several; arcs that are shared run backwards for one of the neighbours."""
    polygons = [shape["arcs"]] if shape["type"] == "Polygon" else shape["arcs"]
    for polygon in polygons:
        for ring in polygon:
            points: list[Point] = []
            for number in ring:
                part = arcs[number] if number >= 0 else arcs[~number][::-1]
                points.extend(part[1:] if points else part)
            yield points


def _cut(ring: list[Point], frame: Frame) -> list[Point]:
    """Cut a ring to the frame, one edge after the other (Sutherland and Hodgman)."""
    for axis, limit, keeps_below in ((0, 0, False), (0, frame.width, True), (1, 0, False), (1, frame.height, True)):
        ring = list(_cut_at(ring, axis, limit, keeps_below=keeps_below))
    return ring


def _cut_at(ring: Sequence[Point], axis: int, limit: float, *, keeps_below: bool) -> Iterator[Point]:
    for before, point in zip([*ring[-1:], *ring[:-1]], ring, strict=True):
        was_inside, is_inside = (
            (each[axis] <= limit) == keeps_below or each[axis] == limit for each in (before, point)
        )
        if was_inside != is_inside:
            share = (limit - before[axis]) / (point[axis] - before[axis])
            yield (before[0] + share * (point[0] - before[0]), before[1] + share * (point[1] - before[1]))
        if is_inside:
            yield point


def _path(ring: Iterable[Point]) -> str:
    """Write a ring as differences of whole pixels; nothing where less than a triangle is left."""
    pixels: list[Pixel] = []
    for point in ring:
        pixel = _rounded(point)
        if not pixels or pixel != pixels[-1]:
            pixels.append(pixel)
    if len(set(pixels)) < TRIANGLE:
        return ""
    steps = [(x - left, y - up) for (left, up), (x, y) in pairwise(pixels)]
    return f"M{pixels[0][0]} {pixels[0][1]}l{' '.join(f'{x} {y}' for x, y in steps)}z"


def _rounded(point: Point) -> Pixel:
    return round(point[0]), round(point[1])


TRIANGLE = 3
