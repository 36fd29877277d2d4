"""Every review that is open has the one seat that it had in effect until now; concluded ones stay as they are."""

from django.db import migrations


def seat_everybody(apps, schema_editor):
    Review, Seat = apps.get_model("approvals", "Review"), apps.get_model("approvals", "Seat")
    bare = Review.objects.filter(status__in=["not_started", "in_progress"], seats=None)
    Seat.objects.bulk_create(Seat(review=review, order=1, holder_id=review.reviewer_id) for review in bare)


class Migration(migrations.Migration):

    dependencies = [("approvals", "0007_expert_panel")]

    operations = [migrations.RunPython(seat_everybody, migrations.RunPython.noop)]
