"""`python -m dojang.cli`: the command, from a known interpreter."""

from dojang.cli.main import run

run()
