"""How people come to work for an organisation or a team of staff: requests, invitations, and what became of roles."""

from typing import Any, ClassVar

from django.db import models
from django.db.models.functions import Lower
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clusters.enums import InvitationStatus, JoinRequestStatus, MembershipRole, StaffRoleName
from clusters.models.following import lands_in_the_kept
from clusters.models.organisations import Organisation
from clusters.models.partnerships import Cluster, Partnership
from clusters.models.querysets_joining import InvitationQuerySet, JoinRequestQuerySet, RoleEventQuerySet
from extratex.shared import clock
from extratex.shared.audit import keep_history
from extratex.shared.moves import MoveEvent

ROLES: list[tuple[str, Any]] = [*MembershipRole.choices, *StaffRoleName.choices]
TONES = {
    JoinRequestStatus.ASKED: "wait",
    JoinRequestStatus.ACCEPTED: "ok",
    JoinRequestStatus.DECLINED: "stop",
    InvitationStatus.SENT: "wait",
}


@keep_history()
class JoinRequest(models.Model):
    """A person asks to work for an organisation that is registered already; one of its owners answers."""

    Status = JoinRequestStatus

    person = models.ForeignKey(
        "clusters.User", verbose_name=_("person"), on_delete=models.PROTECT, related_name="join_requests"
    )
    organisation = models.ForeignKey(
        Organisation, verbose_name=_("organisation"), on_delete=models.PROTECT, related_name="join_requests"
    )
    message = models.TextField(_("message"), max_length=1000, blank=True)
    expires_on = models.DateField(_("last day to answer"))
    status = models.CharField(
        _("status"), max_length=20, choices=JoinRequestStatus.choices, default=JoinRequestStatus.ASKED, editable=False
    )
    status_since = models.DateTimeField(_("since"), default=clock.now, editable=False)
    created_at = models.DateTimeField(_("asked"), default=clock.now, editable=False)

    objects = JoinRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request to join")
        verbose_name_plural = _("requests to join")
        ordering: ClassVar = ["-created_at", "-pk"]
        indexes: ClassVar = [
            models.Index("organisation", "status", name="join_request_queue"),
            models.Index("expires_on", condition=models.Q(status=JoinRequestStatus.ASKED), name="join_request_expires"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(status__in=JoinRequestStatus.values), name="join_request_status_is_known"
            ),
            models.UniqueConstraint(
                fields=["person", "organisation"],
                condition=models.Q(status=JoinRequestStatus.ASKED),
                name="person_asks_an_organisation_once_at_a_time",
            ),
        ]
        triggers: ClassVar = [lands_in_the_kept("organisation_id")]

    def __str__(self) -> str:
        return f"{self.person} → {self.organisation}"

    @property
    def status_tone(self) -> str:
        """Return how the status is coloured."""
        return TONES.get(JoinRequestStatus(self.status), "")


class JoinRequestEvent(MoveEvent):
    """What happened to a request to join."""

    LABELS: ClassVar = {
        "begin": _("Asked to join"),
        "accept": _("Accepted"),
        "decline": _("Declined"),
        "withdraw": _("Taken back"),
        "expire": _("Expired without an answer"),
        "settle": _("Settled: two organisations became one"),
    }

    subject = models.ForeignKey(JoinRequest, on_delete=models.PROTECT, related_name="events")

    class Meta(MoveEvent.Meta):
        verbose_name = _("event of a request to join")
        verbose_name_plural = _("events of requests to join")

    @property
    def label(self) -> str:
        """Return the event in words."""
        return str(self.LABELS.get(self.move, self.move))


