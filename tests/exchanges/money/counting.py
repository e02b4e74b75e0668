"""How many queries a page takes of its own: what the session and its record take is another matter."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

NOT_OURS = ("SAVEPOINT", "django_session", "usersessions_")


def counted(client, address):
    """Return the answer to a request, and how many queries the portal itself made for it."""
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address)
    return response, len([each for each in captured if not any(word in each["sql"] for word in NOT_OURS)])
