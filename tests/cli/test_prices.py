#!/usr/bin/env python3
"""Prices from outside: the table, the user's own prices, what they do to totals."""
import json
import os

from support import SOURCE, CliTest, main, number, request, span, text

OWN = {"models": [{"match": "my-model", "input_mtok": 3, "output_mtok": 15, "cache_read_mtok": 0.3, "cache_write_mtok": 3.75,
                   "tiers": [{"above_input": 200000, "input_mtok": 6, "output_mtok": 22.5}]}]}


def call(n, model, tokens_in, tokens_out, trace=1, more=()):
    return span(trace, n, 0, f"chat {model}", n, 500, [
        text("gen_ai.operation.name", "chat"), text("gen_ai.request.model", model), number("gen_ai.usage.input_tokens", tokens_in),
        number("gen_ai.usage.output_tokens", tokens_out), *more])


class Prices(CliTest):
    def own(self, prices=None):
        return self.write("own.json", json.dumps(prices or OWN).encode())

    def summary(self, *more):
        return self.json("summary", "--json", *more)

    def test_list(self):
        got = self.json("prices", "--json")
        self.assertGreater(len(got["models"]), 500)
        self.assertIn("MIT", got["licence"])
        self.assertEqual(got["override"], None)
        out, _ = self.run_clew("prices")
        self.assertIn("claude-sonnet-4-5", out)
        self.assertIn("genai-prices", out)

    def test_match_and_arithmetic(self):
        got = self.json("prices", "--match", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", "--json")
        self.assertEqual((got["provider"], got["model"]), ("anthropic", "claude-sonnet-4-5"))
        got = self.json("prices", "--test", "--model", "gpt-4o-mini", "--input", "1000000", "--output", "1000000", "--cache-read", "400000", "--json")
        self.assertAlmostEqual(got["cost_usd"], 0.09 + 0.03 + 0.6, places=12)
        out, _ = self.run_clew("prices", "--test", "--model", "gpt-4o-mini", "--input", "1000")
        self.assertIn("total, computed", out)
        _, error = self.run_clew("prices", "--match", "no-such-model", code=1)
        self.assertIn("no-such-model", error)

    def test_override_holds_at_once(self):
        path = self.lines("run.jsonl", request(call(1, "my-model", 1000, 500, more=[number("gen_ai.usage.cache_read.input_tokens", 400)]),
                                               call(2, "my-model", 300_000, 1000, 2), call(3, "mystery", 10, 10, 2)))
        self.run_clew("import", path)
        before = self.summary()
        self.assertEqual((before["cost_usd"], before["cost_computed_usd"], before["unpriced_calls"]), (None, None, 3))
        self.run_clew("prices", "--override", self.own())
        after = self.summary()
        wanted = (600 * 3 + 400 * 0.3 + 500 * 15) / 1e6 + (300_000 * 6 + 1000 * 22.5) / 1e6
        self.assertAlmostEqual(after["cost_usd"], wanted, places=12)
        self.assertEqual((after["cost_usd"], after["cost_reported_usd"], after["unpriced_calls"]), (after["cost_computed_usd"], None, 1))
        for by in ("trace", "model", "session", "prompt", "tool", "agent", "day"):
            groups = self.summary("--by", by)["groups"]
            self.assertAlmostEqual(sum(g["cost_usd"] or 0 for g in groups), wanted, places=12, msg=by)
            self.assertEqual(sum(g["unpriced_calls"] for g in groups), 1, by)
        # A file read without a store is priced likewise.
        self.assertAlmostEqual(self.json("summary", path, "--json", store=False)["cost_usd"], wanted, places=12)
        # A later one replaces it, and --reset takes it away.
        self.run_clew("prices", "--override", self.own({"models": [{"match": "mystery", "input_mtok": 1, "output_mtok": 1}]}))
        self.assertEqual((self.summary()["cost_usd"], self.summary()["unpriced_calls"]), (0.00002, 2))
        self.run_clew("prices", "--reset")
        self.assertEqual(self.summary()["cost_usd"], None)

    def test_reported_and_computed_stay_apart(self):
        cost = {"key": "gen_ai.usage.cost", "value": {"doubleValue": 0.25}}
        self.run_clew("import", self.lines("run.jsonl", request(call(1, "gpt-4o-mini", 1_000_000, 0, more=[cost]), call(2, "gpt-4o-mini", 1_000_000, 0))))
        got = self.summary()
        self.assertEqual((got["cost_usd"], got["cost_reported_usd"], got["cost_computed_usd"], got["unpriced_calls"]), (0.4, 0.25, 0.15, 0))
        shown = self.json("show", f"{1:032x}", "--json")["spans"]
        self.assertEqual([(s["cost_reported_usd"], s["cost_computed_usd"]) for s in shown], [(0.25, 0.15), (None, 0.15)])
        out, _ = self.run_clew("sql", "SELECT reported_cost_usd, computed_cost_usd, unpriced_calls FROM v_traces")
        self.assertIn("0.15", out)

    def test_cache_conventions_agree(self):
        costs = []
        for n, (tokens, read, write) in enumerate([(100, 8000, 1000), (9100, 8000, 1000)], 1):
            self.run_clew("import", self.lines(f"run{n}.jsonl", request(call(n, "claude-sonnet-4-5", tokens, 10, n, [
                number("gen_ai.usage.cache_read.input_tokens", read), number("gen_ai.usage.cache_creation.input_tokens", write)]))))
            costs.append(self.summary("--by", "trace")["groups"][n - 1]["cost_usd"])
        self.assertAlmostEqual(costs[0], (100 * 3 + 8000 * 0.3 + 1000 * 3.75 + 10 * 15) / 1e6, places=12)
        self.assertEqual(costs[0], costs[1])

    def test_what_if(self):
        self.run_clew("import", self.lines("run.jsonl", request(call(1, "gpt-4o", 1_000_000, 0), call(2, "mystery", 1_000_000, 0, 2))))
        got = self.summary("--what-if", "gpt-4o-mini", "--by", "trace")
        self.assertEqual((got["cost_usd"], got["cost_what_if_usd"], got["what_if_unpriced_calls"]), (2.5, 0.3, 0))
        self.assertEqual([g["cost_what_if_usd"] for g in got["groups"]], [0.15, 0.15])
        self.assertNotIn("cost_what_if_usd", self.summary())
        _, error = self.run_clew("summary", "--what-if", "no-such-model", code=1)
        self.assertIn("no-such-model", error)

    def test_update(self):
        newer = self.write("newer.json", json.dumps({"format": "clew-prices-1", "source": "mine", "date": "2027-01-01", "providers": [
            {"id": "p", "model_match": "gpt-*", "models": [{"id": "all", "match": "gpt-*", "prices": [{"input_mtok": "1", "output_mtok": "1"}]}]}]}).encode())
        self.run_clew("import", self.lines("run.jsonl", request(call(1, "gpt-4o", 1_000_000, 0))))
        self.run_clew("prices", "--update", newer)
        self.assertEqual(self.summary()["cost_usd"], 1)
        self.assertEqual(self.json("prices", "--json")["date"], "2027-01-01")
        self.run_clew("prices", "--update", SOURCE / "resources" / "prices" / "prices.json")
        self.assertEqual(self.summary()["cost_usd"], 2.5)

    def test_what_cannot_be_read_changes_nothing(self):
        self.run_clew("prices", "--override", self.own())
        for name, content in (("a", b"{"), ("b", b""), ("c", b'{"models":[{"input_mtok":1}]}'), ("d", b'{"models":[{"match":"m","input_mtok":-1}]}')):
            _, error = self.run_clew("prices", "--override", self.write(name, content), code=1)
            self.assertIn("price", error)
        self.run_clew("prices", "--override", os.path.join(self.folder, "nowhere.json"), code=1)
        self.assertEqual(self.json("prices", "--match", "my-model", "--json")["source"], "override")


main()
