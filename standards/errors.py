"""Refusals of the library that a page shows at the form."""


class StaleEdit(Exception):
    """Somebody else changed the row since the page was opened; `expected` names what it says now."""

    def __init__(self, expected: str) -> None:
        super().__init__(expected)
        self.expected = expected
