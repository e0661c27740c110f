"""The whole pipeline on generated sites, beside a plain script on the same pages.

    python -m bench.pipeline
    python -m bench.pipeline --sources 4 --articles 1000 --only warm plain
    python -m bench.pipeline --cores 1 2             # articles a second at one core and at two
    python -m bench.pipeline --only redesign hostile --articles 200
    python -m bench.pipeline --memory 10000          # peak memory of a run over that many articles

cold     copydesk run, a new database: no template is known
warm     copydesk run over further articles in a database that has seen --teach pages a source
plain    httpx, trafilatura and SQLAlchemy in one process, eight requests a host (plain_script.py)
redesign one site, whose articles have another design from the middle on
hostile  the same text on every page; no text on any; markup of its own on each

The sites run in a process of their own that is not measured. CPU counts every process of a program,
kernel and user, start to end; start-up is that of a run over one article, and taken off in the second
figure only. busiest: the process with most of it. Memory is the largest sum of proportional set sizes,
twice a second. Pages are of 140 to 670 kB, as those of real papers; a tenth of the texts are another's. wrong: articles with a leaked line or word F1 below 0.95, whoever
made them; far_off: the latter; spoiled_by_template: articles by a template with a line leaked or lost
that the generic path gets right on the same page. Lines: bench/pipeline/quality.py. Linux only.
"""

from __future__ import annotations

import argparse
import json

from bench.pipeline.runs import Plan, run_hostile, run_pipeline, run_redesign
from bench.pipeline.tables import print_goals, print_hostile, print_pipeline, print_redesign

_PROGRAMS = ("cold", "warm", "plain")
#: Pages up to which the server makes all of them before it serves, unless told otherwise.
_PREGENERATED = 20_000


def main() -> None:
    """Run what was asked for and print tables; the last line is JSON."""
    options = _options()
    wanted = tuple(options.only or _PROGRAMS)
    sources, articles = options.sources, options.articles
    if options.memory:
        articles = -(-options.memory // sources)
        wanted = tuple(options.only or ("cold",))
    result: dict[str, object] = {}
    measured: dict[str, dict[str, dict[str, object]]] = {}
    programs = tuple(name for name in _PROGRAMS if name in wanted)
    for cores in options.cores or [None]:
        plan = Plan(
            sources=sources,
            articles=articles,
            teach=options.teach,
            workers=options.workers,
            cores=cores,
            pregenerate=(
                sources * (articles + options.teach) <= _PREGENERATED
                if options.pregenerate is None
                else options.pregenerate
            ),
            programs=programs,
        )
        where = f"{cores}_cores" if cores is not None else "all_cores"
        print(f"\n{where.replace('_', ' ')}, {sources} sources, {articles} articles of each\n")
        found: dict[str, object] = {}
        if programs:
            pipeline = run_pipeline(plan)
            print_pipeline(pipeline)
            found.update(pipeline)
            measured[where] = pipeline
        if "redesign" in wanted:
            found["redesign"] = redesign = run_redesign(plan)
            print_redesign(redesign)
        if "hostile" in wanted:
            found["hostile"] = hostile = run_hostile(plan)
            print_hostile(hostile)
        result[where] = found
    result["goals"] = print_goals(measured)
    print(json.dumps({"pipeline": result}))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--sources", type=_positive, default=5, help="papers with a site each [5]")
    parser.add_argument("--articles", type=_positive, default=150, help="of each source [150]")
    parser.add_argument(
        "--teach", type=_positive, default=150, help="pages a source before the warm run [150]"
    )
    parser.add_argument(
        "--only", nargs="+", choices=(*_PROGRAMS, "redesign", "hostile"), help="what to run [cold warm plain]"
    )  # fmt: skip
    parser.add_argument("--workers", type=int, help="extraction processes [number of cores]")
    parser.add_argument(
        "--cores", type=_positive, nargs="+", help="cores that the measured processes may use [all]"
    )
    parser.add_argument(
        "--memory", type=_positive, metavar="N", help="N articles in all, cold unless --only says"
    )
    parser.add_argument(
        "--pregenerate",
        action=argparse.BooleanOptionalAction,
        help="make all pages before a run [up to 20,000 pages]",
    )
    return parser.parse_args()


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


if __name__ == "__main__":
    main()
