# Apart from 0002: PostgreSQL does not alter a table in the transaction that filled it.

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("standards", "0002_checklist_editions"),
    ]

    operations = [
        migrations.AlterField(
            model_name="checklistitem",
            name="edition",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="items",
                to="standards.checklistedition",
                verbose_name="checklist edition",
            ),
        ),
        migrations.AddConstraint(
            model_name="checklistitem",
            constraint=models.UniqueConstraint(fields=("edition", "code"), name="item_once_an_edition"),
        ),
    ]
