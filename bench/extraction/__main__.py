"""``python -m bench.extraction predict`` and ``compare``; see the package's docstring."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import bench.extraction
from bench.extraction.compare import compare, quality_table, speed_table
from bench.extraction.mistake import Mistake
from bench.extraction.peers import PEERS, default_workdir, peers_named
from bench.extraction.predict import predict
from bench.extraction.tables import as_markdown, as_text


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line says; 0, or 2 where the operator has something to put right."""
    options = _parser().parse_args(arguments)
    try:
        if options.command == "predict":
            _predict(options)
        else:
            _compare(options)
    except Mistake as mistake:
        print(f"bench.extraction: {mistake}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


def _predict(options: argparse.Namespace) -> None:
    figures = predict(options.folder, options.predictions, options.processes)
    for name, value in figures.items():
        print(f"{name:>16}  {value}")
    print(json.dumps({"extraction": figures}))


def _compare(options: argparse.Namespace) -> None:
    peers = PEERS if options.peers is None else peers_named(options.peers)
    folders = compare(options.folders, peers, options.workdir)
    show = as_markdown if options.markdown else as_text
    for table in (quality_table, speed_table):
        for results in folders:
            print(show(table(results)), end="\n\n")
    if not options.markdown:
        plain = [result.as_json() for results in folders for result in results]
        print(json.dumps({"compare": plain}))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench.extraction",
        description=bench.extraction.__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    predicting = commands.add_parser("predict", help="Copydesk over every page of a folder")
    predicting.add_argument("folder", type=Path, help="folder with truth.jsonl or labels.jsonl")
    predicting.add_argument("predictions", type=Path, help="file to write")
    predicting.add_argument("--processes", type=_count, default=2, help="how many at once [2]")
    comparing = commands.add_parser("compare", help="Copydesk and its peers, as tables")
    comparing.add_argument("folders", type=Path, nargs="+", metavar="FOLDER", help="as for predict")
    comparing.add_argument(
        "--peers",
        nargs="*",
        metavar="PEER",
        help=f"which of {', '.join(peer.name for peer in PEERS)} [all]",
    )
    comparing.add_argument(
        "--workdir",
        type=Path,
        default=default_workdir(),
        metavar="DIR",
        help="keeps environments and predictions [%(default)s]",
    )
    comparing.add_argument("--markdown", action="store_true", help="Markdown tables, no JSON")
    return parser


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number above 0")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
