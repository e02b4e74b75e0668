"""The pages of an import: who sees what, uploading and its refusals, deciding, and how often they ask the database."""

import csv
import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from clusters.enums import ImportStatus, RowChoice, RowOutcome, StaffRoleName
from clusters.importing import work
from clusters.importing.columns import recognised
from clusters.models import MemberImport, StaffRole
from clusters.transitions import member_imports
from tests import factories
from tests.clusters.importing import lists
from tests.documents import workbooks

pytestmark = pytest.mark.usefixtures("programme")

type AssertQueries = Callable[[int], AbstractContextManager[Any]]


def page_of(client: Client, person: Any, address: str) -> tuple[int, str]:
    client.force_login(person)
    response = client.get(address)
    return response.status_code, response.content.decode(errors="replace")


def upload(client: Client, person: Any, file: SimpleUploadedFile, address: str = "/imports/new/", **given: Any) -> Any:
    client.force_login(person)
    return client.post(address, {"file": file, **given})


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("ntt_officer", 200),
        ("coordinator", 200),
        ("programme_officer", 200),
        ("administrator", 200),
        ("clutex_officer", 404),
        ("other_coordinator", 404),
        ("finance_officer", 404),
        ("stranger", 404),
    ],
)
def test_an_import_is_found_by_those_whom_it_concerns(request, client, checked, role, expected):
    member_import = checked(lists.rows(1))
    person = request.getfixturevalue(role)

    for address in ("", "rows/2/", "remarks.xlsx"):
        assert page_of(client, person, f"/imports/{member_import.pk}/{address}")[0] == expected
    may_post = {200: 403, 404: 404}[expected] if role != "ntt_officer" else 302
    for address, said in (("move/", {"move": "discard"}), ("choose/", {"choice": "leave", "all": "1"})):
        if role != "ntt_officer":
            assert client.post(f"/imports/{member_import.pk}/{address}", said).status_code == may_post
    assert lists.fresh(member_import).status == ImportStatus.CHECKED


def test_a_list_is_read_by_whoever_sees_its_import(client, checked, ntt_officer, clutex_officer):
    document = checked(lists.rows(1)).document_id

    for person, expected in ((ntt_officer, 200), (clutex_officer, 404)):
        client.force_login(person)
        response = client.get(f"/documents/{document}/")
        assert response.status_code == expected
        if response.streaming:
            response.getvalue()


@pytest.mark.parametrize("case", workbooks.REFUSED)
def test_each_bad_file_is_refused_at_its_field_and_nothing_is_kept(client, ntt_officer, case):
    name, content, words = workbooks.REFUSED[case]

    response = upload(client, ntt_officer, SimpleUploadedFile(name, content))

    page = response.content.decode()
    assert response.status_code == 422
    assert words in page
    assert 'id="id_file_error"' in page
    assert not MemberImport.objects.exists()


def test_whoever_works_for_several_clusters_says_for_which(client, ntt_officer):
    StaffRole.objects.create(user=ntt_officer, role=StaffRoleName.REFERENCE_STAFF, cluster=factories.cluster("CLUTEX"))

    assert upload(client, ntt_officer, lists.as_workbook(lists.rows(1))).status_code == 422
    cluster = factories.cluster("CLUTEX")
    assert upload(client, ntt_officer, lists.as_workbook(lists.rows(1)), cluster=cluster.pk).status_code == 302

    assert MemberImport.objects.get().cluster == cluster


def test_nobody_uploads_for_a_cluster_of_others(client, ntt_officer):
    StaffRole.objects.create(user=ntt_officer, role=StaffRoleName.REFERENCE_STAFF, cluster=factories.cluster("CLUTEX"))

    response = upload(client, ntt_officer, lists.as_workbook(lists.rows(1)), cluster=factories.cluster("SPK").pk)

    assert response.status_code == 422


def test_a_corrected_list_takes_the_place_of_the_wrong_one(client, checked, ntt_officer):
    wrong = checked([lists.row(country="Atlantis")])

    upload(client, ntt_officer, lists.as_workbook([lists.row()]), f"/imports/new/?corrects={wrong.pk}")

    assert lists.fresh(wrong).status == ImportStatus.DISCARDED
    assert MemberImport.objects.count() == 2


