"""What the calendar does to exchanges, in the portal's name: it starts on its first day and ends after its last."""

from collections.abc import Callable

from django.db import transaction
from django.db.models import Max, Min
from django.db.models.functions import Lower, Upper

from clusters.models import User
from exchanges.enums import ExchangeStatus
from exchanges.models import Exchange
from exchanges.transitions import exchanges
from extratex.shared import clock
from extratex.shared.logs import get_logger

logger = get_logger(__name__)


def run() -> int:
    """Start what begins today and end what is over, each in a transaction of its own; return how many moved.

    A row that somebody else holds is left for the next time, and one that fails does not stop the others.
    """
    actor = User.objects.system()
    moved = sum(_move(pk, exchanges.start, ExchangeStatus.READY, actor) for pk in _beginning())
    return moved + sum(_move(pk, exchanges.finish, ExchangeStatus.ONGOING, actor) for pk in _over())


def _beginning() -> list[int]:
    ready = Exchange.objects.filter(status=ExchangeStatus.READY).annotate(begins=Min(Lower("stays__period")))
    return list(ready.filter(begins__lte=clock.today()).order_by("pk").values_list("pk", flat=True))


def _over() -> list[int]:
    ongoing = Exchange.objects.filter(status=ExchangeStatus.ONGOING).annotate(ends=Max(Upper("stays__period")))
    return list(ongoing.filter(ends__lte=clock.today()).order_by("pk").values_list("pk", flat=True))


def _move(pk: int, verb: Callable[..., Exchange], status: str, actor: User) -> bool:
    try:
        with transaction.atomic():
            waiting = Exchange.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk, status=status)
            exchange = waiting.first()
            if exchange is None:
                return False
            verb(exchange, actor=actor)
    except Exception:
        logger.exception("deadline_failed", exchange=pk)
        return False
    return True
