"""The components of the pages: what they say, how they escape, and what a screen reader is told."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import engines
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.test.html import parse_html

from extratex.shared.templatetags import page
from extratex.shared.widgets import PlainSelect

HOSTILE = "<script>alert(1)</script>"


class StayForm(forms.Form):
    """One field of each kind that the portal uses."""

    name = forms.CharField(label="Legal name", help_text="As in the register.")
    kind = forms.ChoiceField(label="Type", choices=[("sme", "Small company")])
    purpose = forms.ChoiceField(label="Purpose", widget=forms.RadioSelect, choices=[("l", "Learn"), ("t", "Test")])
    skills = forms.MultipleChoiceField(
        label="Technologies", widget=forms.CheckboxSelectMultiple, choices=[(str(n), f"Skill {n}") for n in range(20)]
    )
    motivation = forms.CharField(label="Motivation", required=False)
    agreed = forms.BooleanField(label="This is true")

    def clean(self):
        raise forms.ValidationError("The stay is too short.")


def drawn(component: str, **context: Any) -> str:
    """Return a component as a page includes it: with its parameters only."""
    given = " ".join(f"{name}={name}" for name in context)
    source = f'{{% include "components/{component}.html" with {given} only %}}'
    template = engines["django"].from_string(source)
    return template.render(context, RequestFactory().get("/exchanges/?status=draft&page=2"))


def whole_form(**posted: str) -> str:
    return drawn("form", form=StayForm(posted), submit="Go on")


@pytest.mark.parametrize(
    ("component", "context"),
    [
        ("status", {"label": HOSTILE, "tone": "ok"}),
        ("phases", {"phases": [{"name": HOSTILE, "text": HOSTILE, "state": "now"}]}),
        ("next_action", {"title": HOSTILE, "text": HOSTILE, "url": "/x/", "label": HOSTILE}),
        ("empty", {"title": HOSTILE, "text": HOSTILE, "action_url": "/x/", "action_label": HOSTILE}),
        ("breadcrumbs", {"crumbs": [(HOSTILE, "/x/"), (HOSTILE, "")]}),
        ("facts", {"rows": [(HOSTILE, HOSTILE, "/x/")]}),
        ("lump_sum", {"lines": [{"step": HOSTILE, "because": HOSTILE, "amount": None}], "total": Decimal(1)}),
        ("bar", {"label": HOSTILE, "total": 4, "parts": [{"label": HOSTILE, "value": 1}]}),
        ("pills", {"pills": [{"label": HOSTILE, "url": "/x/", "current": True, "count": 1}], "title": HOSTILE}),
        ("queue", {"rows": [{"key": 1, "url": "/x/", "title": HOSTILE, "reference": HOSTILE}], "selectable": True}),
    ],
)
def test_what_people_wrote_is_never_markup(component, context):
    html = drawn(component, **context)

    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_no_template_of_ours_carries_style_or_script_inline():
    folders = [path for path in engines["django"].dirs if path.name == "templates"]
    for folder in folders:
        for path in folder.rglob("*.html"):
            if "papers" in path.parts:
                continue
            source = path.read_text()
            assert not re.search(r"""\sstyle=["']""", source), path
            assert not re.search(r"\son(click|change|submit|load)=", source), path
            assert not re.search(r"<script(?![^>]*(src=|application/json))", source), path


def test_error_summary_takes_the_focus_and_leads_to_each_field():
    html = whole_form()

    assert 'role="alert"' in html
    assert 'tabindex="-1"' in html
    assert "autofocus" in html
    targets = re.findall(r'<a href="#([^"]+)">', html)
    assert targets == ["id_name", "id_kind", "id_purpose_0", "id_skills_0", "id_agreed"]
    assert all(f'id="{target}"' in html for target in targets)


def test_error_of_the_whole_form_is_told_once():
    assert whole_form().count("The stay is too short.") == 1


def test_right_form_has_no_summary():
    assert "error-summary" not in drawn("form", form=StayForm(), submit="Go on")


def test_help_that_names_what_somebody_typed_is_escaped():
    form = StayForm()
    form.fields["name"].help_text = f"The portal would choose {HOSTILE}."

    page = drawn("form", form=form, submit="Go on")

    assert HOSTILE not in page
    assert "&lt;script&gt;" in page


