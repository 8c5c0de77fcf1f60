// The extension: a language client for nostall-clangd, and commands that run
// nostall itself. What an open file's diagnostics are is clangd's business; what
// the whole workspace has is read from `nostall --format=jsonl`, and gives way to
// what clangd says of the same place.

import { spawn } from "node:child_process";
import * as path from "node:path";
import * as vscode from "vscode";
import { LanguageClient } from "vscode-languageclient/node";
import { Finding, Place, Positions, checkOf, findingIn, percentIn } from "./output";

let client: LanguageClient | undefined;
let started: Promise<void> = Promise.resolve();
let found: vscode.DiagnosticCollection;
let log: vscode.OutputChannel;
let linting = false;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  found = vscode.languages.createDiagnosticCollection("nostall");
  log = vscode.window.createOutputChannel("nostall");
  context.subscriptions.push(
    found,
    log,
    vscode.commands.registerCommand("nostall.lintWorkspace", lintWorkspace),
    vscode.commands.registerCommand("nostall.openCheck", openCheck),
    vscode.commands.registerCommand("nostall.configureFolder", configureFolder),
    vscode.commands.registerCommand("nostall.restart", restart),
    vscode.workspace.registerTextDocumentContentProvider("nostall", { provideTextDocumentContent: (page) => pageOf(page.path) }),
    vscode.workspace.onDidChangeConfiguration(async (change) => {
      if (["languageServer", "languageServerArguments", "buildFolder"].some((name) => change.affectsConfiguration(`nostall.${name}`))) await restart();
    }),
    // What is being edited is not what was linted, and clangd reads along.
    vscode.workspace.onDidChangeTextDocument((change) => {
      if (client && change.contentChanges.length) found.delete(change.document.uri);
    }),
  );
  await restart();
}

export async function deactivate(): Promise<void> {
  await started;
  await client?.stop();
}

function setting<T>(name: string, folder?: vscode.WorkspaceFolder): T {
  return vscode.workspace.getConfiguration("nostall", folder).get<T>(name)!;
}

// Those that a program can read.
function folders(): vscode.WorkspaceFolder[] {
  return (vscode.workspace.workspaceFolders ?? []).filter((folder) => folder.uri.scheme === "file");
}

function buildFolder(folder: vscode.WorkspaceFolder): string | undefined {
  const build = setting<string>("buildFolder", folder);
  return build ? path.resolve(folder.uri.fsPath, build) : undefined;
}

// --- the language server -----------------------------------------------------

function restart(): Promise<void> {
  return (started = started.then(startAnew));
}

async function startAnew(): Promise<void> {
  await client?.stop();
  client = undefined;
  const command = setting<string>("languageServer");
  if (!command) return;
  try {
    // The client says of a missing program only that there is no connection.
    await run(command, ["--version"]);
    // One server serves all folders: with several, it looks for each one's database.
    const build = folders().length === 1 ? buildFolder(folders()[0]) : undefined;
    const args = [...(build ? [`--compile-commands-dir=${build}`] : []), ...setting<string[]>("languageServerArguments")];
    client = new LanguageClient("nostall", "nostall", { command, args }, {
      documentSelector: [{ scheme: "file", language: "cpp" }],
      middleware: { handleDiagnostics: (uri, diagnostics, next) => next(uri, fromServer(uri, diagnostics)) },
    });
    await client.start();
  } catch (error) {
    client = undefined;
    cannotRun("languageServer", error);
  }
}

// clangd links each check to a page of clang-tidy's, where nostall's are not.
function fromServer(uri: vscode.Uri, diagnostics: vscode.Diagnostic[]): vscode.Diagnostic[] {
  for (const diagnostic of diagnostics) {
    const check = checkOf(diagnostic);
    if (check) Object.assign(diagnostic, { source: "nostall", code: linkTo(check) });
  }
  found.set(uri, without(found.get(uri) ?? [], diagnostics));
  return diagnostics;
}

function without(own: readonly vscode.Diagnostic[], others: readonly vscode.Diagnostic[]): vscode.Diagnostic[] {
  return own.filter((one) => !others.some((other) => checkOf(other) === checkOf(one) && other.range.start.line === one.range.start.line));
}

// --- the command -------------------------------------------------------------

interface Run {
  code: number | null;
  output: string;
  errors: string;
}

// `onLine` is given each line of either output as it comes.
function run(command: string, args: string[], cwd?: string, onLine = (_: string) => {}, stop?: vscode.CancellationToken): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd });
    const result: Run = { code: null, output: "", errors: "" };
    const cancelled = stop?.onCancellationRequested(() => child.kill("SIGINT"));
    const lines = (keep: (text: string) => void) => {
      let rest = "";
      return (data: string) => {
        keep(data);
        const all = (rest + data).split("\n");
        rest = all.pop()!;
        all.forEach(onLine);
      };
    };
    child.stdout.setEncoding("utf8").on("data", lines((text) => (result.output += text)));
    child.stderr.setEncoding("utf8").on("data", lines((text) => (result.errors += text)));
    child.on("error", (error) => {
      cancelled?.dispose();
      reject(error);
    });
    child.on("close", (code) => {
      cancelled?.dispose();
      resolve({ ...result, code });
    });
  });
}

function runNostall(args: string[], folder?: vscode.WorkspaceFolder, onLine?: (line: string) => void, stop?: vscode.CancellationToken): Promise<Run> {
  return run(setting<string>("command"), args, folder?.uri.fsPath, onLine, stop);
}

