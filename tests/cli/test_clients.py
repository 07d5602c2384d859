#!/usr/bin/env python3
"""Every SDK of a kit of clients sends its run to clew serve; the store then holds what the SDK is known to send.

usage: test_clients.py [--sdk NAME]… PROGRAM

The kit is the folder that CLEW_CLIENTS names, or ../shared/clients beside the checkout: drive.sh and its applications.
It is only read. Where its packages are not installed, it is copied and they are, if CLEW_CLIENTS_INSTALL=1 and npm is
there; else the test is skipped with a word (77).
"""
import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from serving import Serving
from support import CLEW, SOURCE

SKIPPED = 77
EXPECT = pathlib.Path(__file__).with_name("clients_expect.json")


def skip(why):
    print(f"skipped: {why}")
    sys.exit(SKIPPED)


def installed(kit):
    apps = [app for app in (kit / "kit" / "apps").iterdir() if app.is_dir()]
    return bool(apps) and all((app / "node_modules").is_dir() for app in apps)


def find_kit(scratch):
    kit = pathlib.Path(os.environ.get("CLEW_CLIENTS") or SOURCE.parent / "shared" / "clients")
    if not (kit / "drive.sh").is_file():
        skip(f"there is no kit of clients at {kit}")
    if not shutil.which("node") and not (kit / "kit" / "node22" / "node_modules").is_dir():
        skip("node is missing")
    if installed(kit):
        return kit
    if os.environ.get("CLEW_CLIENTS_INSTALL") != "1":
        skip(f"the packages of {kit} are not installed; CLEW_CLIENTS_INSTALL=1 installs them in a copy")
    if not shutil.which("npm"):
        skip("npm is missing")
    copy = scratch / "clients"
    shutil.copytree(kit, copy)
    subprocess.run(["bash", str(copy / "install.sh")], check=True, timeout=1200)
    return copy


class Client:
    def __init__(self, kit, sdk, folder):
        self.kit, self.sdk, self.folder = kit, sdk, folder
        self.store = folder / "store.db"
        self.environment = dict(os.environ, HOME=str(folder), XDG_DATA_HOME=str(folder), XDG_CONFIG_HOME=str(folder),
                                XDG_RUNTIME_DIR=str(folder), QT_QPA_PLATFORM="offscreen")

    def clew(self, *words):
        done = subprocess.run([CLEW, "--store", str(self.store), *words], capture_output=True, text=True, timeout=120, env=self.environment)
        if done.returncode:
            raise AssertionError(f"{words}: {done.stderr}")
        return done.stdout

    def rows(self, query):
        return json.loads(self.clew("sql", query, "--json"))["rows"]

    def send(self):
        with Serving(CLEW, self.store, "--grpc", "0", environment=self.environment) as live:
            port = live.ports["grpc" if "grpc" in self.sdk else "http"]
            done = subprocess.run(["bash", str(self.kit / "drive.sh"), self.sdk, f"http://127.0.0.1:{port}"], capture_output=True,
                                  text=True, timeout=300)
            if done.returncode:
                raise AssertionError(f"the client ended with {done.returncode}: {done.stderr[-500:]}")
            code, said = live.end()
            if code:
                raise AssertionError(f"clew serve ended with {code}: {said}")

    def feedback(self):
        for (trace,) in self.rows("SELECT DISTINCT trace_id FROM v_spans"):
            self.clew("annotate", trace, "--label", "seen")
        names = set()
        for line in self.clew("export", "--format", "otlp", "-o", "-").splitlines():
            for resource in json.loads(line).get("resourceSpans", []):
                for scope in resource["scopeSpans"]:
                    for event in (e for span in scope["spans"] for e in span.get("events", [])):
                        if event["name"] == "gen_ai.evaluation.result":
                            names.update(a["value"]["stringValue"] for a in event["attributes"] if a["key"] == "gen_ai.evaluation.name")
        return sorted(names)

    def result(self):
        got = json.loads(self.clew("summary", "--json"))
        got["prompts"] = sorted(f"{name}:{version}" for name, version in
                                self.rows("SELECT DISTINCT prompt_name, prompt_version FROM v_spans WHERE prompt_name IS NOT NULL"))
        got["feedback"] = self.feedback()
        return got


def check(kit, sdk, expected):
    """What differs, as sentences."""
    with tempfile.TemporaryDirectory() as folder:
        client = Client(kit, sdk, pathlib.Path(folder))
        try:
            client.send()
            got = client.result()
        except AssertionError as wrong:
            return [str(wrong)]
    out = []
    for key, value in expected.items():
        if key == "open":
            continue
        any_of = isinstance(value, list) and key not in ("prompts", "feedback")
        same = got.get(key) in value if any_of else got.get(key) == value
        if same == (key in expected.get("open", ())):
            out.append(f"{key} is read now: take it out of \"open\"" if same else f"{key}: expected {value}, is {got.get(key)}")
    return out


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--sdk", action="append")
    a = p.parse_args()
    table = {name: value for name, value in json.loads(EXPECT.read_text(encoding="utf-8")).items() if name != "_"}
    failed = 0
    with tempfile.TemporaryDirectory() as scratch:
        kit = find_kit(pathlib.Path(scratch))
        for sdk in a.sdk or table:
            wrong = check(kit, sdk, table[sdk])
            failed += bool(wrong)
            print(f"{sdk:22} {'; '.join(wrong) if wrong else 'ok'}", flush=True)
    if failed:
        sys.exit(f"{failed} clients differ")


main()
