// Plants one bug: while the program is loaded, one snippet of one source file is replaced by another.
// The sources themselves know nothing of it.
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import type { Mutant } from "./mutant.ts";
import { mutants } from "./mutants.ts";

const root = join(import.meta.dirname, "..");

export function mutantNamed(name: string): Mutant {
  const mutant = mutants.find((candidate) => candidate.name === name);
  if (mutant === undefined) throw new Error(`there is no mutant ${name}`);
  return mutant;
}

/** To be called before the file is loaded for the first time. */
export function plantMutant(name: string): void {
  const mutant = mutantNamed(name);
  const path = join(root, mutant.file);
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      if (!url.startsWith("file:") || fileURLToPath(url) !== path) return loaded;
      const { source } = loaded;
      const text = typeof source === "string" ? source : new TextDecoder().decode(source as Buffer);
      return { ...loaded, source: planted(text, mutant) };
    },
  });
}

/** The source with the bug in it; the snippet must be there exactly once. */
export function planted(source: string, { name, file, snippet, instead }: Mutant): string {
  const parts = source.split(snippet);
  if (parts.length !== 2) {
    throw new Error(`mutant ${name}: its snippet is ${parts.length - 1} times in ${file}`);
  }
  return parts.join(instead);
}