def test_the_page_of_a_list_names_cell_heading_value_fault_and_remedy(client, checked, ntt_officer):
    member_import = checked([lists.row(), lists.row("Wrong mill", country="Atlantis")])

    page = page_of(client, ntt_officer, f"/imports/{member_import.pk}/?show=wrong")[1]

    for text in ("C3", "Country", "Atlantis", "is not on the list", "the two letters of a country"):
        assert text in page
    assert page.count("data-row") == 1


def test_while_a_worker_is_at_it_the_page_asks_for_itself(client, ntt_officer):
    member_import = lists.uploaded(lists.as_workbook(lists.rows(1)), ntt_officer)
    address = f"/imports/{member_import.pk}/"

    assert 'hx-trigger="every 2s"' in page_of(client, ntt_officer, address)[1]
    work.carry_out(member_import.pk)

    fragment = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment
    assert "every 2s" not in fragment
    assert "1 member is ready" in fragment


def test_nothing_is_brought_in_before_somebody_vouches_for_it(client, checked, ntt_officer):
    member_import = checked(lists.rows(1))
    client.force_login(ntt_officer)
    address = f"/imports/{member_import.pk}/move/"

    client.post(address, {"move": "apply"})
    assert lists.fresh(member_import).status == ImportStatus.CHECKED
    client.post(address, {"move": "apply", "vouched": "1"})

    assert lists.fresh(member_import).status == ImportStatus.APPLYING


def test_from_a_list_to_its_members_and_back_by_the_pages_alone(client, ntt_officer):
    response = upload(client, ntt_officer, lists.as_text(lists.rows(2)))
    address = response.headers["Location"]
    member_import = MemberImport.objects.get()
    work.carry_out(member_import.pk)
    client.post(f"{address}move/", {"move": "apply", "vouched": "1"})
    work.carry_out(member_import.pk)
    assert page_of(client, ntt_officer, address)[1].count("ORG-") == 2

    client.post(f"{address}move/", {"move": "undo"})
    work.carry_out(member_import.pk)

    assert set(member_import.rows.values_list("outcome", flat=True)) == {RowOutcome.UNDONE}
    assert "Taken back" in page_of(client, ntt_officer, address)[1]


def test_a_row_is_decided_on_its_page(client, checked, ntt_officer):
    known = factories.make_organisation(legal_name="Filatura Bisenzio")
    member_import = checked([lists.row()])
    address = f"/imports/{member_import.pk}/rows/2/"
    assert "Filatura Bisenzio" in page_of(client, ntt_officer, address)[1]

    client.post(address, {"choice": "create"})
    assert member_import.rows.get().choice == RowChoice.CREATE
    client.post(address, {"choice": f"take:{known.pk}"})

    assert (member_import.rows.get().choice, member_import.rows.get().existing) == (RowChoice.TAKE, known)


@pytest.mark.parametrize("choice", ["", "steal", "take:x", "take:1:2", "create:-1"])
def test_a_choice_that_does_not_exist_is_not_found(client, checked, ntt_officer, choice):
    member_import = checked([lists.row()])
    client.force_login(ntt_officer)

    assert client.post(f"/imports/{member_import.pk}/rows/2/", {"choice": choice}).status_code == 404


def test_what_lies_with_another_cluster_is_neither_named_nor_taken(client, checked, ntt_officer):
    other = factories.make_organisation(
        legal_name="Filatura Bisenzio", town="Secret town", reference_cluster="CLUTEX", vat="IT00743110157"
    )
    member_import = checked([lists.row(vat="IT00743110157")])
    address = f"/imports/{member_import.pk}/"

    for page in (page_of(client, ntt_officer, address)[1], page_of(client, ntt_officer, f"{address}rows/2/")[1]):
        assert "Secret town" not in page
        assert f"/organisation/{other.pk}/" not in page
        assert "CLUTEX" in page
    client.post(f"{address}rows/2/", {"choice": f"take:{other.pk}"})
    client.post(f"{address}rows/2/", {"choice": "create"})
    assert member_import.rows.get().choice == RowChoice.LEAVE


def test_all_duplicates_are_decided_at_once_and_what_is_impossible_is_told(client, checked, ntt_officer):
    factories.make_organisation(legal_name="Filatura Bisenzio")
    factories.make_organisation(legal_name="Aurora Tessuti", reference_cluster="CLUTEX")
    member_import = checked([lists.row(), lists.row("Aurora Tessuti srl")])
    client.force_login(ntt_officer)
    address = f"/imports/{member_import.pk}/choose/"

    client.post(address, {"choice": "create", "all": "1"})
    assert list(member_import.rows.values_list("choice", flat=True)) == ["create", "create"]
    response = client.post(address, {"choice": "take", "chosen": ["2", "3"]}, follow=True)

    assert list(member_import.rows.values_list("choice", flat=True)) == ["take", "create"]
    assert "1 row is decided. For the others" in response.content.decode()
    assert "Tick the rows first" in client.post(address, {"choice": "take"}, follow=True).content.decode()


