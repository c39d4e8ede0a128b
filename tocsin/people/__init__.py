"""Who may act: operators, their roles, the one-time links that let them in, and keys.

Knows: operators, roles, grants, and the keys of machines.
Must never know: anything that they act on; a grant holds a page's id as a value.
"""
