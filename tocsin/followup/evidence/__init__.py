"""One incident in one sealed file, and whether such a file is what it was.

``bundling`` is the verb that makes one; ``gathering``, ``segment`` and ``receipts`` read the record
for it, and ``reading`` tells it to people. ``box``, ``manifest`` and ``checking`` need neither
Django nor a database: whoever was handed a bundle checks it with them alone.

CannotProve     no bundle was made; says what to do
NoBundle        the file is none of ours, or not as it was written; says what is wrong
"""
