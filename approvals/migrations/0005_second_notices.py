"""A prepared line may name a checklist item; a line of a notice keeps the leave under which it was raised again."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0004_review_desk"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="noticeline",
            name="code",
            field=models.CharField(blank=True, default="", max_length=20, verbose_name="checklist item"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="noticeitem",
            name="allowed_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="noticeitem",
            name="allowed_because",
            field=models.CharField(blank=True, default="", max_length=300, verbose_name="reason"),
            preserve_default=False,
        ),
    ]
