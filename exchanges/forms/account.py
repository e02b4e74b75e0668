"""The form in which the visitor says where the lump sum is to be paid."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise
from schwifty import BIC, IBAN
from schwifty.exceptions import (
    InvalidBBANChecksum,
    InvalidChecksumDigits,
    InvalidCountryCode,
    InvalidLength,
    SchwiftyException,
)

from exchanges.transitions.account import Account

WRONG_IBAN: tuple[tuple[type[SchwiftyException], StrOrPromise], ...] = (
    (InvalidCountryCode, _("No country with IBANs has these first two letters.")),
    (InvalidLength, _("This IBAN is too short or too long for its country.")),
    (InvalidChecksumDigits, _("The check digits are wrong: probably a digit is missing or two are swapped.")),
    (InvalidBBANChecksum, _("The account number in this IBAN cannot be right: please compare it with a statement.")),
)


class AccountForm(forms.Form):
    """Holder, IBAN and, where the bank asks for it, BIC."""

    holder = forms.CharField(
        label=_("Account holder"), max_length=70, help_text=_("As it stands on the account statement.")
    )
    iban = forms.CharField(
        label=_("IBAN"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("With or without spaces. It is kept encrypted; pages show its last four characters only."),
    )
    bic = forms.CharField(
        label=_("BIC"), max_length=11, required=False, help_text=_("Leave it empty: it follows from most IBANs.")
    )

    def clean_iban(self) -> str:
        """Return the IBAN without spaces; say what is wrong with it in words."""
        try:
            iban = IBAN(self.cleaned_data["iban"], validate_bban=True)
        except SchwiftyException as fault:
            raise ValidationError(_what_is_wrong(fault), code="iban") from fault
        return str(iban)

    def clean_bic(self) -> str:
        """Return the BIC, or nothing."""
        given = self.cleaned_data["bic"].strip()
        if not given:
            return ""
        try:
            return str(BIC(given))
        except SchwiftyException as fault:
            raise ValidationError(_("A BIC has 8 or 11 letters and digits, such as BLOPIT22."), code="bic") from fault

    @property
    def account(self) -> Account:
        """Return the account, with the BIC that follows from the IBAN where none was given."""
        given = self.cleaned_data
        derived = IBAN(given["iban"]).bic
        return Account(given["holder"], given["iban"], given["bic"] or str(derived or ""))


def _what_is_wrong(fault: SchwiftyException) -> StrOrPromise:
    for kind, sentence in WRONG_IBAN:
        if isinstance(fault, kind):
            return sentence
    return _("This is no IBAN: it has two letters, two check digits, then letters and digits.")
