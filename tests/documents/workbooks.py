"""Tables to upload: sound ones, and every trick that we know of. All are made here, none is stored."""

import io
import zipfile
from collections.abc import Sequence

import openpyxl

from tests.documents import corpus

OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ROWS = [["Legal name", "Country"], ["Łódź Weaving", "PL"]]
TYPES = "[Content_Types].xml"
SHEET = "xl/worksheets/sheet1.xml"


def workbook(rows: Sequence[Sequence[object]] = ROWS, *, at: str = "", sheet: str = "Members") -> bytes:
    """Return a workbook with these rows, and a cell far away where one is named."""
    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(list(row))
    if at:
        book.active[at] = "x"
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def changed(parts: dict[str, bytes], content: bytes | None = None, *, without: str = "") -> bytes:
    """Return a workbook with some parts replaced, added or left out."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content or workbook())) as old, zipfile.ZipFile(target, "w", 8) as new:
        for name in old.namelist():
            if name != without:
                new.writestr(name, parts.pop(name, old.read(name)))
        for name, part in parts.items():
            new.writestr(name, part)
    return target.getvalue()


def part(name: str) -> bytes:
    """Return one part of a plain workbook."""
    with zipfile.ZipFile(io.BytesIO(workbook())) as book:
        return book.read(name)


def macro_type() -> bytes:
    """Return a workbook that calls itself one with macros, without its name saying so."""
    return changed({TYPES: part(TYPES).replace(b"spreadsheetml.sheet.main+xml", b"x.macroEnabled.main+xml")})


def under_a_password() -> bytes:
    """Return what an encrypted workbook looks like: a container of the old kind around a ciphered package."""
    return OLD_OFFICE + bytes(512) + "EncryptedPackage".encode("utf-16-le") + bytes(2000)


def ciphered_zip() -> bytes:
    """Return a workbook whose parts say that they are ciphered."""
    content = bytearray(workbook())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.find(mark)
        while place >= 0:
            content[place + offset] |= 1
            place = content.find(mark, place + 4)
    return bytes(content)


def bomb() -> bytes:
    """Return a workbook of a few hundred kilobytes whose only sheet unpacks to 200 MB."""
    return changed({SHEET: part(SHEET).replace(b"<sheetData>", b"<sheetData>" + b" " * 200_000_000)})


def entities() -> bytes:
    """Return a workbook whose sheet declares entities that swell."""
    laughs = b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    return changed({SHEET: laughs + part(SHEET)})


SOUND: dict[str, tuple[str, bytes]] = {
    "workbook": ("members.xlsx", workbook()),
    "workbook in capitals": ("MEMBERS.XLSX", workbook()),
    "utf-8": ("members.csv", "Legal name;Country\r\nŁódź;PL\r\n".encode()),
    "utf-8 with its mark": ("members.csv", "\ufeffLegal name,Country\nŁódź,PL\n".encode()),
    "windows-1252": ("members.csv", "Legal name;Country\r\nFäden & Söhne – €;DE\r\n".encode("cp1252")),
    "utf-16": ("members.txt", "Legal name\tCountry\r\nŁódź\tPL\r\n".encode("utf-16")),
}

REFUSED: dict[str, tuple[str, bytes, str]] = {
    "macro workbook": ("members.xlsm", workbook(), "contains macros"),
    "binary workbook": ("members.xlsb", workbook(), "contains macros"),
    "macros inside": ("members.xlsx", changed({"xl/vbaProject.bin": b"\0" * 100}), "contains macros"),
    "macro sheet inside": ("members.xlsx", changed({"xl/macrosheets/sheet1.xml": b"<x/>"}), "contains macros"),
    "macros by its type": ("members.xlsx", macro_type(), "contains macros"),
    "old workbook": ("members.xls", OLD_OFFICE + bytes(2000), "old kind"),
    "old workbook named new": ("members.xlsx", OLD_OFFICE + bytes(2000), "old kind"),
    "under a password": ("members.xlsx", under_a_password(), "protected by a password"),
    "ciphered parts": ("members.xlsx", ciphered_zip(), "protected by a password"),
    "first half": ("members.xlsx", workbook()[: len(workbook()) // 2], "damaged"),
    "broken sheet": ("members.xlsx", changed({SHEET: part(SHEET)[:-40]}), "damaged"),
    "no workbook in it": ("members.xlsx", changed({}, without="xl/workbook.xml"), "not what its name says"),
    "letter": ("members.xlsx", corpus.office("word"), "not what its name says"),
    "pdf named workbook": ("members.xlsx", corpus.pdf(), "not what its name says"),
    "programme named csv": ("members.csv", corpus.EXE, "no plain text"),
    "workbook named csv": ("members.csv", workbook(), "no plain text"),
    "open document": ("members.ods", corpus.archive(), "XLSX or CSV"),
    "pdf": ("members.pdf", corpus.pdf(), "XLSX or CSV"),
    "swelling sheet": ("members.xlsx", bomb(), "unpacks to far more"),
    "many parts": ("members.xlsx", changed({f"xl/media/{n}.png": b"" for n in range(600)}), "unpacks to far more"),
    "swelling entities": ("members.xlsx", entities(), "damaged"),
    "a cell far below": ("members.xlsx", workbook(at="A1048576"), "20,000 rows"),
    "a cell far right": ("members.xlsx", workbook(at="XFD1"), "200 columns"),
    "a cell far both ways": ("members.xlsx", workbook(at="XFD1048576"), "20,000 rows"),
    "a row that lies about its number": (
        "members.xlsx",
        changed({SHEET: part(SHEET).replace(b'<row r="2"', b'<row r="1000000"')}),
        "20,000 rows",
    ),
    "a cell with no name of one": (
        "members.xlsx",
        changed({SHEET: part(SHEET).replace(b'r="A2"', b'r="&#65;-2"')}),
        "damaged",
    ),
    "empty": ("members.csv", b"", "empty"),
    "fifty megabytes": ("members.xlsx", bytes(50 * 1024 * 1024), "at most 10"),
}
