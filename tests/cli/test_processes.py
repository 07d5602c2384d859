#!/usr/bin/env python3
"""Several processes on one store: importers, judges and readers wait for each other; nothing is lost."""
import subprocess

from support import CliTest, agent_trace, main, request


class Processes(CliTest):
    def test_everyone_at_once(self):
        self.run_clew("import", self.lines("first.jsonl", request(*agent_trace(1))))
        files = [self.lines(f"run{n}.jsonl", *[request(*agent_trace(n * 1000 + i)) for i in range(250)]) for n in range(1, 4)]
        commands = [self.command("import", path) for path in files]
        commands += [self.command("annotate", f"{1:032x}", "--label", f"l{n}", "--author", f"a{n}") for n in range(4)]
        commands += [self.command("summary", "--json") for _ in range(3)]
        running = [subprocess.Popen(c, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) for c in commands]
        for command, process in zip(commands, running):
            _, err = process.communicate(timeout=240)
            self.assertEqual(process.returncode, 0, f"{command}: {err.decode()}")
        got = self.json("summary", "--json")
        self.assertEqual((got["traces"], got["spans"]), (751, 3004))
        self.assertEqual(len(self.json("sql", "SELECT DISTINCT author FROM v_judgements", "--json")["rows"]), 4)
        self.assertIn("no problem found", self.run_clew("doctor")[0])

    def test_a_writer_that_never_lets_go_is_said(self):
        import sqlite3
        path = self.lines("first.jsonl", request(*agent_trace(1)))
        self.run_clew("import", path)
        base = sqlite3.connect(self.store, isolation_level=None)
        base.execute("BEGIN IMMEDIATE")
        try:
            _, err = self.run_clew("annotate", f"{1:032x}", "--thumbs", "up", code=1, timeout=60)
            self.assertTrue(err.strip())
            self.assertEqual(self.json("summary", "--json")["spans"], 4, "readers do not wait")
        finally:
            base.execute("ROLLBACK")
            base.close()


main()
