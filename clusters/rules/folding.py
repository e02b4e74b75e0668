"""Names as they are compared: without script, case, accents, invisible letters, punctuation and legal form.

Two spellings of a name that a person would take for the same have the same words here. What is compared is never
shown to anybody.
"""

import re
import unicodedata
import zlib
from collections.abc import Iterable
from functools import cache

from text_unidecode import unidecode

from clusters.rules.legal_forms import LEGAL_FORMS

LONGEST_KEY = 300
LONGEST_FORM = 6
ACCENTS = range(0x0300, 0x0370)
INVISIBLE = frozenset("\u115f\u1160\u2800\u3164\uffa0")
APOSTROPHES = frozenset("'’‘ʼʻ`´′")
ABBREVIATION = re.compile(r"\b(?:\w\.){2,}")
DIGRAPH = re.compile(r"([aou])e+|a(a)+")
SMALLEST_GRAM = 3

# Letters of other scripts that look like a Latin one, in either case; used only where they stand among Latin letters.
LOOK_ALIKES = str.maketrans(
    {
        **dict(zip("авекмнорстухгпьіјѕԁԛԝһӏ", "abekmhopctyxrnbijsdqwhl", strict=True)),
        **dict(zip("αβεζηικμνορστυχγωϲϳ", "abezhikmnopotyxywcj", strict=True)),
        **dict(zip("օսոցհյԁաթ", "ounghjdwf", strict=True)),
    }
)


def words_of(text: str) -> list[str]:
    """Return the words of a name in their order, folded, without its legal form; the whole text where none is left."""
    plain = _without_marks(text)
    written = _split(ABBREVIATION.sub(lambda found: found.group().replace(".", ""), plain))
    spelled = [(word, _latin(word)) for word in written]
    kept = _without_forms(spelled)
    among_latin = any(_has_latin(word) for word, _ in kept)
    read = (
        _latin(word.translate(LOOK_ALIKES)) if among_latin and _looks_latin(word) else latin for word, latin in kept
    )
    found = [DIGRAPH.sub(r"\1\2", word) for word in read]
    rest = "".join(plain.split())
    return found or ([rest] if rest else [])


def name_key(text: str) -> str:
    """Return what equal names have in common, whatever the order of their words."""
    return key_of(words_of(text))


def key_of(words: Iterable[str]) -> str:
    """Return the key of words that are folded already."""
    return " ".join(sorted(words))[:LONGEST_KEY]


def grams_of(words: Iterable[str]) -> list[int]:
    """Return the numbers of all pieces of three letters of folded words, by which an index finds them."""
    return sorted({gram for word in words for gram in word_grams(word)})


def word_grams(word: str) -> list[int]:
    """Return the pieces of a word in their order; its beginning and its end count as letters."""
    return _pieces(f"  {word} ")


def begun_grams(word: str) -> list[int]:
    """Return the pieces of something still being typed: it may stand anywhere in a word, if it is long enough."""
    return _pieces(word if len(word) >= SMALLEST_GRAM else f"  {word}")


def _pieces(text: str) -> list[int]:
    return [_number(text[at : at + SMALLEST_GRAM]) for at in range(len(text) - SMALLEST_GRAM + 1)]


def _number(gram: str) -> int:
    """Return a number that fits into four bytes and is the same in every process."""
    return zlib.crc32(gram.encode("utf-8", "surrogatepass")) - 2**31


def _without_marks(text: str) -> str:
    """Bring compatible characters, case and accents to one form, and drop what nobody sees."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    kept = (
        letter
        for letter in unicodedata.normalize("NFD", folded)
        if ord(letter) not in ACCENTS and letter not in INVISIBLE | APOSTROPHES and unicodedata.category(letter) != "Cf"
    )
    return unicodedata.normalize("NFC", "".join(kept))


def _split(text: str) -> list[str]:
    """Return the runs of letters, digits and the marks that belong to them."""
    letters = (letter if unicodedata.category(letter)[0] in "LNM" else " " for letter in text)
    return "".join(letters).split()


@cache
def _letter(letter: str) -> str:
    found = "".join(each for each in unidecode(letter).casefold() if each.isalnum())
    return found or ("" if unidecode(letter) or unicodedata.category(letter)[0] == "M" else letter)


def _latin(word: str) -> str:
    """Write a word in Latin letters; a letter that has no such spelling stays."""
    if word.isascii():
        return word
    return "".join(letter if letter.isascii() else _letter(letter) for letter in word)


def _has_latin(word: str) -> bool:
    return any(letter.isascii() and letter.isalpha() for letter in word)


def _looks_latin(word: str) -> bool:
    """Tell whether foreign letters in a word pass for Latin ones: some of a mixed word, or all of them."""
    foreign = [letter for letter in word if not letter.isascii()]
    return bool(foreign) and (_has_latin(word) or all(ord(letter) in LOOK_ALIKES for letter in foreign))


def _without_forms(words: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Drop legal forms: of several words at the end, of one word anywhere; a name that is nothing else stays."""
    rest = words
    while rest and (shorter := _shortened(rest)) is not rest:
        rest = shorter
    rest = [word for word in rest if word[1] and word[1] not in _forms()]
    return rest or [word for word in words if word[1]]


def _shortened(words: list[tuple[str, str]]) -> list[tuple[str, str]]:
    for size in range(min(LONGEST_FORM, len(words)), 0, -1):
        if "".join(latin for _, latin in words[-size:]) in _forms():
            return words[:-size]
    return words


@cache
def _forms() -> frozenset[str]:
    return frozenset(
        "".join(_latin(word) for word in _split(_without_marks(form)))
        for forms in LEGAL_FORMS.values()
        for form in forms
    )
