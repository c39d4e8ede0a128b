"""Where `tocsin` begins. A shout is let through before anything is imported that may be broken."""

import sys


def main() -> None:
    if sys.argv[1:2] == ["shout"]:
        from tocsin.cli import shout

        sys.exit(shout.main(sys.argv[2:]))
    from tocsin.cli.main import main as every_other

    every_other(prog_name="tocsin")
