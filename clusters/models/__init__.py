"""The tables of this app."""

from clusters.models.drafts import Draft
from clusters.models.enterprises import RelatedEnterprise, VatCheck
from clusters.models.imports import ImportedRow, MemberImport, MemberImportEvent
from clusters.models.joining import Invitation, InvitationEvent, JoinRequest, JoinRequestEvent, RoleEvent
from clusters.models.merges import OrganisationMerge
from clusters.models.organisations import Organisation, OrganisationEvent
from clusters.models.partnerships import Budget, Cluster, Partnership, PartnershipMember, ProgrammeEvent
from clusters.models.people import Membership, StaffRole, User
from clusters.models.profiles import ClusterLabel, PartnershipGoal
from clusters.models.programme import (
    EligibilityRule,
    EligibleCountry,
    LumpSumRate,
    PublicHoliday,
    RuleSetting,
    Term,
    Wave,
)
from clusters.models.publications import (
    Assessment,
    Call,
    CallApplication,
    CallApplicationEvent,
    Download,
    NewsItem,
)
from clusters.models.saved_views import SavedView
from clusters.models.validation import BulkRow, BulkValidation, ValidationReminder

__all__ = [
    "Assessment",
    "Budget",
    "BulkRow",
    "BulkValidation",
    "Call",
    "CallApplication",
    "CallApplicationEvent",
    "Cluster",
    "ClusterLabel",
    "Download",
    "Draft",
    "EligibilityRule",
    "EligibleCountry",
    "ImportedRow",
    "Invitation",
    "InvitationEvent",
    "JoinRequest",
    "JoinRequestEvent",
    "LumpSumRate",
    "MemberImport",
    "MemberImportEvent",
    "Membership",
    "NewsItem",
    "Organisation",
    "OrganisationEvent",
    "OrganisationMerge",
    "Partnership",
    "PartnershipGoal",
    "PartnershipMember",
    "ProgrammeEvent",
    "PublicHoliday",
    "RelatedEnterprise",
    "RoleEvent",
    "RuleSetting",
    "SavedView",
    "StaffRole",
    "Term",
    "User",
    "ValidationReminder",
    "VatCheck",
    "Wave",
]
