"""Say honestly where the starting rows come from; rows that somebody has changed keep what was entered."""

from django.db import migrations

# key: (source as it was written before, source now)
SOURCES = {
    "tiers": (
        "domain reference §2.4, proposed default",
        "[proposed] amount tiers; rules of other places begin between 0.1 and 0.5 million CNY",
    ),
    "expert_quorum": (
        "domain reference §3.3 row 20",
        "[from memory] an odd number of experts; the numbers by tier are [proposed]",
    ),
    "manager_authority": (
        "domain reference §3.3 row 19",
        "[proposed] smaller projects end without the approver",
    ),
    "review_order": (
        "国办发〔2019〕57号, parallel management",
        "《国家政务信息化项目建设管理办法》 (国办发〔2019〕57号, excerpt): parallel management",
    ),
    "bands": (
        "domain reference §6.5",
        "[proposed] red as in a prototype of Taixing (public repository); amber and sufficient data are ours",
    ),
    "limits": (
        "domain reference §3.2",
        "[proposed] no rule of the city with these limits could be read",
    ),
    "reply_days": (
        "domain reference §3.3 row 14, proposed",
        "[proposed] time for the unit to answer a finding before it is decided",
    ),
    "correction_grace": (
        "domain reference §3.3 row 7",
        "[proposed] grace after the time for correction",
    ),
    "screening_max_age": (
        "domain reference §3.3 row 11",
        "[proposed] how old a screening may be at approval",
    ),
    "approval_validity_months": (
        "domain reference §0 fact 17",
        "[proposed] two years, after an explanation of a Wuhan district's rule (repost)",
    ),
    "exception_months": (
        "domain reference §6.2",
        "[proposed] every exception ends",
    ),
}


def rewrite(apps, _schema_editor):
    rows = apps.get_model("planning", "PolicyRow").objects.filter(changed_by=None)
    for key, (old, new) in SOURCES.items():
        rows.filter(key=key, source=old).update(source=new)


def restore(apps, _schema_editor):
    rows = apps.get_model("planning", "PolicyRow").objects.filter(changed_by=None)
    for key, (old, new) in SOURCES.items():
        rows.filter(key=key, source=new).update(source=old)


class Migration(migrations.Migration):
    dependencies = [("planning", "0002_rounds_plan_and_needs")]

    operations = [migrations.RunPython(rewrite, restore)]
