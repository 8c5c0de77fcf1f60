// What nostall and clangd write, read. Nothing here needs an editor.

import * as fs from "node:fs";

export interface Place {
  file: string;
  line?: number;
  column?: number; // counts bytes, from 1
  message: string;
}

export interface Finding extends Place {
  check: string;
  severity: string;
  notes: Place[];
}

// The finding in a line of `--format=jsonl`.
export function findingIn(line: string): Finding | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const finding = JSON.parse(line);
    return typeof finding.check === "string" && typeof finding.file === "string" ? finding : undefined;
  } catch {
    return undefined; // a run that was interrupted
  }
}

// How far a run is, out of "nostall: 12 of 40 files read, about 12 s left".
export function percentIn(line: string): number | undefined {
  const said = /^nostall: (\d+) of (\d+) files read/.exec(line);
  return said ? (100 * Number(said[1])) / Number(said[2]) : undefined;
}

// Places as an editor counts: lines from 0, columns in UTF-16 from 0. Each file is
// read once.
export class Positions {
  private files = new Map<string, string[]>();

  of(file: string, place: Place): [line: number, column: number] {
    if (!place.line) return [0, 0]; // the whole file
    let lines = this.files.get(file);
    if (!lines) this.files.set(file, (lines = fs.existsSync(file) ? fs.readFileSync(file, "utf8").split("\n") : []));
    const before = Buffer.from(lines[place.line - 1] ?? "").subarray(0, (place.column ?? 1) - 1);
    return [place.line - 1, before.toString().length];
  }
}

// The check that a diagnostic is of, clangd's or ours.
export function checkOf(diagnostic: { code?: unknown }): string | undefined {
  const code = diagnostic.code;
  const name = typeof code === "object" && code !== null ? (code as { value: unknown }).value : code;
  return typeof name === "string" && name.startsWith("nostall-") ? name : undefined;
}
