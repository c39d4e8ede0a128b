"""Configuration as code: what a file says of pages is made so, and nothing that it leaves out.

``schema`` is what a file may say, for editors and for ``reading``, which knows its lines;
``making`` compares with what is there and calls the verbs that anybody would call.

BadFile             the file cannot be understood; its faults name their lines
CannotApply         what it says cannot be made so; nothing was changed
"""
