"""A screening run may be carried forward to a later version that changed nothing it reads."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("projects", "0006_no_data_needed")]

    operations = [
        migrations.AddField(
            model_name="screeningrun",
            name="carried_to",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="carried_runs",
                to="projects.version",
            ),
        ),
    ]
