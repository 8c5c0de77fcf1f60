// The packaged extension, run in Node.js with an editor that is made up here.
//
//   node extension.js EXTENSION.js FOLDER NOSTALL NOSTALL-CLANGD
//
// FOLDER holds sample.cpp and other.cpp, each with one finding; sample.cpp is open. The
// commands and the language client are the real ones, and so are nostall and
// nostall-clangd.

const Module = require("node:module");
const path = require("node:path");
const fs = require("node:fs");

const [, , extension, folder, nostall, clangd] = process.argv;
const log = [];
const fail = (text) => {
  console.error(log.join(""), text);
  process.exit(1);
};
setTimeout(() => fail("the language server says nothing"), 300_000);

class Uri {
  constructor(scheme, file) {
    Object.assign(this, { scheme, path: file, fsPath: file });
  }
  static file = (file) => new Uri("file", file);
  static from = ({ scheme, path }) => new Uri(scheme, path);
  static parse = (text) => new Uri(...text.split(/:\/\/(.*)/s).slice(0, 2));
  toString() {
    return `${this.scheme}://${this.path}`;
  }
}
class Position {
  constructor(line, character) {
    Object.assign(this, { line, character });
  }
}
class Range {
  constructor(a, b, c, d) {
    if (typeof a === "number") Object.assign(this, { start: new Position(a, b), end: new Position(c, d) });
    else Object.assign(this, { start: a, end: b });
  }
}
class Diagnostic {
  constructor(range, message, severity) {
    Object.assign(this, { range, message, severity });
  }
}
const settings = { command: nostall, languageServer: "", languageServerArguments: [], buildFolder: "" };
const commands = new Map(), pages = new Map(), collections = new Map(), shown = [], errors = [], told = [];
const nothing = { dispose() {} };

// Whatever is not said below: a class, a function that gives itself, an empty list.
const anything = () =>
  new Proxy(class {}, {
    get: (target, name) => (name in target ? target[name] : name === Symbol.iterator ? undefined : name === "then" ? undefined : (target[name] = anything())),
    apply: () => nothing,
  });
// Namespaces, of which each member that is missing is an event or a registration.
const space = (given) => new Proxy(given, { get: (target, name) => (name in target ? target[name] : name === "then" ? undefined : () => nothing) });

const [sample, other] = ["sample.cpp", "other.cpp"].map((name) => path.join(folder, name));
const document = {
  uri: Uri.file(sample), fileName: sample, languageId: "cpp", version: 1, isClosed: false, isDirty: false,
  getText: () => fs.readFileSync(sample, "utf8"),
};
const emitter = class {
  listeners = [];
  event = (listener) => (this.listeners.push(listener), nothing);
  fire = (data) => this.listeners.forEach((listener) => listener(data));
  dispose() {}
};
const settingsChange = new emitter(), textChange = new emitter();
const vscode = new Proxy({
  Uri, Position, Range, Diagnostic, EventEmitter: emitter,
  Disposable: class {
    static from = () => nothing;
    dispose() {}
  },
  CancellationTokenSource: class {
    token = { isCancellationRequested: false, onCancellationRequested: () => nothing };
    cancel() {}
    dispose() {}
  },
  Location: class { constructor(uri, range) { Object.assign(this, { uri, range }); } },
  DiagnosticRelatedInformation: class { constructor(location, message) { Object.assign(this, { location, message }); } },
  DiagnosticSeverity: { Error: 0, Warning: 1, Information: 2, Hint: 3 },
  ProgressLocation: { Notification: 15 },
  version: "1.91.0",
  env: space({ appName: "test", language: "en" }),
  window: space({
    activeTextEditor: undefined, visibleTextEditors: [],
    createOutputChannel: () => space({ append: (text) => log.push(text), appendLine: (text) => log.push(`${text}\n`) }),
    showErrorMessage: async (text) => void errors.push(text),
    showInformationMessage: async (text) => void told.push(text),
    showWarningMessage: async (text) => void errors.push(text),
    showQuickPick: async (items) => items[0],
    withProgress: (_, task) => task({ report() {} }, { isCancellationRequested: false, onCancellationRequested: () => nothing }),
    tabGroups: space({ all: [] }),
  }),
  workspace: space({
    workspaceFolders: [{ uri: Uri.file(folder), name: "sample", index: 0 }],
    textDocuments: [document], notebookDocuments: [],
    onDidChangeConfiguration: settingsChange.event,
    onDidChangeTextDocument: textChange.event,
    getConfiguration: (section) => ({ get: (name, otherwise) => (section === "nostall" ? settings[name] : otherwise) }),
    getWorkspaceFolder: () => undefined,
  }),
  commands: space({
    registerCommand: (name, run) => (commands.set(name, run), nothing),
    executeCommand: async (...words) => void shown.push(words),
  }),
  languages: space({
    createDiagnosticCollection: (name) => {
      const found = new Map();
      collections.set(name ?? "the server's", found);
      return {
        set: (uri, list) => (found.set(uri.fsPath, list), check()), get: (uri) => found.get(uri.fsPath),
        delete: (uri) => found.delete(uri.fsPath), clear: () => found.clear(), dispose() {}, forEach() {},
      };
    },
    getDiagnostics: () => [],
    match: (selector, of) => (of.languageId === "cpp" ? 10 : 0),
    registerTextDocumentContentProvider: () => nothing,
  }),
}, { get: (target, name) => (name in target ? target[name] : (target[name] = anything())) });
vscode.workspace.registerTextDocumentContentProvider = (scheme, provider) => (pages.set(scheme, provider), nothing);
const load = Module._load;
Module._load = (name, ...rest) => (name === "vscode" ? vscode : load(name, ...rest));

