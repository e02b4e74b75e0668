"""The uploaded lists as documents: tables, read by those who see their import."""

from typing import Any

from clusters.models import MemberImport
from extratex.documents import accepted, access
from extratex.documents.models import Document

MEMBER_LIST = "member_list"


def can_read_list(user: Any, document: Document) -> bool:
    """Whoever sees the import reads its file."""
    return MemberImport.objects.visible_to(user).filter(document=document).exists()


access.register(MEMBER_LIST, can_read_list)
accepted.take_tables(MEMBER_LIST)
