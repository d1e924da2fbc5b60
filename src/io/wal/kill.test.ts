import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { nodeClock, nodeDisk } from "../host/node/index.ts";
import { openOrRepairWal } from "./index.ts";

const wal = JSON.stringify(new URL("./index.ts", import.meta.url).href);
const host = JSON.stringify(new URL("../host/node/index.ts", import.meta.url).href);

/** Saves without end and prints the last index each time it was confirmed. */
const writer = (directory: string, first: number): string => `
  import { createWal, openOrRepairWal } from ${wal};
  import { nodeClock, nodeDisk } from ${host};
  const options = { disk: nodeDisk, clock: nodeClock, directory: ${JSON.stringify(directory)},
    segmentBytes: 300_000, zeroAheadBytes: 128 * 1024 };
  const wal = ${first} === 1 ? createWal(options, new Uint8Array([1]))
    : openOrRepairWal(options, { index: 0, term: 0 }).wal;
  let index = ${first} - 1;
  const save = () => {
    const entries = [];
    for (let count = 1 + index % 7; count > 0; count--) {
      index++;
      entries.push({ term: 1, index, type: 0, data: new Uint8Array(index % 3000).fill(index) });
    }
    const last = index;
    wal.save({ term: 1, vote: 5n, commit: last }, entries, (error) => {
      if (error) throw error;
      process.stdout.write(last + "\\n");
      save();
    });
  };
  save();
  setTimeout(save, 5);`;

test("a writer that is killed leaves a log with all it confirmed, and no lock", async () => {
  const folder = mkdtempSync(join(tmpdir(), "quorate-kill-"));
  const directory = join(folder, "wal");
  try {
    let next = 1;
    for (let round = 0; round < 4; round++) {
      const program = ["--input-type=module-typescript", "-e", writer(directory, next)];
      const child = spawn(process.execPath, program, { stdio: ["ignore", "pipe", "inherit"] });
      let said = "";
      child.stdout.on("data", (data: Buffer) => {
        said += data.toString();
        if (said.length > 1000 + 1500 * round) child.kill("SIGKILL");
      });
      await new Promise((resolve) => child.once("close", resolve));
      const confirmed = Number(said.slice(0, said.lastIndexOf("\n")).split("\n").at(-1));
      const options = { disk: nodeDisk, clock: nodeClock, directory };
      const { wal, content } = openOrRepairWal(options, { index: 0, term: 0 });
      await new Promise((resolve) => wal.close(resolve));
      assert.ok(content.entries.length >= confirmed);
      for (const [at, { index, data }] of content.entries.entries()) {
        assert.equal(index, at + 1);
        assert.ok(data.length === index % 3000 && data.every((byte) => byte === (index & 255)));
      }
      next = content.entries.length + 1;
    }
    assert.ok(next > 100);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