def test_help_and_error_are_tied_to_their_field():
    html = whole_form()

    field = re.search(r'<input[^>]*id="id_name"[^>]*>', html)
    assert field is not None
    named = re.search(r'aria-describedby="([^"]+)"', field[0])
    assert named is not None
    assert named[1].split() == ["id_name_helptext", "id_name_error"]
    assert all(f'id="{name}"' in html for name in named[1].split())
    assert 'aria-invalid="true"' in field[0]


def test_group_of_choices_is_a_fieldset_tied_to_its_error():
    html = whole_form()

    assert '<fieldset aria-describedby="id_purpose_error">' in html
    assert "<legend>Purpose</legend>" in html
    assert html.count('id="id_purpose_error"') == 1


def test_every_id_is_used_once():
    ids = re.findall(r'\sid="([^"]+)"', whole_form())

    assert len(ids) == len(set(ids))


def test_only_a_long_list_can_be_searched():
    html = whole_form()

    assert html.count("data-searchable") == 1


def test_what_is_optional_says_so():
    assert re.findall(r"(\w+) <span class=\"optional\">", whole_form()) == ["Motivation"]


def test_form_is_protected_against_forged_requests_also_when_included_alone():
    assert re.search(r'name="csrfmiddlewaretoken" value="\w{64}"', whole_form())


def test_form_that_takes_files_says_so():
    class Upload(forms.Form):
        paper = forms.FileField()

    assert 'enctype="multipart/form-data"' in drawn("form", form=Upload(), submit="Send")


def a_move(name: str, **changes: Any) -> SimpleNamespace:
    defaults = {"label": name.title(), "style": "plain", "needs_note": False, "note_label": "Reason"}
    return SimpleNamespace(name=name, **{**defaults, **changes})


def test_moves_are_forms_and_only_the_first_strong_one_is_strong():
    moves = [a_move("approve", style="strong"), a_move("sign", style="strong"), a_move("refuse", style="stop")]
    html = drawn("move_buttons", moves=moves, url="/exchanges/1/")

    assert html.count('<form method="post" action="/exchanges/1/">') == 3
    assert html.count("btn-strong") == 1
    assert html.count("btn-stop") == 1
    assert html.count("csrfmiddlewaretoken") == 3


def test_move_that_needs_a_reason_asks_for_it():
    html = drawn("move_buttons", moves=[a_move("send_back", needs_note=True)], url="/x/")

    assert '<label class="form-label" for="note-send_back">Reason</label>' in html
    assert re.search(r'<textarea[^>]*id="note-send_back" name="note"[^>]*required', html)


def test_blocked_move_says_why():
    html = drawn("move_buttons", moves=[], blocked=[(a_move("pay"), "No second person has approved it.")], url="/x/")

    assert "<button" not in html
    assert "No second person has approved it." in html


def test_phases_tell_in_words_what_the_line_shows():
    phases = [
        {"name": name, "text": "", "state": state} for name, state in [("A", "done"), ("B", "now"), ("C", "todo")]
    ]
    html = drawn("phases", phases=phases)

    assert html.count('aria-current="step"') == 1
    assert ", done</span>" in html
    assert ", now</span>" in html


@pytest.mark.parametrize(
    ("parts", "total", "goal", "widths", "mark"),
    [
        ([31, 7, 3], 59, None, ["52.54", "11.86", "5.08"], ""),
        ([31, 9], 30, None, ["77.50", "22.50"], "75.00"),
        ([58], 100, 50, ["58.00"], "50.00"),
        ([0], 0, None, ["0.00"], ""),
        ([None, -3], 10, None, ["0.00", "0.00"], ""),
        ([1, 1, 1, 1, 1], 10, None, ["10.00"] * 4, ""),
        ([], 10, None, [], ""),
    ],
)
def test_bar_is_laid_out_within_its_length(parts, total, goal, widths, mark):
    layout = page.lay_out([{"label": "", "value": value} for value in parts], total, goal)

    assert [stretch["width"] for stretch in layout["stretches"]] == widths
    assert layout["goal"] == mark
    assert sum(float(stretch["width"]) for stretch in layout["stretches"]) <= 100.01


