"""Every address of the portal; what stands behind it is the business of its app."""

from collections.abc import Callable

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import TemplateView

from extratex.publishing.pages import public_page

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.site_header = admin.site.site_title = "ClusterXchange"


def page(template: str) -> Callable[..., HttpResponseBase]:
    """Return a view of a page that says the same to everybody."""
    return public_page()(TemplateView.as_view(template_name=f"pages/{template}"))


urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include("allauth.urls")),
    path("accessibility/", page("accessibility.html"), name="accessibility"),
    path("privacy/", page("privacy.html"), name="privacy"),
    path("cookies/", page("cookies.html"), name="cookies"),
    path(f"{settings.ADMIN_PATH}/", admin.site.urls),
    path("", include("extratex.health")),
    path("documents/", include("extratex.documents.urls")),
    path("notices/", include("extratex.notices.urls")),
    path("", include("extratex.publishing.urls")),
    path("", include("clusters.urls")),
    path("", include("matchmaking.urls")),
    path("", include("exchanges.urls")),
]

if settings.DEMONSTRATION:
    urlpatterns.append(path("demonstration/", include("extratex.demonstration.urls")))
