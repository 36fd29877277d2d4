"""What the portfolio tells the apps above it."""

from django.dispatch import Signal

# Sent after the commit of an import or edit, with `codes`: the systems that were created or changed.
# Whoever screens proposals listens: a result is only as fresh as the inventory it was compared with.
inventory_changed = Signal()
