"""The addresses of this app."""

from django.urls import path

from extratex.publishing import views

urlpatterns = [
    path("search/", views.find, name="search"),
    path("sitemap.xml", views.sitemap, name="sitemap"),
    path("robots.txt", views.robots, name="robots"),
]
