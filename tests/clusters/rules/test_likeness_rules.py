"""Names of all scripts as they are compared, and how likely two registrations are the same organisation."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from clusters.rules.folding import begun_grams, grams_of, key_of, name_key, word_grams, words_of
from clusters.rules.legal_forms import LEGAL_FORMS
from clusters.rules.likeness import ALIKE, Profile, compare, host_of, name_likeness

NAMES = (
    "Tessitura Bisenzio",
    "Ještěd Technické Tkaniny",
    "Müller & Söhne Weberei",
    "Żółta Nić Włókiennictwo",
    "Tejidos Técnicos Ontinyent",
    "Текстилна фабрика Слънце",
    "Υφαντουργία Αθηνών",
    "Տեքստիլ Արարատ",
    "Værløse Væveri",
    "İstanbul Dokuma Şark",
    "北京纺织",
    "שלום טקסטיל",
    "نسيج الشرق",
)
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u202a\u202e\u2066\u2069\u034f\u3164"
FORMS = sorted({form for forms in LEGAL_FORMS.values() for form in forms})
LATIN_WORD = st.text("abcdefghijklmnopqrstuvwxyz", min_size=6, max_size=14)
ANY_NAME = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


def profiles():
    countries = st.sampled_from(["", "IT", "CZ"])
    towns = st.sampled_from(["", "Prato", "Liberec"])
    names = st.one_of(st.sampled_from(NAMES), ANY_NAME)
    numbers = st.sampled_from(["", "IT00743110157", "CZ25123891"])
    sites = st.sampled_from(["", "https://www.mill.example.it/", "http://weave.cz", "facebook.com/mill"])
    return st.builds(Profile, names, countries, towns, numbers, st.sampled_from(["", "999999999"]), sites)


@given(profiles(), profiles())
def test_the_order_of_the_two_does_not_matter_and_the_score_lies_between_0_and_1(one, other):
    there, back = compare(one, other), compare(other, one)

    assert there.score == back.score
    assert {reason.code for reason in there.reasons} == {reason.code for reason in back.reasons}
    assert 0 <= there.score <= 1


@given(ANY_NAME.filter(lambda name: words_of(name) != []))
@example("GmbH")
@example("🚀")
@example("%")
def test_equal_names_score_1(name):
    assert name_likeness(words_of(name), words_of(name)) == 1
    assert compare(Profile(name), Profile(name)).score == 1


@given(st.sampled_from(NAMES), st.integers(0, 8), st.sampled_from(INVISIBLE))
def test_what_nobody_sees_never_matters(name, place, letter):
    assert name_key(name[:place] + letter + name[place:]) == name_key(name)


@given(st.sampled_from(NAMES), st.sampled_from(FORMS))
def test_the_legal_form_never_matters(name, form):
    assert name_key(f"{name} {form}") == name_key(name)
    assert name_key(f"{name}, {form.upper()}") == name_key(name)


@pytest.mark.parametrize("name", NAMES)
def test_case_spaces_and_composition_never_matter(name):
    expected = name_key(name)

    assert name_key(name.upper()) == expected
    assert name_key(f"  {name.lower()}\t ") == expected
    assert name_key(unicodedata.normalize("NFD", name)) == expected
    assert name_key(name.replace(" ", "\u00a0–\u3000")) == expected


@given(st.permutations(["tessitura", "bisenzio", "figli", "prato"]))
def test_the_order_of_words_never_matters(words):
    assert name_key(" ".join(words)) == name_key("Tessitura Bisenzio Figli Prato")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Tessitura Bisenzio", "Tеssіturа Вisenziо"),  # Cyrillic е, і, а, В, о
        ("Tessitura ABEX", "Tessitura ΑΒΕΧ"),  # a word of Greek letters
        ("Müller", "Mueller"),
        ("Værløse", "Vaerloese"),
        ("Ålborg", "Aalborg"),
        ("L’Oréal", "L'Oreal"),
        ("C.N.R. Prato", "CNR Prato"),
        ("ＡＢＣ　Weaving", "ABC Weaving"),
        ("𝐓𝐞𝐬𝐬𝐢𝐭𝐮𝐫𝐚", "Tessitura"),
        ("Текстил", "Tekstil"),
        ("Přádelna, spol. s r.o.", "Pradelna s. r. o."),
    ],
)
def test_two_spellings_of_one_name_are_one_name(one, other):
    assert compare(Profile(one), Profile(other)).score == 1


@given(st.lists(LATIN_WORD, min_size=1, max_size=3), st.data())
def test_a_slip_of_the_pen_stays_alike(words, data):
    name = " ".join(words)
    at = data.draw(st.integers(1, len(words[0]) - 2))
    slip = data.draw(st.sampled_from(["leave out", "double", "swap"]))
    wrong = {
        "leave out": name[:at] + name[at + 1 :],
        "double": name[:at] + name[at] + name[at:],
        "swap": name[:at] + name[at + 1] + name[at] + name[at + 2 :],
    }[slip]

    assert name_likeness(sorted(name.split()), sorted(wrong.split())) >= ALIKE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Tessitura Ferretti Prato", "Tessitura Lombardi Prato"),
        ("Weberei Huber", "Weberei Gruber & Kunze"),
        ("Confezioni Valdarno", "Materie Plastiche Valdarno"),
        ("Prato", "Tessitura Ferretti Prato"),
        ("ABC Weaving", "XYZ Weaving"),
    ],
)
def test_different_firms_of_one_town_are_not_alike(one, other):
    weighed = compare(Profile(f"{one} S.r.l.", "IT", "Prato"), Profile(f"{other} S.r.l.", "IT", "Prato"))

    assert weighed.score < ALIKE
    assert weighed.reasons == ()


def test_a_split_name_is_alike():
    assert name_likeness(words_of("Tex Til Brno"), words_of("Textil Brno")) == 1


def codes(one, other):
    return {reason.code for reason in compare(one, other).reasons}


def test_each_number_and_the_website_are_reasons_of_their_own():
    mill = Profile("Mill", "IT", "Prato", "IT00743110157", "999999999", "https://www.mill.it/en/")
    other = Profile("Quite Another", "IT", "Como", "IT00743110157", "999999999", "mill.it")

    assert codes(mill, other) == {"same_vat", "same_pic", "same_website"}
    assert compare(mill, other).score == 1


def test_the_same_name_counts_less_in_another_town_and_least_in_another_country():
    at_home, nearby, abroad = (
        compare(Profile("Tessitura Bisenzio", "IT", "Prato"), Profile("Tessitura Bisenzio", country, town))
        for country, town in (("IT", "Prato"), ("IT", "Biella"), ("ES", "Ontinyent"))
    )

    assert at_home.score == 1 > nearby.score > abroad.score >= ALIKE
    assert [found.reasons[0].code for found in (at_home, nearby, abroad)] == [
        "same_name_in_town",
        "same_name_in_country",
        "same_name_elsewhere",
    ]


def test_another_vat_number_of_the_country_speaks_against_it():
    one, other = (
        Profile("Alike Mill", "IT", "Como", vat, "", "alike.it") for vat in ("IT00743110157", "IT01533480370")
    )

    assert "other_vat" not in codes(one, Profile("Alike Mill", "IT", "Como"))
    assert "other_vat" in codes(Profile("Alike Mil", "IT", "Biella", "IT00743110157"), other)
    assert compare(Profile("Alike Mil", "IT", "Como", "IT01533480370"), one).score < ALIKE


@pytest.mark.parametrize(
    ("website", "host"),
    [
        ("https://WWW.Mill.example:8443/en?x=1", "mill.example"),
        ("mill.example", "mill.example"),
        ("https://www.facebook.com/mill", ""),
        ("https://mill.wordpress.com", ""),
        ("http://[broken", ""),
        ("localhost", ""),
        ("", ""),
        ("https://" + "a" * 500 + ".example", "a" * 253),
    ],
)
def test_a_website_is_known_by_its_host_unless_many_share_it(website, host):
    assert host_of(website) == host


@given(st.text(max_size=300))
def test_every_text_has_a_key_that_fits_its_column_and_pieces_that_fit_four_bytes(text):
    words = words_of(text)

    assert len(key_of(words)) <= 300
    assert all(-(2**31) <= gram < 2**31 for gram in grams_of(words))
    assert all(word and not any(map(str.isspace, word)) for word in words)


def test_what_is_being_typed_is_found_inside_a_word_and_one_letter_only_at_its_beginning():
    whole = set(word_grams("bisenzio"))

    assert set(begun_grams("senz")) <= whole
    assert set(begun_grams("bi")) <= whole
    assert not set(begun_grams("is")) <= whole
