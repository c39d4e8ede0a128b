"""What everyone sees: compiled files, an archive and a head, made from the published record.

Knows: what was published, the catalogue, the words and times of disclosure.
Must never know: incidents, drafts, clearances, people, requests.
"""
