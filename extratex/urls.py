"""Every address of the portal; what stands behind it is the business of its app."""

from importlib.util import find_spec

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import TemplateView

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.site_header = admin.site.site_title = "ClusterXchange"

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include("allauth.urls")),
    path(
        "accessibility/",
        login_not_required(TemplateView.as_view(template_name="pages/accessibility.html")),
        name="accessibility",
    ),
    path("privacy/", login_not_required(TemplateView.as_view(template_name="pages/privacy.html")), name="privacy"),
    path(f"{settings.ADMIN_PATH}/", admin.site.urls),
]
for part, prefix in [
    ("exchanges.urls", ""),
    ("matchmaking.urls", ""),
    ("clusters.urls", ""),
    ("extratex.documents.urls", "documents/"),
    ("extratex.notices.urls", "notices/"),
    ("extratex.shared.health", ""),
]:
    if find_spec(part) is not None:
        urlpatterns.append(path(prefix, include(part)))

if settings.DEMONSTRATION:
    urlpatterns.append(path("demonstration/", include("extratex.demonstration.urls")))
