"""Pure knowledge: VAT numbers and towns."""

import pytest

from clusters import places, regions
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
        ("CZ25123891", "IT", "country"),
        ("EL 094259216", "IT", "country"),
        ("CZ25123891", "AM", "country"),
        ("NO IDEA AT ALL", "IT", "shape"),
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


def test_a_number_of_another_country_names_that_country() -> None:
    with pytest.raises(VatInvalid) as caught:
        clean_vat("EL 094259216", "CZ")

    assert caught.value.country == "GR"


def test_the_regions_of_a_country_are_known_by_code_and_name() -> None:
    names = {region.code: region.name for region in regions.regions_of("IT")}

    assert (names["ITI1"], len(names)) == ("Toscana", 21)
    assert [str(region) for region in regions.regions_of("LU")] == ["Luxembourg (LU00)"]
    assert all(not region.code.endswith("ZZ") for prefix in ("EL", "UK", "TR") for region in regions.regions_of(prefix))
    assert len(regions.regions_of("EL")) == 13


def test_a_country_without_regions_has_none_and_a_longer_code_lies_in_its_region() -> None:
    assert regions.regions_of("AM") == regions.regions_of("") == []
    assert regions.region_of("ITI15") == regions.region_of("ITI1") != regions.region_of("ITI2")
    assert regions.region_of("QQ99") is None


def test_a_town_of_another_country_is_not_found() -> None:
    assert places.find_town("Prato", "CZ") is None


def test_a_slip_of_the_pen_is_met_with_similar_names() -> None:
    assert "Liberec" in places.similar_towns("Libertec", "CZ")
    assert places.similar_towns("qqqqqqqq", "CZ") == []
