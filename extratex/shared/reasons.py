"""Reasons in words: why a rule decided as it did, kept apart from the language in which it is read.

Pure Python, imports nothing of Django, so that `exchanges.rules` and `matchmaking.engine` may use it.
A reason holds its English sentence with named placeholders and the values; whoever shows it brings
the translation and the way to write dates, countries and money.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Self, cast

type Value = str | int | Decimal | date | tuple[Value, ...]
type Show = Callable[[str, Value], str]


def marked(text: str) -> str:
    """Return `text` unchanged; imported as `_`, it marks a sentence for the catalogue without translating it."""
    return text


def plain(name: str, value: Value) -> str:
    """Write a value in plain English: "6 September 2021", "1,100.00", "French, German"."""
    if isinstance(value, tuple):
        return ", ".join(plain(name, each) for each in value)
    if isinstance(value, Decimal):
        return f"{value:,}"
    if isinstance(value, date):
        return f"{value.day} {value:%B} {value.year}"
    return str(value)


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: a stable code, the English sentence with {named} placeholders, and their values.

    Names that end in `country` or `countries` hold ISO 3166 codes, those in `amount` euros, those in `km` kilometres;
    dates are dates. Sentences avoid plural forms ("Working days: {days}"), so that one text serves every number.
    """

    code: str
    text: str
    values: Mapping[str, Value] = field(default_factory=dict, hash=False)

    def sentence(self, gettext: Callable[[str], str] = marked, show: Show = plain) -> str:
        """Return the sentence, translated by `gettext` and with each value written by `show(name, value)`."""
        return gettext(self.text).format_map({name: show(name, value) for name, value in self.values.items()})

    def as_json(self) -> dict[str, Any]:
        """Return the reason as JSON-ready values that `from_json` reads back identically."""
        return {
            "code": self.code,
            "text": self.text,
            "values": {name: _value_as_json(value) for name, value in self.values.items()},
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Read a reason that `as_json` wrote; raises KeyError where a part is missing."""
        values = {name: _value_from_json(value) for name, value in stored["values"].items()}
        return cls(stored["code"], stored["text"], values)


def _value_as_json(value: Value) -> object:
    if isinstance(value, tuple):
        return [_value_as_json(each) for each in value]
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    return value


def _value_from_json(stored: object) -> Value:
    if isinstance(stored, list):
        return tuple(_value_from_json(each) for each in stored)
    if isinstance(stored, dict):
        return Decimal(stored["decimal"]) if "decimal" in stored else date.fromisoformat(stored["date"])
    return cast("str | int", stored)
