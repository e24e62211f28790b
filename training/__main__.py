"""`python -m training train|evaluate|export`: one command for each step."""

import argparse

from training import evaluate, export, train


def main() -> None:
    """Run the command named on the command line."""
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    commands = parser.add_subparsers(required=True)
    for module, name, purpose in (
        (train, "train", "train the recogniser"),
        (evaluate, "evaluate", "measure an exported file on lines in held-out typefaces"),
        (export, "export", "write the ONNX file of a checkpoint"),
    ):
        command = commands.add_parser(name, help=purpose)
        module.add_arguments(command)
        command.set_defaults(run=getattr(module, name))
    arguments = parser.parse_args()
    arguments.run(arguments)


if __name__ == "__main__":
    main()
