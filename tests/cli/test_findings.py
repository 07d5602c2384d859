#!/usr/bin/env python3
"""clew findings: its JSON, stored results, settings; the filter terms that ask for findings."""

import json

from support import CliTest, chat, main, number, request, span, text, tool


def looping(trace, calls=6):
    root = span(trace, trace * 100 + 1, 0, "invoke_agent helper", 0, 9000,
                [text("gen_ai.operation.name", "invoke_agent"), text("gen_ai.agent.name", "helper")])
    return [root] + [tool(trace, trace * 100 + 2 + n, trace * 100 + 1, "search", "found", 100 + 200 * n) for n in range(calls)]


class Findings(CliTest):
    def rules(self, *words):
        return sorted({f["rule"] for f in self.json("findings", *words, "--json")["findings"]})

    def test_contract(self):
        path = self.lines("loop.jsonl", request(*looping(1)))
        got = self.json("findings", path, "--json")
        self.assertEqual(list(got), ["findings"])
        self.assertEqual([f["rule"] for f in got["findings"]], ["loop"])
        one = got["findings"][0]
        self.assertEqual(list(one), ["rule", "severity", "trace_id", "span_ids", "evidence", "wasted"])
        self.assertEqual((one["severity"], one["trace_id"]), ("warning", f"{1:032x}"))
        self.assertEqual(one["span_ids"], [f"{102 + n:016x}" for n in range(6)])
        self.assertIn("6 times", one["evidence"])
        self.assertEqual(one["wasted"], {"tokens": None, "cost_usd": None, "seconds": 0.5})
        self.assertEqual(self.rules(path, "--rule", "idle_gap"), [])
        self.assertEqual(self.rules(path, "--off", "loop"), [])
        self.assertEqual(self.rules(self.lines("five.jsonl", request(*looping(2, 5)))), [])

    def test_one_finding_for_all_calls_of_a_model(self):
        calls = [chat(1, n, 0, f"question {n}", "answer", n * 600) for n in (1, 2, 3)]
        got = self.json("findings", self.lines("calls.jsonl", request(*calls)), "--rule", "unpriced", "--json")["findings"]
        self.assertEqual(len(got), 1)
        self.assertEqual(len(got[0]["span_ids"]), 3)
        self.assertIn("m-1", got[0]["evidence"])
        self.assertIn("3", got[0]["evidence"])

    def test_stored_results_follow_the_store(self):
        self.run_clew("import", self.lines("loop.jsonl", request(*looping(1)), request(*looping(2, 3))))
        self.assertIsNone(self.json("query", "trace:" + f"{1:032x}", "--json")["traces"][0]["findings"])
        self.assertEqual(self.rules(), ["loop"])
        row = self.json("query", "trace:" + f"{1:032x}", "--json")["traces"][0]
        self.assertEqual(row["findings"], {"error": 0, "warning": 1, "info": 0})
        rows = self.json("sql", "SELECT trace_id, rule, spans, current FROM v_findings", "--json")["rows"]
        self.assertEqual(rows, [[f"{1:032x}", "loop", "6", "1"]])
        # More of the second trace: it is looked at again, and only it has changed.
        self.run_clew("import", self.lines("more.jsonl", request(*looping(2, 7))))
        self.assertEqual(len(self.json("findings", "--json")["findings"]), 2)
        self.run_clew("remove", f"{1:032x}")
        self.assertEqual([f["trace_id"] for f in self.json("findings", "--json")["findings"]], [f"{2:032x}"])

    def test_filters_ask_for_findings_that_nobody_has_looked_for(self):
        path = self.lines("runs.jsonl", request(*looping(1)), request(*looping(2, 3)))
        for words, wanted in [("finding:loop", [1]), ("finding:any", [1]), ("finding:none", [2]), ("findings>0", [1]), ("findings>2", []),
                              ("finding:lo*", [1]), ("not finding:loop", [2]), ("finding:warning tool:search", [1])]:
            self.store.unlink(missing_ok=True)
            self.run_clew("import", path)
            got = self.json("query", words, "--json")
            self.assertEqual([int(t["trace_id"], 16) for t in got["traces"]], wanted, words)
        self.assertEqual(self.json("summary", "--filter", "finding:loop", "--json")["traces"], 1)
        self.assertEqual(self.json("findings", "--filter", "finding:none", "--json")["findings"], [])
        _, err = self.run_clew("query", "fnding:loop", code=1)
        self.assertIn("finding", err)

    def test_import_with_index_looks_for_them(self):
        self.run_clew("import", "--index", self.lines("loop.jsonl", request(*looping(1))))
        self.assertEqual(self.json("query", "--json")["traces"][0]["findings"]["warning"], 1)

    def test_settings(self):
        path = self.lines("loop.jsonl", request(*looping(1)))
        for words in (["--set", "loop_calls=6"], ["--loop-calls", "6"], ["--rules", self.write("r.json", {"thresholds": {"loop_calls": 6}})],
                      ["--rules", self.write("off.json", {"off": ["loop"]})]):
            self.assertEqual(self.rules(path, *words), [], words)
        self.assertEqual(self.rules(path, "--set", "loop_calls=5", "--set", "idle_gap=1"), ["loop"])
        # The person's own settings: those of the window.
        own = self.folder / "data" / "clew" / "findings.json"
        own.parent.mkdir(parents=True, exist_ok=True)
        self.run_clew("import", path)
        self.assertEqual(self.rules(), ["loop"])
        own.write_text(json.dumps({"off": ["loop"]}))
        self.assertEqual(self.rules(), [])
        self.assertEqual(self.json("query", "finding:loop", "--json")["count"], 0)
        rule = {r["rule"]: r for r in self.json("findings", "--list", "--json")["rules"]}
        self.assertEqual((rule["loop"]["on"], rule["loop"]["thresholds"]), (False, {"loop_calls": 5.0}))
        self.assertEqual(len(rule), 15)
        own.unlink()
        # What is asked for once is not kept for others.
        self.assertEqual(self.rules("--set", "loop_calls=6"), [])
        self.assertEqual(self.rules(), ["loop"])

    def test_wrong_settings(self):
        for words, said in [(["--set", "lop_calls=3"], "loop_calls"), (["--set", "loop_calls=many"], "loop_calls"), (["--rule", "lop"], "loop"),
                            (["--rules", self.write("bad.json", "[]")], "bad.json"), (["--rules", "nowhere.json"], "nowhere.json")]:
            out, err = self.run_clew("findings", *words, code=1)
            self.assertEqual(out, "")
            self.assertIn(said, err, words)

    def test_schemas_that_are_none(self):
        for parameters in ({"type": "STRING"}, {"type": "nonsense"}, {"$ref": "#"}, {"allOf": [{"$ref": "#"}]}, {"type": ["x", 3]},
                           {"properties": {"q": {"$ref": "#/properties/q"}}}, {"type": "OBJECT", "properties": {"q": {"type": "INTEGER"}}}):
            definitions = json.dumps([{"type": "function", "function": {"name": "search", "parameters": parameters}}])
            call = span(1, 2, 1, "chat m-1", 0, 50, [text("gen_ai.operation.name", "chat"), text("gen_ai.tool.definitions", definitions),
                                                     number("gen_ai.usage.input_tokens", 1), number("gen_ai.usage.output_tokens", 1)])
            path = self.lines("schema.jsonl", request(span(1, 1), call, tool(1, 3, 1, "search", "fine", 60)))
            self.rules(path)  # it ends, whatever it says
            if parameters["type" if "type" in parameters else next(iter(parameters))] == "OBJECT":
                self.assertIn("schema_violation", self.rules(path))


if __name__ == "__main__":
    main()
