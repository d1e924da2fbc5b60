import { readFileSync } from "node:fs";

/** Reads a file; a failure reads as Go's os.ReadFile words it, with Node's code kept. */
export function readFile(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw Object.assign(new Error(`open ${path}: ${goText(code)}`), { code });
  }
}

const goTexts: Readonly<Record<string, string>> = {
  ENOENT: "no such file or directory",
  EACCES: "permission denied",
  EISDIR: "is a directory",
};

const goText = (code = "input/output error"): string => goTexts[code] ?? code;
