"""Calls and needs for the tests of the demand pool."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from planning.models import Need, NeedCall
from planning.services import needs as services

FACTS = {
    "title": "疫苗冷链温度自动记录",
    "problem": "人工抄表，超温发现晚。",
    "wanted": "自动采集冷藏设备温度，超温时向值班人员报警",
    "duty_item": "疫苗储存运输管理",
    "users": "接种单位 60 家",
    "data_needed": "",
    "urgency": "normal",
    "estimate": Decimal("38.00"),
    "contact_name": "林悦",
    "contact_phone": "5555 0101",
}


def make_call(code="XQ", *, opens=-5, closes=25, year=2027, **more) -> NeedCall:
    """A call whose window is given in days from today."""
    today = timezone.localdate()
    days = {"opens_on": today + timedelta(days=opens), "closes_on": today + timedelta(days=closes)}
    return NeedCall.objects.create(code=code, name=f"需求征集 {code}", year=year, **days, **more)


def make_need(actor, call, *, filed=True, **more) -> Need:
    """A need of the actor's unit with everything in it."""
    need = services.create_need(actor=actor, department=actor.department, call=call, data={**FACTS, **more})
    return services.file_need(actor=actor, need_id=need.pk, expected=None) if filed else need


def close(call) -> None:
    """The window ended yesterday."""
    NeedCall.objects.filter(pk=call.pk).update(closes_on=timezone.localdate() - timedelta(days=1))
    call.refresh_from_db()
