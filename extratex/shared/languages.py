"""The languages that people work in: a list of two-letter codes in one column."""

from typing import Any

from django import forms
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

WORKING_LANGUAGES = [
    ("bg", _("Bulgarian")),
    ("bs", _("Bosnian")),
    ("cs", _("Czech")),
    ("da", _("Danish")),
    ("de", _("German")),
    ("el", _("Greek")),
    ("en", _("English")),
    ("es", _("Spanish")),
    ("et", _("Estonian")),
    ("fi", _("Finnish")),
    ("fr", _("French")),
    ("ga", _("Irish")),
    ("hr", _("Croatian")),
    ("hu", _("Hungarian")),
    ("hy", _("Armenian")),
    ("is", _("Icelandic")),
    ("it", _("Italian")),
    ("lt", _("Lithuanian")),
    ("lv", _("Latvian")),
    ("mk", _("Macedonian")),
    ("mt", _("Maltese")),
    ("nl", _("Dutch")),
    ("pl", _("Polish")),
    ("pt", _("Portuguese")),
    ("ro", _("Romanian")),
    ("sk", _("Slovak")),
    ("sl", _("Slovenian")),
    ("sq", _("Albanian")),
    ("sr", _("Serbian")),
    ("sv", _("Swedish")),
    ("tr", _("Turkish")),
    ("uk", _("Ukrainian")),
]
NAMES = dict(WORKING_LANGUAGES)


def language_names(codes: list[str]) -> list[str]:
    """Return the names of languages in the reader's own language, in the given order."""
    return [str(NAMES.get(code, code)) for code in codes]


class LanguagesField(ArrayField):  # type: ignore[type-arg]  # Django's own class takes no parameters at run time
    """Several working languages; a form offers them as check boxes."""

    def __init__(self, verbose_name: Any = None, **options: Any) -> None:
        options["base_field"] = models.CharField(max_length=2, choices=WORKING_LANGUAGES)
        options.setdefault("default", list)
        super().__init__(verbose_name=verbose_name, **options)

    def deconstruct(self) -> Any:
        """Leave the column's own type out of migrations: it never varies."""
        name, path, args, options = super().deconstruct()
        options.pop("base_field", None)
        return name, path, args, options

    def formfield(self, **_options: Any) -> Any:
        """Return a multiple choice over the working languages."""
        return forms.TypedMultipleChoiceField(
            choices=WORKING_LANGUAGES,
            coerce=str,
            required=not self.blank,
            label=str(self.verbose_name).capitalize(),
            help_text=self.help_text,
            widget=forms.CheckboxSelectMultiple,
        )
