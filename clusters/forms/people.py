"""Asking to join, and inviting: addresses, roles, and whom one may invite to what."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from clusters.enums import MembershipRole, StaffRoleName
from clusters.models import Cluster, Invitation, Organisation, Partnership
from clusters.permissions import roles_of

MOST_ADDRESSES = 20
LONGEST_LIST = 6000
BETWEEN = re.compile(r"[\s,;]+")


class AddressesField(forms.CharField):
    """One or several e-mail addresses, in lower case and each once; the first wrong one is named."""

    def clean(self, value: Any) -> list[str]:
        """Return the addresses in the order in which they were written."""
        written = [part.strip("<>") for part in BETWEEN.split(super().clean(value)) if part]
        addresses = list(dict.fromkeys(address.lower() for address in written))
        if len(addresses) > MOST_ADDRESSES:
            raise ValidationError(_("At most %(number)s at a time, please."), params={"number": MOST_ADDRESSES})
        for address in addresses:
            self._check(address)
        return addresses

    @staticmethod
    def _check(address: str) -> None:
        try:
            validate_email(address)
        except ValidationError as fault:
            raise ValidationError(_("“%(address)s” is no e-mail address."), params={"address": address}) from fault


class InvitingForm(forms.Form):
    """Whom one invites."""

    emails = AddressesField(
        label=_("E-mail addresses"),
        max_length=LONGEST_LIST,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "inputmode": "email"}),
        help_text=_("One or several, each on a line of its own. Each person gets a mail of their own."),
    )

    def refuse(self, reason: object) -> None:
        """Say at the field why nothing was sent."""
        self.add_error("emails", str(reason))


class InviteForm(InvitingForm):
    """Invite colleagues to an organisation."""

    role = forms.ChoiceField(
        label=_("What they may do"),
        choices=[
            (MembershipRole.EDITOR, _("Editor: writes the registration, candidatures and files of exchanges")),
            (
                MembershipRole.OWNER,
                _("Owner: also decides who belongs to the organisation, and to which account it is paid"),
            ),
        ],
        initial=MembershipRole.EDITOR,
        widget=forms.RadioSelect,
    )

    def invitations_to(self, organisation: Organisation) -> list[Invitation]:
        """Return what is to be sent, not stored yet."""
        role = self.cleaned_data["role"]
        return [Invitation(email=email, organisation=organisation, role=role) for email in self.cleaned_data["emails"]]


class StaffInviteForm(InvitingForm):
    """Invite somebody into a team of staff: only those roles are offered that one may give."""

    duty = forms.ChoiceField(label=_("Role and place"))

    field_order = ("duty", "emails")

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = _places_for(user)
        choices = [(key, _label(*duty)) for key, duty in self.places.items()]
        self.fields["duty"].choices = [("", _("Choose")), *choices]  # type: ignore[attr-defined]

    def invitations(self) -> list[Invitation]:
        """Return what is to be sent, not stored yet."""
        role, place = self.places[self.cleaned_data["duty"]]
        where = {
            "cluster": place if isinstance(place, Cluster) else None,
            "partnership": place if isinstance(place, Partnership) else None,
        }
        return [Invitation(email=email, role=role, **where) for email in self.cleaned_data["emails"]]


class JoinForm(forms.Form):
    """Ask to join an organisation."""

    message = forms.CharField(
        label=_("Your message to the organisation"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": 1000}),
        help_text=_("Who you are, so that they know you. You need not write anything."),
    )


def _places_for(user: Any) -> dict[str, tuple[StaffRoleName, Cluster | Partnership | None]]:
    roles = roles_of(user)
    clusters = Cluster.objects.filter(pk__in=roles.clusters | roles.led_clusters).order_by("short_name")
    duties: list[tuple[StaffRoleName, Cluster | Partnership | None]] = [
        (StaffRoleName.REFERENCE_STAFF, cluster) for cluster in clusters
    ]
    if roles.oversees_all:
        both = (StaffRoleName.COORDINATOR, StaffRoleName.FINANCE_OFFICER)
        duties += [(role, partnership) for partnership in Partnership.objects.order_by("acronym") for role in both]
    if roles.is_administrator:
        duties.append((StaffRoleName.PROGRAMME_OFFICER, None))
    return {f"{role}-{place.pk if place else 'all'}": (role, place) for role, place in duties}


def _label(role: StaffRoleName, place: Cluster | Partnership | None) -> str:
    named = place.short_name if isinstance(place, Cluster) else str(place or _("The programme"))
    return f"{named}: {role.label}"
