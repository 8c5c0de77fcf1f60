"""A client of the language server protocol: enough to open a file in
nostall-clangd, wait for its diagnostics, and ask for their quick fixes.

Requests block until their answer is there; a server that ends, or that says
nothing for TIMEOUT seconds, is an error. Nothing here sleeps.
"""

import json
import pathlib
import queue
import subprocess
import threading
import urllib.parse

TIMEOUT = 300


class Server:
    def __init__(self, command: list[str], folder: pathlib.Path):
        self.process = subprocess.Popen(command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=open(folder / "server.log", "w"))
        self.log = folder / "server.log"
        self.incoming: queue.Queue = queue.Queue()
        self.diagnostics: dict[tuple[str, int], list[dict]] = {}
        self.last_id = 0
        threading.Thread(target=self.read_forever, daemon=True).start()
        self.request("initialize", {
            "processId": None,
            "rootUri": folder.as_uri(),
            "capabilities": {"textDocument": {
                "publishDiagnostics": {"relatedInformation": True, "codeActionsInline": False},
                "codeAction": {"codeActionLiteralSupport": {
                    "codeActionKind": {"valueSet": ["quickfix", "refactor"]}}},
            }},
        })
        self.notify("initialized", {})

    def read_forever(self) -> None:
        while header := self.process.stdout.readline():
            length = 0
            while header.strip():
                name, _, value = header.decode().partition(":")
                if name.lower() == "content-length":
                    length = int(value)
                header = self.process.stdout.readline()
            self.incoming.put(json.loads(self.process.stdout.read(length)))
        self.incoming.put(None)

    def send(self, message: dict) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def notify(self, method: str, params) -> None:
        self.send({"method": method, "params": params})

    def receive(self) -> dict:
        """The next message; what the server asks of us is answered with nothing."""
        message = self.incoming.get(timeout=TIMEOUT)
        if message is None:
            raise RuntimeError("the server ended:\n" + self.log.read_text())
        if "method" in message and "id" in message:
            self.send({"id": message["id"], "result": None})
        elif message.get("method") == "textDocument/publishDiagnostics":
            params = message["params"]
            self.diagnostics[params["uri"], params.get("version", 0)] = params["diagnostics"]
        return message

    def request(self, method: str, params):
        self.last_id += 1
        self.send({"id": self.last_id, "method": method, "params": params})
        while True:
            message = self.receive()
            if message.get("id") == self.last_id and "method" not in message:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return message["result"]

    def diagnose(self, file: pathlib.Path, version: int = 1) -> list[dict]:
        """Opens the file, or another version of it, and waits for what is said of it."""
        uri, text = file.as_uri(), file.read_text()
        if version == 1:
            self.notify("textDocument/didOpen", {"textDocument": {
                "uri": uri, "languageId": "cpp", "version": version, "text": text}})
        else:
            self.notify("textDocument/didChange", {"textDocument": {"uri": uri, "version": version},
                                                   "contentChanges": [{"text": text}]})
        while (uri, version) not in self.diagnostics:
            self.receive()
        return self.diagnostics[uri, version]

    def quick_fixes(self, file: pathlib.Path, diagnostic: dict) -> list[dict]:
        answer = self.request("textDocument/codeAction", {
            "textDocument": {"uri": file.as_uri()},
            "range": diagnostic["range"],
            "context": {"diagnostics": [diagnostic], "only": ["quickfix"]},
        })
        return [action for action in answer if action.get("kind") == "quickfix"]

    def close(self) -> int:
        self.request("shutdown", None)
        self.notify("exit", None)
        return self.process.wait(timeout=TIMEOUT)


def path_of(uri: str) -> pathlib.Path:
    return pathlib.Path(urllib.parse.unquote(urllib.parse.urlparse(uri).path))


def apply(text: str, edits: list[dict]) -> str:
    """The text after an action's edits; positions are in UTF-16, which the tests' files keep to."""
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)

    def offset(position: dict) -> int:
        return starts[position["line"]] + position["character"]

    for edit in sorted(edits, key=lambda e: offset(e["range"]["start"]), reverse=True):
        text = text[:offset(edit["range"]["start"])] + edit["newText"] + text[offset(edit["range"]["end"]):]
    return text
