"""WSGI entry point; refuses to serve when the database does not hold the expected guards."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

from config.startup import refuse_unsafe_start  # noqa: E402 - needs the apps to be loaded

refuse_unsafe_start()
