#!/usr/bin/env python3
"""Kills imports at random moments and checks that nothing but time was lost.

usage: kill_imports.py --clew PROGRAM [--seconds N] [--seed S] [--spans N]

Each round starts `clew import` of a generated file into a store, kills the process (SIGKILL) after a random while,
and then demands: `clew doctor` finds no problem, the import can be repeated, and the repeated import's totals equal
those of an import that was never disturbed.
"""
import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time


def write_run(path, spans, rng):
    with open(path, "w", encoding="utf-8") as out:
        trace, batch = 0, []
        for i in range(spans):
            if i % 40 == 0:
                trace += 1
            batch.append({
                "traceId": f"{trace:032x}", "spanId": f"{i + 1:016x}", "parentSpanId": f"{i - i % 40 + 1:016x}" if i % 40 else "",
                "name": f"step {i % 40}", "kind": 1, "startTimeUnixNano": str(1_760_000_000_000_000_000 + i * 1_000_000),
                "endTimeUnixNano": str(1_760_000_000_000_000_000 + i * 1_000_000 + 500_000),
                "attributes": [{"key": "gen_ai.operation.name", "value": {"stringValue": "chat"}},
                               {"key": "gen_ai.usage.input_tokens", "value": {"intValue": str(rng.randrange(9000))}},
                               {"key": "gen_ai.prompt", "value": {"stringValue": " ".join(str(rng.random()) for _ in range(60))}}]})
            if len(batch) == 200 or i + 1 == spans:
                out.write(json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": batch}]}]}) + "\n")
                batch = []


def run(clew, store, *words):
    return subprocess.run([clew, "--store", store, *words], capture_output=True, text=True, timeout=300)


def totals(clew, store):
    answer = run(clew, store, "summary", "--json")
    if answer.returncode:
        sys.exit(f"summary failed: {answer.stderr}")
    all_ = json.loads(answer.stdout)
    return {k: v for k, v in all_.items() if k != "sources"}


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--clew", required=True)
    p.add_argument("--seconds", type=float, default=15)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--spans", type=int, default=30000)
    a = p.parse_args()
    rng = random.Random(a.seed)
    with tempfile.TemporaryDirectory() as folder:
        source = os.path.join(folder, "run.jsonl")
        write_run(source, a.spans, rng)
        calm = os.path.join(folder, "calm.db")
        begun = time.monotonic()
        if run(a.clew, calm, "import", source).returncode:
            sys.exit("the undisturbed import failed")
        usual = time.monotonic() - begun
        expected = totals(a.clew, calm)
        rounds, end = 0, time.monotonic() + a.seconds
        while rounds == 0 or time.monotonic() < end:
            store = os.path.join(folder, f"killed-{rounds}.db")
            for _ in range(rng.randint(1, 3)):
                child = subprocess.Popen([a.clew, "--store", store, "import", source], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                time.sleep(rng.uniform(0, usual))
                child.kill()
                child.wait()
                check = run(a.clew, store, "doctor")
                if check.returncode:
                    sys.exit(f"round {rounds} (seed {a.seed}): {check.stdout}{check.stderr}")
            again = run(a.clew, store, "import", source)
            if again.returncode:
                sys.exit(f"round {rounds} (seed {a.seed}): the import could not be repeated: {again.stderr}")
            got = totals(a.clew, store)
            if got != expected:
                sys.exit(f"round {rounds} (seed {a.seed}): {got} instead of {expected}")
            for suffix in ("", "-wal", "-shm"):
                if os.path.exists(store + suffix):
                    os.remove(store + suffix)
            rounds += 1
        print(f"{rounds} rounds of killed imports, nothing lost")


main()
