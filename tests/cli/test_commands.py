#!/usr/bin/env python3
"""Every subcommand on good input."""
import gzip
import json
import os

from support import SAMPLE, SOURCE, CliTest, agent_trace, chat, main, number, request, span, text


class Summary(CliTest):
    def test_fields(self):
        path = self.lines("run.jsonl", request(*agent_trace(1)), request(*agent_trace(2)))
        got = self.json("summary", path, "--json", store=False)
        source = got.pop("sources")[0]
        self.assertEqual((source["format"], source["traces"], source["spans"]), ("otlp-json", 2, 8))
        self.assertEqual(source["notes"]["error"], 0)
        wanted = {"traces": 2, "spans": 8, "root_spans": 2, "orphan_spans": 0, "llm_calls": 4, "tool_calls": 2, "errors": 2, "tool_errors": 2,
                  "silent_failures": 0, "steps": 0, "duration_ns": 2_000_000_000, "input_tokens": 400, "cache_read_tokens": None,
                  "cache_write_tokens": None, "output_tokens": 80, "reasoning_tokens": None, "cost_usd": None, "cost_reported_usd": None,
                  "cost_computed_usd": None, "unpriced_calls": 4, "sessions": 1, "start": "2025-10-09T08:53:20.000000000Z",
                  "end": "2025-10-09T08:53:22.000000000Z"}
        self.assertEqual(got, wanted)
        self.assertEqual(list(got), list(wanted), "the order of the fields is part of the contract")

    def test_groups(self):
        path = self.lines("run.jsonl", request(*agent_trace(1)), request(*agent_trace(2)))
        by = self.json("summary", path, "--by", "trace", "--json", store=False)["groups"]
        self.assertEqual([g["key"] for g in by], [f"{1:032x}", f"{2:032x}"])
        self.assertEqual([g["input_tokens"] for g in by], [200, 200])
        for key in ("model", "session", "prompt", "tool", "agent", "day"):
            groups = self.json("summary", "--by", key, path, "--json", store=False)["groups"]
            self.assertEqual(groups, self.json("summary", "--by", key, path, "--json", store=False)["groups"], key)
        self.assertIn("m-1", [g["key"] for g in self.json("summary", path, "--by", "model", "--json", store=False)["groups"]])

    def test_wrappers_do_not_double(self):
        outer = span(1, 1, 0, "invoke_agent a", 0, 900, [{"key": "gen_ai.operation.name", "value": {"stringValue": "invoke_agent"}},
                                                        {"key": "gen_ai.usage.input_tokens", "value": {"intValue": "100"}}])
        got = self.json("summary", self.lines("w.jsonl", request(outer, chat(1, 2, 1, "q", "a"))), "--json", store=False)
        self.assertEqual(got["input_tokens"], 100)

    def test_a_lone_wrapper_counts_once(self):
        outer = span(1, 1, 0, "invoke_agent a", 0, 900, [{"key": "gen_ai.operation.name", "value": {"stringValue": "invoke_agent"}},
                                                        {"key": "gen_ai.usage.input_tokens", "value": {"intValue": "70"}}])
        self.assertEqual(self.json("summary", self.lines("w.jsonl", request(outer)), "--json", store=False)["input_tokens"], 70)

    def test_gzip_is_transparent(self):
        path = self.write("run.jsonl.gz", gzip.compress((json.dumps(request(*agent_trace(1))) + "\n").encode()))
        self.assertEqual(self.json("summary", path, "--json", store=False)["spans"], 4)

    def test_standard_input(self):
        got = self.json("summary", "-", "--json", store=False, stdin=(json.dumps(request(*agent_trace(1))) + "\n").encode())
        self.assertEqual(got["spans"], 4)

    def test_text(self):
        out, _ = self.run_clew("summary", SAMPLE, store=False)
        self.assertIn("LLM calls", out)


