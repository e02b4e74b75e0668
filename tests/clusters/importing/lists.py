"""Lists of members for the tests: rows that are right, as a workbook or as text."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from clusters.importing.files import MEMBER_LIST
from clusters.models import MemberImport, User
from clusters.transitions import member_imports
from extratex.documents import store
from tests import factories
from tests.documents.workbooks import workbook

type Row = dict[str, Any]

RIGHT: Row = {
    "Legal name": "Filatura Bisenzio S.r.l.",
    "Type of organisation": "SME",
    "Country": "Italy",
    "Town": "Prato",
    "VAT number": "",
    "Website": "",
    "Staff": 24,
    "Turnover a year (EUR)": "3.100.000,50",
    "Sectoral industries": "Textile manufacturing",
    "Technologies": "Nonwovens",
    "Working languages": "Italian; English",
    "Contact e-mail": "chiara@bisenzio.example",
}
NAMES = ["Aurora", "Brenta", "Cardellino", "Dolomiti", "Etruria", "Fiorenza", "Garfagnana", "Helios", "Iride", "Jolly"]
VATS = ["IT00743110157", "IT12345678903", "IT01234567897"]


def row(name: str = "", **changes: Any) -> Row:
    """Return a row that is right, with some cells changed by the first word of their heading."""
    made = dict(RIGHT) | ({"Legal name": name} if name else {})
    for word, value in changes.items():
        heading = next(heading for heading in RIGHT if heading.casefold().startswith(word.replace("_", " ")))
        made[heading] = value
    return made


def rows(number: int) -> list[Row]:
    """Return so many rows that are right, of organisations that are not alike."""
    return [row(f"{NAMES[place % len(NAMES)]}{'x' * (place // len(NAMES))} {place} S.r.l.") for place in range(number)]


def as_workbook(given: Sequence[Row]) -> SimpleUploadedFile:
    """Return rows as an uploaded workbook."""
    headings = list(given[0])
    content = workbook([headings, *([each.get(heading) for heading in headings] for each in given)])
    return SimpleUploadedFile("members.xlsx", content)


def as_text(given: Sequence[Row], *, encoding: str = "utf-8", delimiter: str = ";") -> SimpleUploadedFile:
    """Return rows as an uploaded file of text."""
    target = io.StringIO()
    writer = csv.DictWriter(target, list(given[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(given)
    return SimpleUploadedFile("members.csv", target.getvalue().encode(encoding))


def uploaded(file: SimpleUploadedFile, by: User, short_name: str = "NTT") -> MemberImport:
    """Upload a list as staff of a cluster; nobody has looked into it yet."""
    document = store.receive(file, kind=MEMBER_LIST, by=by)
    return member_imports.upload(MemberImport(cluster=factories.cluster(short_name), document=document, by=by))


def fresh(member_import: MemberImport) -> MemberImport:
    """Read an import anew."""
    return MemberImport.objects.get(pk=member_import.pk)
