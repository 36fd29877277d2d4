"""The gram table: what the candidate search keeps of every system, derived from the registry and rebuilt at any time.

Numbers instead of references, and numbered grams: at a million capabilities the table has 2 × 10⁷ rows, which must stay
short, and a foreign key would be asked for each of them.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class IndexState(models.Model):
    """One row: from which word lists the index was built, what it holds, and the lock of whoever writes it."""

    ONLY = 1

    # duplicates.lexicon.stamp() of the process that brought every row up to date; "" when the index must be verified.
    built_from = models.CharField(max_length=64, blank=True)
    entries = models.IntegerField(default=0)
    systems = models.IntegerField(default=0)
    # The sum of the systems' digests modulo 2²⁵⁶, so that one changed system costs one addition.
    fingerprint = models.CharField(max_length=64, default="0" * 64)
    # Counts the changes. Whoever writes holds this row, so a lower number never becomes visible after a higher one.
    version = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("state of the search index")
        verbose_name_plural = _("states of the search index")


class IndexNote(models.Model):
    """A system that changed and is not indexed anew yet: written by triggers, so nobody can change one unseen."""

    system_id = models.BigIntegerField()

    class Meta:
        verbose_name = _("note for the search index")
        verbose_name_plural = _("notes for the search index")


class IndexedSystem(models.Model):
    """One system as it was indexed."""

    id = models.AutoField(primary_key=True)
    system_id = models.BigIntegerField(unique=True)
    code = models.CharField(max_length=20)
    digest = models.CharField(max_length=64)
    built_from = models.CharField(max_length=64)
    # IndexState.version of the last change of what is compared; other word lists alone do not count.
    changed_in = models.BigIntegerField(default=0, db_index=True)

    class Meta:
        verbose_name = _("indexed system")
        verbose_name_plural = _("indexed systems")


class IndexedEntry(models.Model):
    """One comparable entry: a capability, or (with an empty code) a system that has none."""

    id = models.AutoField(primary_key=True)
    owner_id = models.IntegerField(db_index=True)
    system_code = models.CharField(max_length=20)
    code = models.CharField(max_length=30, blank=True)
    taxonomy = models.CharField(max_length=10, blank=True)
    domain = models.CharField(max_length=10, blank=True)

    class Meta:
        verbose_name = _("indexed entry")
        verbose_name_plural = _("indexed entries")
        indexes = [models.Index(fields=["taxonomy", "domain"], name="indexed_entry_tags")]


class Gram(models.Model):
    """One gram, and in how many entries and systems it occurs."""

    LONGEST = 80

    id = models.AutoField(primary_key=True)
    text = models.CharField(max_length=LONGEST)
    entries = models.IntegerField()
    systems = models.IntegerField()

    class Meta:
        verbose_name = _("gram")
        verbose_name_plural = _("grams")
        # A constraint, not unique=True: that would cost a second index for LIKE.
        constraints = [models.UniqueConstraint(fields=["text"], name="gram_once")]


class EntryGram(models.Model):
    """That a gram occurs in an entry."""

    pk = models.CompositePrimaryKey("gram_id", "entry_id")
    gram_id = models.IntegerField()
    entry_id = models.IntegerField(db_index=True)

    class Meta:
        verbose_name = _("gram of an entry")
        verbose_name_plural = _("grams of entries")


class SystemGram(models.Model):
    """That a gram occurs in the name, the aliases or the description of a system."""

    pk = models.CompositePrimaryKey("gram_id", "owner_id")
    gram_id = models.IntegerField()
    owner_id = models.IntegerField(db_index=True)

    class Meta:
        verbose_name = _("gram of a system")
        verbose_name_plural = _("grams of systems")
