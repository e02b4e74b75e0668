"""All addresses of the portal with those of a demonstration."""

from django.urls import include, path

from extratex import urls

urlpatterns = [*urls.urlpatterns, path("demonstration/", include("extratex.demonstration.urls"))]
