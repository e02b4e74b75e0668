"""The downloads of a partnership's exchanges."""

from django.http import HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from clusters.models import Partnership
from exchanges.reports import COLUMNS, exchanges_of
from exchanges.views.cockpit import chosen_partnership, led_partnerships
from extratex.shared import clock
from extratex.shared.htmx import HtmxHttpRequest
from extratex.shared.spreadsheets import csv_lines, xlsx_bytes

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
def exchanges_xlsx(request: HtmxHttpRequest) -> HttpResponse:
    """Send the exchanges of a partnership as a spreadsheet; its rows are read in chunks."""
    partnership = chosen_partnership(request, led_partnerships(request))
    content = xlsx_bytes(COLUMNS, exchanges_of(partnership, request.user), sheet=partnership.acronym)
    return HttpResponse(content, content_type=XLSX, headers=_attached(partnership, "xlsx"))


@require_safe
def exchanges_csv(request: HtmxHttpRequest) -> StreamingHttpResponse:
    """Stream the exchanges of a partnership as CSV."""
    partnership = chosen_partnership(request, led_partnerships(request))
    lines = csv_lines(COLUMNS, exchanges_of(partnership, request.user))
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=_attached(partnership, "csv"))


def _attached(partnership: Partnership, extension: str) -> dict[str, str]:
    name = f"{partnership.slug}-exchanges-{clock.today():%Y-%m-%d}.{extension}"
    return {"Content-Disposition": f'attachment; filename="{name}"'}
