"""Tocsin tells customers about incidents: soon, straight, on time, and to the end.

The folders read as that story; each may import only the ones before it.

journal, people, catalogue, channels, post, disclosure   the ground
incidents       1  what we KNOW
statements      2  what we are about to SAY, who let us, and what we SAID
page            3  what everyone SEES
announcements   4  who must be TOLD, and the proof that they were
worker, rehearse, console, api, subscribe, cli, front    the doors
"""
