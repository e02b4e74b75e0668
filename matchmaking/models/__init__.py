"""The tables of this app."""

from matchmaking.models.candidatures import Availability, Candidature, CandidatureEvent
from matchmaking.models.proposals import Proposal, ProposalEvent
from matchmaking.models.suggestions import MatchRun, Suggestion

__all__ = [
    "Availability",
    "Candidature",
    "CandidatureEvent",
    "MatchRun",
    "Proposal",
    "ProposalEvent",
    "Suggestion",
]
