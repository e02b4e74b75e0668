"""The command that loads the demonstration."""

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from clusters.models import Organisation, User
from matchmaking.models import Candidature

pytestmark = pytest.mark.usefixtures("programme")


@pytest.fixture(autouse=True)
def quick_passwords(settings: Settings) -> None:
    """Spare the tests the slow hash of each password."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def test_it_names_the_accounts_and_a_second_run_adds_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("demo", organisations=6)
    told = capsys.readouterr().out
    counts = (Organisation.objects.count(), Candidature.objects.count(), User.objects.count())

    call_command("demo", organisations=6)

    assert "visitor@demo.example" in told
    assert "wander-weave-2026" in told
    assert "made up now: 6" in told
    assert "made up now: 0" in capsys.readouterr().out
    assert (Organisation.objects.count(), Candidature.objects.count(), User.objects.count()) == counts


@pytest.mark.parametrize("number", [-1, 500_001])
def test_a_number_out_of_reason_is_refused(number: int) -> None:
    with pytest.raises(CommandError, match="must lie between"):
        call_command("demo", organisations=number)
