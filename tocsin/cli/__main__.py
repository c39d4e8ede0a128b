"""`python -m tocsin.cli` is `tocsin`, for processes that start others like themselves."""

from tocsin.cli import lifeline
from tocsin.cli.door import main

lifeline.tie()
main()