@keep_history(exclude=["token_hash"])
class Invitation(models.Model):
    """Somebody is asked by e-mail to take a role; of the secret in the link only its hash is kept."""

    Status = InvitationStatus

    email = models.EmailField(_("e-mail address"))
    role = models.CharField(_("role"), max_length=20, choices=ROLES)
    organisation = models.ForeignKey(
        Organisation,
        verbose_name=_("organisation"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="invitations",
    )
    cluster = models.ForeignKey(
        Cluster,
        verbose_name=_("cluster"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="invitations",
    )
    partnership = models.ForeignKey(
        Partnership,
        verbose_name=_("partnership"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="invitations",
    )
    invited_by = models.ForeignKey(
        "clusters.User", verbose_name=_("invited by"), on_delete=models.PROTECT, related_name="+"
    )
    accepted_by = models.ForeignKey(
        "clusters.User",
        verbose_name=_("accepted by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    token_hash = models.CharField(_("hash of the link"), max_length=64, unique=True, editable=False)
    expires_on = models.DateField(_("last day to accept"))
    status = models.CharField(
        _("status"), max_length=20, choices=InvitationStatus.choices, default=InvitationStatus.SENT, editable=False
    )
    status_since = models.DateTimeField(_("since"), default=clock.now, editable=False)
    created_at = models.DateTimeField(_("invited"), default=clock.now, editable=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering: ClassVar = ["-created_at", "-pk"]
        indexes: ClassVar = [
            models.Index("email", "status", name="invitation_of_address"),
            models.Index("expires_on", condition=models.Q(status=InvitationStatus.SENT), name="invitation_expires"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(status__in=InvitationStatus.values), name="invitation_status_is_known"
            ),
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="invited_address_is_in_lower_case"),
            models.CheckConstraint(
                name="invitation_role_has_its_own_kind_of_place",
                condition=models.Q(
                    role__in=MembershipRole.values,
                    organisation__isnull=False,
                    cluster__isnull=True,
                    partnership__isnull=True,
                )
                | models.Q(
                    role=StaffRoleName.REFERENCE_STAFF,
                    organisation__isnull=True,
                    cluster__isnull=False,
                    partnership__isnull=True,
                )
                | models.Q(
                    role__in=[StaffRoleName.COORDINATOR, StaffRoleName.FINANCE_OFFICER],
                    organisation__isnull=True,
                    cluster__isnull=True,
                    partnership__isnull=False,
                )
                | models.Q(
                    role=StaffRoleName.PROGRAMME_OFFICER,
                    organisation__isnull=True,
                    cluster__isnull=True,
                    partnership__isnull=True,
                ),
            ),
            models.UniqueConstraint(
                fields=["email", "organisation"],
                condition=models.Q(status=InvitationStatus.SENT, organisation__isnull=False),
                name="address_is_invited_to_an_organisation_once_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["email", "role", "cluster", "partnership"],
                condition=models.Q(status=InvitationStatus.SENT, organisation__isnull=True),
                nulls_distinct=False,
                name="address_is_invited_to_a_staff_role_once_at_a_time",
            ),
        ]
        triggers: ClassVar = [lands_in_the_kept("organisation_id")]

    def __str__(self) -> str:
        return f"{self.email} → {self.place}"

    @property
    def place(self) -> Any:
        """Return what the person is invited to work for; for the whole programme its name."""
        return self.organisation or self.cluster or self.partnership or _("the ClusterXchange programme")

    @property
    def is_for_staff(self) -> bool:
        """Tell whether it gives rights over other people's files."""
        return self.organisation_id is None

    @property
    def status_tone(self) -> str:
        """Return how the status is coloured."""
        return TONES.get(InvitationStatus(self.status), "")


class InvitationEvent(MoveEvent):
    """What happened to an invitation."""

    LABELS: ClassVar = {
        "begin": _("Invited"),
        "resend": _("Sent again"),
        "accept": _("Accepted"),
        "decline": _("Declined"),
        "withdraw": _("Withdrawn"),
        "expire": _("Expired without an answer"),
        "settle": _("Settled: two organisations became one"),
    }

    subject = models.ForeignKey(Invitation, on_delete=models.PROTECT, related_name="events")

    class Meta(MoveEvent.Meta):
        verbose_name = _("event of an invitation")
        verbose_name_plural = _("events of invitations")
        indexes: ClassVar = [models.Index("actor", "at", name="invitations_of_a_sender")]

    @property
    def label(self) -> str:
        """Return the event in words."""
        return str(self.LABELS.get(self.move, self.move))


class RoleEvent(MoveEvent):
    """A person got, changed or lost a role; `source` and `target` are the role before and after, or nothing."""

    LABELS: ClassVar[dict[str, Promise]] = {
        "join": _("%(person)s joined as %(role)s"),
        "change": _("%(person)s is now %(role)s"),
        "leave": _("%(person)s left"),
        "remove": _("%(person)s was removed"),
        "end": _("%(person)s is no longer %(role)s"),
    }

    person = models.ForeignKey("clusters.User", verbose_name=_("person"), on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        Organisation,
        verbose_name=_("organisation"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="role_events",
    )
    cluster = models.ForeignKey(
        Cluster, verbose_name=_("cluster"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    partnership = models.ForeignKey(
        Partnership, verbose_name=_("partnership"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = RoleEventQuerySet.as_manager()

    class Meta(MoveEvent.Meta):
        verbose_name = _("event of a role")
        verbose_name_plural = _("events of roles")

    @property
    def label(self) -> str:
        """Return the event in words."""
        named = dict(ROLES)
        role = str(named.get(self.target or self.source, _("administrator"))).lower()
        return str(self.LABELS[self.move]) % {"person": self.person, "role": role}
