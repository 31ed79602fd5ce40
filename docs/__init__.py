"""The documentation, a package so that the tests read it as Sphinx does."""
