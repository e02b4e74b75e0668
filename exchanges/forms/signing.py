"""The form by which a party signs: it names the version, and holds the hash of the document that was read."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from exchanges.enums import Party
from exchanges.models import Agreement


class SignForm(forms.Form):
    """For whom one signs, and that one has read exactly this version."""

    content_hash = forms.CharField(widget=forms.HiddenInput, min_length=64, max_length=64)
    party = forms.ChoiceField(label=_("You sign for"), widget=forms.RadioSelect)
    has_read = forms.BooleanField(error_messages={"required": _("Please confirm that you have read this version.")})

    def __init__(self, *args: Any, agreement: Agreement, parties: Sequence[Party], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = {
            Party.VISITOR: agreement.exchange.visitor,
            Party.HOST: agreement.exchange.host,
            Party.VISITOR_SIDE: agreement.exchange.visitor_cluster,
            Party.HOST_SIDE: agreement.exchange.host_cluster,
        }
        choices = [(party.value, f"{party.label}: {names[party]}") for party in parties]
        self.fields["party"].choices = choices  # type: ignore[attr-defined]
        self.fields["has_read"].label = _("I have read version %(version)s and sign for the party above.") % {
            "version": agreement.version
        }
        if len(choices) == 1:
            self.fields["party"].widget = forms.HiddenInput()
            self.fields["has_read"].label = _("I have read version %(version)s and sign for: %(party)s") % {
                "version": agreement.version,
                "party": names[parties[0]],
            }
