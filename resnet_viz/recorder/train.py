"""`train`: record the networks of a plan, side by side, one a core or one a GPU."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, TextIO

import torch
from tqdm import tqdm

from resnet_viz.home_folder import home
from resnet_viz.nets.plan import plan
from resnet_viz.nets.presets import parse_network
from resnet_viz.recorder.parallel import in_turn, side_by_side
from resnet_viz.recorder.plans import Job, LiveJob, available, read_plan
from resnet_viz.recorder.progress import WeightedBar
from resnet_viz.recorder.tasks import Task, finished, material, steps
from resnet_viz.training.data.cifar10 import CIFAR_FOLDER, cifar10_state, download_cifar10

_CHANGES = {"epochs": int, "batch": int, "lr": float, "weight_decay": float, "precision": str}
"""Fields of the recipe that the command line changes."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Of `train`."""
    parser.epilog = "\n".join(["plans:", *(f"  {name:<20}{read_plan(name).about}" for name in available())])
    parser.add_argument("--plan", default="cifar10:short", help="a plan by name, or FILE.toml:NAME (default: cifar10:short)")
    parser.add_argument("--net", nargs="+", default=[], help="only these networks: presets or specs, of the plan or not")
    parser.add_argument("--data", type=Path, metavar="DIR", help="the folder of pictures (default: where the app keeps its own)")
    parser.add_argument("--data-name", default="", help="what the cards call the data")
    parser.add_argument("--download", action="store_true", help="fetch CIFAR-10 (170 MB) into the folder if it is not there")
    parser.add_argument("--out", type=Path, default=Path("recorded"), help="folder for what is written (default: recorded)")
    for name, kind in _CHANGES.items():
        parser.add_argument(_flag(name), type=kind, help="instead of the recipe's")
    parser.add_argument("--seed", type=int, help="instead of the plan's")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument("--workers", type=int, help="runs at once (default: one a core or GPU)")
    parser.add_argument("--threads", type=int, help="of each run on the CPU (default: the cores, divided among the runs)")


def run(options: argparse.Namespace) -> int:
    """0: all networks are recorded; 1: a run failed, the others went on. Raises `ValueError` or `OSError` before any begins."""
    if options.download:
        _download(options.data or home(), sys.stderr)
    jobs = _jobs(options)
    device = _device(options.device, jobs)
    workers = _workers(options.workers, device, len(jobs))
    address = os.environ.get("RESNET_VIZ_SCHEDULER", "")
    threads = options.threads or (1 if address else max(1, (os.cpu_count() or 1) // workers))
    tasks = [_task(job, options, device, threads) for job in jobs]
    costs = {task.job.name: _cost(task) for task in tasks}
    waiting = sorted((t for t in tasks if not finished(t)), key=lambda t: costs[t.job.name], reverse=True)  # the longest first
    bar = WeightedBar(costs, sys.stderr)
    for task in tasks:
        if task not in waiting:
            bar.tell(task.job.name, 1, 1)
    runs = in_turn(waiting, bar.tell)
    if waiting and (address or workers > 1):
        runs = side_by_side(waiting, bar.tell, workers=workers, address=address)
    try:
        problems = [problem for _, problem in runs if problem]
    finally:
        bar.close()
    print("\n".join(problems) or f"{len(tasks)} network(s) in {options.out}", file=sys.stderr if problems else sys.stdout)
    return int(bool(problems))


def _download(folder: Path, out: TextIO) -> None:
    if cifar10_state(folder) == "whole":
        return
    shown = "{desc} {percentage:3.0f}%|{bar}| {remaining} left"
    with tqdm(total=100, desc="CIFAR-10", file=out, bar_format=shown, leave=False) as bar:
        try:
            download_cifar10(folder, lambda share: bar.update(100 * share - bar.n))
        except OSError as error:
            raise OSError(f"CIFAR-10 cannot be fetched, this machine may be offline: {error}") from error


def _jobs(options: argparse.Namespace) -> list[Job | LiveJob]:
    """The plan's jobs, or those for the networks named, with what the command line changes."""
    chosen = read_plan(options.plan)
    listed = {job.spec: job for job in chosen.jobs}
    specs = dict.fromkeys(parse_network(net) for net in options.net)
    jobs: list[Job | LiveJob] = [] if specs else list(chosen.jobs)
    for spec in specs:
        if spec not in listed and chosen.recipe is None:
            raise ValueError(f"{options.plan} has no recipe for other networks than its own, got {spec}")
        jobs.append(listed[spec] if chosen.recipe is None or spec in listed else Job(spec, chosen.recipe))
    changes: dict[str, Any] = {name: value for name in _CHANGES if (value := getattr(options, name)) is not None}
    return [_changed(job, changes, options.seed) for job in jobs]


def _changed(job: Job | LiveJob, changes: dict[str, Any], seed: int | None) -> Job | LiveJob:
    if isinstance(job, LiveJob):
        if changes:
            raise ValueError(f"{_flag(next(iter(changes)))} changes a recipe, {job.name} is a live run and has none")
        return job if seed is None else LiveJob(replace(job.experiment, seed=seed))
    if "epochs" in changes:
        changes = {**changes, "steps": 0}
    return Job(job.spec, replace(job.recipe, **changes), job.seed if seed is None else seed)


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _task(job: Job | LiveJob, options: argparse.Namespace, device: str, threads: int) -> Task:
    data = (options.data or home()).resolve()
    live = isinstance(job, LiveJob)
    given = {"--plan": Path(options.plan).name, "--net": job.name}
    given |= {"--out": "OUT"} if live else {"--data": "DIR", "--out": "OUT"}
    given |= {"--data-name": options.data_name} if options.data_name else {}
    changed = ((name, getattr(options, name)) for name in (*_CHANGES, "seed"))
    given |= {_flag(name): str(value) for name, value in changed if value is not None}
    command = "python -m resnet_viz.recorder train " + shlex.join(word for pair in given.items() for word in pair)
    return Task(job, data, options.data_name or _data_name(job, data), options.out.resolve(), device, threads, command)


def _data_name(job: Job | LiveJob, data: Path) -> str:
    """What a card calls the pictures where nobody says."""
    if isinstance(job, LiveJob):
        name = job.experiment.data
        return f"{name.capitalize()}, drawn from seed {job.seed}" if name.startswith("shapes") else name
    return "CIFAR-10" if cifar10_state(data) == "whole" or data.name == CIFAR_FOLDER else "a folder of pictures"


def _cost(task: Task) -> float:
    """Multiply-adds of the run."""
    batch = task.job.experiment.batch if isinstance(task.job, LiveJob) else task.job.recipe.batch
    size = material(task).train.images.shape[-1]
    return float(plan(task.job.spec, size).macs * steps(task) * batch)


def _device(wanted: str, jobs: list[Job | LiveJob]) -> str:
    there = torch.cuda.is_available()
    if wanted == "cuda" and not there:
        raise ValueError("torch finds no GPU here; leave --device away to train on the processor")
    if any(isinstance(job, LiveJob) for job in jobs):
        if wanted == "cuda":
            raise ValueError("live runs train on the processor; leave --device away")
        return "cpu"
    return "cuda" if there and wanted != "cpu" else "cpu"


def _workers(wanted: int | None, device: str, jobs: int) -> int:
    """Runs at once."""
    places = torch.cuda.device_count() if device == "cuda" else os.cpu_count() or 1
    return max(1, min(jobs, wanted or places))