def test_a_choice_that_comes_too_late_is_refused(client, applied, ntt_officer):
    member_import = applied([lists.row()])
    client.force_login(ntt_officer)

    assert client.post(f"/imports/{member_import.pk}/choose/", {"choice": "leave", "all": "1"}).status_code == 409
    assert client.post(f"/imports/{member_import.pk}/move/", {"move": "robbery"}).status_code == 404


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_the_template_is_a_list_that_the_portal_understands(client, ntt_officer, checked, kind):
    client.force_login(ntt_officer)
    response = client.get(f"/imports/members.{kind}")
    content = response.getvalue() if response.streaming else response.content

    member_import = checked(SimpleUploadedFile(f"members.{kind}", content))

    assert member_import.status == ImportStatus.CHECKED
    assert member_import.remarks == []
    assert [row.problems for row in member_import.rows.all()] == [[], []]


def test_the_template_shows_the_allowed_values(client, ntt_officer):
    client.force_login(ntt_officer)

    book = openpyxl.load_workbook(io.BytesIO(client.get("/imports/members.xlsx").content))

    values = [cell.value for row in book.worksheets[1].iter_rows() for cell in row]
    assert {"Italy", "Textile manufacturing", "Nonwovens", "Italian"} <= set(values)


def test_the_annotated_list_keeps_every_cell_where_it_was_and_can_be_uploaded_again(client, checked, ntt_officer):
    headings = list(lists.RIGHT)
    wrong = lists.row("Wrong mill", country="Atlantis", turnover=24.125)
    content = workbooks.workbook([["A title"], [], headings, [wrong[heading] for heading in headings]])
    member_import = checked(SimpleUploadedFile("m.xlsx", content))
    client.force_login(ntt_officer)

    answer = client.get(f"/imports/{member_import.pk}/remarks.xlsx").content

    sheet, findings = openpyxl.load_workbook(io.BytesIO(answer)).worksheets
    assert (sheet["A3"].value, sheet["C4"].value) == ("Legal name", "Atlantis")
    line = [cell.value for cell in list(findings.iter_rows())[1]]
    assert line[:3] == ["C4", "Country", "Atlantis"]
    again = checked(SimpleUploadedFile("again.xlsx", answer))
    assert [row.number for row in again.rows.all()] == [4]
    assert again.remarks == []


def test_no_cell_of_a_list_becomes_a_formula(client, checked, ntt_officer):
    member_import = checked(lists.as_text([lists.row('=HYPERLINK("http://evil.example","x")', country="Atlantis")]))
    client.force_login(ntt_officer)

    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/imports/{member_import.pk}/remarks.xlsx").content))

    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_imports_asks_as_often_for_three_as_for_one(
    client, ntt_officer, rows, django_assert_num_queries: AssertQueries
):
    for _ in range(rows):
        factories.make_member_import(by=ntt_officer)
    client.force_login(ntt_officer)
    client.get("/partners/")

    with django_assert_num_queries(12):
        response = client.get("/imports/")

    assert response.content.decode().count("data-import") == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_an_import_asks_as_often_for_three_rows_as_for_one(
    client, checked, ntt_officer, rows, django_assert_num_queries: AssertQueries
):
    for each in lists.rows(rows):
        factories.make_organisation(legal_name=each["Legal name"])
    member_import = checked(lists.rows(rows))
    client.force_login(ntt_officer)
    client.get("/partners/")

    with django_assert_num_queries(18):
        response = client.get(f"/imports/{member_import.pk}/")

    assert response.content.decode().count("data-row") == rows


def test_a_csv_template_has_one_heading_a_column(client, ntt_officer):
    client.force_login(ntt_officer)
    text = client.get("/imports/members.csv").getvalue().decode("utf-8-sig")

    headings = next(csv.reader(io.StringIO(text)))

    found = recognised(headings)
    assert (found.unknown, found.missing, found.doubled) == ((), (), ())


def test_members_imports_stay_with_their_machine():
    assert set(member_imports.MEMBER_IMPORT.moves) >= {"apply", "undo", "stop", "discard"}
