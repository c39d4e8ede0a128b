"""What we owe afterwards: the account, promises until they are proved, and the evidence of one
incident, sealed for whoever asks later.

It knows what was said and what became of it, and reads what is known only where it is asked to. It
must never know a reader: addresses leave as marks that tell nobody who they are of.
"""
