"""The web process: `any ASGI server with extratex.asgi`."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "extratex.settings")

application = get_asgi_application()
