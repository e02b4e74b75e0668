"""Registering a person, and the forms of an account in the portal's own words."""

from typing import Any

from allauth.account import forms as allauth_forms
from django import forms
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from clusters.models import User

LABELS = {
    "login": _("E-mail address"),
    "email": _("E-mail address"),
    "password": _("Password"),
    "remember": _("Keep me signed in"),
    "oldpassword": _("Present password"),
    "password1": _("New password"),
    "password2": _("New password once more"),
}


class OwnLabels:
    """Names the fields of a form as the rest of the portal does."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in LABELS.keys() & self.fields.keys():
            self.fields[name].label = LABELS[name]
            self.fields[name].widget.attrs.pop("placeholder", None)


class LoginForm(OwnLabels, allauth_forms.LoginForm):  # type: ignore[misc]
    """Signing in."""


class AddressForm(OwnLabels, allauth_forms.AddEmailForm):  # type: ignore[misc]
    """One more address of an account."""


class PasswordForm(OwnLabels, allauth_forms.ChangePasswordForm):  # type: ignore[misc]
    """Another password in place of the present one."""


class ForgottenForm(OwnLabels, allauth_forms.ResetPasswordForm):  # type: ignore[misc]
    """Asking for a link to choose a new password."""


class NewPasswordForm(OwnLabels, allauth_forms.ResetPasswordKeyForm):  # type: ignore[misc]
    """The new password, behind that link."""


def _agreement() -> SafeString:
    text = _('I have read the <a href="{}">privacy notice</a> and agree that my details are used for the programme')
    return format_html(str(text), reverse("privacy"))


class SignupForm(OwnLabels, allauth_forms.SignupForm):  # type: ignore[misc]
    """Name, address, password and the agreement to the privacy notice."""

    name = forms.CharField(
        label=_("First and last name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    agrees = forms.BooleanField(
        label=lazy(_agreement, SafeString)(),
        error_messages={"required": _("Without your agreement we cannot register you.")},
    )

    field_order = ("name", "email", "password1", "agrees")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = _("Password")

    def custom_signup(self, request: Any, user: User) -> None:
        """Keep the name together with the account."""
        super().custom_signup(request, user)
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])
