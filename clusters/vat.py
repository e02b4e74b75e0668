"""VAT numbers, checked offline by the rules of each country."""

import re

from stdnum import get_cc_module
from stdnum.exceptions import InvalidChecksum, InvalidLength, ValidationError

PREFIXES = {"GR": "EL", "GB": "GB"}
UNKNOWN_SHAPE = re.compile(r"^[A-Z0-9]{4,15}$")


class VatInvalid(ValueError):
    """The number is none of that country; `reason` is "length", "checksum" or "shape"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def clean_vat(number: str, country: str) -> str:
    """Return a VAT number as it is written across borders, such as IT01234567890; raises VatInvalid.

    Whether it is in use is another question, which only the country's administration can answer.
    """
    prefix = PREFIXES.get(country, country)
    compact = re.sub(r"[\s.\-/]", "", number).upper().removeprefix(prefix).removeprefix(country)
    module = get_cc_module(country.lower(), "vat")
    if module is None:
        if not UNKNOWN_SHAPE.match(compact):
            raise VatInvalid("shape")
        return prefix + compact
    try:
        checked: str = module.validate(compact)
    except InvalidLength:
        raise VatInvalid("length") from None
    except InvalidChecksum:
        raise VatInvalid("checksum") from None
    except (ValidationError, ValueError):
        raise VatInvalid("shape") from None
    return prefix + checked.removeprefix(prefix)
