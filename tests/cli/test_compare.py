#!/usr/bin/env python3
"""clew compare: its JSON, gates and exit codes, JUnit and Markdown; files, ids, real run files with themselves."""

import copy
import json
import os
import pathlib
import subprocess
import xml.etree.ElementTree as ET

from support import SOURCE, CliTest, agent_trace, chat, main, number, request, span, text, tool

CORPUS = pathlib.Path(os.environ.get("CLEW_CORPUS", SOURCE.parent / "shared" / "corpus"))


def later(spans, other_ids=0, by=86_400):
    """The same spans on another day, under other ids."""
    out = copy.deepcopy(spans)
    for one in out:
        for key in ("startTimeUnixNano", "endTimeUnixNano"):
            one[key] = str(int(one[key]) + by * 1_000_000_000)
        for key in ("spanId", "parentSpanId"):
            if one[key]:
                one[key] = f"{int(one[key], 16) + other_ids:016x}"
        if other_ids:
            one["traceId"] = f"{int(one['traceId'], 16) + other_ids:032x}"
    return out


def costing(spans, usd):
    for one in spans:
        if one["name"].startswith("chat"):
            one["attributes"].append({"key": "gen_ai.usage.cost", "value": {"doubleValue": usd}})
    return spans


def hexed(n):
    return f"{n:016x}"


