#!/usr/bin/env python3
"""Exports: what was judged, in three formats; lossless where it says so."""
import csv
import io
import json

from support import CliTest, agent_trace, chat, main, request, span, text, tool


class Export(CliTest):
    def setUp(self):
        super().setUp()
        self.run_clew("import", self.lines("run.jsonl", *[request(*agent_trace(i)) for i in range(1, 5)]))
        self.run_clew("annotate", f"{1:032x}", "--thumbs", "up", "--label", "good", "--score", "helpful=0.5", "--comment", "=SUM(A1)")
        self.run_clew("annotate", f"{2:032x}/{204:016x}", "--thumbs", "down")

    def test_openai_chat(self):
        out = self.folder / "out.jsonl"
        _, err = self.run_clew("export", "--format", "openai-chat", "-o", out)
        self.assertIn("2 rows", err)
        rows = [json.loads(line) for line in out.read_text().splitlines()]
        self.assertEqual([m["role"] for m in rows[0]["messages"]], ["user", "assistant"])
        self.assertEqual(rows[0]["messages"][-1]["content"], "answer 1")
        self.assertEqual(rows[0]["metadata"]["trace_id"], f"{1:032x}")
        self.assertEqual(rows[0]["metadata"]["labels"], ["good"])
        self.assertEqual(rows[1]["metadata"]["span_id"], f"{204:016x}")

    def test_tools_ride_along(self):
        definition = [{"type": "function", "name": "search", "description": "d", "parameters": {"type": "object"}}]
        asked = chat(9, 902, 901, "q", "a")
        asked["attributes"] = [a for a in asked["attributes"] if a["key"] not in ("gen_ai.input.messages", "gen_ai.output.messages")] + [
            text("gen_ai.tool.definitions", json.dumps(definition)),
            text("gen_ai.input.messages", json.dumps([
                {"role": "user", "parts": [{"type": "text", "content": "q"}]},
                {"role": "assistant", "parts": [{"type": "tool_call", "id": "c1", "name": "search", "arguments": {"q": "x"}}]},
                {"role": "tool", "parts": [{"type": "tool_call_response", "id": "c1", "response": {"hits": 1}}]}])),
            text("gen_ai.output.messages", json.dumps([{"role": "assistant", "parts": [{"type": "text", "content": "done"}]}]))]
        self.run_clew("import", self.lines("tools.jsonl", request(span(9, 901, 0, "agent"), asked, tool(9, 903, 901, "search", "{}"))))
        self.run_clew("annotate", f"{9:032x}", "--thumbs", "up")
        out, _ = self.run_clew("export", "--format", "openai-chat", "-o", "-", "--filter", "feedback:up")
        row = next(r for r in map(json.loads, out.splitlines()) if r["metadata"]["trace_id"] == f"{9:032x}")
        self.assertEqual(row["tools"][0]["function"]["name"], "search")
        self.assertEqual([m["role"] for m in row["messages"]], ["user", "assistant", "tool", "assistant"])
        call = row["messages"][1]["tool_calls"][0]
        self.assertEqual((call["id"], call["function"]["name"], json.loads(call["function"]["arguments"])), ("c1", "search", {"q": "x"}))
        self.assertEqual(row["messages"][2]["tool_call_id"], "c1")

    def test_csv(self):
        out, _ = self.run_clew("export", "--format", "csv", "-o", "-")
        rows = list(csv.DictReader(io.StringIO(out, newline="")))
        self.assertEqual(len(rows), 2)
        self.assertEqual(next(iter(rows[0])), "trace_id")
        self.assertEqual((rows[0]["trace_id"], rows[0]["label"], rows[0]["score_helpful"]), (f"{1:032x}", "good", "0.5"))
        self.assertEqual(rows[0]["notes"], "'=SUM(A1)", "a formula must not run")
        self.assertEqual(rows[0]["output_text"], "answer 1")

    def test_filter_and_nothing(self):
        out, err = self.run_clew("export", "--format", "csv", "-o", "-", "--filter", "feedback:down")
        self.assertEqual(len(out.splitlines()), 2)
        self.run_clew("export", "--format", "csv", "-o", "-", "--filter", "colour:red", code=1)
        self.run_clew("export", "--format", "fax", "-o", "-", code=1)
        self.run_clew("export", "--format", "csv", "-o", self.folder / "no" / "such" / "x.csv", code=1)

    def test_full_target(self):
        _, err = self.run_clew("export", "--format", "csv", "-o", "/dev/full", code=1)
        self.assertTrue(err.strip())


