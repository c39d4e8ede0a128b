"""How words are judged: severities, phases, postures, cadence, templates. Pure.

Knows: text, plain values, the playbook's tables.
Must never know: the database, Django, HTTP, the clock.
"""
