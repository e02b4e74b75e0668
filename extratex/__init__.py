"""The platform under the portal: knows no word of the ClusterXchange programme."""

from extratex.celery import app as celery_app

__all__ = ["celery_app"]
