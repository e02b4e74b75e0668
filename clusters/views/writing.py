"""The pages of a form that is kept as a draft: one page shown, saved, refused as stale, and all answers to check."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django_stubs_ext import StrOrPromise

from clusters.drafts import DraftConflict, DraftGone, Page, StaleDraft
from clusters.forms.pages import PageForm
from clusters.forms.writing import Writing
from extratex.shared.htmx import HtmxHttpRequest, render_page

CONFLICT, UNFIT = 409, 422


class Pages[W: Writing[Any]](ABC):
    """Shows the pages of one kind of writing; each kind says where its pages lie and what is said on them."""

    gone: ClassVar[StrOrPromise]

    @abstractmethod
    def address(self, writing: W, slug: str) -> str:
        """Return the address of a page, or of the check of all answers where no page is named."""

    @abstractmethod
    def way_back(self, writing: W, before: str) -> tuple[str, StrOrPromise]:
        """Return where one came from, and what that is called; `before` is the page before, if there is one."""

    @abstractmethod
    def later(self, writing: W) -> str:
        """Return where one goes who wants to go on later."""

    def sees_all_answers(self, request: HtmxHttpRequest, writing: W) -> bool:  # noqa: ARG002 for kinds that know more
        """Tell whether somebody came to change one answer, and goes back to all of them."""
        return "check" in request.GET

    def typed(self, request: HtmxHttpRequest, writing: W, slug: str) -> Page:
        """Return what was typed into a page."""
        sent: MultiValueDict[str, str] = request.POST
        return writing.steps[slug].typed(sent)

    def stays_at(self, request: HtmxHttpRequest, writing: W, slug: str) -> str:  # noqa: ARG002 for kinds with rows
        """Return where one stays after a save that was no step ahead, or nothing."""
        return ""

    def page(self, request: HtmxHttpRequest, writing: W, slug: str) -> HttpResponse:
        """Show one page; save what is typed into it, and go on to the next one once it is right."""
        if slug not in writing.steps:
            raise Http404
        if request.method == "POST":
            return self.posted(request, writing, slug)
        if missing := writing.missing_before(slug):
            messages.info(request, _("Please answer this first: the page that you wanted depends on it."))
            return redirect(self.address(writing, missing))
        form = writing.form(slug)
        if "look" not in request.GET:
            form.quiet()
        return self.shown(request, writing, form)

    def posted(self, request: HtmxHttpRequest, writing: W, slug: str) -> HttpResponse:
        """Save one page."""
        typed = self.typed(request, writing, slug)
        try:
            writing.save(slug, typed, mark=request.POST.get("seen", ""))
        except DraftConflict as conflict:
            return self.refused(request, writing, writing.form(slug, typed), conflict)
        form = writing.form(slug)
        if request.htmx:
            form.quiet()
            return self.shown(request, writing, form)
        if stay := self.stays_at(request, writing, slug):
            return redirect(stay)
        if form.is_valid():
            following = "" if self.sees_all_answers(request, writing) else _after(writing, slug)
            return redirect(self.address(writing, following))
        return self.shown(request, writing, form, status=UNFIT)

    def refused(self, request: HtmxHttpRequest, writing: W, form: PageForm, conflict: DraftConflict) -> HttpResponse:
        """Keep the typed text on the page, and show beside it what is saved."""
        standing = []
        writing.draft = None
        if isinstance(conflict, StaleDraft):
            writing.draft = conflict.draft
            other = writing.form(form.slug)
            other.full_clean()
            standing = other.facts()
        form.quiet()
        context = {"conflict": conflict, "standing": standing, "is_gone": isinstance(conflict, DraftGone)}
        return self.shown(request, writing, form, status=CONFLICT, **context)

    def shown(
        self, request: HtmxHttpRequest, writing: W, form: PageForm, *, status: int = 200, **more: Any
    ) -> HttpResponse:
        """Draw one page."""
        slugs = tuple(writing.steps)
        number = slugs.index(form.slug)
        back, back_label = self.way_back(writing, slugs[number - 1] if number else "")
        context = {
            "form": form,
            "draft": writing.draft,
            "seen": writing.mark,
            "number": number + 1,
            "total": len(slugs),
            "back": back,
            "back_label": back_label,
            "later": self.later(writing),
            "note": writing.note,
            "gone": self.gone,
            "goes_to_check": self.sees_all_answers(request, writing),
            **more,
        }
        return render_page(request, "clusters/page.html", context, fragment="saved", status=status)

    def answers(self, writing: W, pages: list[PageForm]) -> dict[str, Any]:
        """Return what the check of all answers shows."""
        return {
            "sections": [self._section(writing, form) for form in pages],
            "is_complete": not any(form.errors for form in pages),
            "note": writing.note,
            "seen": writing.mark,
            "address": self.address(writing, ""),
        }

    def _section(self, writing: W, form: PageForm) -> dict[str, Any]:
        look = "&look=1" if form.errors else ""
        remarks = [
            (type(form.instance).label_of(name), text)
            for name, text in writing.remarks.items()
            if form.asks(name) or name in form.also
        ]
        return {"form": form, "remarks": remarks, "url": f"{self.address(writing, form.slug)}?check=1{look}"}


def first_unfinished(writing: Writing[Any]) -> str:
    """Return the first page that is not answered yet, or nothing."""
    return next((form.slug for form in writing.pages() if form.errors), "")


def _after(writing: Writing[Any], slug: str) -> str:
    """Return the page that comes next; after the last one come all answers."""
    slugs = tuple(writing.steps)
    return next(iter(slugs[slugs.index(slug) + 1 :]), "")
