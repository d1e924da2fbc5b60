import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../src/base/index.ts";
import { isDiskError, readWholeFile } from "../src/io/host/index.ts";
import { diskContract } from "../test/contracts/disk.ts";
import { type DiskFault, type DiskOperation, SimDisk } from "./disk.ts";

/** A disk whose background work runs when the test says so. */
function diskWithTasks(
  options: { capacityBytes?: number; fault?: (o: DiskOperation) => DiskFault | undefined } = {},
) {
  const tasks: (() => void)[] = [];
  const disk = new SimDisk({ ...options, defer: (fn) => tasks.push(fn) });
  const settle = (): void => {
    for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) task();
  };
  return { disk, settle };
}

diskContract("the simulated disk", () => {
  const { disk, settle } = diskWithTasks();
  disk.mkdir("/root");
  return { disk, root: "/root", settle, dispose: () => {} };
});

/** Every state a crash may leave, as what `look` sees in it. */
function afterCrash(disk: SimDisk, look: (after: SimDisk) => string): Set<string> {
  const choices = disk.crashChoices();
  const seen = new Set<string>();
  for (let number = 0; number < choices.count; number++) {
    choices.takeNumber(number);
    seen.add(look(disk.restarted(choices)));
  }
  return seen;
}

const contentOf = (disk: SimDisk): string => {
  if (disk.stat("/f") === undefined) return "gone";
  return Buffer.from(readWholeFile(disk, "/f")).toString("latin1").replaceAll("\0", ".");
};

const letters = (letter: string, count: number): Uint8Array => Buffer.alloc(count, letter);

test("a name that was not synced may be gone, a synced one is not", () => {
  const { disk } = diskWithTasks();
  const file = disk.open("/f", { create: true });
  file.write(letters("a", 3), 0);
  file.syncNow();
  assert.deepEqual(afterCrash(disk, contentOf), new Set(["gone", "aaa"]));
  disk.syncDirectoryNow("/");
  assert.deepEqual(afterCrash(disk, contentOf), new Set(["aaa"]));
});

test("unsynced sectors survive in any combination, each whole", () => {
  const { disk } = diskWithTasks();
  const file = disk.open("/f", { create: true });
  file.write(letters("a", 1536), 0);
  file.syncNow();
  disk.syncDirectoryNow("/");
  file.write(letters("b", 1536), 0);
  const found = afterCrash(disk, (after) => {
    const text = contentOf(after);
    return [text.slice(0, 512), text.slice(512, 1024), text.slice(1024)]
      .map((sector) => (/^(a+|b+)$/.test(sector) ? sector[0] : "torn"))
      .join("");
  });
  assert.deepEqual([...found].toSorted(), ["aaa", "aab", "aba", "abb", "baa", "bab", "bba", "bbb"]);
});

test("a sector written twice may be found in each of its three states", () => {
  const { disk } = diskWithTasks();
  const file = disk.open("/f", { create: true });
  file.write(letters("a", 4), 0);
  file.syncNow();
  disk.syncDirectoryNow("/");
  file.write(letters("b", 2), 0);
  file.write(letters("c", 2), 2);
  assert.deepEqual(afterCrash(disk, contentOf), new Set(["aaaa", "bbaa", "bbcc"]));
});

test("a cut that was not synced may bring the old bytes back", () => {
  const { disk } = diskWithTasks();
  const file = disk.open("/f", { create: true });
  file.write(letters("a", 1024), 0);
  file.syncNow();
  disk.syncDirectoryNow("/");
  file.truncate(512);
  file.truncate(1024);
  const found = afterCrash(disk, (after) => {
    const text = contentOf(after);
    return `${text.length}${text.at(-1)}`;
  });
  assert.deepEqual([...found].toSorted(), ["1024.", "1024a", "512a"]);
  file.syncNow();
  assert.equal(afterCrash(disk, contentOf).size, 1);
});

test("a sync under way covers what was written before it and nothing later", () => {
  const { disk, settle } = diskWithTasks();
  const file = disk.open("/f", { create: true });
  disk.syncDirectoryNow("/");
  file.write(letters("a", 512), 0);
  file.sync(() => {});
  file.write(letters("b", 512), 512);
  assert.equal(afterCrash(disk, contentOf).has(""), true);
  settle();
  const found = afterCrash(disk, (after) => contentOf(after)[0] ?? "empty");
  assert.deepEqual(found, new Set(["a"]));
  assert.ok(afterCrash(disk, (after) => String(contentOf(after).length)).has("512"));
});

test("a failed sync loses its pages and the next one does not bring them back", () => {
  let failing = true;
  const { disk } = diskWithTasks({
    fault: (operation) => {
      if (operation !== "sync" || !failing) return undefined;
      failing = false;
      return { code: "EIO", losesPages: true };
    },
  });
  const file = disk.open("/f", { create: true });
  disk.syncDirectoryNow("/");
  file.write(letters("a", 10), 0);
  assert.throws(
    () => file.syncNow(),
    (error) => isDiskError(error, "EIO"),
  );
  assert.equal(contentOf(disk), "aaaaaaaaaa");
  file.syncNow();
  assert.deepEqual(afterCrash(disk, contentOf), new Set([""]));
});

test("a full disk takes what fits and refuses the rest", () => {
  const { disk } = diskWithTasks({ capacityBytes: 8192 });
  const file = disk.open("/f", { create: true });
  assert.throws(
    () => file.write(letters("a", 10_000), 0),
    (error) => isDiskError(error, "ENOSPC"),
  );
  assert.equal(file.size(), 8192);
  assert.equal(disk.freeBytes("/"), 0);
  file.write(letters("b", 100), 50);
  disk.unlink("/f");
  assert.equal(disk.freeBytes("/"), 8192);
});

test("the same seed loses the same writes", () => {
  const lose = (seed: number): string => {
    const { disk } = diskWithTasks();
    const file = disk.open("/f", { create: true });
    disk.syncDirectoryNow("/");
    for (let at = 0; at < 20; at++)
      file.write(letters(String.fromCharCode(97 + at), 512), at * 512);
    return contentOf(disk.crash(seededRandom(seed)));
  };
  for (let seed = 0; seed < 50; seed++) assert.equal(lose(seed), lose(seed));
  assert.ok(new Set(Array.from({ length: 50 }, (_, seed) => lose(seed))).size > 5);
});

test("after the power is gone nothing answers any more", () => {
  const { disk, settle } = diskWithTasks();
  const file = disk.open("/f", { create: true });
  let answers = 0;
  file.sync(() => answers++);
  disk.crash(seededRandom(1));
  settle();
  assert.equal(answers, 0);
  assert.throws(() => file.write(letters("a", 1), 0));
});
