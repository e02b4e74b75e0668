from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from clusters.importing import work
from clusters.models import MemberImport, User
from clusters.transitions import member_imports
from tests.clusters.importing import lists


@pytest.fixture(autouse=True)
def archive(settings, tmp_path: Path) -> Path:
    """A private folder for the documents of one test."""
    settings.DOCUMENTS_ROOT = tmp_path / "documents"
    return settings.DOCUMENTS_ROOT


@pytest.fixture
def checked(ntt_officer: User) -> Callable[..., MemberImport]:
    """Upload a list as NTT's officer and have it checked."""

    def checked(given: Any) -> MemberImport:
        file = lists.as_workbook(given) if isinstance(given, list) else given
        member_import = lists.uploaded(file, ntt_officer)
        work.carry_out(member_import.pk)
        return lists.fresh(member_import)

    return checked


@pytest.fixture
def applied(checked: Callable[..., MemberImport], ntt_officer: User) -> Callable[..., MemberImport]:
    """Upload a list, have it checked, and have its proposals brought in."""

    def applied(given: Any) -> MemberImport:
        member_import = member_imports.apply(checked(given), actor=ntt_officer)
        work.carry_out(member_import.pk)
        return lists.fresh(member_import)

    return applied
