"""`python -m dojang.sandbox [HOST] [PORT] [STATE_FILE]`: the neighbours in the foreground."""

import sys
from pathlib import Path

from dojang.sandbox.server import serve_sandbox


def main(arguments: list[str]) -> None:
    """Serve on the given host and port (127.0.0.1, 8600 unless told)."""
    host = arguments[0] if arguments else "127.0.0.1"
    port = int(arguments[1]) if len(arguments) > 1 else 8600
    state_file = Path(arguments[2]) if len(arguments) > 2 else None
    serve_sandbox(host, port, state_file)


if __name__ == "__main__":
    main(sys.argv[1:])
