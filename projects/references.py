"""The form of a project's reference in addresses, so that words such as "new" are never taken for one."""

from django.urls import register_converter


class ReferenceConverter:
    """P01, YH2026-0001: a capital letter, then capitals, digits and hyphens."""

    regex = "[A-Z][A-Z0-9-]{0,19}"

    def to_python(self, value: str) -> str:
        """The reference as it is."""
        return value

    def to_url(self, value: str) -> str:
        """The reference as it is."""
        return value


register_converter(ReferenceConverter, "ref")
