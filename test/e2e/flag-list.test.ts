// That no flag is missing: the list of real etcd's own help, each with its default, its ETCD_ variable
// and its key in a configuration file.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import {
  configFrom,
  type FlagKind,
  flagTable,
  readConfigText,
  UsageError,
} from "../../src/server/embed/index.ts";
import { peer } from "../peers/peers.ts";
import { ended, isOurs, nowhere, ourVerdict, verdictOf } from "./flag-verdicts.ts";

const folder = mkdtempSync(join(tmpdir(), "quorate-flags-"));
after(() => rmSync(folder, { recursive: true }));

/** Two at a time, `work` on each. */
async function onEach<Item>(
  items: Iterable<Item>,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = [...items];
  const lane = async (): Promise<void> => {
    for (let item = queue.pop(); item !== undefined; item = queue.pop()) await work(item);
  };
  await Promise.all([lane(), lane()]);
}

const serverFlags = [...flagTable.values()].filter(({ name }) => !isOurs(name));

/** Words of the help that are no value: what they mean is. */
const meant: Readonly<Record<string, string>> = {
  "${name}.etcd": "",
  "math.MaxUint32": "4294967295",
  "0": "0s",
  "0s": "0s",
  "": "0s",
  "2h": "2h0m0s",
  "1m": "1m0s",
};
/** Empty flags whose effect the help names. */
const effects = new Set([
  "backend-bbolt-freelist-type: map",
  "initial-cluster: default=http://localhost:2380",
  "watch-progress-notify-interval: 10m",
]);

test("each flag of etcd's help is known, with its default", async () => {
  const { stdout } = await ended(peer("etcd"), ["--help"], folder);
  const listed = [...stdout.matchAll(/^ {2}--([a-z0-9-]+)(?: '(.*)'| (true|false))?$/gm)];
  assert.ok(listed.length > 100);
  const differences: string[] = [];
  await onEach(listed, async ([, name = "", quoted, bare]) => {
    const spec = flagTable.get(name);
    if (spec === undefined) {
      const verdict = verdictOf(await ended(peer("etcd"), [`--${name}=x`], folder));
      if (!verdict.startsWith("2 flag provided but not defined")) differences.push(name);
      return;
    }
    const text = quoted ?? bare;
    if (text === undefined) return;
    if (effects.has(`${name}: ${text}`)) return;
    const isSame = text === spec.initial || (meant[text] ?? text) === spec.initial;
    if (!isSame) differences.push(`${name}: ${text} in the help, ${spec.initial} here`);
  });
  assert.deepEqual(differences.toSorted(), []);
});

const wrong: Readonly<Record<FlagKind, string>> = {
  bool: "maybe",
  uint: "-1",
  int: "1.5",
  duration: "5",
  string: "x",
  strings: "x",
  urls: "127.0.0.1:1",
};

const right: Readonly<Record<string, string>> = {
  bool: "true",
  uint: "1",
  int: "1",
  duration: "5s",
  string: "x",
  strings: "x",
  urls: "http://127.0.0.1:1",
  cors: "*",
  "discovery-fallback": "exit",
  "feature-gates": "LeaseCheckpoint=true",
  "initial-cluster-state": "new",
  "v2-deprecation": "gone",
};

// --config-file takes the place of all others; ETCD_VERSION is no flag's. The two others are refused
// later by etcd: when it compacts, and by a panic.
const apart = new Set(["config-file", "version", "auto-compaction-retention", "log-level"]);

test("each flag has its variable, which may not be set beside it", async () => {
  const differences: string[] = [];
  await onEach(serverFlags, async ({ name, kind }) => {
    if (apart.has(name) || name.startsWith("test.")) return;
    const variable = `ETCD_${name.toUpperCase().replaceAll("-", "_")}`;
    const variables = { [variable]: wrong[kind] };
    const good = { ...right, [name]: right[name] ?? right[kind] }[name]!;
    for (const args of [[], [`--${name}=${good}`]]) {
      const all = name === "listen-peer-urls" ? args : [nowhere, ...args];
      const theirs = verdictOf(await ended(peer("etcd"), all, folder, variables));
      const ours = ourVerdict(all, variables);
      if (ours !== theirs)
        differences.push(`${variable} ${args.join(" ")}\n  ${theirs}\n  ${ours}`);
    }
  });
  assert.deepEqual(differences.toSorted(), []);
});

async function ourFileVerdict(text: string): Promise<string> {
  try {
    configFrom(await readConfigText(text));
    return "taken";
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return `${error.exitCode} ${error.message}`;
  }
}

const sections: Readonly<Record<string, string>> = {
  "client-transport-security":
    "cert-file key-file client-cert-file client-key-file client-cert-auth trusted-ca-file auto-tls " +
    "allowed-cn allowed-hostname skip-client-san-verification crl-file",
  "peer-transport-security":
    "cert-file key-file client-cert-file client-key-file client-cert-auth trusted-ca-file auto-tls " +
    "allowed-cn allowed-hostname skip-client-san-verification crl-file",
  "socket-options": "reuse-port reuse-address",
  "discovery-config": "token client",
};

test("each flag has the key and the type that etcd's configuration file has for it", async () => {
  const keys = serverFlags.map(({ name }) => name);
  const nested = Object.entries(sections).flatMap(([section, names]) =>
    names.split(" ").map((name) => `${section}: { ${name}: WRONG }`),
  );
  const texts = [...keys.map((name) => `${name}: WRONG`), ...nested].flatMap((text) =>
    // One of them is wrong for whatever type it has.
    ["{ a: 1 }", /suites|outputs|allowed/.test(text) ? "[[1]]" : "5"].map((value) =>
      text.replace("WRONG", value),
    ),
  );
  const differences: string[] = [];
  let count = 0;
  await onEach(texts, async (text) => {
    const isPeers = text.startsWith("listen-peer-urls");
    const file = isPeers ? text : `listen-peer-urls: ${nowhere.split("=")[1]}\n${text}`;
    const path = join(folder, `${count++}.yml`);
    writeFileSync(path, file);
    const theirs = verdictOf(await ended(peer("etcd"), [`--config-file=${path}`], folder));
    const ours = await ourFileVerdict(file);
    if (ours !== theirs) differences.push(`${text}\n  ${theirs}\n  ${ours}`);
  });
  assert.deepEqual(differences.toSorted(), []);
});
