"""The dry run: which file is understood, what is said of each cell, and what is proposed for what is known already."""

import io
from decimal import Decimal

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from clusters.enums import ImportStatus, RowChoice, RowState
from clusters.enums import OrganisationStatus as Status
from clusters.importing import work
from clusters.importing.answers import Words, answers_of
from clusters.importing.columns import COLUMNS, recognised
from clusters.models import Organisation
from tests import factories
from tests.clusters.importing import lists
from tests.documents.workbooks import workbook

pytestmark = pytest.mark.usefixtures("programme")


def problems_of(member_import) -> list[tuple[int, str]]:
    return [(row.number, problem["column"]) for row in member_import.rows.all() for problem in row.problems]


def test_a_sound_list_is_checked_and_nothing_else_is_changed(checked):
    before = Organisation.objects.count()

    member_import = checked(lists.rows(3))

    assert member_import.status == ImportStatus.CHECKED
    assert [(row.number, row.state) for row in member_import.rows.all()] == [(n, RowState.FINE) for n in (2, 3, 4)]
    assert Organisation.objects.count() == before


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_text_is_read_in_every_encoding_and_with_every_separator(checked, encoding, delimiter):
    member_import = checked(lists.as_text([lists.row("Fäden & Söhne S.r.l.")], encoding=encoding, delimiter=delimiter))

    (row,) = member_import.rows.all()
    assert row.name == "Fäden & Söhne S.r.l."
    assert row.state == RowState.FINE, row.problems
    assert member_import.encoding == {"cp1252": "Windows-1252", "utf-16": "UTF-16"}.get(encoding, "UTF-8")


def test_headings_may_stand_in_any_order_below_a_title_and_be_called_otherwise(checked):
    content = workbook(
        [
            ["Our members 2026"],
            [],
            ["Sprachen", "Branche", "Ort", "Land", "Typ", "Firma", "Mitarbeiter"],
            ["de, en", "Textile manufacturing", "Dresden", "DE", "KMU", "Beispiel Gewebe GmbH", "12"],
        ]
    )

    member_import = checked(SimpleUploadedFile("members.xlsx", content))

    (row,) = member_import.rows.all()
    assert (row.number, row.state, row.problems) == (4, RowState.FINE, [])
    assert member_import.heading_row == 3


def test_the_sheet_whose_headings_say_most_is_read(checked):
    headings = list(lists.RIGHT)
    book = openpyxl.Workbook()
    book.active.append(["Notes", "Country"])
    book.active.append(["to be done", "IT"])
    second = book.create_sheet("Members")
    second.append(headings)
    second.append([lists.RIGHT[heading] for heading in headings])
    target = io.BytesIO()
    book.save(target)

    assert checked(SimpleUploadedFile("members.xlsx", target.getvalue())).sheet == "Members"


def test_missing_columns_are_named_all_at_once(checked):
    member_import = checked(SimpleUploadedFile("m.csv", b"Legal name;Town\r\nA;Prato\r\n"))

    assert member_import.status == ImportStatus.UNREADABLE
    (remark,) = member_import.remarks
    for word in ("Type of organisation", "Country", "Sectoral industries", "Working languages"):
        assert word in remark


def test_unknown_columns_are_named_and_left_out(checked):
    member_import = checked([{**lists.row(), "Favourite colour": "blue"}])

    assert member_import.status == ImportStatus.CHECKED
    assert "Favourite colour" in member_import.remarks[0]


@pytest.mark.parametrize("content", [b"\xef\xbb\xbf", b"\r\n\r\n", b"Legal name;Town\r\n", b";;;\r\n;;\r\n"])
def test_a_file_without_a_list_says_so(checked, content):
    member_import = checked(SimpleUploadedFile("m.csv", content))

    assert member_import.status == ImportStatus.UNREADABLE
    assert "no list in this file" in member_import.remarks[0]


@pytest.mark.parametrize(
    ("changes", "column", "words"),
    [
        ({"legal": ""}, "legal_name", "required"),
        ({"legal": "x" * 301}, "legal_name", "300"),
        ({"type": "Bakery"}, "type", "not on the list"),
        ({"country": "Atlantis"}, "country", "not on the list"),
        ({"country": "Itly"}, "country", "“Italy”"),
        ({"town": "Nowhereville"}, "town", "We know no town"),
        ({"vat": "IT00743110158"}, "vat", "check digit"),
        ({"vat": "12"}, "vat", "length"),
        ({"website": "not a page"}, "website", "URL"),
        ({"staff": "many"}, "headcount", "no number"),
        ({"staff": ""}, "headcount", "how many people"),
        ({"staff": -3}, "headcount", "At least 0"),
        ({"staff": 400}, "type", "no SME"),
        ({"turnover": "1.2.3,x"}, "turnover_eur", "no number"),
        ({"sectoral": "Textile manufakturing"}, "sectors", "“Textile manufacturing”"),
        ({"sectoral": ""}, "sectors", "required"),
        ({"working": "Klingon"}, "languages", "not on the list"),
        ({"contact": "nobody"}, "contact_email", "valid email"),
    ],
)
def test_each_wrong_cell_is_named_with_what_is_wrong_and_what_to_do(checked, changes, column, words):
    member_import = checked([lists.row(), lists.row("Another mill S.p.A.", **changes)])

    wrong = member_import.rows.get(number=3)
    assert wrong.state == RowState.WRONG
    (problem,) = wrong.problems
    assert problem["column"] == column
    assert words in problem["wrong"]
    assert problem["advice"]


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("3100000", "3100000"),
        ("3.100.000,50", "3100000.50"),
        ("3,100,000.50", "3100000.50"),
        ("3 100 000 €", "3100000"),
        ("3’100’000", "3100000"),
        ("EUR 3100000", "3100000"),
        ("3.100", "3100"),
        ("3,1", "3.1"),
        ("0,125", "0.125"),
        ("-5", "-5"),
        ("", ""),
    ],
)
def test_sums_are_read_as_people_write_them(text, stored):
    answers = answers_of({"turnover_eur": text}, Words.read())

    assert answers.form["turnover_eur"] == stored


