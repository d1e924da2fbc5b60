// etcd's own reader and writer against ours, on the same files. Needs `waldump` among the peers.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { bytesFromHex, hexOf } from "../../../src/base/index.ts";
import { type Entry, makeSnapshot } from "../../../src/core/proto/index.ts";
import { nodeClock, nodeDisk, nodeRandom } from "../../../src/io/host/node/index.ts";
import { encodeV2Store, Snapshotter } from "../../../src/io/snap/index.ts";
import { RecordType } from "../../../src/io/wal/record.ts";
import { RecordDecoder } from "../../../src/io/wal/record-decoder.ts";
import { mutatedLog } from "../../../src/io/wal/record-decoder.fuzz.ts";
import {
  createWal,
  openOrRepairWal,
  openWal,
  readWal,
  repairWal,
  validSnapshotEntries,
  verifyWal,
  WalError,
  type Wal,
  type WalOptions,
} from "../../../src/io/wal/index.ts";
import { peer } from "../peers.ts";

interface GoContent {
  readonly metadata: string;
  readonly term: number;
  readonly vote: string;
  readonly commit: number;
  readonly entries: { type: number; term: number; index: number; data: string }[] | null;
  readonly error: string;
}

const waldump = (...args: (string | number)[]): unknown =>
  JSON.parse(
    execFileSync(peer("waldump"), args.map(String), { encoding: "utf8", maxBuffer: 1 << 28 }),
  );

const start = { index: 0, term: 0 };
const vote = 0xfedc_ba98_7654_3210n;

