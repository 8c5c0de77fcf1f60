// What nostall and clangd write, read. Nothing here needs an editor.

export interface Place {
  file: string;
  line: number;
  column: number;
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

// The check that a diagnostic is of, clangd's or ours.
export function checkOf(diagnostic: { code?: unknown }): string | undefined {
  const code = diagnostic.code;
  const name = typeof code === "object" && code !== null ? (code as { value: unknown }).value : code;
  return typeof name === "string" && name.startsWith("nostall-") ? name : undefined;
}
