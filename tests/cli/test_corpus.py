#!/usr/bin/env python3
"""Totals of real run files against independently counted ones, where a corpus lies beside the checkout (or where
CLEW_CORPUS says): corpus/ with EXPECT.json, tools/corpus_check.py."""
import os
import pathlib
import subprocess
import sys

from support import CLEW, SOURCE

FORMATS = "claude_code,otlp_json,otlp_jsonl,otlp_odd,otlp_protobuf,odd_derived"


def main():
    corpus = pathlib.Path(os.environ.get("CLEW_CORPUS", SOURCE.parent / "shared" / "corpus"))
    check = corpus.parent / "tools" / "corpus_check.py"
    if not (corpus / "EXPECT.json").exists() or not check.exists():
        print(f"there is no corpus at {corpus}: skipped (the fixtures in tests/data cover the same cases)")
        sys.exit(77)
    sys.exit(subprocess.run([sys.executable, check, CLEW, corpus, "--formats", FORMATS, "--timeout", "240"]).returncode)


main()
