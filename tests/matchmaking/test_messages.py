"""Messages about a proposal: who reads and writes, how long, one mail for several, unread marks, and files."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from clusters.enums import RuleName
from clusters.models import RuleSetting
from extratex.documents import checks
from extratex.documents.models import Document
from extratex.notices.models import Notice
from extratex.shared import clock
from extratex.shared.moves import MoveForbidden
from matchmaking import queries, threads
from matchmaking.enums import ProposalStatus as Status
from matchmaking.models import Message, Proposal
from tests.matchmaking import factories

pytestmark = pytest.mark.usefixtures("programme")

WRITES = {
    "visitor_person": ("visitor", False),
    "host_person": ("host", False),
    "ntt_officer": ("visitor", True),
    "clutex_officer": ("host", True),
    "coordinator": ("visitor", True),
    "finance_officer": None,
    "programme_officer": None,
    "administrator": None,
    "stranger": None,
}
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100c9fe92ef"
    "0000000049454e44ae426082"
)


@pytest.fixture
def proposal(visitor, host):
    """An open proposal of the visitor."""
    return factories.make_proposal(visitor, host)


def unread(user):
    return queries.with_unread(Proposal.objects.all(), user).get().unread


@pytest.mark.parametrize("role", list(WRITES))
def test_both_sides_and_their_staff_write_and_are_named_as_such(request, proposal, role):
    author = request.getfixturevalue(role)

    if WRITES[role] is None:
        with pytest.raises(MoveForbidden):
            threads.write(proposal, author=author, text="Hello.")
        assert not Message.objects.exists()
    else:
        message = threads.write(proposal, author=author, text="Hello.")
        assert (message.side, message.by_staff) == WRITES[role]


def test_several_messages_in_a_row_are_one_mail_until_they_are_read(proposal, visitor_person, host_person, ntt_officer):
    for text in ("One.", "Two.", "Three."):
        threads.write(proposal, author=visitor_person, text=text)
    assert list(Notice.objects.values_list("person__name", flat=True)) == [host_person.name]

    threads.mark_read(proposal, reader=host_person)
    threads.write(proposal, author=visitor_person, text="Four.")
    assert Notice.objects.filter(person=host_person).count() == 2

    threads.write(proposal, author=ntt_officer, text="May I help?")
    threads.write(proposal, author=host_person, text="Yes.")
    assert Notice.objects.filter(person=visitor_person).count() == 1
    assert Notice.objects.filter(person=ntt_officer).count() == 1
    assert Notice.objects.filter(person=host_person).count() == 2


def test_each_reader_has_marks_of_her_own(proposal, visitor_person, host_person, clutex_officer):
    for author in (visitor_person, host_person, visitor_person):
        threads.write(proposal, author=author, text="Hello.")

    assert [unread(person) for person in (visitor_person, host_person, clutex_officer)] == [1, 2, 3]
    assert threads.mark_read(proposal, reader=host_person) == 0
    assert [unread(person) for person in (visitor_person, host_person, clutex_officer)] == [1, 0, 3]
    assert set(queries.news_for(visitor_person)) == {proposal}
    assert not queries.news_for(host_person).exists()
    assert not queries.news_for(clutex_officer).exists()


@pytest.mark.parametrize(
    ("status", "days", "is_open"),
    [
        (Status.PROPOSED, 400, True),
        (Status.ACCEPTED, 400, True),
        (Status.DECLINED, 29, True),
        (Status.DECLINED, 30, False),
        (Status.EXPIRED, 30, False),
    ],
)
def test_a_thread_stays_open_for_some_days_after_the_end(client, visitor, host, host_person, status, days, is_open):
    RuleSetting.objects.filter(name=RuleName.THREAD_DAYS).update(value=30)
    proposal = factories.make_proposal(
        visitor, host, status=status, status_since=clock.now() - timedelta(days=days, minutes=1)
    )
    client.force_login(host_person)

    page = client.get(f"/proposals/{proposal.pk}/").content.decode()
    answer = client.post(f"/proposals/{proposal.pk}/message/", {"text": "Still there?"})

    assert ('name="text"' in page) is is_open
    assert answer.status_code == (302 if is_open else 409)
    assert Message.objects.exists() is is_open


def test_opening_the_page_marks_as_read_and_the_poll_does_not(client, proposal, visitor_person, host_person):
    threads.write(proposal, author=visitor_person, text="<b>Hello</b>")
    client.force_login(host_person)

    polled = client.get(f"/proposals/{proposal.pk}/", headers={"HX-Request": "true"}).content.decode()
    assert "&lt;b&gt;Hello" in polled
    assert "<html" not in polled
    assert "1 new message" in client.get("/proposals/").content.decode()
    assert "read the new messages" in client.get("/desk/").content.decode()

    client.get(f"/proposals/{proposal.pk}/")

    assert "new message" not in client.get("/proposals/").content.decode()
    assert "read the new messages" not in client.get("/desk/").content.decode()


def test_a_file_is_quarantined_then_read_by_both_sides_and_nobody_else(
    client, proposal, visitor_person, host_person, clutex_officer, stranger, other_coordinator
):
    client.force_login(visitor_person)
    upload = SimpleUploadedFile("line.png", PNG, "image/png")
    client.post(f"/proposals/{proposal.pk}/message/", {"text": "Our line.", "uploads": [upload]})
    document = Document.objects.get()
    assert "being checked" in client.get(f"/proposals/{proposal.pk}/").content.decode()

    checks.check(document.pk)

    for person, status in ((host_person, 200), (clutex_officer, 200), (stranger, 404), (other_coordinator, 404)):
        client.force_login(person)
        answer = client.get(f"/documents/{document.pk}/")
        assert answer.status_code == status
        if answer.streaming:
            answer.getvalue()


@pytest.mark.parametrize(
    ("given", "field", "telling"),
    [
        ({"text": ""}, "text", "required"),
        ({"text": "x" * 3001}, "text", "At most 3000"),
        ({"text": "Look.", "uploads": [SimpleUploadedFile("a.exe", b"MZ")]}, "uploads", "PDF, JPEG or PNG"),
        ({"text": "Look.", "uploads": [SimpleUploadedFile("a.png", b"")]}, "uploads", "empty"),
        (
            {"text": "Look.", "uploads": [SimpleUploadedFile(f"{each}.png", PNG) for each in range(6)]},
            "uploads",
            "At most 5",
        ),
    ],
)
def test_what_cannot_be_sent_is_said_at_its_field_and_kept(client, proposal, host_person, given, field, telling):
    client.force_login(host_person)

    answer = client.post(f"/proposals/{proposal.pk}/message/", given)

    assert answer.status_code == 422
    assert telling in str(answer.context["message_form"].errors[field])
    assert given["text"] in answer.content.decode()
    assert not Message.objects.exists()


@pytest.mark.parametrize("number", [1, 3])
def test_a_thread_takes_as_many_queries_for_three_messages_as_for_one(
    sign_in, client, proposal, visitor_person, host_person, django_assert_num_queries, number
):
    for _number in range(number):
        threads.write(proposal, author=visitor_person, text="Hello.")
    sign_in(host_person)

    with django_assert_num_queries(13):
        page = client.get(f"/proposals/{proposal.pk}/", headers={"HX-Request": "true"})

    assert page.content.decode().count("data-message") == number


def test_of_a_long_thread_one_page_is_shown(client, proposal, host_person):
    Message.objects.bulk_create(
        Message(proposal=proposal, author=host_person, side="host", text=f"Message {number}") for number in range(200)
    )
    client.force_login(host_person)

    page = client.get(f"/proposals/{proposal.pk}/").content.decode()

    assert page.count("data-message") == 30
    assert "Message 199" in page
    assert 'rel="next"' in page
