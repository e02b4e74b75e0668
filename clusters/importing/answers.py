"""From the cells of a row to the answers that the registration's form takes, as if somebody had typed them there."""

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from clusters.enums import OrganisationType, Vocabulary
from clusters.forms.offers import Offers
from clusters.importing.columns import BY_NAME, COLUMNS, Column, folded
from extratex.shared.languages import WORKING_LANGUAGES

BETWEEN = re.compile(r"[;|\n]")
BETWEEN_LANGUAGES = re.compile(r"[;,|/\n]")
MONEY_SIGNS = re.compile(r"[\s '’€]|EUR", re.IGNORECASE)
THOUSANDS = 3
YES = {"yes", "y", "true", "1", "x", "ja", "si", "oui", "ano", "sim"}
NO = {"no", "n", "false", "0", "nein", "non", "ne", "nao"}
TYPES = {
    "small and medium-sized enterprise": OrganisationType.SME,
    "kmu": OrganisationType.SME,
    "pmi": OrganisationType.SME,
    "pyme": OrganisationType.SME,
    "pme": OrganisationType.SME,
    "msp": OrganisationType.SME,
    "cluster": OrganisationType.CLUSTER,
    "business network": OrganisationType.NETWORK,
    "large enterprise": OrganisationType.LARGE,
}
TERMS = {
    "scaling_up_kind": Vocabulary.SCALING_UP_KIND,
    "sectors": Vocabulary.SECTOR,
    "technologies": Vocabulary.TECHNOLOGY,
}


@dataclass(frozen=True)
class Problem:
    """What is wrong with one column of a row, and what to do about it."""

    column: str
    wrong: str
    advice: str

    def as_json(self) -> dict[str, str]:
        """Return it as the row keeps it."""
        return {"column": self.column, "wrong": self.wrong, "advice": self.advice}


@dataclass(frozen=True)
class Words:
    """The words that a choice understands, read once for many rows: folded word to value, and the names to show.

    `offers` are the same choices as the registration's form knows them.
    """

    values: Mapping[str, Mapping[str, str]]
    names: Mapping[str, tuple[str, ...]]
    offers: Offers

    @classmethod
    def read(cls) -> "Words":
        """Read countries, types, languages and terms as they are today."""
        offers = Offers()
        names: dict[str, dict[str, str]] = {"type": {}, "country": {}, "languages": {}}
        for value, label in OrganisationType.choices:
            names["type"][str(label)] = value
        for code, name in offers.countries:
            names["country"][name] = code
        for code, label in WORKING_LANGUAGES:
            names["languages"][str(label)] = code
        for column, vocabulary in TERMS.items():
            names[column] = {term.name: key for key, term in offers.terms(vocabulary).by_key.items()}
        return cls(_understood(names), {column: tuple(sorted(words)) for column, words in names.items()}, offers)


@dataclass
class Answers:
    """What the form is given for one row, and which cells could not even be read for it."""

    form: dict[str, object] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def answers_of(cells: Mapping[str, str], words: Words) -> Answers:
    """Turn the cells of a row, by the name of their column, into the answers of a form."""
    answers = Answers()
    for column in COLUMNS:
        text = cells.get(column.name, "")
        try:
            answers.form[column.name] = _answer(column, text, words)
        except NotUnderstood as fault:
            answers.problems.append(Problem(column.name, str(fault), str(column.advice)))
    return answers


class NotUnderstood(ValueError):
    """A cell says nothing that its column understands; the message says what is wrong."""


def _answer(column: Column, text: str, words: Words) -> object:
    if column.kind == "number":
        return _number(text)
    if column.kind == "flag":
        return _flag(text)
    if column.kind == "choice":
        return _one(column, text, words) if text else ""
    if column.kind in {"terms", "languages"}:
        between = BETWEEN if column.kind == "terms" else BETWEEN_LANGUAGES
        return _several(column, [part.strip() for part in between.split(text) if part.strip()], text, words)
    return text if column.name == "description" else " ".join(text.split())


def _number(text: str) -> str:
    """Return a number as computers write it: a comma or point before exactly three digits separates thousands."""
    plain = MONEY_SIGNS.sub("", text)
    if not plain:
        return ""
    last = max(plain.rfind(","), plain.rfind("."))
    whole, decimals = (plain[:last], plain[last + 1 :]) if last >= 0 else (plain, "")
    if last >= 0 and len(decimals) == THOUSANDS and whole.strip("0-"):
        whole, decimals = whole + decimals, ""
    whole = whole.replace(",", "").replace(".", "")
    if not re.fullmatch(r"-?\d+", whole) or not re.fullmatch(r"\d*", decimals):
        raise NotUnderstood(_("“%(text)s” is no number.") % {"text": text})
    return f"{whole}.{decimals}" if decimals.strip("0") else whole


def _flag(text: str) -> bool:
    word = folded(text)
    if not word or word in YES:
        return True
    if word in NO:
        return False
    raise NotUnderstood(_("“%(text)s” is neither yes nor no.") % {"text": text})


def _one(column: Column, text: str, words: Words) -> str:
    value = words.values[column.name].get(folded(text))
    if value is None:
        raise NotUnderstood(_unknown(text, words.names[column.name]))
    return value


def _several(column: Column, parts: list[str], text: str, words: Words) -> list[str]:
    """Understand each part; what is understood as a whole is never cut at a comma, since names have commas too."""
    known = words.values[column.name]
    if len(parts) == 1 and folded(parts[0]) not in known and "," in text:
        parts = [part.strip() for part in text.split(",") if part.strip()]
    unknown = [part for part in parts if folded(part) not in known]
    if unknown:
        raise NotUnderstood(" ".join(_unknown(part, words.names[column.name]) for part in unknown))
    return list(dict.fromkeys(known[folded(part)] for part in parts))


def _unknown(text: str, names: Iterable[str]) -> str:
    by_word = {folded(name): name for name in names}
    close = difflib.get_close_matches(folded(text), by_word, n=2, cutoff=0.7)
    values = {"text": text, "similar": _(" or ").join(f"“{by_word[word]}”" for word in close)}
    if close:
        return _("“%(text)s” is not on the list. Do you mean %(similar)s?") % values
    return _("“%(text)s” is not on the list.") % values


def _understood(names: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    """Let each value be understood by its name and, where people write it so, by its code."""
    understood = {column: {folded(name): value for name, value in words.items()} for column, words in names.items()}
    for column in ("type", "country", "languages"):
        understood[column] |= {folded(value): value for value in names[column].values()}
    understood["type"] |= {folded(word): value.value for word, value in TYPES.items()}
    understood["country"] |= {
        word: code
        for word, code in {"el": "GR", "uk": "GB", "czechrepublic": "CZ"}.items()
        if code in understood["country"].values()
    }
    return understood


def advice_on(column: str) -> str:
    """Return what to do about a wrong cell of a column."""
    return str(BY_NAME[column].advice)
