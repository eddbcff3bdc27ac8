"""Record networks: train them as a plan says and write weights, cards and histories.

    python -m resnet_viz.recorder --plan cifar10:short --data DIR --out OUT
    python -m resnet_viz.recorder --net cifar_resnet20 --data DIR --out OUT
    python -m resnet_viz.recorder --verify --data DIR

DIR has train/<class>/* and test/<class>/*, or CIFAR-10 as torchvision unpacks it. The same command again goes on from where an
interrupted one was, and ends with the same weights. Runs go side by side, one a core or one a GPU.
"""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, TextIO

import torch

import resnet_viz
from resnet_viz.home_folder import home
from resnet_viz.nets.plan import plan
from resnet_viz.nets.presets import parse_network
from resnet_viz.recorder.parallel import in_turn, side_by_side
from resnet_viz.recorder.plans import Job, available, read_plan
from resnet_viz.recorder.progress import Bar
from resnet_viz.recorder.publish import verify
from resnet_viz.recorder.recording import Task, finished, material
from resnet_viz.training.data.cifar10 import CIFAR_FOLDER, cifar10_state, download_cifar10

SHIPPED = Path(resnet_viz.__file__).parent / "nets" / "trained"
_CHANGES = {"epochs": int, "batch": int, "lr": float, "weight_decay": float, "precision": str}
"""Fields of the recipe that the command line changes."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m resnet_viz.recorder",
        description=__doc__,
        epilog="\n".join(["plans:", *(f"  {name:<16}{read_plan(name).about}" for name in available())]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--plan", default="cifar10:short", help="a plan by name, or FILE.toml:NAME (default: cifar10:short)")
    parser.add_argument("--net", nargs="+", default=[], help="only these networks: presets or specs, of the plan or not")
    parser.add_argument("--data", type=Path, help="the folder of pictures (default: where the app keeps its own)")
    parser.add_argument("--data-name", default="", help="what the cards call the data")
    parser.add_argument("--download", action="store_true", help="fetch CIFAR-10 (170 MB) into the folder if it is not there")
    parser.add_argument("--out", type=Path, default=Path("recorded"), help="folder for what is written (default: recorded)")
    for name, kind in _CHANGES.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=kind, help="instead of the recipe's")
    parser.add_argument("--seed", type=int, help="instead of the plan's")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument("--workers", type=int, help="runs at once (default: one a core or GPU)")
    parser.add_argument("--threads", type=int, help="of each run on the CPU (default: the cores, divided among the runs)")
    parser.add_argument("--verify", nargs="?", type=Path, const=SHIPPED, metavar="FOLDER", help="measure networks again")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """The command line. 0: all went well; 1: something differs or a run failed; 2: it cannot be done, and one sentence why."""
    options = _parser().parse_args(arguments)
    try:
        if options.download:
            _download(options.data or home(), sys.stderr)
        return _verify(options) if options.verify else _record(options)
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nInterrupted; the same command goes on from the last epoch.", file=sys.stderr)
        return 130


def _download(folder: Path, out: TextIO) -> None:
    if cifar10_state(folder) == "whole":
        return
    bar = Bar({"CIFAR-10": 1.0}, out)
    try:
        download_cifar10(folder, lambda share: bar.tell("CIFAR-10", round(1000 * share), 1000))
    except OSError as error:
        raise OSError(f"CIFAR-10 cannot be fetched, this machine may be offline: {error}") from error
    finally:
        bar.close()


def _verify(options: argparse.Namespace) -> int:
    if not options.verify.is_dir():
        raise ValueError(f"{str(options.verify)!r} is no folder")
    found = []
    for finding in verify(options.verify, material(options.data)[:2] if options.data else None):
        print(finding, flush=True)
        found.append(finding)
    if not found:
        raise ValueError(f"{str(options.verify)!r} has no cards")
    return 1 if any(finding.differences for finding in found) else 0


def _record(options: argparse.Namespace) -> int:
    device = _device(options.device)
    jobs = _jobs(options)
    abreast = _abreast(options, device, len(jobs))
    address = os.environ.get("RESNET_VIZ_SCHEDULER", "")
    threads = options.threads or (1 if address else max(1, (os.cpu_count() or 1) // abreast))
    tasks = [_task(job, options, device, threads) for job in jobs]
    size = material(tasks[0].data)[0].images.shape[-1]
    costs = {task.job.name: float(plan(task.job.spec, size).macs * _steps(task)) for task in tasks}
    waiting = sorted((t for t in tasks if not finished(t)), key=lambda t: costs[t.job.name], reverse=True)  # the longest first
    bar = Bar(costs, sys.stderr)
    for task in tasks:
        if task not in waiting:
            bar.tell(task.job.name, 1, 1)
    runs = in_turn(waiting, bar.tell)
    if waiting and (address or abreast > 1):
        runs = side_by_side(waiting, bar.tell, workers=abreast, address=address)
    problems = [problem for _, problem in runs if problem]
    bar.close()
    print("\n".join(problems) or f"{len(tasks)} network(s) in {options.out}", file=sys.stderr if problems else sys.stdout)
    return int(bool(problems))


def _jobs(options: argparse.Namespace) -> list[Job]:
    """The plan's jobs, or those for the networks named, with what the command line changes."""
    chosen = read_plan(options.plan)
    listed = {job.spec: job for job in chosen.jobs}
    specs = dict.fromkeys(parse_network(net) for net in options.net)
    jobs = [listed.get(spec, Job(spec, chosen.recipe)) for spec in specs] or list(chosen.jobs)
    changes: dict[str, Any] = {name: value for name in _CHANGES if (value := getattr(options, name)) is not None}
    if "epochs" in changes:
        changes["steps"] = 0
    seed = {} if options.seed is None else {"seed": options.seed}
    return [job._replace(recipe=replace(job.recipe, **changes), **seed) for job in jobs]


def _task(job: Job, options: argparse.Namespace, device: str, threads: int) -> Task:
    data = (options.data or home()).resolve()
    kind = "CIFAR-10" if cifar10_state(data) == "whole" or data.name == CIFAR_FOLDER else "a folder of pictures"
    given = {"--plan": Path(options.plan).name, "--net": job.name, "--data": "DIR", "--out": "OUT"}
    given |= {"--data-name": options.data_name} if options.data_name else {}
    changed = ((name, getattr(options, name)) for name in (*_CHANGES, "seed"))
    given |= {f"--{name.replace('_', '-')}": str(value) for name, value in changed if value is not None}
    command = "python -m resnet_viz.recorder " + shlex.join(word for pair in given.items() for word in pair)
    return Task(job, data, options.data_name or kind, options.out.resolve(), device, threads, command)


def _steps(task: Task) -> int:
    return task.job.recipe.total(len(material(task.data)[0].labels) // task.job.recipe.batch)


def _device(wanted: str) -> str:
    there = torch.cuda.is_available()
    if wanted == "cuda" and not there:
        raise ValueError("torch finds no GPU here; leave --device away to train on the processor")
    return "cuda" if there and wanted != "cpu" else "cpu"


def _abreast(options: argparse.Namespace, device: str, jobs: int) -> int:
    """Runs at once."""
    places = torch.cuda.device_count() if device == "cuda" else os.cpu_count() or 1
    return max(1, min(jobs, options.workers or places))


if __name__ == "__main__":
    sys.exit(main())
