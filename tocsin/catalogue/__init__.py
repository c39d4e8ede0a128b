"""What we run, and for whom: pages, their component trees in customers' words, audiences.

Knows: names, order, languages, zones.
Must never know: incidents. A component's state is said, not kept here.
"""
