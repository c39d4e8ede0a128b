"""One scenario player: the demo, the story tests and the screenshots tell the same night.

Knows: the verbs and the worker's lanes, called at a clock of its own; a fictional brand, Linden.
Must never know: the real time, or a real reader.
"""
