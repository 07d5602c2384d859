#!/usr/bin/env python3
"""clew serve from outside: ports, posts, followed files, standard input, and its end."""
import gzip
import json
import socket
import subprocess
import time

from serving import PATIENCE, Serving
from support import CLEW, CliTest, agent_trace, main, request, text


def until(what, seconds=PATIENCE):
    """The first true answer of `what` within the time, else its last."""
    end = time.monotonic() + seconds
    while not (answer := what()) and time.monotonic() < end:
        time.sleep(0.2)
    return answer


class ServeTest(CliTest):
    def serve(self, *options, **more):
        return Serving(CLEW, self.store, *options, environment=self.environment, **more)

    def summary(self):
        answer = self.json("summary", "--json")
        return {k: v for k, v in answer.items() if k != "sources"}

    def imported(self, *requests):
        """What an import of the same requests as a file gives."""
        path, other = self.lines("same.jsonl", *requests), self.folder / "other.db"
        self.run_clew("--store", other, "import", path, store=False)
        answer = json.loads(self.run_clew("--store", other, "summary", "--json", store=False)[0])
        return {k: v for k, v in answer.items() if k != "sources"}

    def spans(self):
        return self.summary()["spans"] if self.store.exists() else 0


class Posts(ServeTest):
    def test_posts_end_as_an_import_of_the_same_file(self):
        requests = [request(*agent_trace(n)) for n in range(1, 6)]
        with self.serve() as live:
            for n, one in enumerate(requests):
                headers = {"Content-Type": "application/json"}
                body = json.dumps(one).encode()
                if n % 2:
                    body, headers = gzip.compress(body), {**headers, "Content-Encoding": "gzip"}
                status, answer_headers, answer = live.post("/some/prefix/v1/traces" if n == 2 else "/v1/traces", body, headers)
                self.assertEqual((status, answer), (200, "{}"))
                self.assertTrue(answer_headers["Content-Type"].startswith("application/json"))
            self.assertEqual(live.post("/v1/traces", requests[0])[0], 200)  # once more, as a client that lost the answer
            code, said = live.end()
        self.assertEqual(code, 0, said)
        self.assertIn("24 spans received in 6 requests, 0 refused", said)
        self.assertEqual(self.summary(), self.imported(*requests))

    def test_children_before_parents_and_chunked(self):
        spans = agent_trace(7)
        with self.serve() as live:
            for one in reversed(spans):
                body = json.dumps(request(one)).encode()
                status, _, answer = live.post("/v1/traces", (body[i:i + 50] for i in range(0, len(body), 50)),
                                            {"Content-Type": "application/json"})
                self.assertEqual((status, answer), (200, "{}"))
            self.assertEqual(live.end()[0], 0)
        self.assertEqual(self.summary(), self.imported(request(*spans)))

    def test_refusals_are_said_and_counted(self):
        with self.serve() as live:
            self.assertEqual(live.post("/v1/traces", b"<html>", {"Content-Type": "text/html"})[0], 415)
            self.assertEqual(live.post("/v1/traces", b'{"resourceSpans":[{', {"Content-Type": "application/json"})[0], 400)
            self.assertEqual(live.post("/nowhere", {})[0], 404)
            self.assertEqual(live.ask("GET", "/v1/traces")[0], 405)
            code, said = live.end()
        self.assertEqual(code, 0, said)
        self.assertIn("0 spans received in 0 requests, 3 refused", said)
        self.assertIn("refused 3 of unknown client: 404 /nowhere", said)

    def test_every_durability_keeps_what_it_answered(self):
        for durability in ("sampled", "complete", "critical"):
            with self.subTest(durability):
                self.store = self.folder / f"{durability}.db"
                with self.serve("--durability", durability) as live:
                    self.assertEqual(live.post("/v1/traces", request(*agent_trace(3)))[0], 200)
                    code, said = live.end()
                self.assertEqual(code, 0, said)
                self.assertEqual(self.spans(), 4)
                self.assertEqual("is lost if this process is killed" in said, durability == "sampled")

    def test_the_store_can_be_asked_meanwhile(self):
        with self.serve() as live:
            self.assertEqual(live.post("/v1/traces", request(*agent_trace(1)))[0], 200)
            self.assertEqual(self.spans(), 4)
            self.assertEqual(live.post("/v1/traces", request(*agent_trace(2)))[0], 200)
            self.assertEqual(self.spans(), 8)

    def feedback_words(self):
        """What an export says of the judged trace."""
        for (trace,) in self.json("sql", "SELECT trace_id FROM v_traces", "--json")["rows"]:
            self.run_clew("annotate", trace, "--label", "seen")
        return self.run_clew("export", "--format", "otlp", "-o", "-")[0]

    def test_feedback_of_langsmith(self):
        run = {"id": "0c000000-aaaa-4bbb-8ccc-000000000001", "trace_id": "0c000000-aaaa-4bbb-8ccc-000000000001", "name": "answer",
               "dotted_order": "20250301T120000000000Z0c000000-aaaa-4bbb-8ccc-000000000001", "run_type": "chain",
               "start_time": "2025-03-01T12:00:00.000Z", "end_time": "2025-03-01T12:00:01.000Z", "inputs": {"q": "hi"}, "outputs": {"a": "ho"}}
        with self.serve() as live:
            feedback = {"id": "f-1", "run_id": run["id"], "trace_id": run["id"], "key": "helpful", "score": 1, "comment": "quite so",
                        "feedback_source": {"type": "api"}}
            self.assertEqual(live.post("/feedback", feedback)[0], 200)  # before its run
            self.assertEqual(live.post("/runs", run)[0], 202)
            self.assertEqual(live.end()[0], 0)
        words = self.feedback_words()
        for word in ("gen_ai.evaluation.result", "helpful", "quite so", "feedback_source"):
            self.assertIn(word, words)

    def test_scores_of_langfuse(self):
        trace = {"id": "lf-1", "name": "answer", "timestamp": "2025-03-01T12:00:00Z"}
        event = {"id": "e-1", "type": "trace-create", "timestamp": "2025-03-01T12:00:00Z", "body": trace}
        score = {"id": "s-2", "type": "score-create", "body": {"id": "s-2", "traceId": "lf-1", "name": "fluent", "value": 0.25}}
        with self.serve() as live:
            early = {"id": "s-1", "traceId": "lf-1", "name": "helpful", "value": 1, "comment": "quite so"}
            self.assertEqual(live.post("/api/public/scores", early)[::2], (200, '{"id":"s-1"}'))
            for events in ([event], [score]):
                status, _, answer = live.post("/api/public/ingestion", {"batch": events})
                self.assertEqual((status, json.loads(answer)), (207, {"successes": [{"id": events[0]["id"], "status": 201}], "errors": []}))
            self.assertEqual(live.end()[0], 0)
        words = self.feedback_words()
        for word in ("helpful", "quite so", "fluent", "langfuse.score.id"):
            self.assertIn(word, words)

    def test_evaluation_events_of_otlp(self):
        spans = agent_trace(1)
        record = {"eventName": "gen_ai.evaluation.result", "timeUnixNano": spans[0]["endTimeUnixNano"], "traceId": spans[0]["traceId"],
                  "spanId": spans[0]["spanId"], "attributes": [text("gen_ai.evaluation.name", "helpful"), text("gen_ai.evaluation.score.label", "yes")]}
        with self.serve() as live:
            logs = {"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]}
            self.assertEqual(live.post("/v1/logs", logs)[::2], (200, "{}"))
            self.assertEqual(live.post("/v1/traces", request(*spans))[0], 200)
            self.assertEqual(live.post("/v1/metrics", {"resourceMetrics": []})[::2], (200, "{}"))
            self.assertEqual(live.end()[0], 0)
        self.assertIn("helpful", self.feedback_words())


class Ports(ServeTest):
    def test_both_are_printed_and_off_is_off(self):
        with self.serve("--grpc", "0") as live:
            self.assertEqual(sorted(live.ports), ["grpc", "http"])
            self.assertNotIn(0, live.ports.values())
        with self.serve("--http", "off") as live:
            self.assertEqual(live.ports, {})
            self.assertEqual(until(lambda: self.store.exists()), True)
            time.sleep(0.5)
            self.assertEqual(live.end()[0], 0)

    def test_a_busy_port_is_said_with_a_free_one(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            for transport in ("http", "grpc"):
                other = "grpc" if transport == "http" else "http"
                out, err = self.run_clew("serve", f"--{transport}", port, f"--{other}", "off", code=1)
                self.assertEqual(out, "")
                self.assertRegex(err, rf"Port {port} on 127.0.0.1 is taken by another program\. “--{transport} \d+” is free\.")

    def test_the_free_port_is_offered_for_the_option_that_failed(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            _, err = self.run_clew("serve", "--grpc", port, "--http", "0", code=1)
            self.assertIn("--grpc ", err)

    def test_other_addresses_need_a_token(self):
        _, err = self.run_clew("serve", "--bind", "0.0.0.0", "--http", 0, "--grpc", "off", code=1)
        self.assertIn("a token is needed", err)
        with self.serve("--bind", "0.0.0.0", "--token", "s3cret") as live:
            self.assertEqual(live.post("/v1/traces", request(*agent_trace(1)))[0], 401)
            self.assertEqual(live.post("/v1/traces", request(*agent_trace(1)), {"Authorization": "Bearer no"})[0], 401)
            self.assertEqual(live.post("/v1/traces", request(*agent_trace(1)), {"Authorization": "Bearer s3cret"})[0], 200)
            code, said = live.end()
        self.assertEqual(code, 0)
        self.assertIn("beyond this machine", said)
        self.assertIn("2 refused", said)
        self.assertEqual(self.spans(), 4)

    def test_bad_words(self):
        self.assertIn("is no port", self.run_clew("serve", "--http", "70000", code=1)[1])
        self.assertIn("is no port", self.run_clew("serve", "--grpc", "-1", "--http", "0", code=1)[1])


class StandardInput(ServeTest):
    def test_line_by_line(self):
        with self.serve("-", "--http", "off", stdin=subprocess.PIPE) as live:
            for n in range(1, 4):
                live.process.stdin.write(json.dumps(request(*agent_trace(n))) + "\n")
                live.process.stdin.flush()
                self.assertEqual(until(lambda: self.spans() == 4 * n), True, f"line {n}")
            live.process.stdin.close()
            code, said = live.wait()  # nothing else to wait for
        self.assertEqual(code, 0, said)
        self.assertIn("12 spans received", said)

    def test_ends_at_a_signal_though_the_pipe_is_open(self):
        with self.serve("-", stdin=subprocess.PIPE) as live:
            live.process.stdin.write(json.dumps(request(*agent_trace(1))) + "\n")
            live.process.stdin.flush()
            self.assertEqual(until(lambda: self.spans() == 4), True)
            self.assertEqual(live.post("/v1/traces", request(*agent_trace(2)))[0], 200)
            code, said = live.end()
        self.assertEqual(code, 0, said)
        self.assertEqual(self.spans(), 8)

    def test_what_is_no_trace_is_said(self):
        with self.serve("-", "--http", "off", stdin=subprocess.PIPE) as live:
            live.process.stdin.write("nothing of the kind\n" * 20)
            live.process.stdin.close()
            code, said = live.wait()
        self.assertEqual(code, 1, said)
        self.assertIn("is in no format that Clew knows", said)


class Follow(ServeTest):
    def test_a_folder_grows(self):
        runs = self.folder / "runs"
        runs.mkdir()
        with self.serve("--follow", runs, "--http", "off") as live:
            first = runs / "a.jsonl"
            first.write_text(json.dumps(request(*agent_trace(1))) + "\n", encoding="utf-8")
            self.assertEqual(until(lambda: self.spans() == 4), True)
            line = json.dumps(request(*agent_trace(2))) + "\n"
            with first.open("a", encoding="utf-8") as out:
                out.write(line[:100])
                out.flush()
                (runs / "b.jsonl").write_text(json.dumps(request(*agent_trace(3))) + "\n", encoding="utf-8")
                self.assertEqual(until(lambda: self.spans() == 8), True)
                out.write(line[100:])
            self.assertEqual(until(lambda: self.spans() == 12), True)
            code, said = live.end()
        self.assertEqual(code, 0, said)
        self.assertEqual(self.summary(), self.imported(*(request(*agent_trace(n)) for n in (1, 2, 3))))

    def test_a_file_that_appears_later(self):
        path = self.folder / "later.jsonl"
        with self.serve("--follow", path, "--http", "off") as live:
            time.sleep(1)
            path.write_text(json.dumps(request(*agent_trace(1))) + "\n", encoding="utf-8")
            self.assertEqual(until(lambda: self.spans() == 4), True)
            self.assertEqual(live.end()[0], 0)


main()
