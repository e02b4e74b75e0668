"""What time alone makes public: news, calls and downloads that were dated ahead."""

from typing import Any

from django.db.models import CharField, Exists, OuterRef
from django.db.models.functions import Cast

from clusters.models import Call, Download, NewsItem
from extratex.publishing import search
from extratex.publishing.models import SearchEntry


def announce() -> bool:
    """Make findable what was dated ahead and is public by now; return whether there was any."""
    for source, model in (("news", NewsItem), ("calls", Call), ("downloads", Download)):
        rows: Any = model._default_manager
        known = SearchEntry.objects.filter(source=source, key=Cast(OuterRef("pk"), CharField()))
        if rows.public().filter(~Exists(known)).exists():
            search.forget()
            return True
    return False
