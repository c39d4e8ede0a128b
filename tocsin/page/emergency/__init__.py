"""The page when all else is down: words written by hand are laid into files that were compiled.

Standard library alone (tests/architecture holds it): no Django, no database, no settings, nothing
of ours but `page.disk` and `statements.shouted`, which keep to the same. By the same code every
compile lays into its files what was shouted and is not taken in yet.

Knows: the files of a head, and what was shouted. Must never know: the record, where it is not told
in ``record.json``.
"""
