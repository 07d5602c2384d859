#!/usr/bin/env python3
"""clew query: what a filter selects, its JSON, and what it says of a wrong one."""

from support import CliTest, agent_trace, main, request, span, text, tool


class Query(CliTest):
    def setUp(self):
        super().setUp()
        session = [span(3, 301, 0, "session", 0, 5000, [text("gen_ai.operation.name", "invoke_agent"), text("gen_ai.agent.name", "coder")]),
                   tool(3, 302, 301, "edit", "ok", 100), tool(3, 303, 301, "bash", "exit 1", 300, status={"code": 2, "message": "failed"}),
                   tool(3, 304, 301, "edit", "退款 done", 500)]
        late = span(4, 401, 0, "nightly job", 90_000_000, 1)
        self.run_clew("import", self.lines("runs.jsonl", request(*agent_trace(1)), request(*agent_trace(2)), request(*session), request(late)))

    def ids(self, *words):
        got = self.json("query", *words, "--json")
        self.assertEqual(got["count"], len(got["traces"]))
        return [int(t["trace_id"], 16) for t in got["traces"]]

    def test_fields(self):
        got = self.json("query", "agent:coder", "--json")
        self.assertEqual(list(got), ["count", "traces"])
        row = got["traces"][0]
        self.assertEqual(list(row)[:6], ["trace_id", "name", "start", "duration_ns", "status", "cost_usd"])
        wanted = {"trace_id": f"{3:032x}", "name": "session", "start": "2025-10-09T08:53:20.000000000Z", "duration_ns": 5_000_000_000,
                  "status": "error", "cost_usd": None, "session": None, "running": False, "spans": 4, "llm_calls": 0, "tool_calls": 3,
                  "errors": 1, "silent_failures": 0, "input_tokens": None, "output_tokens": None, "thumb": None}
        self.assertEqual({k: row[k] for k in wanted}, wanted)

    def test_all_newest_first(self):
        self.assertEqual(self.ids("")[0], 4)
        self.assertEqual(self.ids(), self.ids(""))
        self.assertEqual(len(self.ids()), 4)
        self.assertEqual(self.ids("--order", "start", "--ascending")[-1], 4)

    def test_limit_keeps_the_count(self):
        got = self.json("query", "status:error", "--limit", "1", "--json")
        self.assertEqual((got["count"], len(got["traces"])), (3, 1))
        got = self.json("query", "status:error", "--limit", "0", "--json")
        self.assertEqual((got["count"], got["traces"]), (3, []))

    def test_language(self):
        for words, wanted in [("tool:search", {1, 2}), ("tool:search or name:nightly*", {1, 2, 4}), ("not status:error", {4}),
                              ("tokens_in>150", {1, 2}), ("duration>2s", {3}), ("duration:2s..5s", {1, 2, 3}), ("start>2025-10-09", {4}),
                              ("start:2025-10-09", {1, 2, 3}), ("start>-60000d", {1, 2, 3, 4}), ("seq(edit, bash:error, edit)", {3}),
                              ("seq(bash:error, bash)", set()), ("has(tool:search status:error)", {1, 2}), ("has(tool:edit status:error)", set()),
                              ("parent: agent:coder", {3}), ("service:t spans>3", {1, 2, 3}), ('"question 2"', {2}), ("退款", {3}),
                              ("attr.gen_ai.tool.name:ba*", {3}), ("model:/^m-\\d$/", {1, 2}), ("source:runs.jsonl", {1, 2, 3, 4}), ("format:otlp*", {1, 2, 3, 4})]:
            self.assertEqual(set(self.ids(words)), wanted, words)
        self.assertEqual(self.json("query", "--json", "--", "-status:error")["count"], 1)

    def test_judgements(self):
        self.run_clew("annotate", f"{1:032x}", "--thumbs", "down", "--score", "quality=0.2", "--comment", "no such order")
        self.assertEqual(self.ids("feedback:down score.quality<0.5 comment:order"), [1])
        self.assertEqual(self.json("query", "is:judged", "--json")["traces"][0]["thumb"], "down")
        out = self.folder / "judged.csv"
        self.run_clew("export", "--format", "csv", "-o", out, "--filter", "feedback:down and (has(tool:search status:error) or cost>1)")
        self.assertIn(f"{1:032x}", out.read_text())

    def test_the_same_language_in_summary_and_export(self):
        self.assertEqual(self.json("summary", "--filter", "seq(edit, bash:error)", "--json")["traces"], 1)
        _, err = self.run_clew("export", "--format", "csv", "-o", self.folder / "x.csv", "--filter", "modle:x", code=1)
        self.assertIn("model:", err)

    def test_wrong_filters(self):
        for words, said in [("modle:x", ["modle", "Did you mean “model:”?", "character 1"]), ("status:error and", ["and", "character 14"]),
                            ("status:eror", ["eror", "status:error", "character 8"]), ("(a or b", ["never closed", "character 1"]),
                            ("a b)", ["closes nothing", "character 4"]), ('x "open', ["never closed", "character 3"]), ("cost>much", ["much", "0.05"]),
                            ("has(spans>3)", ["spans", "character 5"]), ("(" * 60_000, ["64"]), ("x" * 70_000, ["64"]), ("name:/(/", ["(", "character 6"])]:
            out, err = self.run_clew("query", words, "--json", code=1)
            self.assertEqual(out, "")
            for part in said:
                self.assertIn(part, err, words)
            self.assertLess(len(err), 1000, words)

    def test_never_sql(self):
        for words in ["' OR 1=1 --", "name:\"' OR '1'='1\"", "tool:\"x') OR (1=1\"", "score.\"a'b\">0"]:
            self.assertEqual(self.ids(words), [], words)
        self.assertEqual(len(self.ids()), 4)

    def test_table(self):
        out, err = self.run_clew("query", "status:error")
        lines = out.splitlines()
        self.assertEqual(len(lines), 4)
        self.assertIn("duration", lines[0])
        self.assertIn(f"{3:032x}", out)
        self.assertIn("3 of 4 traces", err)


if __name__ == "__main__":
    main()
