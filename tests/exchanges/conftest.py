"""What the tests of exchanges share."""

from typing import Any

import pytest
from django.db import connections

from tests.exchanges import races


@pytest.fixture
def race(transactional_db: None) -> Any:
    """Run functions at the same moment in threads of their own; they see what is committed (tests.exchanges.races)."""
    yield races.run
    connections["default"].close()
