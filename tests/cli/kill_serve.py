#!/usr/bin/env python3
"""Kills clew serve in mid-stream and checks that nothing was lost that it had acknowledged.

usage: kill_serve.py [--rounds N] [--seed S] [--clients N] PROGRAM

Each round starts `clew serve`, lets several clients post spans side by side, kills the process (SIGKILL) after a
random while, and then demands: `clew doctor` finds no problem, and every span whose request was answered with 200 is
in the store. Every third round goes on with the store of the one before. Durability is complete and critical in turn.
"""
import argparse
import http.client
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time

from serving import Serving
from support import CLEW, request, span

SPANS = 5  # a request


class Client(threading.Thread):
    """Posts until the connection breaks; remembers what was acknowledged."""

    def __init__(self, port, number, seed):
        super().__init__()
        self.port, self.number, self.random = port, number, random.Random(seed)
        self.acknowledged = []
        self.odd = None

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        post = 0
        try:
            while True:
                trace = self.number * 1_000_000 + self.random.randrange(8) + 1  # few traces, which grow
                first = self.number * 1_000_000 + post * SPANS + 1
                spans = [span(trace, n, 0 if n == first else first, f"step {n}", n) for n in range(first, first + SPANS)]
                connection.request("POST", "/v1/traces", json.dumps(request(*spans)), {"Content-Type": "application/json"})
                answer = connection.getresponse()
                body = answer.read()
                if answer.status == 200:
                    self.acknowledged += [f"{n:016x}" for n in range(first, first + SPANS)]
                elif answer.status != 503:
                    self.odd = f"{answer.status}: {body!r}"
                    return
                post += 1
        except (OSError, http.client.HTTPException):
            pass  # it was killed
        finally:
            connection.close()


def stored(store):
    answer = subprocess.run([CLEW, "--store", store, "sql", "SELECT span_id FROM v_spans"], capture_output=True, text=True, timeout=300)
    if answer.returncode:
        sys.exit(f"the store could not be read: {answer.stderr}")
    return answer.stdout.split()[1:]


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--rounds", type=int, default=5)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--clients", type=int, default=4)
    a = p.parse_args()
    rng = random.Random(a.seed)
    total, expected = 0, set()
    with tempfile.TemporaryDirectory() as folder:
        for round_ in range(a.rounds):
            where = f"round {round_} (seed {a.seed})"
            durability = "critical" if round_ % 2 else "complete"
            store = os.path.join(folder, f"{round_ - round_ % 3}.db")
            if round_ % 3 == 0:
                expected = set()
            with Serving(CLEW, store, "--durability", durability) as live:
                clients = [Client(live.ports["http"], round_ * 100 + n + 1, rng.random()) for n in range(a.clients)]
                for client in clients:
                    client.start()
                # From the first acknowledgement on, so that a slow machine posts, too.
                while not any(client.acknowledged for client in clients) and any(client.is_alive() for client in clients):
                    time.sleep(0.01)
                time.sleep(rng.uniform(0, 1.5))
                live.kill()
                for client in clients:
                    client.join()
            for client in clients:
                if client.odd:
                    sys.exit(f"{where}: {client.odd}")
                expected.update(client.acknowledged)
                total += len(client.acknowledged)
            check = subprocess.run([CLEW, "--store", store, "doctor"], capture_output=True, text=True, timeout=300)
            if check.returncode:
                sys.exit(f"{where}: {check.stdout}{check.stderr}")
            found = stored(store)
            lost = expected - set(found)
            if lost:
                sys.exit(f"{where}: {len(lost)} of {len(expected)} acknowledged spans were lost ({durability})")
            if len(found) != len(set(found)):
                sys.exit(f"{where}: a span is there twice")
    if total == 0:
        sys.exit("nothing was acknowledged at all")
    print(f"{a.rounds} rounds of a killed clew serve, none of {total} acknowledged spans lost")


main()
