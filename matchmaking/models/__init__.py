"""The tables of this app."""

from matchmaking.models.candidatures import Availability, Candidature, CandidatureEvent
from matchmaking.models.proposals import Proposal, ProposalEvent
from matchmaking.models.suggestions import MatchCase, MatchOutcome, MatchRun, MatchShard, Suggestion

__all__ = [
    "Availability",
    "Candidature",
    "CandidatureEvent",
    "MatchCase",
    "MatchOutcome",
    "MatchRun",
    "MatchShard",
    "Proposal",
    "ProposalEvent",
    "Suggestion",
]
