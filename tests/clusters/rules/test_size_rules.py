"""The European size classes: limits, what is counted in, and that nothing grows an enterprise smaller."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusters.rules.size import Assessment, Figures, Related, Relation, SizeClass, assess, size_class, weight

ORDER = list(SizeClass)

amounts = st.one_of(
    st.sampled_from([Decimal(each) for each in ("0", "2000000", "2000000.01", "10000000", "43000000", "50000000.01")]),
    st.decimals(0, 90_000_000, places=2),
)
staffs = st.one_of(
    st.sampled_from([Decimal(each) for each in (9, 10, 49, 50, 249, 250)]), st.decimals(0, 400, places=2)
)
shares = st.one_of(
    st.sampled_from([Decimal(each) for each in ("24.99", "25", "50", "50.01", "100")]), st.decimals(0, 100, places=2)
)
figures = st.builds(Figures, staffs, st.none() | amounts, st.none() | amounts)
enterprises = st.builds(Related, st.just("Other"), st.sampled_from(Relation), shares, figures)
groups = st.lists(enterprises, max_size=3)


def rank(assessment: Assessment) -> int:
    return ORDER.index(assessment.size)


def codes(assessment: Assessment) -> list[str]:
    return [reason.code for reason in assessment.reasons]


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
def test_the_limits_of_the_definition(
    headcount: int, turnover: str | None, balance: str | None, expected: SizeClass
) -> None:
    sums = [None if each is None else Decimal(each) for each in (turnover, balance)]

    assert size_class(headcount, *sums) is expected


@given(figures, groups, staffs, amounts, amounts)
def test_more_of_anything_never_makes_an_enterprise_smaller(
    own: Figures, group: list[Related], staff: Decimal, turnover: Decimal, balance: Decimal
) -> None:
    grown = Figures(
        own.staff + staff,
        None if own.turnover is None else own.turnover + turnover,
        None if own.balance is None else own.balance + balance,
    )

    assert rank(assess(grown, group)) >= rank(assess(own, group))


@given(figures, groups, enterprises)
def test_one_more_enterprise_never_makes_it_smaller(own: Figures, group: list[Related], another: Related) -> None:
    assert rank(assess(own, [*group, another])) >= rank(assess(own, group))


@given(figures, groups, enterprises, shares)
def test_a_larger_share_never_makes_it_smaller(
    own: Figures, group: list[Related], other: Related, share: Decimal
) -> None:
    less, more = sorted((other.share, share))
    smaller = Related(other.name, other.relation, less, other.figures)
    larger = Related(other.name, other.relation, more, other.figures)

    assert weight(larger) >= weight(smaller)
    assert rank(assess(own, [*group, larger])) >= rank(assess(own, [*group, smaller]))


@given(figures, figures, st.decimals(25, 50, places=2))
def test_a_partner_counts_by_its_share_and_a_linked_one_in_full(own: Figures, other: Figures, share: Decimal) -> None:
    partner = assess(own, [Related("Other", Relation.PARTNER, share, other)])
    linked = assess(own, [Related("Other", Relation.LINKED, share, other)])

    assert partner.together.staff == own.staff + share / 100 * other.staff
    assert linked.together.staff == own.staff + other.staff
    if own.turnover is not None and other.turnover is not None:
        assert partner.together.turnover == own.turnover + share / 100 * other.turnover


@given(figures, figures, st.decimals(0, Decimal("24.99"), places=2))
def test_below_a_quarter_nothing_counts(own: Figures, other: Figures, share: Decimal) -> None:
    apart = assess(own, [Related("Other", Relation.PARTNER, share, other)])

    assert (apart.size, apart.together) == (assess(own).size, assess(own).together)


@given(figures, groups)
def test_the_lines_add_up_and_every_answer_has_its_reason(own: Figures, group: list[Related]) -> None:
    found = assess(own, group)
    counted = [line for line in found.lines if line.reason.code != "apart"]

    assert found.together.staff == sum(line.figures.staff for line in counted)
    assert len(found.lines) == 1 + len(group)
    assert found.reasons
    assert all("{" not in reason.sentence() for reason in (*found.reasons, *(line.reason for line in found.lines)))


@given(figures, groups)
def test_under_public_bodies_nobody_is_an_sme(own: Figures, group: list[Related]) -> None:
    found = assess(own, group, is_publicly_controlled=True)

    assert not found.is_sme
    assert codes(found) == ["public"]


def test_a_small_firm_of_a_large_group_is_no_sme_and_is_told_by_which_limit() -> None:
    group = Related("Holding", Relation.LINKED, Decimal(100), Figures(Decimal(900), Decimal(10**8), None))

    found = assess(Figures(Decimal(12), Decimal(10**6)), [group])

    assert found.size is SizeClass.LARGE
    assert [reason.sentence() for reason in found.reasons] == ["No SME: staff 912 is not fewer than 250."]
    assert found.lines[1].reason.sentence() == "Linked: its figures count in full."


def test_the_reasons_say_why_no_smaller_class_fits_and_why_this_one_does() -> None:
    partner = Related("Spinner", Relation.PARTNER, Decimal(40), Figures(Decimal(20), Decimal(3_000_000)))

    found = assess(Figures(Decimal(9), Decimal(1_500_000)), [partner])

    assert found.size is SizeClass.SMALL
    assert found.together == Figures(Decimal(17), Decimal(2_700_000), None)
    assert codes(found) == ["above_micro_staff", "staff", "turnover"]


def test_unknown_sums_count_against_nobody_until_their_known_part_is_too_much() -> None:
    silent = Related("Silent", Relation.LINKED, Decimal(60), Figures(Decimal(1)))

    assert codes(assess(Figures(Decimal(9)), [silent]))[-1] == "unknown"
    assert assess(Figures(Decimal(5), Decimal(60_000_000)), [silent]).size is SizeClass.LARGE
