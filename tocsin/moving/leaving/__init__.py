"""Taking everything along: a whole record goes into one file, and comes back from it as it was.

``parts`` says what goes along, ``rows`` how a row is written, ``parcel`` what the file is made of;
``departing`` and ``returning`` are the two verbs. docs/operating/leaving.md describes the format.

CannotLeave         nothing was written; says what to do
CannotReturn        the file cannot be taken in, and nothing of it was; says what to do
"""
