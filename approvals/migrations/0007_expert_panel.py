"""Seats that declare and are replaced, interests of experts, items that a meeting returns; a profile for each expert."""

from django.db import migrations, models


def give_profiles(apps, _schema_editor):
    """Experts who were seated without a pool so far belong to it from now on; their unit counts as the employer."""
    profiles = apps.get_model("approvals", "ExpertProfile").objects
    held = apps.get_model("accounts", "Assignment").objects.filter(role="expert", is_active=True)
    for person in apps.get_model("accounts", "User").objects.filter(pk__in=held.values("user")):
        if not profiles.filter(user=person).exists():
            profiles.create(user=person, employer=person.department.name if person.department else "")


class Migration(migrations.Migration):

    dependencies = [
        ("approvals", "0006_question_handed_to"),
    ]

    operations = [
        migrations.AddField(
            model_name="review",
            name="declared_at",
            field=models.DateTimeField(null=True, verbose_name="declared at"),
        ),
        migrations.AddField(
            model_name="review",
            name="released_at",
            field=models.DateTimeField(null=True, verbose_name="replaced at"),
        ),
        migrations.AddField(
            model_name="expertprofile",
            name="interests",
            field=models.JSONField(default=list, verbose_name="declared interests"),
        ),
        migrations.AddField(
            model_name="meetingitem",
            name="lines",
            field=models.JSONField(default=list, verbose_name="items to be corrected"),
        ),
        migrations.AddField(
            model_name="meetingitem",
            name="seen",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.RunPython(give_profiles, migrations.RunPython.noop, elidable=True),
    ]
