"""People: who signs in, and as whom they act."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from clusters.enums import MembershipRole, StaffRoleName
from clusters.models.following import lands_in_the_kept
from clusters.models.querysets_joining import MembershipQuerySet, StaffRoleQuerySet
from extratex.shared import clock
from extratex.shared.audit import keep_history

SYSTEM_ADDRESS = "system@portal.invalid"


class UserManager(BaseUserManager["User"]):
    """Makes users by their e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create a person; the address is stored as allauth compares it, in lower case."""
        user = self.model(email=email.lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create an administrator."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def system(self) -> "User":
        """Return the named user as whom deadlines and sweeps act; nobody can sign in as it."""
        user, _created = self.get_or_create(
            email=SYSTEM_ADDRESS, defaults={"name": "ClusterXchange portal", "is_active": False, "password": "!"}
        )
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find a person by address, whatever its letters' case."""
        return self.get(email__iexact=username)


@keep_history(exclude=["password", "last_login"])
class User(AbstractBaseUser, PermissionsMixin):
    """A person; the e-mail address is the name that one signs in with."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("first and last name"), max_length=200)
    language = models.CharField(_("language"), max_length=7, default="en")
    time_zone = models.CharField(_("time zone"), max_length=60, default="Europe/Brussels")
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may use the administration pages"), default=False)
    date_joined = models.DateTimeField(_("registered"), default=clock.now)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("email"), name="person_has_one_address_whatever_its_case"),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        """Return the name as the person writes it."""
        return self.name

    def get_short_name(self) -> str:
        """Return the name as the person writes it; it is not ours to cut."""
        return self.name


@keep_history()
class Membership(models.Model):
    """A person belongs to an organisation, as its owner or as an editor."""

    user = models.ForeignKey(
        "clusters.User", verbose_name=_("person"), on_delete=models.PROTECT, related_name="memberships"
    )
    organisation = models.ForeignKey(
        "clusters.Organisation", verbose_name=_("organisation"), on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(_("role"), max_length=10, choices=MembershipRole.choices, default=MembershipRole.OWNER)
    since = models.DateTimeField(_("since"), default=clock.now)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints: ClassVar = [
            models.UniqueConstraint("user", "organisation", name="person_is_once_in_an_organisation"),
            models.CheckConstraint(condition=models.Q(role__in=MembershipRole.values), name="membership_role_is_known"),
        ]
        triggers: ClassVar = [lands_in_the_kept("organisation_id")]

    def __str__(self) -> str:
        return f"{self.user} · {self.organisation}"

    @property
    def is_owner(self) -> bool:
        """Tell whether the person decides who belongs to the organisation."""
        return self.role == MembershipRole.OWNER


@keep_history()
class StaffRole(models.Model):
    """A person works for a cluster, for a partnership, or for the programme as a whole."""

    user = models.ForeignKey(
        "clusters.User", verbose_name=_("person"), on_delete=models.PROTECT, related_name="staff_roles"
    )
    role = models.CharField(_("role"), max_length=20, choices=StaffRoleName.choices)
    cluster = models.ForeignKey(
        "clusters.Cluster",
        verbose_name=_("cluster"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="staff",
    )
    partnership = models.ForeignKey(
        "clusters.Partnership",
        verbose_name=_("partnership"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="staff",
    )

    objects = StaffRoleQuerySet.as_manager()

    class Meta:
        verbose_name = _("staff role")
        verbose_name_plural = _("staff roles")
        constraints: ClassVar = [
            models.UniqueConstraint(
                "user", "role", "cluster", "partnership", nulls_distinct=False, name="person_holds_a_staff_role_once"
            ),
            models.CheckConstraint(
                name="staff_role_has_its_own_kind_of_place",
                condition=models.Q(role=StaffRoleName.REFERENCE_STAFF, cluster__isnull=False, partnership__isnull=True)
                | models.Q(
                    role__in=[StaffRoleName.COORDINATOR, StaffRoleName.FINANCE_OFFICER],
                    cluster__isnull=True,
                    partnership__isnull=False,
                )
                | models.Q(role=StaffRoleName.PROGRAMME_OFFICER, cluster__isnull=True, partnership__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}" + (f" · {self.place}" if self.place else "")

    @property
    def place(self) -> Any:
        """Return the cluster or the partnership that the person works for; nothing for the whole programme."""
        return self.cluster or self.partnership
