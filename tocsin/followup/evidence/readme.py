"""The words beside a bundle's parts, for whoever opens it and knows nothing of us."""

README = """\
EVIDENCE OF ONE INCIDENT          PREUVES D’UN INCIDENT

Read story.en.html first.         Lisez d’abord story.fr.html.

story.en.html, story.fr.html      what happened, in order / ce qui s’est passé, dans l’ordre
incident.json                     which incident, on which page
publications.jsonl                every word as it was published, with its hash
versions.jsonl                    every version of every draft: who wrote it, and when
clearances.jsonl                  who let which version be said, and when
announcements.jsonl               what became of telling readers, word by word
deliveries.jsonl                  each message to a reader, with its receipt; no address
seen.jsonl                        when each word was found on the public page
journal.jsonl                     the incident's notes in the journal, with their links
page/                             the page as readers saw it
internal/                         only in copies that are not for outsiders
SHA256SUMS                        the hash of each part above
manifest.json                     the parts in their order, and where the journal's part stands
SEAL                              the hash of manifest.json: the seal

To check / Pour vérifier :

    tocsin verify FILE.zip        all of it, without a database / le tout, sans base de données

or by hand / ou à la main :

    sha256sum -c SEAL
    sha256sum -c SHA256SUMS
    grep SHA256SUMS -A 2 manifest.json ; sha256sum SHA256SUMS

A seal proves that nothing was changed since it was made. That it is the seal of the time, ask the
publisher, on another way than the one this file came by: their journal holds it.

Un sceau prouve que rien n'a changé depuis qu’il a été posé. Demandez-le aussi à l’éditeur, par une
autre voie que celle de ce fichier : son journal le conserve.
"""
