"""The command line: parse, call, print, return 0 (clean), 1 (errors found) or 2 (could not run)."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from typing import Any, cast

import click

from gis.cli.program import EXIT_COULD_NOT_RUN, EXIT_INTERRUPTED, cli, default_language
from gis.errors import GisError
from gis.language import Language

__all__ = ["cli", "default_language", "main"]


def _speak_utf8() -> None:
    """Diacritics survive a console or pipe of another encoding."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")


def main(arguments: Sequence[str] | None = None, program: str = "tngis") -> None:
    """Run the command line and leave with its exit code."""
    _speak_utf8()
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # no search through all packages
    gc.set_threshold(100_000, 50, 50)  # sweeping through what was just imported costs a tenth
    state: dict[str, Any] = {}
    try:
        code = cli.main(
            list(sys.argv[1:] if arguments is None else arguments),
            prog_name=program,
            standalone_mode=False,
            obj=state,
        )
    except GisError as error:
        lang = cast(Language, state.get("lang") or default_language())
        click.echo(error.in_(lang), err=True)
        code = EXIT_COULD_NOT_RUN
    except click.ClickException as error:
        error.show()
        code = EXIT_COULD_NOT_RUN
    except (click.Abort, KeyboardInterrupt):
        code = EXIT_INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except OSError as error:
        click.echo(f"{error.filename or 'output'}: {error.strerror or error}", err=True)
        code = EXIT_COULD_NOT_RUN
    sys.exit(code or 0)
