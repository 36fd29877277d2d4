"""The registry's pages: lists, the edit form, the import."""
