import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { gunzipSync } from "node:zlib";
import { RotatingFile, type RotationOptions } from "./rotating-file.ts";

const keepAll: RotationOptions = {
  fileBytesMax: 25,
  ageDaysMax: 0,
  backupsMax: 0,
  localTime: false,
  compress: false,
};

async function write(
  context: TestContext,
  options: RotationOptions,
  stepMs: number,
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "quorate-rotate-"));
  context.after(() => rmSync(folder, { recursive: true }));
  let nowMs = Date.UTC(2026, 10, 22, 18, 30, 5, 7);
  const file = new RotatingFile(join(folder, "logs", "etcd.log"), options, () => (nowMs += stepMs));
  for (let line = 0; line < 7; line++) file.write(`line ${line} is here\n`);
  file.close();
  await file.settled();
  const again = new RotatingFile(join(folder, "logs", "etcd.log"), options, () => nowMs);
  again.write("x\n");
  again.close();
  return join(folder, "logs");
}

test("a file that would grow too large is turned over, whole lines in each", async (context) => {
  const folder = await write(context, keepAll, 0);
  const files = readdirSync(folder).toSorted();
  assert.deepEqual(files.slice(0, 2), [
    "etcd-2026-11-22T18-30-05.007.log",
    "etcd-2026-11-22T18-30-05.008.log",
  ]);
  assert.equal(files.length, 7);
  assert.equal(readFileSync(join(folder, "etcd.log"), "utf8"), "line 6 is here\nx\n");
});

test("what is too many or too old is removed", async (context) => {
  assert.equal(readdirSync(await write(context, { ...keepAll, backupsMax: 2 }, 1000)).length, 3);
  const day = 86_400_000;
  assert.equal(readdirSync(await write(context, { ...keepAll, ageDaysMax: 3 }, day / 2)).length, 4);
});

test("what was turned over is compressed", async (context) => {
  const folder = await write(context, { ...keepAll, compress: true }, 1000);
  const [first = "", ...others] = readdirSync(folder).toSorted();
  assert.ok([first, ...others].filter((file) => file.endsWith(".log.gz")).length === 6);
  assert.equal(String(gunzipSync(readFileSync(join(folder, first)))), "line 0 is here\n");
});
