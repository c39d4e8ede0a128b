"""Other people's clients, unmodified, against a real `tocsin serve` (marker `clients`).

`.ci/clients` brings them; each script here runs in a process of its own, as a user's would.
"""
