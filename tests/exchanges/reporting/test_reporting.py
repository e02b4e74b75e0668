"""After the stay: nothing typed is lost, evidence counts once it is checked, and another side decides."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from clusters.enums import ParticipantRole
from clusters.models import Membership
from exchanges.enums import ExchangeStatus as Status
from exchanges.models import ClosingReport, Evidence
from exchanges.transitions import exchanges as transitions
from extratex.documents.enums import State
from extratex.documents.models import Document
from extratex.shared.moves import MoveConflict, MoveForbidden, NoteMissing
from tests.exchanges.money.factories import make_evidence, make_exchange, make_report

pytestmark = pytest.mark.usefixtures("programme")

ANSWERS = {"summary": "We saw three looms.", "outcomes": "A trial in spring.", "satisfaction": "5"}


@pytest.fixture
def due(visitor_organisation, host_organisation):
    return make_exchange(Status.REPORT_DUE, visitor=visitor_organisation, host=host_organisation)


@pytest.fixture
def submitted(due, visitor_person):
    make_report(due)
    make_evidence(due)
    return transitions.submit_report(due, actor=visitor_person)


def address(name, exchange, *more):
    return reverse(f"exchanges:{name}", args=[exchange.pk, *more])


def pdf(name="ticket.pdf"):
    return SimpleUploadedFile(name, b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF", content_type="application/pdf")


def test_visitor_writes_the_report_and_goes_on_to_the_evidence(client, due, visitor_person):
    client.force_login(visitor_person)

    response = client.post(address("report", due), ANSWERS)

    assert response.status_code == 302
    assert response["Location"] == address("evidence", due)
    report = due.reports.get()
    assert (report.role, report.author, report.satisfaction) == (ParticipantRole.VISITOR, visitor_person, 5)


def test_nothing_typed_is_lost_on_an_error(client, due, visitor_person):
    client.force_login(visitor_person)

    response = client.post(address("report", due), ANSWERS | {"satisfaction": ""})

    assert response.status_code == 422
    assert "We saw three looms." in response.content.decode()
    assert "error-summary" in response.content.decode()
    assert not ClosingReport.objects.exists()


def test_report_can_be_written_anew_until_it_is_handed_in(client, due, visitor_person):
    client.force_login(visitor_person)
    client.post(address("report", due), ANSWERS)

    client.post(address("report", due), ANSWERS | {"summary": "We saw four looms."})

    assert due.reports.get().summary == "We saw four looms."


def test_text_is_kept_when_the_report_was_closed_meanwhile(client, submitted, visitor_person):
    client.force_login(visitor_person)

    response = client.post(address("report", submitted), ANSWERS)

    assert response.status_code == 409
    assert "We saw three looms." in response.content.decode()
    assert submitted.reports.get().summary == "We met."


def test_host_reports_too_also_while_the_visitors_report_is_checked(client, submitted, host_person):
    client.force_login(host_person)

    response = client.post(address("report", submitted), ANSWERS)

    assert response.status_code == 302
    assert submitted.reports.get(role=ParticipantRole.HOST).author == host_person


def test_several_files_go_into_quarantine_at_once(client, due, visitor_person):
    client.force_login(visitor_person)

    response = client.post(
        address("evidence", due),
        {"kind": "travel", "description": "Flights", "uploads": [pdf("out.pdf"), pdf("back.pdf")]},
    )

    assert response.status_code == 302
    assert {piece.document.state for piece in due.evidence.all()} == {State.QUARANTINED}
    page = client.get(address("evidence", due)).content.decode()
    assert page.count("data-evidence") == 2
    assert 'hx-trigger="every 2s"' in page
    assert "/documents/" not in page


def test_page_stops_asking_when_every_file_is_checked(client, due, visitor_person):
    make_evidence(due)
    client.force_login(visitor_person)

    fragment = client.get(address("evidence", due), headers={"HX-Request": "true"}).content.decode()

    assert fragment.lstrip().startswith('<div id="evidence"')
    assert "every 2s" not in fragment
    assert "<html" not in fragment


def test_file_that_is_refused_at_once_says_why_and_the_others_stay(client, due, visitor_person):
    client.force_login(visitor_person)
    wrong = SimpleUploadedFile("run.exe", b"MZ", content_type="application/octet-stream")

    response = client.post(address("evidence", due), {"kind": "travel", "uploads": [pdf(), wrong]})

    assert response.status_code == 422
    assert "run.exe: Please give a PDF, JPEG or PNG file." in response.content.decode()
    assert [piece.document.original_name for piece in due.evidence.all()] == ["ticket.pdf"]


def test_refused_file_shows_its_reason_and_does_not_count(client, due, visitor_person):
    make_report(due)
    piece = make_evidence(due)
    Document.objects.filter(pk=piece.document_id).update(state=State.REFUSED, refusal="This PDF holds a script.")
    client.force_login(visitor_person)

    page = client.get(address("evidence", due)).content.decode()

    assert "This PDF holds a script." in page
    with pytest.raises(MoveConflict, match="at least one piece of evidence"):
        transitions.submit_report(due, actor=visitor_person)


@pytest.mark.parametrize(("has_report", "has_evidence"), [(False, False), (True, False), (False, True)])
def test_report_and_evidence_are_both_needed(has_report, has_evidence, due, visitor_person):
    if has_report:
        make_report(due)
    if has_evidence:
        make_evidence(due)

    with pytest.raises(MoveConflict):
        transitions.submit_report(due, actor=visitor_person)


def test_file_is_removed_with_its_document(client, due, visitor_person, django_capture_on_commit_callbacks):
    piece = make_evidence(due)
    storage, name = piece.document.file.storage, piece.document.file.name
    client.force_login(visitor_person)

    with django_capture_on_commit_callbacks(execute=True):
        client.post(address("remove_evidence", due, piece.pk))

    assert not Evidence.objects.exists()
    assert not Document.objects.filter(pk=piece.document_id).exists()
    assert not storage.exists(name)


def test_nothing_is_added_or_removed_after_handing_in(client, submitted, visitor_person):
    piece = submitted.evidence.get()
    client.force_login(visitor_person)

    removed = client.post(address("remove_evidence", submitted, piece.pk))
    added = client.post(address("evidence", submitted), {"kind": "travel", "uploads": [pdf()]})

    assert (removed.status_code, added.status_code) == (409, 409)
    assert list(submitted.evidence.all()) == [piece]


def test_visitors_side_validates_in_three_clicks(client, submitted, ntt_officer):
    client.force_login(ntt_officer)
    page = client.get(address("check", submitted)).content.decode()
    assert "We met." in page
    assert reverse("documents:download", args=[submitted.evidence.get().document_id]) in page

    response = client.post(address("check", submitted), {"move": "validate_report"})

    submitted.refresh_from_db()
    assert (response.status_code, submitted.status) == (302, Status.VALIDATED)


def test_report_is_sent_back_with_a_reason_and_can_be_changed_then(client, submitted, ntt_officer, visitor_person):
    client.force_login(ntt_officer)

    without = client.post(address("check", submitted), {"move": "send_report_back", "note": " "})
    assert without.status_code == 422
    client.post(address("check", submitted), {"move": "send_report_back", "note": "The hotel is missing."})

    submitted.refresh_from_db()
    assert submitted.status == Status.REPORT_DUE
    client.force_login(visitor_person)
    for page in ("report", "evidence"):
        assert "The hotel is missing." in client.get(address(page, submitted)).content.decode()
    with pytest.raises(NoteMissing):
        transitions.send_report_back(
            transitions.submit_report(submitted, actor=visitor_person), actor=ntt_officer, note=""
        )


def test_hosts_side_and_participants_do_not_validate(submitted, clutex_officer, visitor_person, host_person):
    for person in (clutex_officer, visitor_person, host_person):
        with pytest.raises(MoveForbidden):
            transitions.validate_report(submitted, actor=person)


def test_officer_who_belongs_to_the_visitor_does_not_validate(submitted, ntt_officer):
    Membership.objects.create(user=ntt_officer, organisation=submitted.visitor)

    with pytest.raises(MoveForbidden):
        transitions.validate_report(submitted, actor=ntt_officer)


@pytest.mark.parametrize(
    ("page", "person", "expected"),
    [
        ("report", "stranger", 404),
        ("report", "other_coordinator", 404),
        ("report", "ntt_officer", 403),
        ("evidence", "stranger", 404),
        ("evidence", "host_person", 403),
        ("evidence", "ntt_officer", 403),
        ("check", "stranger", 404),
        ("check", "host_person", 403),
        ("check", "clutex_officer", 200),
        ("check", "programme_officer", 200),
        ("check", "visitor_person", 200),
    ],
)
def test_who_sees_which_page(page, person, expected, client, submitted, request):
    client.force_login(request.getfixturevalue(person))

    assert client.get(address(page, submitted)).status_code == expected
