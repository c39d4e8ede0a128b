"""How good the coach is: sentences labelled by somebody who had not read the lexicon.

Of each rule group and language half are flagged and half are clean. They were split by a fixed
rule, every second one by id within each cell, before the coach ever read them: ``tune`` is what
entries were tuned on, ``held`` was never looked at. A second set, twice as large and split by
``halving.py``, was written when the first was used up; a third, split so too, when
that was. `make bench-coach` prints them all.
"""