// The language server's diagnostics come when they are ready.
let serverSaid;
const fromServer = new Promise((resolve) => (serverSaid = resolve));
function check() {
  for (const list of collections.get("the server's")?.values() ?? []) if (list.length) serverSaid(list);
}

(async () => {
  const subscriptions = [];
  const { activate, deactivate } = require(path.resolve(extension));
  await activate({ subscriptions, extensionPath: folder });
  if (errors.length) fail(errors.join("\n"));
  // The language client listens, too, when there is one.
  const [[set], [edited]] = [settingsChange.listeners, textChange.listeners];

  await commands.get("nostall.lintWorkspace")();
  const own = collections.get("nostall");
  const linted = own.get(sample) ?? fail(`nothing was found: ${[...own.keys()]} ${errors}`);
  if (linted.length !== 1 || linted[0].range.start.line !== 16) fail(JSON.stringify(linted));
  if (linted[0].code.value !== "nostall-blocking-call") fail(JSON.stringify(linted));
  // Before it stands a letter of two bytes, and one of four that is two for an editor.
  if (own.get(other)[0].range.start.character !== 13) fail(JSON.stringify(own.get(other)));
  console.log("linted the workspace");

  await commands.get("nostall.openCheck")("nostall-blocking-call");
  const page = shown.find(([name]) => name === "markdown.showPreview")?.[1];
  const text = await pages.get("nostall").provideTextDocumentContent(page);
  if (!text.startsWith("# nostall-blocking-call")) fail(text.slice(0, 200));
  console.log("opened a page");

  settings.languageServer = clangd;
  set({ affectsConfiguration: (name) => name === "nostall.languageServer" });
  const said = await fromServer;
  const [finding] = said.filter((diagnostic) => /usleep/.test(diagnostic.message));
  if (`${finding?.code.target}` !== "nostall:///nostall-blocking-call.md") fail(JSON.stringify(said));
  console.log("another setting starts the language server, which found it, too");

  const counts = () => `${own.get(sample)?.length ?? 0} ${own.get(other)?.length ?? 0}`;
  if (counts() !== "0 1") fail(`what the server says is ours, too: ${counts()}`);
  await commands.get("nostall.lintWorkspace")();
  if (counts() !== "0 1") fail(`what the server says is ours again: ${counts()}`);
  edited({ document: { uri: Uri.file(other) }, contentChanges: [{}] });
  if (counts() !== "0 0") fail(`what is edited is still judged by what it was: ${counts()}`);
  console.log("each finding stands once");

  settings.languageServer = "/nowhere/clangd";
  await commands.get("nostall.restart")();
  if (errors.length !== 1 || !errors[0].includes("install nostall's package, or set nostall.languageServer")) fail(`${errors}`);
  console.log("a missing server is said once");

  vscode.workspace.workspaceFolders = undefined;
  for (const name of ["lintWorkspace", "configureFolder"]) await commands.get(`nostall.${name}`)();
  if (told.join() !== Array(2).fill("nostall: open a folder first").join()) fail(`${told}`);
  console.log("without a folder, nothing is run");
  await deactivate();
  process.exit(0);
})().catch((error) => fail(error.stack));
