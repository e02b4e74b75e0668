"""Registering a person."""

from typing import Any

from allauth.account.forms import SignupForm as AllauthSignupForm
from django import forms
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from clusters.models import User


def _agreement() -> SafeString:
    text = _('I have read the <a href="{}">privacy notice</a> and agree that my details are used for the programme')
    return format_html(str(text), reverse("privacy"))


class SignupForm(AllauthSignupForm):  # type: ignore[misc]
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
        self.fields["email"].label = _("E-mail address")
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)

    def custom_signup(self, request: Any, user: User) -> None:
        """Keep the name together with the account."""
        super().custom_signup(request, user)
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])
