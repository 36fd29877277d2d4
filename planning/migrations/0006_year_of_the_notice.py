"""Days remember the notice that they stand in; that of a year also moves days of the December before."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("planning", "0005_calendar_imports")]

    operations = [
        migrations.AddField(
            model_name="calendarday",
            name="year",
            field=models.PositiveSmallIntegerField(null=True, verbose_name="year of the notice"),
        ),
    ]
