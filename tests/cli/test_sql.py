#!/usr/bin/env python3
"""clew sql: the views are those that docs/sql.md promises. clew sessions: sessions and one as a thread."""
import re

from support import SOURCE, CliTest, chat, main, request, span, text


class Sql(CliTest):
    def setUp(self):
        super().setUp()
        agent = [text("gen_ai.operation.name", "invoke_agent"), text("gen_ai.conversation.id", "s-1")]
        self.run_clew("import", self.lines(
            "runs.jsonl",
            request(span(1, 11, 0, "refund-agent", 0, 900, agent), chat(1, 12, 11, "Where is it?", "On its way.", 100)),
            request(span(2, 21, 0, "refund-agent", 5000, 900, agent), chat(2, 22, 21, "Since when?", "Since noon.", 5100)),
            request(span(3, 31, 0, "nightly", 9000, 1))))

    def promised(self):
        """view -> columns, out of the tables of docs/sql.md"""
        views, view = {}, None
        for line in (SOURCE / "docs" / "sql.md").read_text().splitlines():
            heading = re.match(r"## (v_\w+):", line)
            if heading:
                view = heading.group(1)
            elif line.startswith("## "):
                view = None
            elif line.startswith("| `"):
                cells = [cell.strip() for cell in line.split("|")[1:3]]
                named = re.findall(r"`(\w+)`", cells[0])
                if named[0].startswith("v_"):
                    views[named[0]] = re.findall(r"`(\w+)`", cells[1])
                elif view:
                    views.setdefault(view, []).extend(named)
        return views

    def test_documented_views(self):
        promised = self.promised()
        self.assertEqual(sorted(promised), ["v_findings", "v_judgements", "v_notes", "v_prompts", "v_sources", "v_spans", "v_traces"])
        for view, columns in promised.items():
            out, _ = self.run_clew("sql", f"SELECT * FROM {view} LIMIT 0")
            self.assertEqual(sorted(out.splitlines()[0].split("\t")), sorted(columns), view)

    def test_sessions(self):
        got = self.json("sessions", "--json")
        self.assertEqual(got["count"], 1)
        row = got["sessions"][0]
        self.assertEqual((row["session"], row["runs"], row["llm_calls"], row["busy_ns"]), ("s-1", 2, 2, 1_800_000_000))
        self.assertEqual(self.json("sessions", "--json", "--filter", "agent:nobody")["count"], 0)

    def test_thread(self):
        got = self.json("sessions", "s-1", "--json")
        self.assertEqual([(turn["question"], turn["answer"]) for turn in got["turns"]],
                         [("Where is it?", "On its way."), ("Since when?", "Since noon.")])
        self.assertEqual([turn["llm_calls"] for turn in got["turns"]], [1, 1])
        out, _ = self.run_clew("sessions", "s-1")
        self.assertIn("> Where is it?", out)
        _, err = self.run_clew("sessions", "s-9", code=1)
        self.assertIn("s-9", err)


if __name__ == "__main__":
    main()
