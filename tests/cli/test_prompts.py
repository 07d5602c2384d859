#!/usr/bin/env python3
"""clew compare prompt, and the versions that clew summary --by prompt names."""

import json

from support import CliTest, T0, main, number, request, span, text

METRICS = ["error_rate", "finding_rate", "latency_p50", "latency_p95", "tokens_in", "tokens_out", "cost", "cache_share", "thumbs_up_rate"]
KEYS = ["a", "b", "difference", "interval", "n", "verdict"]


def run(trace, version=None, ms=1000, tokens=100, failed=False, system=None, name="refund", agent="helper", calls=1, start=0, cost=None):
    """An agent's run with its calls; the version is stated, or the system prompt is what there is."""
    attributes = [text("gen_ai.operation.name", "chat"), text("gen_ai.request.model", "m-1"), number("gen_ai.usage.input_tokens", tokens),
                  number("gen_ai.usage.output_tokens", 20)]
    if version:
        attributes += [text("langfuse.observation.prompt.name", name), text("langfuse.observation.prompt.version", version)]
    if cost is not None:
        attributes.append({"key": "langfuse.observation.cost_details", "value": {"stringValue": json.dumps({"total": cost})}})
    if system:
        attributes.append(text("gen_ai.system_instructions", json.dumps([{"type": "text", "content": system}])))
        attributes.append(text("gen_ai.input.messages", json.dumps([{"role": "user", "parts": [{"type": "text", "content": f"hi {trace}"}]}])))
    out = [span(trace, trace * 100 + 1, 0, f"invoke_agent {agent}", start, ms * calls + 10,
                [text("gen_ai.operation.name", "invoke_agent"), text("gen_ai.agent.name", agent)])]
    for n in range(calls):
        more = {"status": {"code": 2, "message": "no"}} if failed else {}
        out.append(span(trace, trace * 100 + 2 + n, trace * 100 + 1, "chat m-1", start + 5 + n * ms, ms, attributes, **more))
    return request(*out)


