"""Tags for lists of cases: what may be done with several rows, and the filter that the page stands for."""

from typing import Any

from django import template
from django.template import RequestContext

from approvals.models import CaseMark
from approvals.personal_services import tidy
from approvals.together import Act, acts_for
from projects.models import Project

register = template.Library()


@register.simple_tag(takes_context=True)
def batch_acts(context: RequestContext) -> list[Act]:
    """What the signed-in person may do with several cases."""
    return acts_for(_request(context).user)


@register.simple_tag(takes_context=True)
def here_query(context: RequestContext) -> str:
    """The query string of the page as a kept filter would hold it."""
    return tidy(_request(context).GET.urlencode())


@register.simple_tag(takes_context=True)
def is_followed(context: RequestContext, case: Project) -> bool:
    """Whether the signed-in person follows the case."""
    user = _request(context).user
    return CaseMark.objects.filter(user=user.pk, project=case.pk, followed_at__isnull=False).exists()


def _request(context: RequestContext) -> Any:
    return context["request"]
