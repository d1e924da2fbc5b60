// Every flag with values good and bad, in real etcd and in ours: what is taken, what is refused, how the
// refusal is worded and with which exit code. An etcd that takes its flags then ends at a peer address
// that no machine has, so nothing is served.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type FlagKind, flagTable } from "../../src/server/embed/index.ts";
import { peer } from "../peers/peers.ts";
import { ended, isOurs, nowhere, ourVerdict, verdictOf } from "./flag-verdicts.ts";
import { executable } from "./server-process.ts";

const values: Readonly<Record<FlagKind, readonly string[]>> = {
  bool: ["", "true", "F", "maybe"],
  uint: ["", "0", "7", "-1", "x", "18446744073709551616"],
  int: ["", "7", "-1", "1.5"],
  duration: ["", "0", "90s", "5", "-1s"],
  string: ["", "x"],
  strings: ["", "x", "b,a"],
  urls: ["", "http://127.0.0.1:1", "127.0.0.1:1", "ftp://127.0.0.1:1", "http://example.com:1"],
};

/** Values that only some flags tell apart. */
const more: Readonly<Record<string, readonly string[]>> = {
  "advertise-client-urls": ["http://a:1,https://b:2", "unix:///tmp/x", "http://:1", "http://a:1/p"],
  "auth-token": ["simple", "jwt"],
  "auto-compaction-mode": ["revision", "periodic"],
  "auto-compaction-retention": ["1h", "5", "-1", "1.5"],
  "backend-bbolt-freelist-type": ["map", "array"],
  "bcrypt-cost": ["3", "31", "32"],
  cors: ["*", "https://a.example.com"],
  "discovery-fallback": ["exit", "proxy"],
  "election-timeout": ["499", "50001"],
  "feature-gates": [
    "LeaseCheckpoint=true",
    "X=true",
    "LeaseCheckpoint",
    "LeaseCheckpoint=x",
    "AllAlpha=true,AllBeta=false",
    "AllAlpha=true,LeaseCheckpoint=false",
    "SetMemberLocalAddr=true",
    "PriorityRequest=1",
    "X=true,AllAlpha=yes",
  ],
  "heartbeat-interval": ["200", "201"],
  "initial-cluster": ["default=http://127.0.0.1:1", "a"],
  "initial-cluster-state": ["new", "existing"],
  "log-format": ["console", "json"],
  "log-level": ["debug", "panic", "trace"],
  "log-outputs": ["stderr", "stdout,stderr", "default,stderr"],
  metrics: ["extensive", "basic"],
  "tls-max-version": ["TLS1.2", "TLS1.3", "TLS1.1"],
  "tls-min-version": ["TLS1.2", "TLS1.3", "TLS1.0"],
  "v2-deprecation": ["gone", "not-yet", "write-only,gone"],
};

const together: readonly (readonly string[])[] = [
  ["--listen-client-urls=http://127.0.0.1:1"],
  ["--discovery-token=t"],
  ["--discovery-token=t", "--discovery-endpoints=a:1", "--initial-cluster=a=http://127.0.0.1:1"],
  ["--tls-min-version=TLS1.3", "--tls-max-version=TLS1.2"],
  ["--tls-min-version=TLS1.3", "--cipher-suites=TLS_RSA_WITH_AES_128_GCM_SHA256"],
  ["--peer-cert-allowed-cn=a", "--peer-cert-allowed-hostname=b"],
  ["--feature-gates=LeaseCheckpointPersist=true"],
  ["--enable-log-rotation", "--log-outputs=a.log,b.log"],
  ["--experimental-max-learners=1"],
  ["--nonsense"],
  ["--discovery=http://a:1"],
  ["stray"],
  ["--name"],
  ["-name=a", "--pre-vote"],
  ["---name=a"],
  ["--version=maybe"],
  ...["", "127.0.0.1:1", "ftp://127.0.0.1:1", "http://example.com:1"].map((url) => [
    `--listen-peer-urls=${url}`,
  ]),
];

// Where we answer otherwise, and why.
const early = "refused at once; etcd finds out while it starts, and ends with the same words";
const noPanic = "the same words and exit code 1, where etcd panics";
const otherwise: Readonly<Record<string, string>> = {
  "--auto-compaction-retention=": early,
  "--auto-compaction-retention=1.5": early,
  "--auto-compaction-retention=x": early,
  "--log-level=trace": noPanic,
  "--log-level=x": noPanic,
  "--log-outputs=": "the default, as an empty list in a file; etcd opens a file without a name",
};

// What ends a process before it looks at anything else, or stands in every command line here.
const apart = new Set(["version", "config-file", "listen-peer-urls"]);

function cases(): (readonly string[])[] {
  const found: (readonly string[])[] = [...together];
  for (const { name, kind, ignored } of flagTable.values()) {
    if (isOurs(name) || apart.has(name) || name.startsWith("test.")) continue;
    const all = ignored ? ["x"] : [...values[kind], ...(more[name] ?? [])];
    for (const value of new Set(all)) found.push([`--${name}=${value}`]);
  }
  return found;
}

test("each flag is taken and refused as etcd takes and refuses it, in its words", async () => {
  const folder = mkdtempSync(join(tmpdir(), "quorate-flags-"));
  const queue = cases();
  const differences: string[] = [];
  const work = async (): Promise<void> => {
    for (let args = queue.pop(); args !== undefined; args = queue.pop()) {
      const theirs = verdictOf(await ended(peer("etcd"), [nowhere, ...args], folder));
      const ours = ourVerdict([nowhere, ...args]);
      const command = args.join(" ");
      if (ours !== theirs && otherwise[command] === undefined) {
        differences.push(`${command}\n  etcd: ${theirs}\n  ours: ${ours}`);
      }
    }
  };
  await Promise.all([work(), work()]);
  rmSync(folder, { recursive: true });
  assert.deepEqual(differences.toSorted(), []);
});

test("the process says what the table says", async () => {
  const folder = mkdtempSync(join(tmpdir(), "quorate-flags-"));
  for (const args of [
    ["--pre-vote=maybe"],
    ["--election-timeout=50001"],
    ["stray"],
    ["--name=a"],
  ]) {
    const ours = await ended(executable("quorate"), [nowhere, ...args], folder);
    assert.equal(verdictOf(ours), ourVerdict([nowhere, ...args]), args.join(" "));
  }
  rmSync(folder, { recursive: true });
});
