"""``python -m limetal`` and the command ``limetal``."""

from __future__ import annotations

import os
import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line; an error a user can mend is one message and exit status 2."""
    os.environ.setdefault("TYPER_USE_RICH", "0")
    # matrices are small here, and threads that wait for each other on a busy machine turn milliseconds into seconds
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from limetal.cli import app
    from limetal.errors import LimetalError

    try:
        app()
    except LimetalError as error:
        sys.stderr.write(f"limetal: {error}\n" if "\n" not in str(error) else f"{error}\n")
        raise SystemExit(2) from None
    except BrokenPipeError:
        # the reader of our output closed it (limetal ... | head): not an error of ours
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(0) from None
    except KeyboardInterrupt:
        sys.stderr.write("limetal: stopped\n")
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
