import io
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pypdf
import pytest
from django.template import engines
from weasyprint import HTML

from extratex.shared.pdf import pdf_of, render_pdf

REACHES = [
    '<img src="{canary}" alt="">',
    '<link rel="stylesheet" href="{canary}">',
    "<style>@import url({canary});</style>",
    "<style>body {{ background: url({canary}) }}</style>",
    '<style>@font-face {{ font-family: x; src: url("{canary}") }} p {{ font-family: x }}</style><p>x</p>',
    '<style>li {{ list-style: url("{canary}") }}</style><ul><li>x</li></ul>',
    '<style>p::before {{ content: url("{canary}") }}</style><p>x</p>',
    '<svg xmlns:xlink="http://www.w3.org/1999/xlink"><image xlink:href="{canary}" width="9" height="9"/></svg>',
    '<svg xmlns:xlink="http://www.w3.org/1999/xlink"><use xlink:href="{canary}#x"/></svg>',
    '<object data="{canary}" type="image/png"></object>',
    '<embed src="{canary}" type="image/png">',
    '<iframe src="{canary}"></iframe>',
    '<link rel="attachment" href="{canary}">',
    '<a rel="attachment" href="{canary}">x</a>',
    '<base href="{canary}"><img src="x.png" alt="">',
]


@pytest.fixture
def canary() -> Iterator[tuple[str, list[bytes]]]:
    """A web server that remembers who called."""
    calls: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            while True:
                try:
                    connection, _address = server.accept()
                except OSError:
                    return
                with connection:
                    calls.append(connection.recv(1000))
                    connection.sendall(b"HTTP/1.0 200 OK\r\n\r\n")

        threading.Thread(target=listen, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/canary", calls
        server.shutdown(socket.SHUT_RDWR)


def text_of(paper: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(paper)).pages)


@pytest.mark.parametrize("markup", REACHES)
def test_no_paper_touches_the_network(canary: tuple[str, list[bytes]], markup: str):
    address, calls = canary

    paper = pdf_of(f"<!doctype html><html lang=en><title>x</title><body>{markup.format(canary=address)}")

    assert paper.startswith(b"%PDF-")
    assert calls == []


@pytest.mark.parametrize("markup", REACHES)
def test_no_paper_reads_a_file_of_the_machine(tmp_path: Path, markup: str):
    secret = tmp_path / "secret.svg"
    secret.write_text('<svg xmlns="http://www.w3.org/2000/svg"><text y="9">planted-secret</text></svg>')

    paper = pdf_of(f"<!doctype html><html lang=en><title>x</title><body>{markup.format(canary=secret.as_uri())}")

    reader = pypdf.PdfReader(io.BytesIO(paper))
    assert "planted-secret" not in text_of(paper)
    assert not reader.attachments


def test_the_canary_hears_a_fetcher_that_is_not_locked(canary: tuple[str, list[bytes]]):
    # The negative control of the two tests above.
    address, calls = canary

    HTML(string=f'<!doctype html><img src="{address}" alt="">', base_url=None).write_pdf()

    assert calls


def test_an_embedded_picture_is_drawn():
    picture = (
        "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'%3E%3Ctext y='9'%3Edrawn%3C/text%3E%3C/svg%3E"
    )

    assert "drawn" in text_of(pdf_of(f'<!doctype html><html lang=en><title>x</title><img src="{picture}" alt="">'))


def test_a_paper_is_tagged_titled_and_in_its_language():
    paper = render_pdf("papers/base.html", {"programme": {"name": "ClusterXchange", "funding_statement": "Funded by"}})

    root = pypdf.PdfReader(io.BytesIO(paper)).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712 - a PDF boolean
    assert root["/Lang"] == "en"
    assert b"pdfuaid" in root["/Metadata"].get_data()
    assert "Funded by" in text_of(paper)


def test_what_people_wrote_is_text_and_never_markup():
    html = (
        engines["django"]
        .from_string('{% extends "papers/base.html" %}{% block content %}<p>{{ name }}</p>{% endblock %}')
        .render({"name": "<img src=x><b>Bobby</b>"})
    )

    assert "<img src=x><b>Bobby</b>" in text_of(pdf_of(html))


def test_names_of_all_programme_countries_are_legible():
    names = "Élodie Łukasz Žižka Şükrü Ελλάδα България Þórður Őze"

    assert names in text_of(pdf_of(f"<!doctype html><html lang=en><title>x</title><p>{names}</p>"))