class Prompts(CliTest):
    def compare(self, *words, **more):
        return self.json("compare", "prompt", *words, "--json", **more)

    def keys(self, *words):
        return {g["key"]: g["inferred"] for g in self.json("summary", "--by", "prompt", "--json", *words)["groups"]}

    def two_versions(self, runs=40):
        lines = []
        for i in range(runs):
            lines.append(run(1000 + i, "v1", 1000 + i, 100, failed=i % 2 == 0, cost=0.02 + 0.0001 * i))
            lines.append(run(2000 + i, "v2", 2000 + i, 100, failed=False, cost=0.01 + 0.0001 * i))
        self.run_clew("import", self.lines("two.jsonl", *lines))

    def test_contract(self):
        self.two_versions()
        got = self.compare("refund@v1", "refund@v2")
        self.assertEqual(list(got), METRICS)
        for metric in METRICS:
            self.assertEqual(list(got[metric]), KEYS, metric)
            self.assertEqual(len(got[metric]["interval"]), 2)
            self.assertIn(got[metric]["verdict"], ["better", "worse", "no evidence"])
        errors = got["error_rate"]
        self.assertEqual((errors["a"], errors["b"], errors["difference"], errors["n"], errors["verdict"]), (0.5, 0, -0.5, [40, 40], "better"))
        self.assertLess(errors["interval"][1], 0)
        latency = got["latency_p50"]
        self.assertEqual((latency["a"], latency["b"], latency["difference"], latency["verdict"]), (1019.5e6, 2019.5e6, 1e9, "worse"))
        self.assertEqual(got["latency_p95"]["interval"], [None, None])  # 40 runs are too few for a tail
        self.assertEqual(got["latency_p95"]["verdict"], "no evidence")
        tokens = got["tokens_in"]
        self.assertEqual((tokens["a"], tokens["difference"], tokens["interval"], tokens["verdict"]), (100, 0, [0, 0], "no evidence"))
        self.assertAlmostEqual(got["cost"]["difference"], -0.01)
        self.assertEqual(got["cost"]["verdict"], "better")
        self.assertEqual(got["thumbs_up_rate"], {"a": None, "b": None, "difference": None, "interval": [None, None], "n": [0, 0], "verdict": "no evidence"})
        other = self.compare("refund@v2", "refund@v1")
        self.assertEqual((other["error_rate"]["difference"], other["error_rate"]["verdict"]), (0.5, "worse"))
        out, _ = self.run_clew("compare", "prompt", "refund@v1", "refund@v2")
        self.assertIn("too few runs", out)

    def test_equal_versions_give_no_evidence(self):
        lines = [run(1000 + i + 5000 * v, f"v{v}", 500 + i * 7 % 90, 100 + i * 3 % 40, failed=i % 5 == 0) for i in range(30) for v in (1, 2)]
        self.run_clew("import", self.lines("same.jsonl", *lines))
        got = self.compare("refund@v1", "refund@v2")
        self.assertEqual({m["verdict"] for m in got.values()}, {"no evidence"})

    def test_a_run_is_one_observation(self):
        lines = [run(1 + i + 100 * v, f"v{v}", 1000 * v, 100, calls=5) for i in range(4) for v in (1, 2)]
        self.run_clew("import", self.lines("calls.jsonl", *lines))
        got = self.compare("refund@v1", "refund@v2")
        self.assertEqual(got["latency_p50"]["n"], [4, 4])
        self.assertEqual(got["latency_p50"]["verdict"], "no evidence")
        self.assertEqual(got["tokens_in"]["a"], 500)

    def test_judgements_and_filters(self):
        self.two_versions(12)
        for i in range(12):
            self.run_clew("annotate", f"{1000 + i:032x}", "--thumbs", "down", "--score", f"quality=0.{i % 3 + 1}")
            self.run_clew("annotate", f"{2000 + i:032x}/{(2000 + i) * 100 + 2:016x}", "--thumbs", "up", "--score", f"quality=0.{i % 3 + 7}")
        got = self.compare("refund@v1", "refund@v2")
        self.assertEqual(got["thumbs_up_rate"]["verdict"], "better")
        self.assertEqual(got["thumbs_up_rate"]["n"], [12, 12])
        self.assertEqual(list(got), METRICS + ["score.quality"])
        self.assertEqual(got["score.quality"]["verdict"], "better")
        self.assertAlmostEqual(got["score.quality"]["difference"], 0.6)
        few = self.compare("refund@v1", "refund@v2", "--filter", "not score.quality=0.1")
        self.assertEqual(few["tokens_in"]["n"][0], 8)

    def test_inferred_versions(self):
        first = "You are a refund agent. Today is 2025-10-{:02}. The customer is {}. Order ORD-{}."
        second = first + " Never promise a refund before you have checked the order."
        names = ["Maria Lopez", "John", "Ada King"]
        lines = [run(1 + i, system=first.format(i + 1, names[i % 3], 100200 + i), start=i * 60_000) for i in range(5)]
        lines += [run(101 + i, system=second.format(i + 1, names[i % 3], 200300 + i), start=(10 + i) * 60_000, ms=2000) for i in range(5)]
        self.run_clew("import", self.lines("inferred.jsonl", *lines[::-1]))
        self.assertEqual(self.keys(), {"": False, "helper@v1": True, "helper@v2": True})
        groups = {g["key"]: g for g in self.json("summary", "--by", "prompt", "--json")["groups"]}
        self.assertEqual((groups["helper@v1"]["llm_calls"], groups["helper@v1"]["start"][:19]), (5, "2025-10-09T08:53:20"))
        got = self.compare("helper@v1", "helper@v2")
        self.assertEqual((got["latency_p50"]["difference"], got["latency_p50"]["n"]), (1e9, [5, 5]))
        # What comes later, even with earlier runs, renumbers nothing.
        self.run_clew("import", self.lines("earlier.jsonl", run(201, system="You write poems.", start=-100_000), run(202, system=first.format(1, "Zoe", 7), start=900_000)))
        self.assertEqual(self.keys(), {"": False, "helper@v1": True, "helper@v2": True, "helper@v3": True})
        self.assertEqual({g["key"]: g["llm_calls"] for g in self.json("summary", "--by", "prompt", "--json")["groups"]}["helper@v1"], 6)
        # Files without a store are looked at too.
        self.assertIn("helper@v2", self.keys(self.folder / "inferred.jsonl"))
        self.assertEqual(self.compare("helper@v1", "helper@v2", "--file", self.folder / "inferred.jsonl", store=False)["tokens_in"]["n"], [5, 5])
        rows = self.json("sql", "SELECT name, version, inferred, calls FROM v_prompts ORDER BY version", "--json")["rows"]
        self.assertEqual(rows, [["helper", "v1", "1", "6"], ["helper", "v2", "1", "5"], ["helper", "v3", "1", "1"]])

    def test_stated_versions_are_taken_as_they_are(self):
        lines = [run(i + 1, "7", system=f"You are number {i}. Do it this way.") for i in range(2)]
        lines += [run(i + 11, system="You are another.", agent="refund") for i in range(2)]
        self.run_clew("import", self.lines("stated.jsonl", *lines))
        self.assertEqual(self.keys(), {"": False, "refund@7": False, "refund@v1": True})

    def test_the_same_word_from_a_source_and_from_clew(self):
        self.run_clew("import", self.lines("both.jsonl", run(1, "v1"), run(2, system="You are another.", agent="refund"), run(3, "v2")))
        self.assertEqual(self.keys(), {"": False, "refund@v1": False, "refund (inferred)@v1": True, "refund@v2": False})
        self.assertEqual(self.compare("refund@v1", "refund (inferred)@v1")["tokens_in"]["n"], [1, 1])

    def test_drift_and_mixed_runs_are_said(self):
        lines = [run(1, "v1", system="You are careful."), run(2, "v1", system="You are bold and quick."), run(3, "v2", system="You are calm.")]
        mixed = run(4, "v1", system="You are careful.")
        mixed["resourceSpans"][0]["scopeSpans"][0]["spans"].append(
            run(4, "v2", system="You are calm.", calls=2)["resourceSpans"][0]["scopeSpans"][0]["spans"][2])
        self.run_clew("import", self.lines("drift.jsonl", *lines, mixed))
        out, err = self.run_clew("compare", "prompt", "refund@v1", "refund@v2", "--json")
        self.assertIn("refund@v1 was used with 2 different texts", err)
        self.assertIn("1 runs used both versions", err)
        self.assertEqual(json.loads(out)["tokens_in"]["n"], [2, 1])

    def test_unknown_names(self):
        _, err = self.run_clew("compare", "prompt", "x@v1", "x@v2", code=1)
        self.assertIn("x@v1", err)
        self.two_versions(1)
        for word, said in [("refund@v3", "refund@v1, refund@v2"), ("refnd@v1", "refund@v1, refund@v2"), ("refund", "refund@v1")]:
            out, err = self.run_clew("compare", "prompt", "refund@v1", word, "--json", code=1)
            self.assertEqual(out, "")
            self.assertIn(f"“{word}”", err)
            self.assertIn(said, err)
        self.run_clew("compare", "prompt", "refund@v1", code=2)
        self.run_clew("compare", "prompt", "refund@v1", "refund@v2", "--filter", "fnding:x", code=1)


if __name__ == "__main__":
    main()
