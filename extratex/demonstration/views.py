"""The two pages of a demonstration, for everybody who tries it out; they exist nowhere else."""

from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ImproperlyConfigured
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from extratex.demonstration.forms import ClockForm
from extratex.demonstration.mailbox import letters
from extratex.shared import clock
from extratex.shared.htmx import HtmxHttpRequest, render_page
from extratex.shared.links import own_links

LETTERS_A_PAGE = 20


@never_cache
@login_not_required
@require_safe
def mailbox(request: HtmxHttpRequest) -> HttpResponse:
    """Show the mails that the portal has written, newest first."""
    address = request.GET.get("address", "").strip()
    found = letters(settings.MAIL_FOLDER, to=address) if settings.MAIL_FOLDER else []
    page = Paginator(found, LETTERS_A_PAGE).get_page(request.GET.get("page"))
    hosts = frozenset({request.get_host()})
    shown = [(letter, own_links(letter.text, hosts=hosts)) for letter in page.object_list]
    return render_page(request, "demonstration/mailbox.html", {"page": page, "letters": shown, "address": address})


@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def move_clock(request: HtmxHttpRequest) -> HttpResponse:
    """Move the clock of the demonstration ahead, or back to the real day."""
    form = ClockForm(request.POST or None)
    if "back" in request.POST:
        _set_days(0)
        messages.success(request, _("The clock shows the real day again."))
        return redirect("demonstration:clock")
    if form.is_valid():
        days = form.cleaned_data["days"]
        _set_days(min(clock.days_ahead() + days, clock.LONGEST_JUMP_DAYS))
        text = ngettext(
            "The clock has moved ahead by %(days)s day.", "The clock has moved ahead by %(days)s days.", days
        )
        messages.success(request, text % {"days": days})
        return redirect("demonstration:clock")
    context = {"form": form, "today": clock.today(), "days_ahead": clock.days_ahead()}
    return render_page(request, "demonstration/clock.html", context, status=422 if form.is_bound else 200)


def _set_days(days: int) -> None:
    """Write the file that the clock reads, whole or not at all."""
    place = settings.DEMONSTRATION_CLOCK
    if place is None:
        raise ImproperlyConfigured("DEMONSTRATION_CLOCK is not set: a demonstration needs a file for its clock.")
    place.parent.mkdir(parents=True, exist_ok=True)
    partial = place.with_name(f"{place.name}.{uuid4().hex}")
    partial.write_text(str(days))
    partial.replace(place)