class Compare(CliTest):
    def setUp(self):
        super().setUp()
        self.a = agent_trace(1)
        self.path = self.lines("a.jsonl", request(*self.a))

    def other(self, spans, name="b.jsonl"):
        return self.lines(name, request(*spans))

    def changes(self, got):
        return [(s["a"] and int(s["a"], 16), s["b"] and int(s["b"], 16), s["change"]) for s in got["steps"]]

    def test_contract(self):
        b = later(self.a, 5000)
        b.insert(2, tool(5001, 5150, 5101, "lookup", "found", 86_400_590))
        got = self.json("compare", self.path, self.other(b), "--json")
        for key in ("first_divergence", "steps", "delta"):
            self.assertIn(key, got)
        first = got["first_divergence"]
        self.assertEqual((first["step"], first["a"], first["b"]), (2, None, hexed(5150)))
        self.assertIn("lookup", first["why"])
        self.assertEqual(self.changes(got), [(102, 5102, "same"), (None, 5150, "added"), (103, 5103, "same"), (104, 5104, "same")])
        self.assertEqual(got["delta"], {"tokens": 0, "cost_usd": None, "duration_ns": 0, "steps": 1, "errors": 0})
        # The other way round it is removed.
        got = self.json("compare", self.folder / "b.jsonl", self.path, "--json")
        self.assertEqual([c for _, _, c in self.changes(got)], ["same", "removed", "same", "same"])
        self.assertEqual((got["first_divergence"]["a"], got["first_divergence"]["b"]), (hexed(5150), None))
        self.assertEqual(got["delta"]["steps"], -1)

    def test_no_divergence(self):
        for other in (self.a, later(self.a), later(self.a, 7000)):
            got = self.json("compare", self.path, self.other(other), "--json")
            self.assertIsNone(got["first_divergence"])
            self.assertEqual({s["change"] for s in got["steps"]}, {"same"})
        out, _ = self.run_clew("compare", self.path, self.other(self.a))
        self.assertIn("no step differs", out)

    def test_a_tool_that_was_replaced_is_one_changed_step(self):
        b = later(self.a, 5000)
        b[2] = tool(5001, 5103, 5101, "fetch", "nothing", 86_400_600)
        got = self.json("compare", self.path, self.other(b), "--json")
        self.assertEqual(self.changes(got)[1], (103, 5103, "changed"))
        self.assertEqual(got["first_divergence"]["why"], "Another tool: search became fetch.")

    def test_ids_of_a_store(self):
        b = later(self.a, 0xabcdef00)
        b[3] = chat(0xabcdef01, int(b[3]["spanId"], 16), int(b[0]["spanId"], 16), "question 1", "other", 86_400_800)
        self.run_clew("import", self.path, self.other(b))
        ids = sorted(t["trace_id"] for t in self.json("query", "--json")["traces"])
        got = self.json("compare", ids[0], ids[1], "--json")
        self.assertEqual([c for _, _, c in self.changes(got)], ["same", "same", "changed"])
        self.assertIn("“answer 1” became “other”", got["first_divergence"]["why"])
        self.assertEqual(self.json("compare", ids[0], ids[1][-40:], "--json"), got)
        # A file beside an id; a run beside itself.
        self.assertEqual(self.json("compare", self.path, ids[1], "--json")["steps"], got["steps"])
        self.assertIsNone(self.json("compare", ids[0], ids[0], "--json")["first_divergence"])
        # Files leave nothing in the store.
        self.assertEqual(self.json("summary", "--json")["traces"], 2)

    def test_gates(self):
        a = self.lines("a.jsonl", request(*costing(agent_trace(1), 0.5)))
        b = costing(later(agent_trace(1), 5000), 0.52)
        b.append(tool(5001, 5160, 5101, "extra", "x", 86_401_500))
        path = self.other(b)
        passing = ["cost<=+5%", "cost<=1.04", "steps<=+1", "tokens<=+0", "errors<=1", "duration<=+0%", "no-new-errors"]
        self.run_clew("compare", a, path, "--gate", *passing)
        self.run_clew("compare", "--gate", *passing, "--json", a, path)
        self.run_clew("compare", "--gate", " ".join(passing), "--", a, path)
        self.run_clew("compare", "--gate", "steps<=+2", a, path)
        for failing, word in (("cost<=+3%", "cost"), ("steps<=+0", "steps"), ("tokens>=+1", "tokens"), ("duration<=1s", "duration")):
            out, err = self.run_clew("compare", a, path, "--gate", "steps<=+9", "--gate", failing, "--json", code=1)
            self.assertIn(f"{failing} does not hold: {word}", err)
            self.assertEqual([g["passed"] for g in json.loads(out)["gates"]], [True, False])
        for bad in ("cost", "cost<=", "cost<=x", "price<=+5%", "steps<=5%"):
            _, err = self.run_clew("compare", a, path, "--gate", bad, code=2)
            self.assertIn("is no gate", err)

    def test_new_errors_and_findings(self):
        b = later(self.a, 5000)
        b += [tool(5001, 5200 + n, 5101, "poll", "x", 86_400_900 + n) for n in range(6)]
        b[2].pop("status")
        failing = later(self.a, 5000)
        failing[1]["status"] = {"code": 2, "message": "overloaded"}
        self.run_clew("compare", self.path, self.other(later(self.a)), "--gate", "no-new-findings", "no-new-errors")
        _, err = self.run_clew("compare", self.path, self.other(b), "--gate", "no-new-findings", "no-new-errors", code=1)
        self.assertIn("loop", err)
        self.assertNotIn("fail that did not", err)
        _, err = self.run_clew("compare", self.path, self.other(failing), "--gate", "no-new-errors", code=1)
        self.assertIn("overloaded", err)

    def test_an_unknown_cost_passes_no_gate(self):
        _, err = self.run_clew("compare", self.path, self.path, "--gate", "cost<=+5%", code=1)
        self.assertIn("cannot be told", err)

    def test_junit_and_markdown(self):
        b = later(self.a, 5000)
        b[2] = tool(5001, 5103, 5101, "a|b<script>\x01&\"", "nothing", 86_400_600)
        path = self.other(b)
        junit, markdown = self.folder / "r.xml", self.folder / "r.md"
        self.run_clew("compare", self.path, path, "--gate", "steps<=+0", "errors<=0", "--junit", junit, "--markdown", markdown)
        self.run_clew("compare", self.path, path, "--gate", "steps<=+0", "steps>=+1", "--junit", junit, "--markdown", markdown, code=1)
        suite = ET.parse(junit).getroot().find("testsuite")
        self.assertEqual((suite.get("tests"), suite.get("failures")), ("2", "1"))
        self.assertEqual([c.get("name") for c in suite.findall("testcase")], ["steps<=+0", "steps>=+1"])
        self.assertIn("does not hold", suite.findall("testcase")[1].find("failure").get("message"))
        self.assertIn("First divergence: step 2", suite.find("system-out").text)
        said = markdown.read_text(encoding="utf-8")
        self.assertIn("| Steps | 3 | 3 |", said)
        self.assertNotIn("<script", said)
        # Without gates the comparison is the one case; on standard output alone.
        out, _ = self.run_clew("compare", self.path, path, "--junit", "-")
        self.assertEqual(len(ET.fromstring(out.encode()).findall("testsuite/testcase")), 1)
        out, _ = self.run_clew("compare", self.path, path, "--markdown", "-")
        self.assertTrue(out.startswith("### "))

    def test_what_cannot_be_compared(self):
        two = self.lines("two.jsonl", request(*agent_trace(1)), request(*agent_trace(2)))
        _, err = self.run_clew("compare", self.path, two, code=1)
        self.assertIn("holds 2 traces", err)
        _, err = self.run_clew("compare", self.path, "nothing-of-this-name", code=1)
        self.assertIn("nothing-of-this-name", err)
        self.run_clew("compare", self.path, self.write("junk.txt", "no run at all"), code=1)
        for words in ([], [self.path], [self.path, self.path, self.path], [self.path, self.path, "--nonsense"]):
            self.run_clew("compare", *words, code=2)
        _, err = self.run_clew("compare", self.path, self.path, "--junit", self.folder / "no" / "folder.xml", code=1)
        self.assertIn("folder.xml", err)

    def test_an_empty_run(self):
        root = [span(9, 901, 0, "invoke_agent idle", 0, 5, [text("gen_ai.operation.name", "invoke_agent")])]
        got = self.json("compare", self.other(root, "idle.jsonl"), self.path, "--json")
        self.assertEqual([c for _, _, c in self.changes(got)], ["added"] * 3)
        self.assertIsNone(got["delta"]["tokens"])
        got = self.json("compare", self.folder / "idle.jsonl", self.folder / "idle.jsonl", "--json")
        self.assertEqual((got["steps"], got["first_divergence"], got["delta"]["steps"]), ([], None, 0))

    def test_real_files_beside_themselves(self):
        """Every one-trace file of the corpus, or our own samples: no divergence; without its last lines there is one, unless none of them was a step."""
        files = sorted(p for p in CORPUS.rglob("*.json*") if p.is_file() and p.stat().st_size < 2_000_000) if CORPUS.is_dir() else []
        files = [f for f in files if f.parent != CORPUS][::4] + [SOURCE / "resources" / "samples" / "refund-agent.jsonl"]
        compared = shortened = 0
        for path in files:
            summary = self.run_any("summary", path, "--json")
            if summary is None or summary["traces"] != 1:
                continue
            got = self.run_any("compare", path, path, "--json")
            self.assertIsNotNone(got, path)
            self.assertIsNone(got["first_divergence"], path)
            compared += 1
            lines = path.read_bytes().splitlines(keepends=True)
            if path.suffix != ".jsonl" or len(lines) < 8:
                continue
            short = self.write("short.jsonl", b"".join(lines[:len(lines) * 2 // 3]))
            less = self.run_any("compare", path, short, "--json")
            if less is None or less["delta"]["steps"] == 0:
                continue
            self.assertIsNotNone(less["first_divergence"], path)
            self.assertEqual(less["steps"][0]["change"] == "same" or less["first_divergence"]["step"] == 1, True, path)
            shortened += 1
        print(f"{compared} files beside themselves, {shortened} beside a shorter copy")
        self.assertGreater(compared, 0)

    def run_any(self, *words):
        done = subprocess.run(self.command(*words, store=False), capture_output=True, env=self.environment, timeout=240)
        return json.loads(done.stdout) if done.returncode == 0 else None


main()
