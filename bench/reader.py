"""The document reader, measured on the sandbox's frozen specimen photographs, each Korean backend beside the others.

    python bench/reader.py [--suite test|development|confirmation] [--limit N] [--defects N] [--backends jamo,tesseract]
                           [--korean-model FILE --korean-dictionary FILE] [--system-fonts FOLDER] [--verbose]

Every backend reads in a process of its own, on one thread; seconds are CPU seconds (`time.process_time`), memory is
that process's peak. Exact match ignores spaces and commas; intervals are Wilson's at 95 %. Text, JSON and the
tables of docs/reading-id.md go to bench/out. The specimens come from one generator: real cards will do worse.
"""

import argparse
import json
import multiprocessing
import os
import resource
import sys
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

os.environ.setdefault("OMP_THREAD_LIMIT", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import reader_markdown
import reader_report
from dojang.adapters.id_document.korean import DEFAULT_KOREAN, KoreanBackend, KoreanChoice, open_korean_reader
from dojang.adapters.id_document.reader import ExaminingReader
from dojang.lifecycle.identity_proofing.id_document.model import DocumentExamination
from dojang.sandbox.specimen.fonts import Typeface, find_held_out_typefaces, packaged_typefaces
from dojang.sandbox.specimen.suite import (
    CONFIRMATION,
    DEVELOPMENT,
    SUITE_DAY,
    TEST,
    Suite,
    plan_defects,
    plan_suite,
    take,
)
from reader_score import Results, score_defect, score_sound

OUT = Path(__file__).parent / "out"
SUITES = {suite.name: suite for suite in (TEST, DEVELOPMENT, CONFIRMATION)}


@dataclass(frozen=True, slots=True)
class Footprint:
    """What a backend's process cost: CPU seconds to load its models, peak memory in MB."""

    loading_s: float
    peak_rss_mb: int


class Bench:
    """One backend in a process of its own, so that times and memory are its alone."""

    def __init__(self, choice: KoreanChoice) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, there = context.Pipe()
        self._process = context.Process(target=_serve, args=(there, choice), daemon=True)
        self._process.start()
        self.results = Results()

    def read(self, jpeg: bytes) -> DocumentExamination:
        """Examine one photograph as a front."""
        self._pipe.send(jpeg)
        answer = self._pipe.recv()
        assert isinstance(answer, DocumentExamination)
        return answer

    def close(self) -> Footprint:
        """End the process; return what it cost."""
        self._pipe.send(None)
        footprint = self._pipe.recv()
        self._process.join()
        assert isinstance(footprint, Footprint)
        return footprint


def _serve(pipe: Connection, choice: KoreanChoice) -> None:
    started = time.process_time()
    reader = ExaminingReader(korean=open_korean_reader(choice))
    loading_s = time.process_time() - started
    while (jpeg := pipe.recv()) is not None:
        pipe.send(reader.read_document(jpeg, None, today=SUITE_DAY, expected=None))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    pipe.send(Footprint(loading_s=loading_s, peak_rss_mb=round(peak / 1024)))


def run(suite: Suite, benches: dict[str, Bench], *, limit: int, defects: int, typefaces: tuple[Typeface, ...]) -> None:
    """Draw each photograph once and have every backend read it."""
    for item in plan_suite(limit, suite=suite):
        photograph = take(item, typefaces=typefaces)
        for bench in benches.values():
            score_sound(bench.results, item, dict(photograph.values), bench.read(photograph.jpeg))
    for item in plan_defects(defects, suite=suite):
        photograph = take(item, typefaces=typefaces)
        for bench in benches.values():
            score_defect(bench.results, item, bench.read(photograph.jpeg))


def choices(arguments: argparse.Namespace) -> dict[str, KoreanChoice]:
    """Return the backends to measure, by name, the default one first."""
    chosen = {}
    for name in arguments.backends.split(","):
        backend = KoreanBackend(name)
        chosen[name] = KoreanChoice(
            backend=backend, model=arguments.korean_model, dictionary=arguments.korean_dictionary
        )
    return chosen


def arguments_of(argv: list[str] | None) -> argparse.Namespace:
    """Read the command line."""
    usual = [DEFAULT_KOREAN.backend, *(one for one in KoreanBackend if one is not DEFAULT_KOREAN.backend)]
    listed = ",".join(one.value for one in usual if one is not KoreanBackend.FILE)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--suite", choices=list(SUITES), default=TEST.name, help="figures to tell come from test")
    parser.add_argument("--limit", type=int, default=240, help="sound photographs (default 240)")
    parser.add_argument("--defects", type=int, default=180, help="defective photographs (default 180)")
    parser.add_argument("--backends", default=listed, help=f"Korean readers (default {listed})")
    parser.add_argument("--korean-model", type=Path, help="ONNX file of the backend `file`")
    parser.add_argument("--korean-dictionary", type=Path, help="its dictionary")
    parser.add_argument("--system-fonts", type=Path, help="set the cards in held-out typefaces found in this folder")
    parser.add_argument("--verbose", action="store_true", help="print every miss")
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> int:
    """Run from the command line."""
    arguments = arguments_of(argv)
    typefaces = packaged_typefaces()
    if arguments.system_fonts is not None:
        typefaces = find_held_out_typefaces(arguments.system_fonts)
        if not typefaces:
            print("no held-out typeface found there: install fonts-nanum, fonts-baekmuk, fonts-unfonts-core")
            return 2
    suite = SUITES[arguments.suite]
    benches = {name: Bench(choice) for name, choice in choices(arguments).items()}
    run(suite, benches, limit=arguments.limit, defects=arguments.defects, typefaces=typefaces)
    report = {
        "suite": suite.name,
        "typefaces": [face.name for face in typefaces],
        "machine": reader_report.machine(),
        "backends": {name: reader_report.as_json(bench.results, bench.close()) for name, bench in benches.items()},
    }
    text = reader_report.as_text(report)
    print(text)
    if arguments.verbose:
        for name, bench in benches.items():
            print(f"\nmisses of {name}:", *bench.results.misses, sep="\n")
    OUT.mkdir(exist_ok=True)
    stem = "reader" if suite is TEST and arguments.system_fonts is None else f"reader-{suite.name}-{len(typefaces)}"
    (OUT / f"{stem}.json").write_text(json.dumps(report, indent=2, ensure_ascii=False))
    (OUT / f"{stem}.txt").write_text(text + "\n")
    markdown = reader_markdown.as_markdown(report)
    print("\nfor docs/reading-id.md:\n\n" + markdown)
    (OUT / f"{stem}.md").write_text(markdown + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
