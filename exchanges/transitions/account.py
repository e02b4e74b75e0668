"""The visitor's account: it comes in with a move, and the financial agreement that names it is issued at once."""

from dataclasses import dataclass

from django.db import transaction

from clusters.models import User
from exchanges.documents import issue
from exchanges.enums import AgreementKind
from exchanges.models import BankAccount, Exchange
from exchanges.queries import agreement_in_force
from exchanges.transitions.exchanges import make
from extratex.shared import clock


@dataclass(frozen=True)
class Account:
    """Whom and where to pay; the IBAN without spaces, the BIC may be empty."""

    holder: str
    iban: str
    bic: str = ""


def give_account(exchange: Exchange, account: Account, *, actor: User) -> Exchange:
    """Keep the account and issue the financial agreement that names it; signatures on an earlier version are void.

    Giving the same account again changes nothing, so that a double click leaves the version that others are signing.
    """
    with transaction.atomic():
        locked = Exchange.objects.select_for_update(of=("self",)).get(pk=exchange.pk)
        if _stands(locked, account):
            return locked

        def write(fresh: Exchange) -> None:
            BankAccount.objects.update_or_create(
                exchange=fresh,
                defaults={
                    "holder": account.holder,
                    "iban": account.iban,
                    "last_four": account.iban[-4:],
                    "bic": account.bic,
                    "given_by": actor,
                    "given_at": clock.now(),
                },
            )
            issue(fresh, AgreementKind.FINANCIAL)

        return make("give_account", locked, actor=actor, effect=write)


def _stands(exchange: Exchange, account: Account) -> bool:
    given = BankAccount.objects.filter(exchange=exchange).first()
    if given is None or agreement_in_force(exchange, AgreementKind.FINANCIAL) is None:
        return False
    return Account(given.holder, given.iban, given.bic) == account
