"""What the command line tests share: a program, a store of its own per test, and small run files."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
SAMPLE = SOURCE / "resources" / "samples" / "refund-agent.jsonl"
CLEW = sys.argv.pop() if len(sys.argv) > 1 and not sys.argv[-1].startswith("-") else "clew"
T0 = 1_760_000_000_000_000_000


def text(key, value):
    return {"key": key, "value": {"stringValue": value}}


def number(key, value):
    return {"key": key, "value": {"intValue": str(value)}}


def span(trace, n, parent=0, name="step", start=0, ms=1, attributes=(), **more):
    return {"traceId": f"{trace:032x}", "spanId": f"{n:016x}", "parentSpanId": f"{parent:016x}" if parent else "", "name": name,
            "startTimeUnixNano": str(T0 + start * 1_000_000), "endTimeUnixNano": str(T0 + (start + ms) * 1_000_000),
            "attributes": list(attributes), **more}


def request(*spans):
    return {"resourceSpans": [{"resource": {"attributes": [text("service.name", "t")]},
                               "scopeSpans": [{"scope": {"name": "s"}, "spans": list(spans)}]}]}


def chat(trace, n, parent, question, answer, start=0, **more):
    return span(trace, n, parent, "chat m-1", start, 500, [
        text("gen_ai.operation.name", "chat"), text("gen_ai.request.model", "m-1"), number("gen_ai.usage.input_tokens", 100),
        number("gen_ai.usage.output_tokens", 20), text("gen_ai.conversation.id", "s-1"),
        text("gen_ai.input.messages", json.dumps([{"role": "user", "parts": [{"type": "text", "content": question}]}])),
        text("gen_ai.output.messages", json.dumps([{"role": "assistant", "parts": [{"type": "text", "content": answer}], "finish_reason": "stop"}])),
    ], **more)


def tool(trace, n, parent, name, result, start=0, **more):
    return span(trace, n, parent, f"execute_tool {name}", start, 100, [
        text("gen_ai.operation.name", "execute_tool"), text("gen_ai.tool.name", name), text("gen_ai.tool.call.arguments", '{"q":"x"}'),
        text("gen_ai.tool.call.result", result)], **more)


def agent_trace(trace):
    """An agent with a call, a failing tool and a second call: 4 spans."""
    root = span(trace, trace * 100 + 1, 0, "invoke_agent helper", 0, 2000,
                [text("gen_ai.operation.name", "invoke_agent"), text("gen_ai.agent.name", "helper")])
    return [root, chat(trace, trace * 100 + 2, trace * 100 + 1, f"question {trace}", "let me look", 10),
            tool(trace, trace * 100 + 3, trace * 100 + 1, "search", "nothing", 600, status={"code": 2, "message": "boom"}),
            chat(trace, trace * 100 + 4, trace * 100 + 1, f"question {trace}", f"answer {trace}", 800)]


class CliTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self._folder = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self._folder.name)
        self.store = self.folder / "store.db"
        self.environment = dict(os.environ, HOME=str(self.folder), XDG_DATA_HOME=str(self.folder / "data"), QT_QPA_PLATFORM="offscreen",
                                XDG_CONFIG_HOME=str(self.folder / "config"), XDG_RUNTIME_DIR=str(self.folder))

    def tearDown(self):
        self._folder.cleanup()

    def write(self, name, content):
        path = self.folder / name
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return str(path)

    def lines(self, name, *objects):
        return self.write(name, "".join(json.dumps(o) + "\n" for o in objects))

    def command(self, *words, store=True):
        return [CLEW, *(["--store", str(self.store)] if store else []), *map(str, words)]

    def run_clew(self, *words, store=True, code=0, stdin=None, timeout=240):
        done = subprocess.run(self.command(*words, store=store), capture_output=True, env=self.environment, input=stdin, timeout=timeout)
        out, err = done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")
        self.assertEqual(done.returncode, code, f"{words}\n{out[-2000:]}\n{err[-4000:]}")
        return out, err

    def json(self, *words, **more):
        return json.loads(self.run_clew(*words, **more)[0])


def main():
    unittest.main(verbosity=1)
