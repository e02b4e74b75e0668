"""The kernels are compiled before the first test is timed."""

import pytest
from hypothesis import settings

from matchmaking.engine.prepare import prepare

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture(scope="session", autouse=True)
def compiled_kernels() -> None:
    """Compile once; a machine that has done so before only reads the result."""
    prepare()
