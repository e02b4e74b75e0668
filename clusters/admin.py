"""The administration of the programme's facts: all can be changed, nothing can be deleted, history is only read."""

from typing import Any

import pghistory.models
from django.apps import apps
from django.contrib import admin
from django.db.models import Model
from django.utils.translation import gettext

from clusters import models
from clusters.enums import Mark
from clusters.forms import facts


class Kept(admin.ModelAdmin):  # type: ignore[type-arg]  # Django's own class takes no parameters at run time
    """What stays once it is there."""

    list_per_page = 50

    def has_delete_permission(self, _request: Any, _obj: Model | None = None) -> bool:
        """Nothing is deleted: a fact ends by its last day, a person by being switched off."""
        return False


class OnlyRead(Kept):
    """What the portal writes and nobody edits."""

    def has_add_permission(self, _request: Any) -> bool:
        """Only the portal adds rows."""
        return False

    def has_change_permission(self, _request: Any, _obj: Model | None = None) -> bool:
        """Nobody changes rows."""
        return False


class Marked(Kept):
    """A fact of the programme with its certainty; whoever edits one that is not stated in a text is told so."""

    def get_fieldsets(self, request: Any, obj: Any = None) -> Any:
        """Put the warning on top of the form."""
        warning = "" if obj is not None and obj.mark == Mark.TEXT else gettext("Check with the Terms of Reference.")
        return [(None, {"fields": self.get_fields(request, obj), "description": warning})]


class Dated(Marked):
    """A dated fact: it is entered and corrected by the same form, and the same rules, as on the programme's pages."""

    def save_model(self, _request: Any, _obj: Model, form: Any, _change: Any) -> None:
        """Store it by the one way that keeps signed days as they are."""
        form.store()


@admin.register(models.Wave)
class WaveAdmin(Kept):
    """Waves, with the statements that every page carries."""

    list_display = ("name", "starts_on", "ends_on", "accepts_until")


@admin.register(models.Term)
class TermAdmin(Marked):
    """The words of the vocabularies."""

    list_display = ("name", "vocabulary", "mark")
    list_filter = ("vocabulary", "mark")
    search_fields = ("name",)


@admin.register(models.EligibleCountry)
class EligibleCountryAdmin(Dated):
    """Countries and since when they take part."""

    form = facts.CountryForm
    list_filter = ("mark",)
    list_display = ("country", "sepa", "valid_from", "valid_to", "mark")


@admin.register(models.EligibilityRule)
class EligibilityRuleAdmin(Dated):
    """The eligibility table."""

    form = facts.EligibilityForm
    list_display = ("wave", "role", "organisation_type", "verdict", "valid_from", "valid_to", "mark")
    list_filter = ("wave", "role", "mark")
    list_select_related = ("wave",)


@admin.register(models.LumpSumRate)
class LumpSumRateAdmin(Dated):
    """The lump sums; a new sum is a new row from a later day, never a change of an old one."""

    form = facts.RateForm
    list_display = ("country", "amount", "valid_from", "valid_to", "mark")
    list_filter = ("mark", "country")


@admin.register(models.PublicHoliday)
class PublicHolidayAdmin(Kept):
    """Days that the calendar of the portal lacks or has wrongly."""

    list_display = ("country", "day", "name", "is_worked")
    list_filter = ("country",)


@admin.register(models.RuleSetting)
class RuleSettingAdmin(Dated):
    """The numbers of the rules."""

    form = facts.SettingForm
    list_filter = ("mark",)
    list_display = ("name", "value", "valid_from", "valid_to", "mark")


class PartnershipMemberInline(admin.TabularInline):  # type: ignore[type-arg]  # as above
    """The clusters of a partnership."""

    model = models.PartnershipMember
    extra = 0
    can_delete = False


class PartnershipGoalInline(admin.TabularInline):  # type: ignore[type-arg]  # as above
    """What a partnership must reach besides its exchanges."""

    model = models.PartnershipGoal
    extra = 0


class ClusterLabelInline(admin.TabularInline):  # type: ignore[type-arg]  # as above
    """The labels of a cluster; one that was entered by mistake may be taken away, its history stays."""

    model = models.ClusterLabel
    extra = 0


@admin.register(models.Partnership)
class PartnershipAdmin(Kept):
    """Partnerships with their targets and clusters."""

    list_display = ("acronym", "wave", "planned_exchanges", "starts_on")
    list_filter = ("wave",)
    filter_horizontal = ("emerging_industries", "sectors")
    inlines = (PartnershipMemberInline, PartnershipGoalInline)


@admin.register(models.Cluster)
class ClusterAdmin(Kept):
    """Clusters and their public profiles."""

    list_display = ("short_name", "name", "country", "has_eccp_profile", "members")
    search_fields = ("name", "short_name")
    filter_horizontal = ("sectors", "technologies", "emerging_industries")
    inlines = (ClusterLabelInline,)


@admin.register(models.Budget)
class BudgetAdmin(Kept):
    """Budgets; what is committed and paid moves only with a claim."""

    list_display = ("partnership", "total", "committed", "paid")
    readonly_fields = ("committed", "paid")


@admin.register(models.ProgrammeEvent)
class ProgrammeEventAdmin(Kept):
    """What partnerships publish."""

    list_display = ("title", "partnership", "kind", "starts_on")
    list_filter = ("kind", "partnership")


