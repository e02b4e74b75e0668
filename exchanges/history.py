"""What happened to an exchange, in words."""

from itertools import groupby

from django.utils.translation import gettext_lazy as _

from exchanges.enums import Party
from exchanges.models import Exchange, ExchangeEvent
from exchanges.queries import history_of

HAPPENED = {
    "begin": _("Proposal accepted, file opened"),
    "write_dates": _("Dates written"),
    "write_objectives": _("Objectives written"),
    "write_agenda": _("Agenda written"),
    "issue_commitment": _("Commitment to Quality issued"),
    "reopen": _("File opened again: the signatures of this version no longer count"),
    "sign": _("Commitment to Quality, version %(version)s, signed for: %(party)s"),
    "sign_last": _("Commitment to Quality, version %(version)s, signed for: %(party)s. The lump sum is frozen"),
    "approve": _("Approved for: %(side)s"),
    "approve_last": _("Approved for: %(side)s"),
    "approve_virtual": _("Approved for: %(side)s"),
    "give_account": _("Account given, financial agreement issued"),
    "sign_agreement": _("Financial agreement, version %(version)s, signed for: %(party)s"),
    "sign_agreement_last": _("Financial agreement, version %(version)s, signed for: %(party)s. The money is set aside"),
    "start": _("The stay has begun"),
    "finish": _("The stay is over"),
    "submit_report": _("Closing report and evidence handed in"),
    "send_report_back": _("Report sent back"),
    "validate_report": _("Report and evidence validated"),
    "claim": _("Lump sum claimed"),
    "send_claim_back": _("Claim sent back"),
    "approve_claim": _("Claim approved"),
    "put_in_file": _("Put into a payment file"),
    "take_out_of_file": _("Taken out of the payment file"),
    "mark_paid": _("Paid"),
    "cancel": _("Exchange cancelled"),
}


class ToldEvent:
    """An event with its words; several saves of one part in a row by one person are told once."""

    def __init__(self, event: ExchangeEvent) -> None:
        self.at, self.actor, self.note = event.at, event.actor, event.note
        self.label = str(HAPPENED.get(event.move, event.move)) % _facts(event)


def told_history(exchange: Exchange) -> list[ToldEvent]:
    """Return what happened, the newest first."""
    runs = groupby(history_of(exchange), key=lambda event: (event.move, event.actor_id, event.note, str(event.facts)))
    return [ToldEvent(next(run)) for _key, run in runs]


def _facts(event: ExchangeEvent) -> dict[str, str]:
    facts = {"version": "", "party": "", "side": "", **{name: str(value) for name, value in event.facts.items()}}
    for name in ("party", "side"):
        if facts[name] in Party.values:
            facts[name] = str(Party(facts[name]).label)
    return facts