class Import(CliTest):
    def test_twice_changes_nothing(self):
        path = self.lines("run.jsonl", request(*agent_trace(1)))
        first = self.json("import", path, "--json")
        before = self.json("summary", "--json")
        self.assertEqual(first["sources"][0]["spans"], 4)
        second = self.json("import", path, "--json")
        self.assertEqual(second["sources"][0]["spans"], 4)
        self.assertEqual(self.json("summary", "--json"), before)

    def test_a_grown_file_adds_what_is_new(self):
        path = self.lines("run.jsonl", request(*agent_trace(1)))
        self.run_clew("import", path)
        with open(path, "a", encoding="utf-8") as out:
            out.write(json.dumps(request(*agent_trace(2))) + "\n")
        self.assertEqual(self.json("import", path, "--json")["sources"][0]["spans"], 8)
        self.assertEqual(self.json("summary", "--json")["traces"], 2)

    def test_a_rewritten_file_replaces_its_spans(self):
        path = self.lines("run.jsonl", request(*agent_trace(1)))
        self.run_clew("import", path)
        self.run_clew("annotate", f"{1:032x}", "--thumbs", "up")
        self.lines("run.jsonl", request(*agent_trace(3)))
        self.run_clew("import", path)
        got = self.json("summary", "--by", "trace", "--json")
        self.assertEqual([g["key"] for g in got["groups"]], [f"{3:032x}"])
        self.assertEqual(got["spans"], 4)

    def test_options_stand_anywhere(self):
        path = self.lines("run.jsonl", request(*agent_trace(1)))
        self.run_clew("import", "--json", path, "--format", "otlp-json", "--index")

    def test_one_trace_from_two_files(self):
        a, b = agent_trace(1)[:2], agent_trace(1)[2:]
        self.run_clew("import", self.lines("a.jsonl", request(*a)), self.lines("b.jsonl", request(*b)))
        got = self.json("summary", "--json")
        self.assertEqual((got["traces"], got["spans"], len(got["sources"])), (1, 4, 2))


class Mappings(CliTest):
    LOG = SOURCE / "tests" / "data" / "mapped_jsonl"

    def test_a_log_is_read_by_a_mapping(self):
        out = self.json("import", str(self.LOG / "steps.log"), "--mapping", str(self.LOG / "night.mapping"), "--json")
        self.assertEqual([(s["format"], s["traces"], s["spans"]) for s in out["sources"]], [("mapped:night-log", 2, 4)])

    def test_a_bad_mapping_says_why(self):
        bad = self.write("bad.json", '{"name":"x"}')
        _, err = self.run_clew("import", str(self.LOG / "steps.log"), "--mapping", bad, code=1)
        self.assertIn("fields", err)


class Show(CliTest):
    def test_tree(self):
        out, _ = self.run_clew("show", self.lines("run.jsonl", request(*agent_trace(1))), store=False)
        self.assertIn("├─ chat m-1", out)
        self.assertIn("error: boom", out)

    def test_json_by_prefix(self):
        self.run_clew("import", self.lines("run.jsonl", request(*agent_trace(1))))
        got = self.json("show", f"{1:032x}", "--json")
        self.assertEqual([s["depth"] for s in got["spans"]], [0, 1, 1, 1])
        self.assertEqual(got["spans"][2]["status"], "error")

    def test_unknown_id(self):
        self.run_clew("import", self.lines("run.jsonl", request(*agent_trace(1))))
        _, err = self.run_clew("show", "beef", code=1)
        self.assertIn("beef", err)