@admin.register(models.User)
class UserAdmin(Kept):
    """People; they register themselves, and nobody else sets their password."""

    list_display = ("email", "name", "is_active", "is_staff")
    list_filter = ("is_active", "is_staff")
    search_fields = ("email", "name")
    fields = ("email", "name", "language", "time_zone", "is_active", "is_staff", "is_superuser")

    def has_add_permission(self, _request: Any) -> bool:
        """People register themselves."""
        return False


@admin.register(models.StaffRole)
class StaffRoleAdmin(Kept):
    """Who works for which cluster or partnership; a role may be taken away."""

    list_display = ("user", "role", "cluster", "partnership")
    list_filter = ("role", "partnership", "cluster")
    list_select_related = ("user", "cluster", "partnership")
    autocomplete_fields = ("user", "cluster")

    def has_delete_permission(self, request: Any, _obj: Model | None = None) -> bool:
        """Roles end; their history stays."""
        return bool(request.user.is_superuser)


class RelatedEnterpriseInline(admin.TabularInline):  # type: ignore[type-arg]  # as above
    """The partner and linked enterprises of an organisation."""

    model = models.RelatedEnterprise
    extra = 0
    can_delete = False


@admin.register(models.Organisation)
class OrganisationAdmin(Kept):
    """Organisations; their status moves only by a decision on their own page."""

    list_display = ("legal_name", "type", "country", "reference_cluster", "status")
    list_filter = ("status", "type", "country")
    list_select_related = ("reference_cluster",)
    search_fields = ("legal_name", "vat")
    inlines = (RelatedEnterpriseInline,)
    readonly_fields = ("status", "status_since", "created_at", "vat_state", "vat_checked_at")
    filter_horizontal = ("sectors", "technologies", "ecosystems", "key_technologies")

    def has_add_permission(self, _request: Any) -> bool:
        """Organisations are registered by their people."""
        return False


@admin.register(models.VatCheck)
class VatCheckAdmin(OnlyRead):
    """Which VAT numbers have been asked of VIES, and what went wrong."""

    list_display = ("number", "organisation", "due_at", "attempts", "fault")
    list_select_related = ("organisation",)


@admin.register(models.BulkValidation)
class BulkValidationAdmin(OnlyRead):
    """Who has validated many at once, and which run was given up."""

    list_display = ("asked_by", "asked_at", "stage", "total", "fault")
    list_select_related = ("asked_by",)


@admin.register(models.Membership)
class MembershipAdmin(Kept):
    """Who belongs to which organisation."""

    list_display = ("user", "organisation", "role", "since")
    list_select_related = ("user", "organisation")
    autocomplete_fields = ("user", "organisation")


@admin.register(models.JoinRequest)
class JoinRequestAdmin(OnlyRead):
    """Who asks to join which organisation; answered on their own page."""

    list_display = ("person", "organisation", "status", "status_since")
    list_filter = ("status",)
    list_select_related = ("person", "organisation")
    search_fields = ("person__email", "organisation__legal_name")


@admin.register(models.Invitation)
class InvitationAdmin(OnlyRead):
    """Who is invited to what; the hash of the link is nobody's business."""

    list_display = ("email", "role", "organisation", "cluster", "partnership", "status", "status_since")
    list_filter = ("status", "role")
    list_select_related = ("organisation", "cluster", "partnership")
    search_fields = ("email", "organisation__legal_name")
    exclude = ("token_hash",)


@admin.register(models.JoinRequestEvent, models.InvitationEvent)
class JoiningEventAdmin(OnlyRead):
    """What happened to requests and invitations."""

    list_display = ("subject", "move", "source", "target", "actor", "at")
    list_select_related = ("subject__organisation", "actor")


@admin.register(models.RoleEvent)
class RoleEventAdmin(OnlyRead):
    """Who got, changed or lost which role."""

    list_display = ("person", "move", "source", "target", "organisation", "cluster", "partnership", "actor", "at")
    list_select_related = ("person", "organisation", "cluster", "partnership", "actor")


@admin.register(models.OrganisationEvent)
class OrganisationEventAdmin(OnlyRead):
    """What happened to registrations."""

    list_display = ("subject", "move", "source", "target", "actor", "at")
    list_select_related = ("subject", "actor")


@admin.register(models.MemberImport)
class MemberImportAdmin(OnlyRead):
    """Lists of members that clusters have brought in."""

    list_display = ("number", "cluster", "by", "status", "created_at")
    list_filter = ("status", "cluster")
    list_select_related = ("cluster", "by")


@admin.register(models.MemberImportEvent)
class MemberImportEventAdmin(OnlyRead):
    """What happened to imports."""

    list_display = ("subject", "move", "source", "target", "actor", "at")
    list_select_related = ("subject__cluster", "actor")


@admin.register(models.OrganisationMerge)
class OrganisationMergeAdmin(OnlyRead):
    """Which organisations were merged into which."""

    list_display = ("merged", "kept", "by", "at")
    list_select_related = ("merged", "kept", "by")


class HistoryAdmin(OnlyRead):
    """The versions of a row."""

    list_display = ("pgh_created_at", "pgh_label", "__str__")
    list_select_related = ("pgh_context",)
    ordering = ("-pgh_created_at",)


for history in apps.get_app_config("clusters").get_models():
    if issubclass(history, pghistory.models.Event):
        admin.site.register(history, HistoryAdmin)
