"""A running `clew serve` for tests: started on free ports, spoken to, ended."""
import http.client
import json
import signal
import subprocess
import threading

PATIENCE = 120  # seconds: sanitizers on a busy machine


class Serving:
    """clew, store: paths. options: further words of the command line; ports are free ones unless they say otherwise."""

    def __init__(self, clew, store, *options, environment=None, stdin=subprocess.DEVNULL):
        words = list(map(str, options))
        for transport in ("--http", "--grpc"):
            if transport not in words:
                words += [transport, "0" if transport == "--http" else "off"]
        self.ports = {}
        self.said = []
        self.process = subprocess.Popen([clew, "--store", str(store), "serve", *words], stdin=stdin, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, env=environment, text=True)
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        for _ in range(sum(words[words.index(t) + 1] != "off" for t in ("--http", "--grpc"))):
            line = self.process.stdout.readline()
            if not line:
                code = self.process.wait(PATIENCE)
                self._listener.join(PATIENCE)
                raise AssertionError(f"clew serve ended with {code}: {''.join(self.said)}")
            transport, address = line.split()
            self.ports[transport] = int(address.rpartition(":")[2])

    def _listen(self):
        for line in self.process.stderr:
            self.said.append(line)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.kill()
        self._close()

    def _close(self):
        self._listener.join(PATIENCE)
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            if pipe and not pipe.closed:
                pipe.close()

    def kill(self):
        self.process.kill()
        self.process.wait(PATIENCE)

    def end(self):
        """As a service manager would; the exit code and what was said."""
        self.process.send_signal(signal.SIGTERM)
        return self.wait()

    def wait(self):
        code = self.process.wait(PATIENCE)
        self._listener.join(PATIENCE)
        return code, "".join(self.said)

    def ask(self, method, path, body=None, headers=None):
        """Status, headers and body of the answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.ports["http"], timeout=PATIENCE)
        try:
            if isinstance(body, (dict, list)):
                body, headers = json.dumps(body), {"Content-Type": "application/json", **(headers or {})}
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read().decode()
        finally:
            connection.close()

    def post(self, path, body, headers=None):
        return self.ask("POST", path, body, headers)
