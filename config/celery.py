"""The Celery application and the one list of periodic work."""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("tongchou")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# Sweeps, not memory: every job finds its work in the database, so a missed or doubled tick changes nothing.
app.conf.beat_schedule = {
    "deliver-notifications": {"task": "notifications.tasks.deliver_due", "schedule": 5.0},
    # On the minute of the digest; deliver-notifications makes up whatever this missed.
    "make-digests": {"task": "notifications.tasks.make_digests", "schedule": crontab(hour=8, minute=30)},
    "resume-screenings": {"task": "approvals.tasks.resume_screenings", "schedule": 30.0},
    "rescreen-affected": {"task": "approvals.tasks.rescreen_affected", "schedule": 60.0},
    "lapse-corrections": {"task": "approvals.tasks.lapse_corrections", "schedule": 3600.0},
    "climb": {"task": "approvals.tasks.climb", "schedule": 3600.0},
    "free-seats": {"task": "approvals.tasks.free_seats", "schedule": 600.0},
    "look-after-waivers": {"task": "approvals.tasks.look_after_waivers", "schedule": 3600.0},
    "report-overlaps": {"task": "projects.tasks.report_overlaps", "schedule": crontab(hour=2, minute=30)},
}
