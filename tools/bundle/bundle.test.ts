import assert from "node:assert/strict";
import { mkdtempSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import {
  bundled,
  bundleDirectory,
  codePath,
  freshList,
  projectRoot,
} from "../../src/cli/etcd/start-bundle.ts";
import { bundle } from "./bundle.ts";
import { writeBundle } from "./write.ts";

const sources = {
  "src/entry.ts": `import { add, type Sum } from "./door.ts";
import { count } from "./door.ts";
import * as shapes from "./shapes.ts";
import { join as joined } from "node:path";
import type { Never } from "./not-there.ts";

const { a, b: c = 2 } = { a: 1 } as { a: number; b?: number };
export const sum: Sum = add(a, c);
export const counts = (): number => (add(0, 0), count);
export const text = \`${"→"} \${joined("x", "y")} µ\`;
export const late = async (): Promise<number> => (await import("./late.ts")).value;
export const place = (): string => new Error("here").stack ?? "";
export const url = import.meta.url;
export { shapes };
`,
  "src/door.ts": `export { add } from "./adder.ts";\nexport { count, type Sum } from "./adder.ts";\n`,
  "src/adder.ts": `export type Sum = number;
export let count = 0;
export function add(one: number, other: number): Sum {
  count++;
  return one + other;
}
`,
  "src/shapes.ts": `export abstract class Shape {}\nexport class Dot extends Shape {}\n`,
  "src/late.ts": `export const value: number = 7;\n`,
};

interface Entry {
  readonly sum: number;
  readonly text: string;
  readonly url: string;
  readonly shapes: Readonly<Record<string, unknown>>;
  counts(): number;
  late(): Promise<number>;
  place(): string;
}

async function project(
  files: Readonly<Record<string, string>>,
  run: (root: string) => Promise<void> | void,
): Promise<void> {
  const root = `${mkdtempSync(join(tmpdir(), "quorate-bundle-"))}/`;
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(root + path), { recursive: true });
    writeFileSync(root + path, text);
  }
  try {
    await run(root);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

test("a bundle does what its modules do: exports that change, doors, late imports, own names", () =>
  project(sources, async (root) => {
    const { sources: bundledSources } = writeBundle(root, "src/entry.ts");
    assert.equal(bundledSources.length, Object.keys(sources).length);
    const entry = bundled<Entry>(root)!;
    assert.equal(entry.sum, 3);
    assert.equal(entry.counts(), 2);
    assert.equal(entry.text, "→ x/y µ");
    assert.deepEqual(Object.keys(entry.shapes), ["Shape", "Dot"]);
    assert.equal(await entry.late(), 7);
    assert.match(entry.url, /\/src\/entry\.ts$/);
    assert.match(entry.place(), /Error: here\n {4}at .*\/src\/entry\.ts:12:/);
  }));

test("a bundle is of its sources' content: an edit ends it, another time on a file does not", () =>
  project(sources, (root) => {
    writeBundle(root, "src/entry.ts");
    utimesSync(`${root}src/late.ts`, 1, 1);
    assert.notEqual(freshList(root), undefined);
    writeFileSync(`${root}src/late.ts`, sources["src/late.ts"].replace("7", "8"));
    assert.equal(freshList(root), undefined);
    assert.equal(bundled(root), undefined);
    rmSync(`${root}src/late.ts`);
    assert.equal(freshList(root), undefined);
  }));

test("a torn bundle is not run, and torn code not used", () =>
  project(sources, (root) => {
    const { script } = writeBundle(root, "src/entry.ts");
    for (const torn of ["", "abc", "a torn file"]) {
      writeFileSync(codePath(root, script), torn);
      assert.equal(bundled<Entry>(root)?.sum, 3);
    }
    const path = bundleDirectory(root) + script;
    writeFileSync(path, readFileSync(path).subarray(0, 100));
    assert.equal(bundled(root), undefined);
    writeFileSync(`${bundleDirectory(root)}list.json`, '{"script":');
    assert.equal(bundled(root), undefined);
  }));

test("what cannot be bundled faithfully is refused with its place", async () => {
  const refused: [Readonly<Record<string, string>>, RegExp][] = [
    [{ "a.ts": 'import x from "node:fs";\n' }, /a\.ts:1: a form of import/],
    [{ "a.ts": "\nexport default 1;\n" }, /a\.ts:2: a form of import/],
    [{ "a.ts": 'const x = "b";\nawait import(x);\n' }, /a\.ts:2: a form of import/],
    [
      {
        "a.ts": 'import { b } from "./b.ts";\nexport const a = () => b;\n',
        "b.ts": 'import { a } from "./a.ts";\nexport const b = () => a;\n',
      },
      /import each other: a\.ts → b\.ts → a\.ts/,
    ],
  ];
  for (const [files, words] of refused) {
    await project(files, (root) => assert.throws(() => writeBundle(root, "a.ts"), words));
  }
});

test("the program itself keeps to the forms that can be bundled", () => {
  const { sources: paths } = bundle(projectRoot, "src/cli/etcd/commands.ts");
  assert.ok(paths.includes("src/server/embed/start.ts"));
});