def test_no_two_columns_are_called_the_same():
    names = [heading for column in COLUMNS for heading in column.headings]

    assert sorted(names) == sorted(set(names))
    assert recognised([str(column.label) for column in COLUMNS]).missing == ()


def test_what_is_registered_already_is_proposed_to_be_taken(checked):
    known = factories.make_organisation(legal_name="Filatura Bisenzio SRL", vat="IT00743110157")

    member_import = checked([lists.row(vat="IT 00743110157")])

    (row,) = member_import.rows.all()
    assert (row.state, row.choice, row.existing) == (RowState.DUPLICATE, RowChoice.TAKE, known)
    assert row.duplicates[0]["reasons"]


def test_what_another_cluster_looks_after_is_not_to_be_taken(checked):
    factories.make_organisation(legal_name="Filatura Bisenzio SRL", vat="IT00743110157", reference_cluster="CLUTEX")

    (row,) = checked([lists.row(vat="IT00743110157")]).rows.all()

    assert (row.state, row.choice, row.existing) == (RowState.DUPLICATE, RowChoice.LEAVE, None)


@pytest.mark.parametrize("status", [Status.REJECTED, Status.DRAFT])
def test_what_does_not_take_part_is_not_to_be_taken(checked, status):
    factories.make_organisation(legal_name="Filatura Bisenzio SRL", status=status)

    (row,) = checked([lists.row()]).rows.all()

    assert (row.state, row.choice) == (RowState.DUPLICATE, RowChoice.LEAVE)


def test_a_row_that_stands_twice_is_left_out_the_second_time(checked):
    member_import = checked([lists.row(), *lists.rows(2), lists.row("FILATURA  Bisenzio srl")])

    twin = member_import.rows.get(number=5)
    assert (twin.twin, twin.state, twin.choice) == (2, RowState.DUPLICATE, RowChoice.LEAVE)
    assert member_import.rows.get(number=2).state == RowState.FINE


def test_a_check_that_breaks_off_goes_on_where_it_stood(checked, ntt_officer, monkeypatch):
    monkeypatch.setattr("clusters.importing.checking.CHUNK", 2)
    member_import = lists.uploaded(lists.as_workbook(lists.rows(5)), ntt_officer)
    real, seen = work.checking.look_at, []

    def crash_in_the_middle(row, *rest):
        seen.append(row.number)
        if len(seen) == 4:
            raise ZeroDivisionError
        real(row, *rest)

    monkeypatch.setattr("clusters.importing.checking.look_at", crash_in_the_middle)
    work.carry_out(member_import.pk)
    assert lists.fresh(member_import).done == 2

    for _again in range(3):
        work.carry_out(member_import.pk)

    member_import = lists.fresh(member_import)
    assert member_import.status == ImportStatus.CHECKED
    assert [row.state for row in member_import.rows.all()] == [RowState.FINE] * 5
    assert seen == [2, 3, 4, 5, 4, 5, 6]


def test_a_check_that_always_breaks_off_is_given_up_and_says_so(ntt_officer, monkeypatch):
    def crash(*_arguments):
        raise ZeroDivisionError("nothing goes")

    monkeypatch.setattr("clusters.importing.checking.check", crash)
    member_import = lists.uploaded(lists.as_workbook(lists.rows(1)), ntt_officer)

    for _again in range(work.TRIES + 1):
        work.carry_out(member_import.pk)

    member_import = lists.fresh(member_import)
    assert member_import.status == ImportStatus.UNREADABLE
    assert "nothing goes" in member_import.remarks[0]


def test_turnover_is_stored_with_its_decimals(applied):
    (row,) = applied([lists.row()]).rows.all()

    assert Organisation.objects.get(pk=row.organisation_id).turnover_eur == Decimal("3100000.50")


@pytest.mark.parametrize(
    "name",
    [
        "Κλωστοϋφαντουργία Βόλου Α.Ε.",
        "Текстилна фабрика „Марица“ АД",
        "שמעון אריגים בע״מ",
        "نسيج الشرق ش.م.م",
        "株式会社織物",
        "Ткань 🧵 GmbH",
        "x" * 300,
    ],
)
def test_names_in_every_script_are_taken_as_they_are_written(applied, name):
    member_import = applied([lists.row(name)])

    row = member_import.rows.get()
    assert (row.state, row.organisation.legal_name) == (RowState.FINE, name), row.problems


@pytest.mark.parametrize(
    "name",
    ["Filatura\u200b Bisen\u200dzio S.r.l.", "Filatura\u00ad Bisenzio\ufeff", "Filаtura Bisenziо", "FILATURA BISÈNZIO"],
)
def test_invisible_letters_and_look_alikes_hide_no_duplicate(checked, name):
    known = factories.make_organisation(legal_name="Filatura Bisenzio S.r.l.")

    (row,) = checked([lists.row(name)]).rows.all()

    assert (row.state, row.choice, row.existing) == (RowState.DUPLICATE, RowChoice.TAKE, known)
