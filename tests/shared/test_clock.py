"""The one clock of the portal."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import time_machine
from pytest_django import Settings

from extratex.shared import clock


@pytest.fixture
def moved(settings: Settings, tmp_path: Path) -> Path:
    """The file by which a demonstration moves its clock."""
    settings.DEMONSTRATION_CLOCK = tmp_path / "clock"
    return tmp_path / "clock"


@pytest.fixture(autouse=True)
def in_brussels(settings: Settings) -> None:
    """Days begin where the programme is run."""
    settings.TIME_ZONE = "Europe/Brussels"


@time_machine.travel(datetime(2026, 3, 28, 12, tzinfo=UTC), tick=False)
def test_without_a_demonstration_it_is_now(settings: Settings) -> None:
    settings.DEMONSTRATION_CLOCK = None

    assert clock.now() == datetime(2026, 3, 28, 12, tzinfo=UTC)
    assert clock.today() == date(2026, 3, 28)


@time_machine.travel(datetime(2026, 3, 28, 12, tzinfo=UTC), tick=False)
@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("3", date(2026, 3, 31)),
        (" 40\n", date(2026, 5, 7)),
        ("0", date(2026, 3, 28)),
        ("-5", date(2026, 3, 28)),
        ("999999999", date(2037, 3, 10)),
        ("tomorrow", date(2026, 3, 28)),
        ("", date(2026, 3, 28)),
    ],
)
def test_a_demonstration_moves_it_ahead_and_never_back(moved: Path, written: str, expected: date) -> None:
    moved.write_text(written)

    assert clock.today() == expected


def test_a_clock_that_was_never_moved_is_right(moved: Path) -> None:
    assert not moved.exists()
    assert clock.days_ahead() == 0


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2026, 3, 28, 22, 59, tzinfo=UTC), date(2026, 3, 28)),
        (datetime(2026, 3, 28, 23, 0, tzinfo=UTC), date(2026, 3, 29)),
        (datetime(2026, 3, 29, 21, 59, tzinfo=UTC), date(2026, 3, 29)),
        (datetime(2026, 3, 29, 22, 0, tzinfo=UTC), date(2026, 3, 30)),
        (datetime(2026, 10, 25, 22, 59, tzinfo=UTC), date(2026, 10, 25)),
        (datetime(2026, 10, 25, 23, 0, tzinfo=UTC), date(2026, 10, 26)),
        (datetime(2028, 2, 28, 23, 30, tzinfo=UTC), date(2028, 2, 29)),
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), date(2027, 1, 1)),
    ],
)
def test_the_day_begins_at_local_midnight_also_when_the_clocks_change(moment: datetime, expected: date) -> None:
    with time_machine.travel(moment, tick=False):
        assert clock.today() == expected
