"""How well we did: measures over a history of incidents, by incident, by quarter, by page.

``history``, ``figures``, ``measures``, ``lights``, ``totals`` and ``baselines`` are pure: values
in, values out, and no clock. ``gathering`` reads a history from the record, in few questions;
``site`` puts a page's score where its readers are, where the page chose that.
It must never guess: what was not recorded is told as not measured, and why.
"""