def test_bar_says_in_words_what_it_draws():
    html = drawn(
        "bar", label="Exchanges", total=59, parts=[{"label": "done", "value": 31}, {"label": "agreed", "value": 7}]
    )

    assert 'role="img" aria-label="Exchanges"' in html
    assert "31 of 59" in html
    assert "agreed 7" in html


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        (Decimal(610), "610.00"),
        (Decimal(-305), "− 305.00"),
        (Decimal("1100.5"), "1,100.50"),
        (Decimal(0), "0.00"),
        (None, ""),
        ("", ""),
    ],
)
def test_sums_are_written_one_way(amount, written):
    assert page.euros(amount) == written


@pytest.mark.parametrize(
    ("media_type", "name"), [("application/pdf", "PDF"), ("image/jpeg", "JPEG"), ("image/webp", "WEBP"), ("", "")]
)
def test_kinds_of_files_have_plain_names(media_type, name):
    assert page.media_name(media_type) == name


@pytest.mark.parametrize(
    ("state", "seen", "linked"),
    [("clean", "PDF, 82.2", True), ("quarantined", "being checked", False), ("refused", "It is empty.", False)],
)
def test_only_a_checked_paper_can_be_opened(state, seen, linked):
    paper = SimpleNamespace(
        pk="8a1f2c1e-0000-4000-8000-000000000000",
        state=state,
        original_name="pass.pdf",
        media_type="application/pdf",
        size=84213,
        refusal="It is empty.",
    )
    html = drawn("document_link", document=paper)

    assert seen in html
    assert ("<a href=" in html) is linked


def test_timeline_names_the_event_who_and_why():
    event = SimpleNamespace(
        at=datetime(2021, 8, 4, 8, 12, tzinfo=UTC), actor="Anna Rossi", note="The dates differ.", move="send_back"
    )
    html = drawn("timeline", events=[event], title="What happened")

    assert "Send back · Anna Rossi" in html
    assert "<q>The dates differ.</q>" in html


def test_queue_keeps_its_check_boxes_named_after_the_file():
    row = {"key": 7, "url": "/x/", "title": "A → B", "reference": "XT-1", "todo": "approve", "since": "6 days"}
    html = drawn("queue", rows=[row], selectable=True)

    assert 'name="chosen" value="7" aria-label="Choose XT-1"' in html
    assert "checkbox" not in drawn("queue", rows=[row])


def test_pages_keep_the_filters_of_the_address():
    html = drawn("pagination", page=Paginator(range(60), 25).page(2), target="#results")

    assert "26 to 50 of 60" in html
    assert 'href="?status=draft&amp;page=3"' in html
    assert 'data-hx-target="#results"' in html


def test_last_crumb_is_the_page_itself():
    html = drawn("breadcrumbs", crumbs=[("Desk", "/desk/"), ("XT-1", "")])

    assert '<a href="/desk/">Desk</a>' in html
    assert '<span aria-current="page">XT-1</span>' in html


def test_emblem_follows_its_construction():
    html = drawn("emblem", unused=None)
    stars = re.findall(r"M([^Z]+)Z", html.split("#FFCC00")[1])
    corners = [[tuple(map(float, corner.split(","))) for corner in star.split("L")] for star in stars]

    assert 'viewBox="0 0 810 540"' in html
    assert len(corners) == 12
    for star in corners:
        x, y = (min(p[0] for p in star) + max(p[0] for p in star)) / 2, min(p[1] for p in star) + 30
        assert ((x - 405) ** 2 + (y - 270) ** 2) ** 0.5 == pytest.approx(180, abs=0.05)
        assert all(((px - x) ** 2 + (py - y) ** 2) ** 0.5 == pytest.approx(30, abs=0.05) for px, py in star)


@pytest.mark.parametrize("name", ["400.html", "403_csrf.html", "500.html", "503.html"])
def test_pages_of_failure_need_neither_request_nor_database(name):
    html = render_to_string(name)

    assert "<h1>" in html
    assert "Emblem of the European Union" in html
    assert "Funded by the European Union." in html


@pytest.mark.parametrize("value", [None, "", "b", 3, HOSTILE])
def test_select_written_at_once_says_what_the_one_of_django_says(value):
    written, drawn_by_django = (
        kind({"class": "form-select"}, [("", "All"), ("b", HOSTILE), (3, "Three")]).render("x", value, {"id": HOSTILE})
        for kind in (PlainSelect, forms.Select)
    )

    assert parse_html(written) == parse_html(drawn_by_django)
