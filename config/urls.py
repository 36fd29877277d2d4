"""Which address leads to which app."""

from django.urls import include, path

from accounts.views import set_language
from config import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("language/", set_language, name="set_language"),
    path("accounts/", include("allauth.urls")),
    path("me/", include("accounts.urls")),
    path("duplicates/overlaps/", include("projects.overlap_urls")),
    path("", include("approvals.urls")),
    path("", include("approvals.clock_urls")),
    path("needs/", include("projects.need_urls")),
    path("policies/", include("approvals.policy_urls")),
    path("projects/", include("projects.urls")),
    path("portfolio/", include("portfolio.urls")),
    path("standards/", include("projects.edition_urls")),
    path("standards/", include("standards.urls")),
    path("planning/", include("projects.plan_urls")),
    path("planning/", include("planning.urls")),
    path("obligations/", include("approvals.obligation_urls")),
    path("experts/", include("approvals.expert_urls")),
    path("meetings/", include("approvals.meeting_urls")),
    path("notifications/", include("notifications.urls")),
]

handler400 = "config.views.bad_request"
handler403 = "config.views.permission_denied"
handler404 = "config.views.page_not_found"
handler500 = "config.views.server_error"
