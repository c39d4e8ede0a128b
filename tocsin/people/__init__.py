"""Who may act: operators, their roles, and the one-time links that let them in.

Knows: operators, roles, grants.
Must never know: anything that they act on; a grant holds a page's id as a value.
"""