def resending_trace():
    """Two calls of an agent: the second resends the first with another system prompt, a result and a question."""

    def call(n, start, system, said, answer, usage):
        messages = [{"role": role, "content": content} for role, content in said]
        return span(1, n, 1, "chat m-1", start, 500, [
            text("gen_ai.operation.name", "chat"), text("gen_ai.request.model", "m-1"),
            text("gen_ai.input.messages", json.dumps([{"role": "system", "content": system}] + messages)),
            text("gen_ai.output.messages", json.dumps([{"role": "assistant", "content": answer}])),
            *[number(f"gen_ai.usage.{key}", value) for key, value in usage.items()]])

    rules = " " + "r" * 3976
    first = [("user", "q" * 400)]
    then = first + [("assistant", "look"), ("user", "n" * 396)]
    return [span(1, 1, 0, "invoke_agent helper", 0, 9000, [text("gen_ai.operation.name", "invoke_agent")]),
            call(2, 0, "Today is Monday, all day" + rules, first, "look",
                 {"input_tokens": 1100, "output_tokens": 5, "cache_creation.input_tokens": 1000}),
            call(3, 1500, "Today is Sunday, all day" + rules, then, "done",
                 {"input_tokens": 1200, "output_tokens": 5, "cache_read.input_tokens": 0})]


class ShowStep(CliTest):
    def setUp(self):
        super().setUp()
        self.run_clew("import", self.lines("run.jsonl", request(*resending_trace())))
        self.trace, self.first, self.second = f"{1:032x}", f"{2:016x}", f"{3:016x}"

    def test_json(self):
        got = self.json("show", self.trace, "--step", self.second, "--json")
        self.assertEqual((got["trace_id"], got["span_id"]), (self.trace, self.second))
        prompt = got["prompt"]
        self.assertEqual([(p["part"], p["characters"], p["tokens"]) for p in prompt["parts"]],
                         [("system", 4001, 1000), ("history", 404, 101), ("user", 396, 99)])
        self.assertEqual(sum(p["tokens"] for p in prompt["parts"]), prompt["input_tokens"])
        previous = got["previous"]
        self.assertEqual(previous["span_id"], self.first)
        self.assertEqual(previous["messages"], {"resent": 1, "previous_answer": 1, "changed": 1, "new": 1, "dropped": 0})
        self.assertEqual((previous["cache"], previous["broke_at_message"]), ("broke", 0))
        self.assertEqual([r["code"] for r in previous["reasons"]], ["step.system_changed"])
        self.assertIn("“Today is Monday", previous["reasons"][0]["sentence"])
        self.assertEqual([m["change"] for m in got["messages"]], ["changed", "resent", "answer", "new", "output"])
        self.assertEqual(got["gap_before_ns"], 1_000_000_000)

    def test_text(self):
        out, _ = self.run_clew("show", f"{self.trace}/{self.second}")
        for words in ("Prompt  1,200 tokens", "≈ 1,000", "The cache broke at message 1.", "The system prompt changed: “Today is Monday",
                      "1.00 s after what ran before it"):
            self.assertIn(words, out)

    def test_a_first_call(self):
        self.assertIsNone(self.json("show", self.trace, "--step", self.first, "--json")["previous"])
        self.assertIn("No earlier call", self.run_clew("show", self.trace, "--step", self.first)[0])

    def test_what_is_no_call(self):
        _, err = self.run_clew("show", self.trace, "--step", f"{1:016x}", code=1)
        self.assertIn("only model calls have a prompt", err)
        _, err = self.run_clew("show", self.trace, "--step", "beef", code=1)
        self.assertIn("beef", err)

    def test_a_call_within_a_file(self):
        got = self.json("show", self.lines("again.jsonl", request(*resending_trace())), "--step", self.second, "--json", store=False)
        self.assertEqual(got["span_id"], self.second)


