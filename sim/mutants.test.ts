import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { planted } from "./mutant-hook.ts";
import { mutants } from "./mutants.ts";

const sourceOf = (file: string): string =>
  readFileSync(join(import.meta.dirname, "..", file), "utf8");

test("every mutant's snippet stands exactly once in its file, and what replaces it differs", () => {
  for (const mutant of mutants) {
    const source = sourceOf(mutant.file);
    assert.notEqual(planted(source, mutant), source);
  }
});

test("there are at least thirty mutants, each with a name of its own", () => {
  assert.ok(mutants.length >= 30);
  assert.equal(new Set(mutants.map(({ name }) => name)).size, mutants.length);
});

test("a mutant whose snippet has gone says so", () => {
  assert.throws(() => planted("nothing of it", mutants[0]!), /its snippet is 0 times/);
});
