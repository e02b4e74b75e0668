"""Lists of members that a cluster brings in: the file, its rows, what was decided on them and what became of them."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from clusters.enums import ImportStatus, RowChoice, RowOutcome, RowState
from clusters.models.joining import Invitation
from clusters.models.organisations import Organisation
from clusters.models.partnerships import Cluster
from clusters.models.people import User
from clusters.models.querysets import ImportedRowQuerySet, MemberImportQuerySet
from extratex.documents.models import Document
from extratex.shared import clock
from extratex.shared.moves import MoveEvent

WORKING = [ImportStatus.CHECKING, ImportStatus.APPLYING, ImportStatus.INVITING, ImportStatus.UNDOING]


class MemberImport(models.Model):
    """One list of members of a cluster; the row is the intent, a worker checks it, applies it and takes it back."""

    Status = ImportStatus

    cluster = models.ForeignKey(
        Cluster, verbose_name=_("cluster"), on_delete=models.PROTECT, related_name="member_imports"
    )
    document = models.OneToOneField(Document, verbose_name=_("file"), on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, verbose_name=_("brought by"), on_delete=models.PROTECT, related_name="+")
    sheet = models.CharField(_("sheet"), max_length=120, blank=True)
    encoding = models.CharField(_("encoding"), max_length=20, blank=True)
    delimiter = models.CharField(_("separator"), max_length=5, blank=True)
    heading_row = models.PositiveIntegerField(_("row of the headings"), default=0)
    headings = models.JSONField(_("headings"), default=list)
    places = models.JSONField(_("columns"), default=dict, help_text=_("Place of each known column."))
    remarks = models.JSONField(_("what is wrong with the file as a whole"), default=list)
    total = models.PositiveIntegerField(_("rows of the present work"), default=0)
    done = models.PositiveIntegerField(_("rows done"), default=0)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    fault = models.CharField(_("fault"), max_length=300, blank=True)
    status = models.CharField(
        _("status"), max_length=12, choices=ImportStatus.choices, default=ImportStatus.CHECKING, editable=False
    )
    status_since = models.DateTimeField(_("since"), default=clock.now, editable=False)
    created_at = models.DateTimeField(_("uploaded"), default=clock.now, editable=False)

    objects = MemberImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import of members")
        verbose_name_plural = _("imports of members")
        ordering: ClassVar = ["-created_at", "-pk"]
        indexes: ClassVar = [
            models.Index("status_since", condition=models.Q(status__in=WORKING), name="import_to_be_worked_on"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(status__in=ImportStatus.values), name="import_status_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.number} · {self.cluster.short_name}"

    @property
    def number(self) -> str:
        """Return the number under which staff speak of it."""
        return f"IMP-{self.pk:04d}"

    @property
    def is_working(self) -> bool:
        """Tell whether a worker is at it, or about to be."""
        return self.status in WORKING

    @property
    def status_tone(self) -> str:
        """Return how the status is coloured."""
        return {
            ImportStatus.APPLIED: "ok",
            ImportStatus.UNREADABLE: "stop",
            ImportStatus.UNDONE: "",
            ImportStatus.DISCARDED: "",
        }.get(ImportStatus(self.status), "wait")


class MemberImportEvent(MoveEvent):
    """What happened to an import."""

    LABELS: ClassVar = {
        "begin": _("Uploaded"),
        "check": _("Checked"),
        "refuse": _("Could not be read"),
        "apply": _("Started bringing it in"),
        "stop": _("Stopped"),
        "finish": _("Brought in"),
        "invite": _("Started inviting the contacts"),
        "stop_inviting": _("Stopped inviting"),
        "finish_inviting": _("Contacts invited"),
        "undo": _("Started taking it back"),
        "finish_undo": _("Taken back"),
        "discard": _("Discarded"),
    }

    subject = models.ForeignKey(MemberImport, on_delete=models.PROTECT, related_name="events")

    class Meta(MoveEvent.Meta):
        verbose_name = _("event of an import")
        verbose_name_plural = _("events of imports")

    @property
    def label(self) -> str:
        """Return the event in words."""
        return str(self.LABELS.get(self.move, self.move))


class ImportedRow(models.Model):
    """One row of a list: its cells, what is wrong with them, what it resembles, what was chosen and what came of it."""

    member_import = models.ForeignKey(
        MemberImport, verbose_name=_("import"), on_delete=models.CASCADE, related_name="rows"
    )
    number = models.PositiveIntegerField(_("row of the sheet"))
    cells = models.JSONField(_("cells by column"), default=dict)
    other_cells = models.JSONField(_("all cells"), default=list)
    identity = models.JSONField(_("by what it is recognised"), default=dict)
    state = models.CharField(_("state"), max_length=10, choices=RowState.choices, default=RowState.WAITING)
    problems = models.JSONField(_("what is wrong"), default=list)
    duplicates = models.JSONField(_("what it resembles"), default=list)
    twin = models.PositiveIntegerField(_("earlier row that it resembles"), null=True, blank=True)
    choice = models.CharField(_("choice"), max_length=6, choices=RowChoice.choices, default=RowChoice.CREATE)
    existing = models.ForeignKey(
        Organisation,
        verbose_name=_("existing organisation to take"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    outcome = models.CharField(
        _("outcome"), max_length=9, choices=RowOutcome.choices, default=RowOutcome.NONE, blank=True
    )
    outcome_note = models.CharField(_("why"), max_length=300, blank=True)
    organisation = models.ForeignKey(
        Organisation,
        verbose_name=_("organisation"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="imported_rows",
    )
    written = models.JSONField(_("what was written"), default=dict, help_text=_("Old and new value by field."))
    invitation = models.OneToOneField(
        Invitation,
        verbose_name=_("invitation of the contact"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="imported_row",
    )
    invitation_note = models.CharField(
        _("why the contact is not invited"), max_length=300, blank=True, db_default="", editable=False
    )

    objects = ImportedRowQuerySet.as_manager()

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of imports")
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint("member_import", "number", name="row_stands_once_in_an_import"),
            models.CheckConstraint(condition=models.Q(state__in=RowState.values), name="row_state_is_known"),
            models.CheckConstraint(condition=models.Q(choice__in=RowChoice.values), name="row_choice_is_known"),
            models.CheckConstraint(condition=models.Q(outcome__in=RowOutcome.values), name="row_outcome_is_known"),
            models.CheckConstraint(
                condition=~models.Q(choice=RowChoice.TAKE) | models.Q(existing__isnull=False) | ~models.Q(outcome=""),
                name="row_that_takes_an_organisation_says_which",
            ),
        ]
        indexes: ClassVar = [models.Index("member_import", "state", "number", name="row_by_state")]

    def __str__(self) -> str:
        return f"{self.member_import.number} · {self.number}"

    @property
    def name(self) -> str:
        """Return what the row calls its organisation."""
        return str(self.cells.get("legal_name", ""))

    @property
    def state_tone(self) -> str:
        """Return how the state is coloured."""
        return {RowState.WRONG: "stop", RowState.DUPLICATE: "wait", RowState.FINE: "ok"}.get(RowState(self.state), "")

    @property
    def outcome_tone(self) -> str:
        """Return how the outcome is coloured."""
        return {
            RowOutcome.CREATED: "ok",
            RowOutcome.FILLED: "ok",
            RowOutcome.FAILED: "stop",
            RowOutcome.KEPT: "wait",
        }.get(RowOutcome(self.outcome), "")
