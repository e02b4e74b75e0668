"""Merging while others do something about the same organisations at the same moment."""

from typing import Any

import pytest

from clusters.merging import deed
from clusters.merging.parts import Pair
from clusters.models import JoinRequest, Membership, Organisation, OrganisationMerge
from clusters.transitions import joining
from tests import factories
from tests.exchanges import races
from tests.exchanges.merges import make_pair, merge

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("programme")]


@pytest.mark.parametrize("crosswise", [False, True])
def test_of_two_merges_at_once_one_happens(ntt_officer: Any, *, crosswise: bool) -> None:
    pair = make_pair()
    other = Pair(pair.merged, pair.kept) if crosswise else pair
    seen = [deed.mark_of(each) for each in (pair, other)]

    faults = races.run([lambda: merge(pair, ntt_officer, seen[0]), lambda: merge(other, ntt_officer, seen[1])])

    assert sorted(type(fault).__name__ for fault in faults) == ["MoveConflict", "NoneType"]
    assert OrganisationMerge.objects.count() == 1
    assert Organisation.objects.count() == 1
    assert Membership.objects.filter(organisation=Organisation.objects.get()).count() == 2


def test_a_merge_and_an_answer_to_a_request_to_join_follow_each_other(ntt_officer: Any) -> None:
    for _round in range(5):
        pair = make_pair()
        owner = pair.merged.memberships.get().user
        request = joining.ask(pair.merged, person=factories.make_person())
        seen = deed.mark_of(pair)

        faults = races.run(
            [lambda: merge(pair, ntt_officer, seen), lambda: joining.accept(request, actor=owner)]  # noqa: B023
        )

        assert [type(fault).__name__ for fault in faults if fault] == ["MoveConflict"], faults
        was_merged = faults[0] is None
        request.refresh_from_db()
        assert request.organisation == (pair.kept if was_merged else pair.merged)
        assert Membership.objects.filter(user=request.person).exists() is not was_merged
        if was_merged:
            joining.accept(JoinRequest.objects.get(pk=request.pk), actor=pair.kept.memberships.order_by("pk")[0].user)
            assert Membership.objects.get(user=request.person).organisation == pair.kept
