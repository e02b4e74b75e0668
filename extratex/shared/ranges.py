"""Keys and validities as ranges of PostgreSQL, so that an exclusion constraint needs none of its extensions."""

from django.db import models


class KeyRange(models.Func):
    """An integer key as a range of one."""

    template = "int8range(%(expressions)s, %(expressions)s, '[]')"


class TextRange(models.Func):
    """A text key as a range of one; the type `textrange` comes with the first migration that needs it."""

    template = "textrange(%(expressions)s::text, %(expressions)s::text, '[]')"


class Validity(models.Func):
    """A first and a last day, both included, as a range; without a last day it has no end."""

    function = "daterange"
    template = "%(function)s(%(expressions)s, '[]')"
