# What was one checklist becomes its first edition: reviews that rest on its items keep them.

import datetime

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def first_edition(apps, schema_editor):
    items = apps.get_model("standards", "ChecklistItem")
    if not items.objects.exists():
        return
    start = datetime.date(2025, 1, 1)
    stamp = datetime.datetime(2025, 1, 1, tzinfo=datetime.timezone.utc)
    edition = apps.get_model("standards", "ChecklistEdition").objects.create(
        code="2025", name="2025版", name_en="Edition 2025", effective_on=start, published_at=stamp
    )
    items.objects.update(edition=edition)


class Migration(migrations.Migration):

    dependencies = [
        ("standards", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ChecklistEdition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=20, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("name_en", models.CharField(blank=True, max_length=160, verbose_name="English name")),
                ("note", models.TextField(blank=True, max_length=3000, verbose_name="what changed")),
                ("effective_on", models.DateField(blank=True, null=True, verbose_name="effective on")),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                (
                    "published_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "checklist edition",
                "verbose_name_plural": "checklist editions",
                "ordering": ["-effective_on", "-pk"],
            },
        ),
        migrations.AddField(
            model_name="checklistitem",
            name="edition",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="items",
                to="standards.checklistedition",
                verbose_name="checklist edition",
            ),
        ),
        migrations.AlterField(
            model_name="checklistitem",
            name="code",
            field=models.CharField(max_length=10, verbose_name="item code"),
        ),
        migrations.RunPython(first_edition, migrations.RunPython.noop),
    ]