class Annotate(CliTest):
    def setUp(self):
        super().setUp()
        self.path = self.lines("run.jsonl", request(*agent_trace(1)))
        self.run_clew("import", self.path)

    def judgements(self):
        table = self.json("sql", "SELECT * FROM v_judgements", "--json")
        return [dict(zip(table["columns"], row)) for row in table["rows"]]

    def test_everything_is_kept(self):
        self.run_clew("annotate", f"{1:032x}", "--thumbs", "down", "--score", "helpful=0.25", "--label", "slow", "--label", "wrong", "--comment", "no")
        self.run_clew("annotate", f"{1:032x}/{103:016x}", "--thumbs", "up", "--author", "ada")
        rows = self.judgements()
        self.assertEqual(len(rows), 2)
        self.assertEqual({r["trace_id"] for r in rows}, {f"{1:032x}"})
        self.run_clew("import", self.path)
        self.assertEqual(self.judgements(), rows)

    def test_wrong_usage(self):
        self.run_clew("annotate", f"{1:032x}", "--thumbs", "sideways", code=2)
        self.run_clew("annotate", f"{1:032x}", "--score", "helpful", code=2)
        self.run_clew("annotate", f"{1:032x}", code=2)

    def test_filter_finds_what_was_judged(self):
        self.run_clew("annotate", f"{1:032x}", "--thumbs", "down")
        self.assertEqual(self.json("summary", "--filter", "feedback:down", "--json")["traces"], 1)
        self.assertEqual(self.json("summary", "--filter", "feedback:up", "--json")["traces"], 0)


class Remove(CliTest):
    def test_trace_and_source(self):
        a, b = self.lines("a.jsonl", request(*agent_trace(1))), self.lines("b.jsonl", request(*agent_trace(2)))
        self.run_clew("import", a, b)
        self.run_clew("annotate", f"{1:032x}", "--thumbs", "up")
        self.run_clew("remove", f"{1:032x}")
        self.assertEqual(self.json("summary", "--json")["traces"], 1)
        self.assertEqual(len(self.json("sql", "SELECT * FROM v_judgements", "--json")["rows"]), 1, "judgements stay")
        self.run_clew("remove", b)
        self.assertEqual(self.json("summary", "--json")["spans"], 0)

    def test_judgements_where_asked(self):
        self.run_clew("import", self.lines("a.jsonl", request(*agent_trace(1))))
        self.run_clew("annotate", f"{1:032x}", "--thumbs", "up")
        self.run_clew("remove", f"{1:032x}", "--judgements")
        self.assertEqual(self.json("sql", "SELECT * FROM v_judgements", "--json")["rows"], [])


