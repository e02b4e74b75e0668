"""Reasons: one sentence, any language, stored and read back."""

import json
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from extratex.shared.reasons import Reason, plain

RATE = Reason(
    "rate",
    "EUR {amount} for {country} since {day}",
    {"amount": Decimal("1100.00"), "country": "DK", "day": date(2021, 9, 1)},
)

values = st.recursive(
    st.text() | st.integers() | st.decimals(allow_nan=False, allow_infinity=False) | st.dates(),
    lambda each: st.lists(each, max_size=3).map(tuple),
    max_leaves=5,
)


def test_a_reason_is_a_sentence_in_plain_english():
    assert RATE.sentence() == "EUR 1,100.00 for DK since 1 September 2021"


def test_a_reason_is_translated_with_values_in_the_reader_s_way():
    def german(name, value):
        return {"country": "Dänemark", "day": "1.9.2021"}.get(name) or plain(name, value).replace(",", "").replace(
            ".", ","
        )

    sentence = RATE.sentence({RATE.text: "Seit {day} für {country}: {amount} EUR"}.__getitem__, german)

    assert sentence == "Seit 1.9.2021 für Dänemark: 1100,00 EUR"


def test_values_with_braces_are_not_read_as_placeholders():
    assert Reason("place", "From {place}", {"place": "{amount} {0}"}).sentence() == "From {amount} {0}"


def test_reasons_can_be_gathered_in_a_set():
    assert len({RATE, Reason(RATE.code, RATE.text, dict(RATE.values)), Reason("rate", RATE.text)}) == 2


@given(st.dictionaries(st.text(), values, max_size=4))
def test_a_reason_is_read_back_identically(named):
    reason = Reason("any", "text", named)

    assert Reason.from_json(json.loads(json.dumps(reason.as_json()))) == reason
