"""What becomes of exchanges when two organisations are merged: they move; what is signed and frozen stays as it is."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django_stubs_ext import StrOrPromise

from clusters.merging.parts import Answers, Pair, Part, register
from clusters.models import Organisation, User
from exchanges.enums import LIVE_STATUSES, Mode
from exchanges.models import Exchange, Stay

FIELDS = frozenset(
    {
        "exchanges.Exchange.visitor",
        "exchanges.Exchange.host",
        "exchanges.Stay.visitor",
        "exchanges.Stay.host",
    }
)


def show(pair: Pair, _answers: Answers) -> list[str]:
    """Name each exchange that goes along."""
    text = _(
        "%(number)s (%(status)s) goes to %(kept)s with its stays, papers, evidence, reports and claims; what is signed "
        "stays word for word."
    )
    return [
        text % (pair.names | {"number": exchange.number, "status": exchange.get_status_display()})
        for exchange in _of(pair.merged)
    ]


def refuse(pair: Pair) -> list[StrOrPromise]:
    """Say what no organisation may have: an exchange with itself, two physical ones, two stays at once."""
    reasons: list[StrOrPromise] = [
        _("%(number)s is an exchange of the two with each other.") % {"number": exchange.number}
        for exchange in _of(pair.kept).filter(Q(visitor=pair.merged) | Q(host=pair.merged))
    ]
    travelling = Exchange.objects.filter(mode=Mode.PHYSICAL, status__in=LIVE_STATUSES)
    kept, merged = (travelling.filter(visitor=each).first() for each in (pair.kept, pair.merged))
    if kept is not None and merged is not None:
        text = _(
            "Both have a physical exchange (%(one)s and %(other)s): an organisation travels once in the whole scheme."
        )
        reasons.append(text % {"one": kept.number, "other": merged.number})
    elif _stays_overlap(pair):
        reasons.append(_("Both are on a stay at the same time."))
    return reasons


def move(pair: Pair, _answers: Answers, _actor: User) -> Mapping[str, Any]:
    """Put the record that stays into the place of the other one in all its exchanges and stays."""
    moved = list(_of(pair.merged).values_list("pk", flat=True))
    for model in (Exchange, Stay):
        for side in ("visitor", "host"):
            model._default_manager.filter(**{side: pair.merged}).update(**{side: pair.kept})
    return {"exchanges": moved}


def _of(organisation: Organisation) -> QuerySet[Exchange]:
    """Return the exchanges in which an organisation visits or hosts, in the order of their numbers."""
    stays = Stay.objects.filter(host=organisation).values("exchange")
    mine = Q(visitor=organisation) | Q(host=organisation) | Q(pk__in=stays)
    return Exchange.objects.filter(mine).order_by("pk")


def _stays_overlap(pair: Pair) -> bool:
    theirs = Stay.objects.filter(visitor=pair.merged, live=True).values_list("period", flat=True)
    own = Stay.objects.filter(visitor=pair.kept, live=True)
    return any(own.filter(period__overlap=period).exists() for period in theirs)


register(Part(fields=FIELDS, shows=show, refuses=refuse, moves=move))