function inFolder(run: (directory: string) => void | Promise<void>): () => Promise<void> {
  return async () => {
    const folder = mkdtempSync(join(tmpdir(), "quorate-waldump-"));
    try {
      await run(join(folder, "wal"));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
}

const optionsFor = (directory: string, segmentBytes = 64 * 1024): WalOptions => ({
  disk: nodeDisk,
  clock: nodeClock,
  directory,
  segmentBytes,
  syncing: "inline",
});

/** Waldump's entry `index`: its bytes follow from the index. */
function madeEntry(index: number, size: number, term = 2): Entry {
  const data = new Uint8Array(size);
  for (let at = 0; at < size; at++) data[at] = index * 7 + at;
  return { term, index, type: 0, data };
}

function saveNow(wal: Wal, entries: Entry[], commit: number, term = 2): void {
  let answer: unknown = "nothing";
  wal.save({ term, vote, commit }, entries, (error) => {
    answer = error;
  });
  assert.equal(answer, undefined);
}

function sameAsGo(directory: string, verb: "read" | "open", from = start): GoContent {
  const go = waldump(verb, directory, from.index, from.term) as GoContent;
  assert.equal(go.error, "");
  const ours = readWal({ disk: nodeDisk, directory }, from);
  assert.equal(hexOf(ours.metadata ?? new Uint8Array(0)), go.metadata);
  assert.deepEqual(
    [ours.hardState.term, ours.hardState.vote.toString(16), ours.hardState.commit],
    [go.term, go.vote, go.commit],
  );
  assert.deepEqual(
    ours.entries.map(({ type, term, index, data }) => ({ type, term, index, data: hexOf(data) })),
    go.entries ?? [],
  );
  return go;
}

test(
  "Go reads, checks and appends to what we write, over cuts and overwrites, and we read it again",
  inFolder((directory) => {
    const wal = createWal(optionsFor(directory), bytesFromHex("08011002"));
    for (let index = 1; index <= 300; index++) saveNow(wal, [madeEntry(index, 997)], index - 1);
    saveNow(wal, [madeEntry(298, 20, 3), madeEntry(299, 0, 3)], 298, 3);
    const confState = {
      voters: [vote, 1n],
      learners: [2n],
      votersOutgoing: [],
      learnersNext: [],
      autoLeave: false,
    };
    wal.saveSnapshot({ index: 200, term: 2, confState }, () => {});
    wal.close(() => {});
    assert.ok(readdirSync(directory).length >= 4);
    const go = sameAsGo(directory, "read");
    assert.equal(go.entries?.length, 299);
    sameAsGo(directory, "read", { index: 200, term: 2 });
    assert.deepEqual(waldump("snapshots", directory), {
      snapshots: [
        { index: 0, term: 0, voters: [] },
        { index: 200, term: 2, voters: [vote.toString(16), "1"] },
      ],
      error: "",
    });
    assert.equal((waldump("verify", directory, 200, 2) as GoContent).error, "");
    sameAsGo(directory, "open");
    assert.equal(waldump("append", directory, 200, 2, 5, 100), "");
    assert.equal(sameAsGo(directory, "open").entries?.length, 304);
    const { wal: again, content } = openWal(optionsFor(directory), { index: 200, term: 2 });
    assert.equal(content.entries.length, 104);
    saveNow(again, [madeEntry(305, 10, 3)], 304, 3);
    again.close(() => {});
    assert.equal(sameAsGo(directory, "open").entries?.length, 305);
  }),
);

test(
  "we read, check and append to what Go writes, over cuts",
  inFolder((directory) => {
    assert.equal(waldump("write", directory, 100_000, 400, 1500, 3), 400);
    assert.ok(readdirSync(directory).length >= 6);
    const content = readWal({ disk: nodeDisk, directory }, start);
    assert.equal(content.entries.length, 400);
    for (const entry of content.entries) {
      assert.deepEqual(Buffer.from(entry.data), Buffer.from(madeEntry(entry.index, 1500).data));
    }
    assert.deepEqual(content.hardState, { term: 2, vote, commit: 400 });
    sameAsGo(directory, "read");
    const [first, second] = validSnapshotEntries({ disk: nodeDisk, directory });
    assert.equal(first?.index, 0);
    assert.deepEqual([second?.index, second?.term, second?.confState?.voters], [400, 2, [vote]]);
    assert.equal(verifyWal({ disk: nodeDisk, directory }, start).commit, 400);
    const { wal } = openWal(optionsFor(directory), start);
    for (let index = 401; index <= 500; index++) saveNow(wal, [madeEntry(index, 2000)], index);
    wal.close(() => {});
    assert.equal(sameAsGo(directory, "open").entries?.length, 500);
  }),
);

test(
  "the same entries make the same file, byte for byte",
  inFolder((directory) => {
    waldump("write", directory, 1 << 20, 100, 333, 1);
    const ours = `${directory}-ours`;
    const metadata = new TextEncoder().encode("metadata of waldump");
    const wal = createWal(optionsFor(ours, 1 << 20), metadata);
    for (let index = 1; index <= 100; index++) saveNow(wal, [madeEntry(index, 333)], index);
    const confState = {
      voters: [vote],
      learners: [],
      votersOutgoing: [],
      learnersNext: [],
      autoLeave: false,
    };
    wal.saveSnapshot({ index: 100, term: 2, confState }, () => {});
    wal.close(() => {});
    const name = "0000000000000000-0000000000000000.wal";
    assert.ok(readFileSync(join(directory, name)).equals(readFileSync(join(ours, name))));
  }),
);

test(
  "what a repair keeps is the same on both sides, wherever the log is cut off",
  inFolder((directory) => {
    waldump("write", directory, 1 << 20, 12, 700, 2);
    const name = "0000000000000000-0000000000000000.wal";
    const { wal } = openWal(optionsFor(directory, 1 << 20), start);
    const end = wal.offset;
    wal.close(() => {});
    for (let round = 0; round < 12; round++) {
      const length = end - 1 - round * 311;
      const [go, ours] = [`${directory}-go-${round}`, `${directory}-ours-${round}`];
      for (const copy of [go, ours]) {
        mkdirSync(copy);
        copyFileSync(join(directory, name), join(copy, name));
        truncateSync(join(copy, name), length);
      }
      const before = (waldump("open", ours, 0, 0) as GoContent).error;
      assert.equal(waldump("repair", go), true);
      assert.equal(repairWal({ disk: nodeDisk, directory: ours }), true);
      assert.ok(readFileSync(join(go, name)).equals(readFileSync(join(ours, name))));
      assert.equal(existsSync(join(go, `${name}.broken`)), before !== "");
      assert.equal(existsSync(join(ours, `${name}.broken`)), before !== "");
      if (before !== "") {
        const broken = readFileSync(join(go, `${name}.broken`));
        assert.ok(broken.equals(readFileSync(join(ours, `${name}.broken`))));
      }
      openOrRepairWal(optionsFor(ours, 1 << 20), start).wal.close(() => {});
      assert.equal(statSync(join(ours, name)).size, 1 << 20);
      sameAsGo(ours, "open");
    }
  }),
);

test(
  "Go reads the snapshot files we write, with the membership a 3.6 member looks for",
  inFolder(async (directory) => {
    mkdirSync(directory);
    const options = { disk: nodeDisk, clock: nodeClock, random: nodeRandom, directory };
    const member = {
      id: vote,
      peerUrls: ["http://127.0.0.1:2380"],
      isLearner: false,
      name: "one",
      clientUrls: ["http://127.0.0.1:2379"],
    };
    const data = encodeV2Store({ members: [member], removed: [5n], clusterVersion: "3.7.0" });
    const confState = {
      voters: [vote],
      learners: [],
      votersOutgoing: [],
      learnersNext: [],
      autoLeave: false,
    };
    const snapshot = makeSnapshot({ data, metadata: { index: 77, term: 3, confState } });
    await new Promise<void>((resolve, reject) => {
      new Snapshotter(options).saveSnap(snapshot, (error) => (error ? reject(error) : resolve()));
    });
    const go = waldump("snap", join(directory, "0000000000000003-000000000000004d.snap"));
    const text = new TextDecoder().decode(data);
    assert.deepEqual(go, {
      index: 77,
      term: 3,
      voters: [vote.toString(16)],
      data: text,
      error: "",
      stored: { members: { [vote.toString(16)]: "one" }, removed: ["5"], version: "3.7.0" },
    });
  }),
);

test(
  "etcd starts on a log that we wrote, and we read what it adds",
  inFolder(async (directory) => {
    const dataDir = `${directory}-data`;
    const walDir = join(dataDir, "member/wal");
    const put = async (url: string, key: string): Promise<void> => {
      const body = JSON.stringify({ key: btoa(key), value: btoa(`value of ${key}`) });
      const answer = await fetch(`${url}/v3/kv/put`, { method: "POST", body });
      assert.equal(answer.status, 200);
    };
    await withEtcd(dataDir, async (url) => {
      for (let key = 0; key < 20; key++) await put(url, `before-${key}`);
    });
    // The same entries, written by us into a new log with many segments.
    const { content, wal: theirs } = openWal(optionsFor(walDir), start);
    theirs.close(() => {});
    rmSync(walDir, { recursive: true });
    const ours = createWal(optionsFor(walDir, 1024), content.metadata!);
    for (const entry of content.entries) {
      ours.save({ ...content.hardState, commit: entry.index }, [entry], () => {});
    }
    ours.close(() => {});
    assert.ok(readdirSync(walDir).length > 2);
    // Without its database etcd applies everything from the log again.
    rmSync(join(dataDir, "member/snap/db"));
    await withEtcd(dataDir, async (url) => {
      await put(url, "after");
      const body = JSON.stringify({
        key: btoa("before-"),
        range_end: btoa("before."),
        count_only: true,
      });
      const answer = await fetch(`${url}/v3/kv/range`, { method: "POST", body });
      assert.equal(((await answer.json()) as { count: string }).count, "20");
    });
    const last = readWal({ disk: nodeDisk, directory: walDir }, start).entries;
    assert.ok(last.length > content.entries.length);
    assert.ok(last.some(({ data }) => Buffer.from(data).includes("value of after")));
  }),
);

/** Runs one member of real etcd while `use` talks to it. */
async function withEtcd(dataDir: string, use: (url: string) => Promise<void>): Promise<void> {
  const [client, member] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${client}`;
  const peerUrl = `http://127.0.0.1:${member}`;
  const process = spawn(
    peer("etcd"),
    [
      `--data-dir=${dataDir}`,
      `--listen-client-urls=${url}`,
      `--advertise-client-urls=${url}`,
      `--listen-peer-urls=${peerUrl}`,
      "--log-level=fatal",
    ],
    { stdio: ["ignore", "ignore", "inherit"] },
  );
  const gone = new Promise((resolve) => process.once("exit", resolve));
  try {
    for (let round = 0; round < 200 && process.exitCode === null; round++) {
      const health = await fetch(`${url}/health`).catch(() => undefined);
      if (health?.status === 200) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await use(url);
  } finally {
    process.kill("SIGTERM");
    await gone;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

test(
  "damaged files end at the same record and for the same reason",
  inFolder((directory) => {
    mkdirSync(directory);
    const count = Number(process.env["QUORATE_FUZZ_FILES"] ?? 1500);
    const first = 1 + Math.floor(Date.now() / 1000);
    console.log(`seeds ${first} to ${first + count - 1}`);
    for (let seed = first; seed < first + count; seed++) {
      writeFileSync(join(directory, String(seed)), mutatedLog(seed));
    }
    const go = waldump("decode", directory) as { name: string }[];
    assert.equal(go.length, count);
    for (const one of go) assert.deepEqual(decodeOurs(join(directory, one.name), one.name), one);
  }),
);

/** What waldump's `decode` says of one file. */
function decodeOurs(path: string, name: string): unknown {
  const file = nodeDisk.open(path, { readOnly: true });
  const decoder = new RecordDecoder([file]);
  let records = 0;
  let end = "end";
  try {
    while (decoder.next()) {
      records++;
      if (decoder.type === RecordType.crc) decoder.acceptCrc();
    }
  } catch (error) {
    if (!(error instanceof WalError)) throw error;
    end = error.code;
  } finally {
    file.close();
  }
  return { name, records, offset: decoder.lastOffset, end };
}