class Others(CliTest):
    def test_render(self):
        for view in ("trace", "tree", "waterfall", "details", "runs", "minimap"):
            out = self.folder / f"{view}.png"
            self.run_clew("render", "--view", view, SAMPLE, "-o", out, "--size", "900x600", "--theme", "dark", store=False)
            self.assertEqual(out.read_bytes()[:4], b"\x89PNG")
        out = self.folder / "trace.svg"
        self.run_clew("render", "--view", "waterfall", SAMPLE, "-o", out, store=False)
        self.assertIn(b"<svg", out.read_bytes()[:2000])

    def test_sql_is_read_only(self):
        self.run_clew("import", self.lines("a.jsonl", request(*agent_trace(1))))
        self.assertEqual(self.json("sql", "SELECT count(*) FROM v_spans", "--json")["rows"], [["4"]])
        for bad in ("DELETE FROM span", "DROP TABLE span", "PRAGMA journal_mode=DELETE", "SELECT 1; SELECT 2", "ATTACH 'x' AS y", "nonsense"):
            _, err = self.run_clew("sql", bad, code=1)
            self.assertTrue(err.strip(), bad)

    def test_doctor_finds_run_folders(self):
        self.assertIn("None of", self.run_clew("doctor", "--find", store=False)[0])
        folder = self.folder / ".codex" / "sessions" / "2026"
        folder.mkdir(parents=True)
        (folder / "rollout-1.jsonl").write_text("{}\n")
        got = self.json("doctor", "--find", "--json", store=False)
        self.assertEqual([(p["title"], p["runs"], p["bytes"]) for p in got["found"]], [("Codex", 1, 3)])
        self.assertIn("Codex", self.run_clew("doctor", "--find", store=False)[0])

    def test_same_run_id_in_unrelated_files(self):
        def step(seq, at, kind="inference"):
            return {"run_id": "run-1", "seq": seq, "ts_epoch": at, "event_type": kind, "model": "m", "input_tokens": 1, "output_tokens": 1}
        for folder in ("a", "b", "c"):
            (self.folder / folder).mkdir()
        first = self.lines("a/one.jsonl", step(1, 1760000000.0), step(2, 1760000001.0))
        other = self.lines("b/two.jsonl", step(1, 1770000000.0), step(2, 1770000001.0))
        more = self.lines("c/three.jsonl", step(3, 1760000002.0))
        for path in (first, other, more, other):
            self.run_clew("import", path)
        got = self.json("summary", "--json", "--by", "trace")
        self.assertEqual((got["traces"], got["llm_calls"]), (2, 5))
        self.assertEqual(sorted(g["llm_calls"] for g in got["groups"]), [2, 3])
        notes = {os.path.basename(s["path"]): s["notes"]["warning"] for s in got["sources"]}
        self.assertEqual(notes, {"one.jsonl": 0, "two.jsonl": 1, "three.jsonl": 0})

    def test_the_same_session_seen_by_two_recorders(self):
        otlp = self.lines("otel.jsonl", request(chat(1, 11, 0, "hello", "hi")))
        log = self.lines("log.jsonl", {"run_id": "r", "seq": 0, "ts_epoch": 1.0e9, "event_type": "run_header", "session_id": "s-1"},
                         {"run_id": "r", "seq": 1, "ts_epoch": 1.0e9, "event_type": "inference", "model": "m"})
        self.run_clew("import", otlp, log)
        shown = self.json("show", f"{1:032x}", "--json")
        self.assertEqual([(o["format"], o["spans"]) for o in shown["also_recorded"]], [("agent-telemetry", 2)])
        self.assertEqual(self.json("show", "r", "--json")["also_recorded"][0]["trace_id"], f"{1:032x}")
        self.assertEqual(self.json("summary", "--json")["traces"], 2)

    def test_doctor(self):
        got = self.json("doctor", "--json")
        self.assertFalse(got["store"]["exists"])
        self.assertFalse(self.store.exists(), "doctor makes no store")
        self.run_clew("import", self.lines("a.jsonl", request(*agent_trace(1))))
        got = self.json("doctor", "--json")
        self.assertEqual((got["store"]["spans"], got["store"]["problem"]), (4, None))
        self.assertIn("claude-code", [f["id"] for f in got["formats"]])
        self.assertIn("no problem found", self.run_clew("doctor")[0])

    def test_user_dialects(self):
        path = self.lines("own.jsonl", request(span(1, 1, 0, "step", 0, 5, [text("my.step", "brain"), number("my.in", 7)])))
        folder = self.folder / "data" / "clew" / "dialects"
        folder.mkdir(parents=True)
        (folder / "own.json").write_text('{"name": "mine", "attributes": {"my.step": "kind", "my.in": "input_tokens"}, "kinds": {"brain": "llm"}}')
        (folder / "broken.json").write_text('{"attributes": {"a": "colour"}}')
        got = self.json("summary", path, "--json", store=False)
        self.assertEqual((got["llm_calls"], got["input_tokens"]), (1, 7))
        broken, own = self.json("doctor", "--json")["dialects"]["files"]
        self.assertEqual((own["name"], own["keys"], own["problem"]), ("mine", 2, None))
        self.assertIn("colour", broken["problem"])
        self.assertIn("broken", self.run_clew("doctor")[0])

    def test_wrong_usage(self):
        self.run_clew("summary", "--by", "colour", code=2)
        self.run_clew("import", code=2)
        self.run_clew("render", "--view", "moon", SAMPLE, "-o", "x.png", code=2, store=False)
        self.run_clew("--no-such-option", code=2)
        self.assertIn("import", self.run_clew("--help")[0])


main()
