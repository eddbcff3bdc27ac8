"""Train networks by a plan and publish them with cards, measure them again, and record the figures with which lessons open.

    python -m resnet_viz.recorder train --plan cifar10:short --data DIR --out OUT
    python -m resnet_viz.recorder train --net cifar_resnet20 --data DIR --out OUT
    python -m resnet_viz.recorder verify [FOLDER] --data DIR
    python -m resnet_viz.recorder figures [NAME …] --data DIR

DIR has train/<class>/* and test/<class>/*, or CIFAR-10 as torchvision unpacks it. Training can be interrupted: the same command
again goes on from where it was, and ends with the same weights.
"""

from __future__ import annotations

import argparse
import sys
from types import ModuleType

from resnet_viz.recorder import figures, train, verify

PROGRAM = "python -m resnet_viz.recorder"
COMMANDS: dict[str, ModuleType] = {"train": train, "verify": verify, "figures": figures}


def _parser() -> argparse.ArgumentParser:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog=PROGRAM, description=__doc__, formatter_class=raw, allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", required=True, metavar=" | ".join(COMMANDS))
    for name, module in COMMANDS.items():
        about = (module.__doc__ or "").partition("`: ")[2].partition("\n")[0]
        own = commands.add_parser(name, help=about, description=about, formatter_class=raw, allow_abbrev=False)
        module.add_options(own)
    return parser


def main(arguments: list[str] | None = None) -> int:
    """The command line. 0: all went well; 1: something differs or a run failed; 2: it cannot be done, and one sentence why."""
    words = sys.argv[1:] if arguments is None else arguments
    if words and words[0].startswith("-") and words[0] not in ("-h", "--help"):
        meant = "verify [FOLDER]" if any(word.split("=")[0] == "--verify" for word in words) else f"train {words[0]} …"
        print(f"the first word says what to do, {', '.join(COMMANDS)}: {PROGRAM} {meant}", file=sys.stderr)
        return 2
    options = _parser().parse_args(words)
    try:
        return int(COMMANDS[options.command].run(options))
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nInterrupted; the same command goes on from what is saved.", file=sys.stderr)
        return 130
