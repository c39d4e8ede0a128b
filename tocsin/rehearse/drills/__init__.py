"""Drills: the whole path on a shadow page, marked on every screen, read by nobody but sinks.

    ground      the folder of one drill, kept, listed and taken away
    shadow      what a shadow takes from the page in earnest: how it is set up, and nobody on it
    recast      a scenario told on the components and in the languages of another page
    shipped     the scenarios that come along
    company     who is there: stand-ins for each role, and mailboxes and rooms that nobody owns
    machines    what watches the page, and posts its alerts at a hook
    sink        where mail goes: a relay of our own that takes, bounces and falls silent as asked
    rooms       where calls to machines and chat rooms go: places of our own that answer as asked
    outage      the database dies, and comes back
    fence       no call leaves this machine, nor reaches what else is on it
    directing   the night is played, minute by minute
    answering   whoever is asked for consent, and does not sit there in person
    course      what failed and for how long, and what was tried again
    owing       what readers are still owed
    verdict     what came of it: the score, what was promised, what broke, what was lost

A drill is an installation of its own in processes of its own, which are told nothing of the one in
earnest; only ``ground`` and ``shadow`` ever run there.
"""
