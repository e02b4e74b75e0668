"""The tables of this app."""

from matchmaking.models.candidatures import Availability, Candidature, CandidatureEvent, InterestReminder, Picture
from matchmaking.models.messages import Attachment, Message, Reading
from matchmaking.models.plans import PairWish, Plan, PlannedPair
from matchmaking.models.proposals import Proposal, ProposalEvent
from matchmaking.models.suggestions import MatchCase, MatchOutcome, MatchRun, MatchShard, Suggestion

__all__ = [
    "Attachment",
    "Availability",
    "Candidature",
    "CandidatureEvent",
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
