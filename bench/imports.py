"""How long a list of members takes: reading it, the dry run of its rows, and bringing them in.

Run as `python -m bench.imports`. A database is made for it, with as many organisations as the list has rows, and
dropped afterwards. Each piece of work is given so many seconds and measured by the rows that it has got through, so
that the benchmark ends within two minutes; 20,000 members are two lists of the most that one may have.
`python -m bench.imports 20000` measures one size to its end instead.

Figures: microseconds of reading, milliseconds of the dry run and of bringing in, and queries, all for one row. Until
its first rows are done, the dry run stores the list and reads the towns of its country; that is told apart.
"""

import io
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bench import _portal as portal

# isort: split

import openpyxl
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clusters.duplicates import frequencies
from clusters.importing import applying, checking, sheets
from clusters.importing.files import MEMBER_LIST
from clusters.models import Cluster, MemberImport, Organisation, User
from clusters.seeding import generate_organisations
from clusters.transitions import member_imports
from extratex.documents import store

NAME = "bench_imports"
SECONDS = {2_000: 12.0, 20_000: 6.0}
MOST_ROWS = 10_000
HEADINGS = (
    *("Legal name", "Type of organisation", "Country", "Town", "Staff"),
    *("Sectoral industries", "Working languages", "Contact e-mail"),
)
SYLLABLES = ("fi", "la", "tu", "ra", "bo", "ne", "mi", "ko", "sa", "ve", "do", "pri", "gar", "lun", "tex", "mar")


def main() -> None:
    sizes = {int(size): float("inf") for size in sys.argv[1:]} or SECONDS
    portal.create_with_facts(NAME)
    try:
        with portal.database(NAME), tempfile.TemporaryDirectory() as folder:
            settings.DOCUMENTS_ROOT = Path(folder)
            for size, seconds in sizes.items():
                measure(size, seconds)
    finally:
        portal.drop(NAME)


def measure(size: int, seconds: float) -> None:
    """Print the figures of lists of so many members in all."""
    generate_organisations(size)
    frequencies.forget()
    print(f"{size:,} rows beside {Organisation.objects.count():,} organisations")
    for place in range(0, size, MOST_ROWS):
        content = workbook(place + size, min(size, MOST_ROWS))
        begun = time.perf_counter()
        table = sheets.read(content, "")
        micros = (time.perf_counter() - begun) / len(table.rows) * 1e6
        print(f"  reading       {micros:8.1f} µs a row ({len(content) / 1e6:.1f} MB)")
        member_import = uploaded(content)
        tell("dry run", *worked(checking.steps, member_import, seconds))
        if member_import.status == MemberImport.Status.CHECKING:
            member_import = member_imports.check(member_import)
        member_import = member_imports.apply(member_import, actor=member_import.by)
        tell("bringing in", *worked(applying.steps, member_import, seconds))


def worked(
    steps: Callable[[MemberImport], Iterator[int]], member_import: MemberImport, seconds: float
) -> tuple[int, float, float, int]:
    """Work until it is done or the time is over; return rows, seconds, those before the first rows, and queries."""
    begun = time.perf_counter()
    walk = steps(member_import)
    next(walk)
    under_way, rows = time.perf_counter(), 0
    with CaptureQueriesContext(connection) as asked:
        for done in walk:
            rows += done
            if time.perf_counter() - under_way > seconds:
                break
    elapsed = time.perf_counter() - under_way
    member_import.refresh_from_db()
    return rows, elapsed, under_way - begun, len(asked)


def tell(what: str, rows: int, elapsed: float, before: float, asked: int) -> None:
    each = elapsed / max(rows, 1)
    print(
        f"  {what:<13} {each * 1000:8.2f} ms a row, {asked / max(rows, 1):5.2f} queries "
        f"({rows:,} rows in {elapsed:.1f} s, after {before:.1f} s for the first)"
    )


def workbook(first: int, rows: int) -> bytes:
    """Return a list of members that are all right, no two of which are alike."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Members")
    sheet.append(HEADINGS)
    for number in range(first, first + rows):
        cells = (f"{name_of(number)} {number} S.r.l.", "SME", "Italy", "Prato", 10 + number % 200)
        sheet.append([*cells, "Textile manufacturing", "Italian; English", f"c{number}@bench.example"])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def name_of(number: int) -> str:
    """Return a made-up word for a number."""
    word = ""
    for _syllable in range(5):
        number, place = divmod(number * 7 + 3, len(SYLLABLES))
        word += SYLLABLES[place]
    return word.capitalize()


def uploaded(content: bytes) -> MemberImport:
    """Upload a list as staff of a cluster."""
    officer = User.objects.get(email="ntt@demo.example")
    document = store.receive(SimpleUploadedFile("members.xlsx", content), kind=MEMBER_LIST, by=officer)
    cluster = Cluster.objects.get(short_name="NTT")
    return member_imports.upload(MemberImport(cluster=cluster, document=document, by=officer))


if __name__ == "__main__":
    main()
