"""What it costs a function to start: the modules it loads and the CPU time, clients included.

**starts** ──▶ a process for each start ──▶ the table of README.md

Run it with `python -m tests.benchmarks.starts`. Each function is started as Lambda does in its INIT phase, with
everything composed, in turn with the others: numbers compare within one run only. The peer is `boto3` with one
client.
"""

import os
import resource
import statistics
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, fields

from backend.wiring.settings import FailuresSettings, RouterSettings, Settings, WorkerSettings

ROUNDS = 15
NOTHING = "nothing"
BOTO3 = "`boto3`, a client of DynamoDB"
SETTINGS: Mapping[str, type[Settings]] = {
    "router": RouterSettings,
    "worker": WorkerSettings,
    "failures": FailuresSettings,
}
PROGRAMS = {
    NOTHING: "pass",
    BOTO3: "import boto3; boto3.client('dynamodb')",
    **{f"`{name}`, imported": f"import backend.{name}" for name in SETTINGS},
    **{f"`{name}`, composed": f"import backend.{name}" for name in SETTINGS},
}


@dataclass(frozen=True, slots=True)
class Start:
    """One start of an interpreter."""

    modules: int
    own_modules: int
    """Those of `backend`, packages included."""
    cpu_ms: float


def environment(program: str) -> dict[str, str]:
    """Return the variables of a program: those of a deployed function where it is to be composed."""
    common = {"PATH": os.environ["PATH"], "AWS_DEFAULT_REGION": "eu-central-1", "AWS_EC2_METADATA_DISABLED": "true"}
    if not program.endswith("composed"):
        return common
    name = program.split("`")[1]
    needed = [field for field in fields(SETTINGS[name]) if field.default is MISSING]
    values = {field.name.upper(): "1" if field.type is int else "https://x" for field in needed}
    return common | values | {"AWS_LAMBDA_FUNCTION_NAME": name}


def measure(program: str) -> Start:
    """Start an interpreter with a program."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-X", "importtime", "-c", PROGRAMS[program]]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment(program))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    imported = [line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time:")]
    own = [name for name in imported if name.partition(".")[0] == "backend"]
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Start(len(imported), len(own), cpu_s * 1000)


def table(rounds: int = ROUNDS) -> Iterator[str]:
    """Yield the lines of the table."""
    starts: dict[str, list[Start]] = {program: [] for program in PROGRAMS}
    for _ in range(rounds):
        for program in PROGRAMS:
            starts[program].append(measure(program))
    peer_ms = statistics.median(start.cpu_ms for start in starts[BOTO3])
    yield "| start | modules | of them ours | CPU, least | median | of boto3's |"
    yield "|---|---:|---:|---:|---:|---:|"
    for program, each in starts.items():
        times = [start.cpu_ms for start in each]
        median = statistics.median(times)
        counted = f"| {program} | {each[0].modules - 1} | {each[0].own_modules} "
        yield f"{counted}| {min(times):,.0f} ms | {median:,.0f} ms | {median / peer_ms:.2f} |"


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in table())
