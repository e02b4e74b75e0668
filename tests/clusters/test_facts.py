"""Pure knowledge: VAT numbers and towns."""

import pytest

from clusters import places
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
