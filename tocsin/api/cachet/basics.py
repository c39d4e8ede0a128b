"""Whether anybody is there, and what is spoken here."""

from tocsin.api.cachet.calls import Call, Told

SPOKEN = "2.4.0"  # of Cachet: its last release with this API


def ping(call: Call) -> Told:
    return Told("Pong!")


def version(call: Call) -> Told:
    """The release of Cachet whose API this is."""
    latest = {"tag_name": f"v{SPOKEN}", "prelease": False, "draft": False}
    return Told(SPOKEN, {"on_latest": True, "latest": latest})
