"""VAT numbers, checked offline by the rules of each country."""

import re

from django_countries import countries
from stdnum import get_cc_module
from stdnum.exceptions import InvalidChecksum, InvalidLength, ValidationError

PREFIXES = {"GR": "EL", "GB": "GB"}
COUNTRIES = {"EL": "GR", "XI": "GB"}
UNKNOWN_SHAPE = re.compile(r"^[A-Z0-9]{4,15}$")
PREFIXED = re.compile(r"^([A-Z]{2})(?=(?:.*\d){4})")


class VatInvalid(ValueError):
    """The number is none of that country; `reason` is "length", "checksum", "shape" or "country".

    With "country" it is written like a number of another country, whose ISO 3166 code is `country`.
    """

    def __init__(self, reason: str, country: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.country = country


def compact(number: str) -> str:
    """Return a number as typed, in capitals and without what people put between its digits."""
    return re.sub(r"[\s.\-/\x00]", "", number).upper()


def clean_vat(number: str, country: str) -> str:
    """Return a VAT number as it is written across borders, such as IT01234567890; raises VatInvalid.

    Whether it is in use is another question, which only the country's administration can answer.
    """
    written = compact(number)
    prefix = PREFIXES.get(country, country)
    digits = written.removeprefix(prefix).removeprefix(country)
    try:
        return prefix + _checked(digits, country).removeprefix(prefix)
    except VatInvalid:
        if (other := country_of(written)) not in {"", country}:
            raise VatInvalid("country", other) from None
        raise


def country_of(number: str) -> str:
    """Return the country (ISO 3166) whose prefix a number bears, or nothing."""
    found = PREFIXED.match(number)
    code = COUNTRIES.get(found[1], found[1]) if found else ""
    return code if code and countries.name(code) else ""


def _checked(digits: str, country: str) -> str:
    module = get_cc_module(country.lower(), "vat")
    if module is None:
        if not UNKNOWN_SHAPE.match(digits) or country_of(digits) not in {"", country}:
            raise VatInvalid("shape")
        return digits
    try:
        return str(module.validate(digits))
    except InvalidLength:
        raise VatInvalid("length") from None
    except InvalidChecksum:
        raise VatInvalid("checksum") from None
    except (ValidationError, ValueError):
        raise VatInvalid("shape") from None