class Lossless(CliTest):
    def test_otlp_comes_back_value_for_value(self):
        attributes = [text("a.text", "naïve \u2028 東京 \"quoted\" \\ \u0001"), {"key": "i", "value": {"intValue": "9223372036854775807"}},
                      {"key": "d", "value": {"doubleValue": 0.1}}, {"key": "b", "value": {"boolValue": False}}, {"key": "none", "value": {}},
                      {"key": "bytes", "value": {"bytesValue": "AAEC"}},
                      {"key": "list", "value": {"arrayValue": {"values": [{"stringValue": "x"}, {"kvlistValue": {"values": [text("k", "v")]}}]}}}]
        whole = span(5, 51, 0, "root", attributes=attributes, kind=3, flags=257, traceState="a=b", droppedAttributesCount=2,
                     events=[{"timeUnixNano": "1760000000000000001", "name": "e", "attributes": [text("x", "y")], "droppedAttributesCount": 1}],
                     links=[{"traceId": f"{6:032x}", "spanId": f"{61:016x}", "attributes": [text("why", "follows")], "flags": 1}],
                     status={"code": 2, "message": "bad"}, someFutureField={"x": [1, 2]})
        child = span(5, 52, 51, "child")
        original = request(whole, child)
        original["resourceSpans"][0]["schemaUrl"] = "https://example.invalid/1"
        original["resourceSpans"][0]["scopeSpans"][0]["schemaUrl"] = "https://example.invalid/2"
        self.run_clew("import", self.lines("whole.jsonl", original))
        self.run_clew("annotate", f"{5:032x}", "--thumbs", "up", "--label", "x")
        out, _ = self.run_clew("export", "--format", "otlp", "-o", "-")
        lines = [json.loads(line) for line in out.splitlines()]
        got = lines[0]["resourceSpans"]
        self.assertEqual(len(got), 1)
        self.assertEqual(got[0]["resource"], original["resourceSpans"][0]["resource"])
        self.assertEqual(got[0]["schemaUrl"], "https://example.invalid/1")
        self.assertEqual(got[0]["scopeSpans"][0]["schemaUrl"], "https://example.invalid/2")
        spans = {s["spanId"]: s for s in got[0]["scopeSpans"][0]["spans"]}
        self.assertEqual(spans[whole["spanId"]], {k: v for k, v in whole.items() if k != "parentSpanId"})
        self.assertEqual(spans[child["spanId"]], {k: v for k, v in child.items() if v != []})
        log = lines[1]["resourceLogs"][0]["scopeLogs"][0]["logRecords"][0]
        self.assertEqual((log["eventName"], log["traceId"]), ("gen_ai.evaluation.result", f"{5:032x}"))

        again = self.write("again.jsonl", out)
        self.store = self.folder / "second.db"
        self.run_clew("import", again)
        self.run_clew("annotate", f"{5:032x}", "--thumbs", "up")
        second, _ = self.run_clew("export", "--format", "otlp", "-o", "-")
        spans_again = {s["spanId"]: s for s in json.loads(second.splitlines()[0])["resourceSpans"][0]["scopeSpans"][0]["spans"]}
        self.assertEqual(spans_again[child["spanId"]], spans[child["spanId"]])


main()
