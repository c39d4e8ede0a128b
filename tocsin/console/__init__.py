"""The operators' door: parse, call one verb, render.

Knows: HTTP, forms, templates, the clock.
Must never know: a rule. Who may, what is fit to be said and what is owed are asked of the folders
that decide it, and their sentences are shown as they are.
"""
