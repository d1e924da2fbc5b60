import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { describeDifference, replay, type ScenarioKind } from "./replay.ts";

const here = dirname(fileURLToPath(import.meta.url));
const own = join(here, "../scenarios/raft");
// etcd-io/raft's own scenario data stands beside the project, not in it.
const upstream = join(here, "../../../shared/raft-testdata");
const upstreamFiles: Readonly<Record<ScenarioKind, number>> = {
  interaction: 28,
  quorum: 4,
  confchange: 9,
};
const kinds = Object.keys(upstreamFiles) as ScenarioKind[];

for (const kind of kinds) {
  test(`every ${kind} scenario of etcd's raft goes the same way here`, (t) => {
    const folder = join(upstream, kind);
    if (!existsSync(folder)) {
      t.skip("the scenario data of etcd's raft is not beside this project");
      return;
    }
    const { files, directives } = replayFolder(kind, folder);
    t.diagnostic(`${files} files, ${directives} directives`);
    assert.equal(files, upstreamFiles[kind]);
  });

  test(`every ${kind} scenario of our own goes as written`, (t) => {
    const { files, directives } = replayFolder(kind, join(own, kind));
    t.diagnostic(`${files} files, ${directives} directives`);
    assert.ok(files > 0);
  });
}

function replayFolder(kind: ScenarioKind, folder: string): { files: number; directives: number } {
  const names = readdirSync(folder).filter((name) => name.endsWith(".txt"));
  let directives = 0;
  for (const name of names) {
    const { count, differences } = replay(kind, readFileSync(join(folder, name), "utf8"));
    directives += count;
    const [first] = differences;
    if (first !== undefined) assert.fail(describeDifference(join(kind, name), first));
  }
  return { files: names.length, directives };
}
