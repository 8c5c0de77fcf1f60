// The extension: a language client for nostall-clangd, and commands that run
// nostall itself. What a file's diagnostics are is clangd's business; what the
// whole workspace has is read from `nostall --format=jsonl`.

import { spawn } from "node:child_process";
import * as path from "node:path";
import * as vscode from "vscode";
import { LanguageClient } from "vscode-languageclient/node";
import { Finding, checkOf, findingIn, percentIn } from "./output";

let client: LanguageClient | undefined;
let found: vscode.DiagnosticCollection;
let log: vscode.OutputChannel;

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
  );
  await restart();
}

export async function deactivate(): Promise<void> {
  await client?.stop();
}

function setting<T>(name: string): T {
  return vscode.workspace.getConfiguration("nostall").get<T>(name)!;
}

async function restart(): Promise<void> {
  await client?.stop();
  client = undefined;
  const command = setting<string>("languageServer");
  if (!command) return;
  const folder = setting<string>("buildFolder");
  const args = [...(folder ? [`--compile-commands-dir=${folder}`] : []), ...setting<string[]>("languageServerArguments")];
  client = new LanguageClient("nostall", "nostall", { command, args }, { documentSelector: [{ scheme: "file", language: "cpp" }] });
  try {
    await client.start();
  } catch (error) {
    client = undefined;
    vscode.window.showErrorMessage(
      `nostall: '${command}' does not start (${error instanceof Error ? error.message : error}); install nostall's package, or set nostall.languageServer`,
    );
  }
}

// --- the command -------------------------------------------------------------

interface Run {
  code: number | null;
  output: string;
  errors: string;
}

// `onLine` is given each line of either output as it comes.
function run(args: string[], cwd: string, onLine: (line: string) => void, stop?: vscode.CancellationToken): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(setting<string>("command"), args, { cwd });
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

function cannotRun(error: unknown): void {
  vscode.window.showErrorMessage(
    `nostall: '${setting<string>("command")}' does not run (${error instanceof Error ? error.message : error}); install nostall's package, or set nostall.command`,
  );
}

async function lintWorkspace(): Promise<void> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (!folders.length) {
    vscode.window.showInformationMessage("nostall: open a folder first");
    return;
  }
  found.clear();
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: "nostall", cancellable: true },
    async (progress, stop) => {
      for (const folder of folders) {
        if (stop.isCancellationRequested) return;
        await lintFolder(folder.uri.fsPath, progress, stop).catch(cannotRun);
      }
    },
  );
}

async function lintFolder(folder: string, progress: vscode.Progress<{ message?: string; increment?: number }>, stop: vscode.CancellationToken): Promise<void> {
  const build = setting<string>("buildFolder");
  let percent = 0;
  const args = ["--format=jsonl", `--root=${folder}`, ...(build ? ["-p", build] : []), "."];
  const result = await run(args, folder, (line) => {
    const now = percentIn(line);
    if (now === undefined) return;
    progress.report({ message: line.replace("nostall: ", ""), increment: now - percent });
    percent = now;
  }, stop);
  log.append(result.errors);
  const byFile = new Map<string, vscode.Diagnostic[]>();
  for (const line of result.output.split("\n")) {
    const finding = findingIn(line);
    if (!finding) continue;
    const file = path.resolve(folder, finding.file);
    byFile.set(file, [...(byFile.get(file) ?? []), diagnosticOf(finding, folder)]);
  }
  for (const [file, diagnostics] of byFile) found.set(vscode.Uri.file(file), diagnostics);
  if (result.code !== 0 && result.code !== 1 && !stop.isCancellationRequested) {
    const last = result.errors.trim().split("\n").pop();
    if (await vscode.window.showWarningMessage(last || `nostall ended with ${result.code}`, "Show All")) log.show();
  }
}

function diagnosticOf(finding: Finding, folder: string): vscode.Diagnostic {
  const at = (line: number, column: number) => new vscode.Range(line - 1, column - 1, line - 1, column);
  const diagnostic = new vscode.Diagnostic(
    at(finding.line, finding.column),
    finding.message,
    finding.severity === "error" ? vscode.DiagnosticSeverity.Error : vscode.DiagnosticSeverity.Warning,
  );
  diagnostic.source = "nostall";
  diagnostic.code = { value: finding.check, target: vscode.Uri.from({ scheme: "nostall", path: `/${finding.check}.md` }) };
  diagnostic.relatedInformation = finding.notes.map(
    (note) => new vscode.DiagnosticRelatedInformation(
      new vscode.Location(vscode.Uri.file(path.resolve(folder, note.file)), at(note.line, note.column)), note.message));
  return diagnostic;
}

// --- pages -------------------------------------------------------------------

function here(): string {
  return vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? process.cwd();
}

async function pageOf(file: string): Promise<string> {
  const result = await run(["explain", path.basename(file, ".md")], here(), () => {});
  return result.code === 0 ? result.output : result.errors;
}

// The check at the cursor, or the one that is chosen.
async function openCheck(name?: string): Promise<void> {
  try {
    const check = name ?? checkAtCursor() ?? (await chooseCheck());
    if (!check) return;
    const page = vscode.Uri.from({ scheme: "nostall", path: `/${check}.md` });
    await vscode.commands.executeCommand("markdown.showPreview", page);
  } catch (error) {
    cannotRun(error);
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
  const result = await run(["list-checks", "--checks=nostall-*"], here(), () => {});
  return vscode.window.showQuickPick(result.output.match(/nostall-[a-z-]+/g) ?? []);
}

async function configureFolder(): Promise<void> {
  try {
    const result = await run(["init"], here(), () => {});
    vscode.window.showInformationMessage((result.output + result.errors).trim());
    await restart();
  } catch (error) {
    cannotRun(error);
  }
}
