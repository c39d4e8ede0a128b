"""Alerts in: what each source's webhook says, in our words, handed to one verb.

Knows each source's shapes, proofs and habits. Must never know what becomes of an alert.
"""