async function cannotRun(name: "command" | "languageServer", error: unknown): Promise<void> {
  const chosen = await vscode.window.showErrorMessage(
    `nostall: '${setting<string>(name)}' does not run (${error instanceof Error ? error.message : error}); install nostall's package, or set nostall.${name}`,
    "Open Settings",
  );
  if (chosen) await vscode.commands.executeCommand("workbench.action.openSettings", `nostall.${name}`);
}

async function lintWorkspace(): Promise<void> {
  if (linting || !folders().length) {
    vscode.window.showInformationMessage(linting ? "nostall: the workspace is being linted" : "nostall: open a folder first");
    return;
  }
  linting = true;
  found.clear();
  try {
    await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: "nostall", cancellable: true },
      async (progress, stop) => {
        for (const folder of folders()) {
          if (stop.isCancellationRequested) return;
          await lintFolder(folder, progress, stop);
        }
      },
    );
  } catch (error) {
    cannotRun("command", error);
  } finally {
    linting = false;
  }
}

async function lintFolder(folder: vscode.WorkspaceFolder, progress: vscode.Progress<{ message?: string; increment?: number }>, stop: vscode.CancellationToken): Promise<void> {
  const root = folder.uri.fsPath;
  const build = buildFolder(folder);
  let percent = 0;
  progress.report({ message: folder.name });
  const args = ["--format=jsonl", `--root=${root}`, ...(build ? ["-p", build] : []), "."];
  const result = await runNostall(args, folder, (line) => {
    const now = percentIn(line);
    if (now === undefined) return;
    progress.report({ message: line.replace("nostall: ", ""), increment: now - percent });
    percent = now;
  }, stop);
  log.append(result.errors);
  const byFile = new Map<string, vscode.Diagnostic[]>();
  const positions = new Positions();
  for (const line of result.output.split("\n")) {
    const finding = findingIn(line);
    if (!finding) continue;
    const file = path.resolve(root, finding.file);
    byFile.set(file, [...(byFile.get(file) ?? []), diagnosticOf(finding, root, positions)]);
  }
  for (const [file, diagnostics] of byFile) {
    const uri = vscode.Uri.file(file);
    found.set(uri, without(diagnostics, client?.diagnostics?.get(uri) ?? []));
  }
  if (result.code !== 0 && result.code !== 1 && !stop.isCancellationRequested) {
    const last = result.errors.trim().split("\n").pop();
    // Nobody waits for the answer: the next folder is linted meanwhile.
    void vscode.window.showWarningMessage(last || `nostall ended with ${result.code}`, "Show All").then((all) => all && log.show());
  }
}

function diagnosticOf(finding: Finding, root: string, positions: Positions): vscode.Diagnostic {
  const diagnostic = new vscode.Diagnostic(
    locationOf(finding, root, positions).range,
    finding.message,
    finding.severity === "error" ? vscode.DiagnosticSeverity.Error : vscode.DiagnosticSeverity.Warning,
  );
  diagnostic.source = "nostall";
  diagnostic.code = linkTo(finding.check);
  diagnostic.relatedInformation = finding.notes
    .filter((note) => note.file)
    .map((note) => new vscode.DiagnosticRelatedInformation(locationOf(note, root, positions), note.message));
  return diagnostic;
}

// An empty range: the editor takes the word there.
function locationOf(place: Place, root: string, positions: Positions): vscode.Location {
  const file = path.resolve(root, place.file);
  const [line, column] = positions.of(file, place);
  return new vscode.Location(vscode.Uri.file(file), new vscode.Range(line, column, line, column));
}

function linkTo(check: string): { value: string; target: vscode.Uri } {
  return { value: check, target: vscode.Uri.from({ scheme: "nostall", path: `/${check}.md` }) };
}

// --- pages -------------------------------------------------------------------

async function pageOf(file: string): Promise<string> {
  const result = await runNostall(["explain", path.basename(file, ".md")]);
  return result.code === 0 ? result.output : result.errors;
}

// The check at the cursor, or the one that is chosen.
async function openCheck(name?: string): Promise<void> {
  try {
    const check = name ?? checkAtCursor() ?? (await chooseCheck());
    if (check) await vscode.commands.executeCommand("markdown.showPreview", linkTo(check).target);
  } catch (error) {
    cannotRun("command", error);
  }
}

function checkAtCursor(): string | undefined {
  const editor = vscode.window.activeTextEditor;
  if (!editor) return undefined;
  return vscode.languages
    .getDiagnostics(editor.document.uri)
    .filter((diagnostic) => diagnostic.range.start.line === editor.selection.active.line)
    .map(checkOf)
    .find((check) => check !== undefined);
}

async function chooseCheck(): Promise<string | undefined> {
  const result = await runNostall(["list-checks", "--checks=nostall-*"]);
  return vscode.window.showQuickPick(result.output.match(/nostall-[a-z-]+/g) ?? []);
}

async function chooseFolder(): Promise<vscode.WorkspaceFolder | undefined> {
  if (folders().length > 1) return vscode.window.showWorkspaceFolderPick();
  if (!folders().length) vscode.window.showInformationMessage("nostall: open a folder first");
  return folders()[0];
}

async function configureFolder(): Promise<void> {
  const folder = await chooseFolder();
  if (!folder) return;
  try {
    const result = await runNostall(["init"], folder);
    vscode.window.showInformationMessage((result.output + result.errors).trim());
    await restart();
  } catch (error) {
    cannotRun("command", error);
  }
}
