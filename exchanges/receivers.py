"""What the apps below ask of this one: who reads its papers, and the file that an accepted proposal opens."""

from contextlib import suppress
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from clusters import departures, signed
from clusters.models import Organisation, User
from exchanges import notices, outlays, permissions
from exchanges.documents import EVIDENCE, PAPER, PAYMENT_FILE
from exchanges.enums import DONE_STATUSES, LIVE_STATUSES, Mode, Party
from exchanges.models import Exchange, Signature
from exchanges.queries import against_days, last_signing_day, stays_beginning_at, travelling_among
from exchanges.transitions.building import Dates, StayNotPossible, mark_of_dates, write_dates
from exchanges.transitions.exchanges import EXCHANGE
from extratex.documents import access
from extratex.shared import clock
from extratex.shared.moves import MoveConflict
from matchmaking import standing, stay_rules, stays, visits
from matchmaking.models import Proposal
from matchmaking.signals import proposal_accepted


def say_what_stays_signed(organisation: Organisation, person: User, heir: User | None) -> list[str]:
    """Say that signatures stay valid, and that the files under way go on with the organisation's other people."""
    mine = Exchange.objects.filter(Q(visitor=organisation) | Q(host=organisation))
    signed = Signature.objects.filter(
        agreement__exchange__in=mine, person=person, party__in=[Party.VISITOR, Party.HOST]
    ).count()
    under_way = mine.filter(status__in=LIVE_STATUSES).exclude(status__in=DONE_STATUSES).count()
    sentences = []
    if signed:
        told = ngettext(
            "%(person)s has signed %(number)s paper for the organisation: the signature stays valid.",
            "%(person)s has signed %(number)s papers for the organisation: the signatures stay valid.",
            signed,
        )
        sentences.append(told % {"person": person, "number": signed})
    if under_way and heir is not None:
        told = ngettext(
            "%(number)s exchange is under way: the other people of the organisation go on with it.",
            "%(number)s exchanges are under way: the other people of the organisation go on with them.",
            under_way,
        )
        sentences.append(told % {"number": under_way})
    return sentences


access.register(PAPER, permissions.can_read_paper)
access.register(EVIDENCE, permissions.can_read_evidence)
access.register(PAYMENT_FILE, permissions.can_read_payment_file)
visits.answered_by(travelling_among)
stay_rules.answered_by(against_days)
stays.answered_by(stays_beginning_at)
standing.answered_by(outlays.made_by, outlays.sums_of)
signed.answered_by(last_signing_day)
departures.register(departures.Part(say_what_stays_signed))

HAS_ANOTHER = _("%(visitor)s has another physical exchange; each organisation travels once in the whole scheme.")


@receiver(proposal_accepted, dispatch_uid="exchanges.open_exchange")
def open_exchange(*, proposal: Proposal, actor: User, **_more: Any) -> Exchange:
    """Open the file that visitor and host build together; raises MoveConflict where the visitor travels already."""
    visitor, host = proposal.visitor.organisation, proposal.host.organisation
    if Exchange.objects.filter(visitor=visitor, mode=Mode.PHYSICAL, status__in=LIVE_STATUSES).exists():
        raise MoveConflict(HAS_ANOTHER % {"visitor": visitor}, proposal)
    try:
        with transaction.atomic():
            exchange = Exchange.objects.create(
                proposal=proposal,
                wave=proposal.visitor.wave,
                visitor=visitor,
                host=host,
                visitor_cluster=visitor.reference_cluster,
                host_cluster=host.reference_cluster,
                partnership=proposal.visitor.partnership,
                host_partnership=proposal.host.partnership,
                cross_sector=is_cross_sector(visitor, host),
            )
    except IntegrityError as fault:
        raise MoveConflict(HAS_ANOTHER % {"visitor": visitor}, proposal) from fault
    EXCHANGE.begin(exchange, actor=actor)
    notices.tell(exchange, exchange.events.get())
    _take_over_days(exchange, proposal, actor)
    return exchange


def _take_over_days(exchange: Exchange, proposal: Proposal, actor: User) -> None:
    """Fill in the agreed days; where the visitor is elsewhere on one of them, the two enter others in the file."""
    if proposal.days is None or proposal.days[0] <= clock.today():
        return
    dates = Dates(exchange.mode, *proposal.days)
    with suppress(StayNotPossible):
        write_dates(exchange, dates, actor=actor, seen=mark_of_dates(exchange))


def is_cross_sector(visitor: Organisation, host: Organisation) -> bool:
    """Tell whether the two organisations are of different sectoral industries: both have some, and none in common."""
    sectors = set(visitor.sectors.values_list("pk", flat=True))
    others = set(host.sectors.values_list("pk", flat=True))
    return bool(sectors and others) and sectors.isdisjoint(others)
