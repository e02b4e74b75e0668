"""An accepted proposal opens a file, once for each physical visitor, and says so to both sides."""

import pytest

from exchanges.enums import ExchangeStatus, Mode
from exchanges.models import Exchange
from exchanges.receivers import open_exchange
from exchanges.transitions import exchanges
from extratex.notices.models import Notice
from extratex.shared.moves import MoveConflict
from matchmaking.signals import proposal_accepted
from tests import factories as people
from tests.exchanges import factories

pytestmark = pytest.mark.usefixtures("programme")


def test_the_signal_opens_the_file_with_all_that_is_known():
    visitor = people.make_organisation(owner=people.make_person())
    host = people.make_organisation(country="CZ", reference_cluster="CLUTEX", sectors=("Automotive",))
    proposal = factories.make_proposal(visitor, host)

    proposal_accepted.send(sender=type(proposal), proposal=proposal, actor=proposal.author)

    exchange = Exchange.objects.get(proposal=proposal)
    assert (exchange.visitor, exchange.host, exchange.wave) == (visitor, host, proposal.visitor.wave)
    assert (exchange.visitor_cluster, exchange.host_cluster) == (visitor.reference_cluster, host.reference_cluster)
    assert exchange.partnership == exchange.host_partnership == people.partnership()
    assert exchange.events.get().move == "begin"


@pytest.mark.parametrize(
    ("sectors", "expected"), [(("Automotive",), True), (("Automotive", "Textile manufacturing"), False), ((), False)]
)
def test_cross_sector_means_no_sector_in_common(sectors, expected):
    visitor = people.make_organisation()
    host = people.make_organisation(country="CZ", reference_cluster="CLUTEX", sectors=sectors)

    exchange = open_exchange(proposal=factories.make_proposal(visitor, host), actor=people.make_person())

    assert exchange.cross_sector is expected


def test_both_organisations_and_both_clusters_are_told():
    exchange, cast = factories.make_exchange()

    told = set(Notice.objects.filter(link=f"/exchanges/{exchange.pk}/").values_list("person", flat=True))

    assert told == {cast.visitor.pk, cast.visitor_side.pk, cast.host_side.pk}


def test_a_visitor_travels_once_in_the_whole_scheme():
    exchange, cast = factories.make_exchange()
    other = factories.make_proposal(exchange.visitor, people.make_organisation(country="SK", reference_cluster="SPK"))

    with pytest.raises(MoveConflict, match="travels once in the whole scheme"):
        open_exchange(proposal=other, actor=cast.visitor)

    assert Exchange.objects.count() == 1


@pytest.mark.parametrize("way", ["cancelled", "virtual"])
def test_a_cancelled_or_virtual_exchange_does_not_count(way):
    exchange, cast = factories.make_exchange()
    if way == "cancelled":
        exchanges.cancel(exchange, actor=cast.visitor, note="No time.")
    else:
        factories.fill(exchange, cast.visitor, mode=Mode.VIRTUAL)
    other = factories.make_proposal(exchange.visitor, people.make_organisation(country="SK", reference_cluster="SPK"))

    second = open_exchange(proposal=other, actor=cast.visitor)

    assert second.status == ExchangeStatus.BUILDING


def test_two_acceptances_in_the_same_moment_open_one_file(race):
    visitor = people.make_organisation()
    hosts = [people.make_organisation(country="CZ", reference_cluster="CLUTEX") for _host in range(4)]
    proposals = [factories.make_proposal(visitor, host) for host in hosts]
    actor = people.make_person()

    faults = race([lambda each=each: open_exchange(proposal=each, actor=actor) for each in proposals])

    assert faults.count(None) == 1
    assert all(isinstance(fault, MoveConflict) for fault in faults if fault)
    assert Exchange.objects.count() == 1
