"""What a bare page of Django costs in this stack: as many queries and rows as a page of ours has, and nothing else.

Middleware, session and user are the portal's. Run as `python -m bench.floor`; bench.organisations compares with it.
"""

from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine
from django.test import Client
from django.urls import include, path

from bench import _portal as portal
from clusters.duplicates import likely_duplicates
from clusters.models import Organisation, User
from clusters.seeding import generate_organisations

NAME = "bench_floor"
SIZES = ((0, 0), (1, 1), (1, 25), (4, 25), (12, 25))
TIMES = 30
PAGE = """<!DOCTYPE html><html lang=en><title>Floor</title>
<table>{% for row in rows %}<tr data-organisation>COLUMNS{% endfor %}</table></html>
"""
NAMES = "<td>{{ row.pk }}<td>{{ row.legal_name }}<td>{{ row.town }}"
LISTED = """
<td><a href="{% url "clusters:organisation" row.pk %}">{{ row.legal_name }}</a> {{ row.number }} {{ row.place }}
<td>{{ row.get_type_display }}<td>{{ row.reference_cluster.short_name }}
<td>{{ row.status_since|date:"j M Y" }}<td>{{ row.get_status_display }}
"""
SHORT, LONG = (Engine().from_string(PAGE.replace("COLUMNS", columns)) for columns in (NAMES, LISTED))


def bare(request: HttpRequest, queries: int, rows: int) -> HttpResponse:
    """Read the rows with one query, ask the others for one row each, and show the columns of our list in a table."""
    for _other in range(queries - 1):
        User.objects.filter(pk=request.user.pk).first()
    found = list(Organisation.objects.for_list().order_by("pk")[:rows]) if queries else []
    return HttpResponse(LONG.render(Context({"rows": found})))


def duplicates(request: HttpRequest) -> HttpResponse:
    """Look for likely duplicates and show them in the same table, as every page that looks for them does."""
    found = likely_duplicates(**{name: request.GET.get(name, "") for name in ("legal_name", "country", "town")})
    return HttpResponse(SHORT.render(Context({"rows": [each.organisation for each in found]})))


urlpatterns = [
    path("duplicates/", duplicates),
    path("floor/<int:queries>/<int:rows>/", bare),
    path("", include("extratex.urls")),
]


def ask(client: Client, queries: int, rows: int) -> HttpResponse:
    return client.get(f"/floor/{queries}/{rows}/")


def main() -> None:
    portal.ready()
    portal.create_with_facts(NAME)
    try:
        with portal.database(NAME):
            generate_organisations(30)
            client = portal.signed_in(User.objects.get(email="programme@demo.example"))
            print("queries of the view  rows  milliseconds")
            for queries, rows in SIZES:
                found = portal.milliseconds(lambda queries=queries, rows=rows: ask(client, queries, rows), TIMES)
                print(f"{queries:>19}  {rows:>4}  {portal.fastest(found):>12.2f}")
    finally:
        portal.drop(NAME)


if __name__ == "__main__":
    main()
