"""The tables of this app."""

from matchmaking.models.candidatures import Availability, Candidature, CandidatureEvent, InterestReminder, Picture
from matchmaking.models.catalogue import CatalogueEntry, Favourite
from matchmaking.models.messages import Attachment, Message, Reading
from matchmaking.models.plans import PairWish, Plan, PlannedPair
from matchmaking.models.proposals import Proposal, ProposalEvent
from matchmaking.models.suggestions import MatchCase, MatchOutcome, MatchRun, MatchShard, Suggestion
from matchmaking.models.supply import HostInvitation

__all__ = [
    "Attachment",
    "Availability",
    "Candidature",
    "CandidatureEvent",
    "CatalogueEntry",
    "Favourite",
    "HostInvitation",
    "InterestReminder",
    "MatchCase",
    "MatchOutcome",
    "MatchRun",
    "MatchShard",
    "Message",
    "PairWish",
    "Picture",
    "Plan",
    "PlannedPair",
    "Proposal",
    "ProposalEvent",
    "Reading",
    "Suggestion",
]
