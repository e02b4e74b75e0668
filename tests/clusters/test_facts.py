"""Pure knowledge: VAT numbers, towns, sizes."""

from decimal import Decimal

import pytest

from clusters import places
from clusters.size import SizeClass, size_class
from clusters.vat import VatInvalid, clean_vat


@pytest.mark.parametrize(
    ("number", "country", "expected"),
    [
        ("IT00743110157", "IT", "IT00743110157"),
        ("00743110157", "IT", "IT00743110157"),
        ("it 0074 3110-157", "IT", "IT00743110157"),
        ("CZ25123891", "CZ", "CZ25123891"),
        ("EL 094259216", "GR", "EL094259216"),
        ("GR094259216", "GR", "EL094259216"),
        ("DE136695976", "DE", "DE136695976"),
        ("ESB58378431", "ES", "ESB58378431"),
        ("SK2022749619", "SK", "SK2022749619"),
        ("AM12345678", "AM", "AM12345678"),
    ],
)
def test_a_vat_number_is_written_in_one_way(number: str, country: str, expected: str) -> None:
    assert clean_vat(number, country) == expected


@pytest.mark.parametrize(
    ("number", "country", "reason"),
    [
        ("IT00743110158", "IT", "checksum"),
        ("IT123", "IT", "length"),
        ("IT0074311015x", "IT", "shape"),
        ("☃" * 11, "IT", "shape"),
        ("CZ25123891", "IT", "shape"),
        ("AM" + "9" * 40, "AM", "shape"),
    ],
)
def test_a_wrong_vat_number_says_what_is_wrong(number: str, country: str, reason: str) -> None:
    with pytest.raises(VatInvalid) as caught:
        clean_vat(number, country)

    assert caught.value.reason == reason


@pytest.mark.parametrize("name", ["Praha", "prague", "  PRAG "])
def test_a_town_is_found_by_any_of_its_names(name: str) -> None:
    town = places.find_town(name, "CZ")

    assert town is not None
    assert (town.name, round(town.latitude), round(town.longitude)) == ("Prague", 50, 14)


def test_of_several_towns_of_a_name_the_largest_is_meant() -> None:
    town = places.find_town("Prato", "IT")

    assert town is not None
    assert town.population > 100_000


def test_a_town_of_another_country_is_not_found() -> None:
    assert places.find_town("Prato", "CZ") is None


def test_a_slip_of_the_pen_is_met_with_similar_names() -> None:
    assert "Liberec" in places.similar_towns("Libertec", "CZ")
    assert places.similar_towns("qqqqqqqq", "CZ") == []


@pytest.mark.parametrize(
    ("headcount", "turnover", "balance", "expected"),
    [
        (9, "2000000", None, SizeClass.MICRO),
        (10, "2000000", None, SizeClass.SMALL),
        (9, "2000000.01", None, SizeClass.SMALL),
        (9, "90000000", "2000000", SizeClass.MICRO),
        (49, "10000000", None, SizeClass.SMALL),
        (50, None, None, SizeClass.MEDIUM),
        (249, "50000000", None, SizeClass.MEDIUM),
        (249, "50000000.01", "43000000.01", SizeClass.LARGE),
        (249, "90000000", "43000000", SizeClass.MEDIUM),
        (250, "1", "1", SizeClass.LARGE),
        (0, None, None, SizeClass.MICRO),
    ],
)
def test_the_size_follows_the_european_definition(
    headcount: int, turnover: str | None, balance: str | None, expected: SizeClass
) -> None:
    figures = [None if each is None else Decimal(each) for each in (turnover, balance)]

    assert size_class(headcount, *figures) is expected
