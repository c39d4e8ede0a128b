"""`tocsin` as tests call it."""

import json
from typing import Any

from click.testing import CliRunner, Result

from tocsin.cli.main import main


def tocsin(*words: str, stdin: str | bytes | None = None) -> Result:
    """Run a command in this process; what is not a refusal comes through."""
    result = CliRunner().invoke(main, words, input=stdin)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def facts(*words: str, stdin: str | bytes | None = None) -> Any:
    """What a command says in JSON; it must succeed."""
    result = tocsin(*words, "--json", stdin=stdin)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)
