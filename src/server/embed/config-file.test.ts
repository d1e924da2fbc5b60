import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { type Config, configFrom } from "./config.ts";
import { readConfigFile } from "./config-file.ts";
import { parseFlags, UsageError } from "./flags.ts";

const folder = mkdtempSync(join(tmpdir(), "quorate-config-"));
after(() => rmSync(folder, { recursive: true }));

async function configOf(yaml: string): Promise<Config> {
  const path = join(folder, "etcd.yml");
  writeFileSync(path, yaml);
  return configFrom(await readConfigFile(path));
}

test("a key without a value asks for nothing, so the sample file starts a member", async () => {
  const config = await configOf("name: default\ninitial-cluster:\ndiscovery-srv:\n");
  assert.equal(config.initialCluster, "default=http://localhost:2380");
});

test("a file says what flags say, in its own types and sections", async () => {
  const config = await configOf(`
name: m1
data-dir: /data
heartbeat-interval: 200
Election-Timeout: 2000
snapshot-count: 77
backend-batch-interval: 250000000
pre-vote: no
listen-client-urls: https://127.0.0.1:2379, http://127.0.0.1:2379
listen-client-http-urls: "http://127.0.0.1:2381"
listen-metrics-urls: http://127.0.0.1:2382
cors: https://a.example.com:443
log-outputs: [stdout, stderr]
cipher-suites: [TLS_A, TLS_B]
socket-options: { reuse-port: true, reuse-address: true }
raft-read-timeout: 1
max-wals:
unknown-key: { a: 1 }
client-transport-security:
  cert-file: c.crt
  key-file: c.key
  client-cert-auth: true
  trusted-ca-file: ca.crt
  allowed-cn: [a, b]
  crl-file: nobody reads this
peer-transport-security:
  auto-tls: true
  allowed-hostname: [h]
  skip-client-san-verification: true
`);
  assert.equal(config.name, "m1");
  assert.equal(config.heartbeatMs, 200);
  assert.equal(config.electionMs, 2000);
  assert.equal(config.backendBatchMs, 250);
  assert.equal(config.preVote, false);
  assert.equal(config.maxWalFiles, 5);
  assert.equal(config.listenClientUrls.length, 2);
  assert.equal(config.listenClientHttpUrls[0]?.port, 2381);
  assert.deepEqual(config.cors, ["https://a.example.com:443"]);
  assert.deepEqual(config.logOutputs, ["stderr", "stdout"]);
  assert.ok(config.socketReusePort && config.socketReuseAddress);
  const { clientTls, peerTls } = config;
  assert.deepEqual(clientTls.cipherSuites, ["TLS_A", "TLS_B"]);
  assert.equal(clientTls.certFile, "c.crt");
  assert.equal(clientTls.clientCertAuth, true);
  assert.deepEqual(clientTls.allowedCommonNames, ["a", "b"]);
  assert.equal(clientTls.crlFile, "");
  assert.deepEqual(peerTls.allowedHostnames, ["h"]);
  assert.ok(config.peerAutoTls && peerTls.skipClientSanVerify);
  assert.ok(config.given.has("peer-auto-tls") && config.given.has("snapshot-count"));
});

test("JSON is YAML, and an empty file is etcd without flags", async () => {
  assert.equal((await configOf('{"name": "j", "max-txn-ops": 3}')).maxTxnOps, 3);
  assert.equal((await configOf("")).name, "default");
  assert.equal((await configOf("name: a\nname: b")).name, "b");
  assert.equal((await configOf("listen-client-urls: http://127.0.0.1:1")).name, "default");
});

test("wrong types are refused in Go's words", async () => {
  const field = "Go struct field configYAML";
  const into = "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal";
  for (const [yaml, message] of [
    [
      'heartbeat-interval: "100"',
      `${into} string into ${field}.Config.heartbeat-interval of type uint`,
    ],
    [
      "backend-batch-interval: 10ms",
      `${into} string into ${field}.Config.backend-batch-interval of type time.Duration`,
    ],
    ["name: 5\nlog-outputs: x", `${into} string into ${field}.Config.log-outputs of type []string`],
    [
      "max-request-bytes: -3",
      `${into} number -3 into ${field}.Config.max-request-bytes of type uint`,
    ],
    ["name: 1.5", `${into} number into ${field}.Config.name of type string`],
    [
      "peer-transport-security: 5",
      `${into} number into ${field}.configJSON.peer-transport-security of type embed.securityConfig`,
    ],
    [
      "client-transport-security: { client-cert-auth: 1 }",
      `${into} number into Go struct field securityConfig.configJSON.client-transport-security.` +
        "client-cert-auth of type bool",
    ],
    ["- a", `${into} array into Go value of type embed.configYAML`],
    ["feature-gates: Nope=true", "unrecognized feature gate: Nope"],
    ["initial-cluster-state: weird", 'unexpected clusterState "weird"'],
    [
      "listen-peer-urls: httpx://a:1",
      "unexpected error setting up listen-peer-urls: " +
        "URL scheme must be http, https, unix, or unixs: httpx://a:1",
    ],
  ] as const) {
    await assert.rejects(configOf(yaml), (error: unknown) => {
      assert.ok(error instanceof UsageError);
      assert.deepEqual([error.message, error.exitCode], [message, 1]);
      return true;
    });
  }
  await assert.rejects(
    configOf("name: [a"),
    /^Error: error converting YAML to JSON: yaml: line 1: /,
  );
  const path = join(folder, "none");
  await assert.rejects(readConfigFile(path), {
    message: `open ${path}: no such file or directory`,
  });
});

test("with a file, flags and variables count no more and cannot conflict", () => {
  const values = parseFlags(["--config-file=f", "--name=a"], { ETCD_NAME: "b", ETCD_STRANGE: "c" });
  assert.equal(values.text.get("config-file"), "f");
  assert.deepEqual(values.unknownVariables, []);
  const named = parseFlags([], { ETCD_CONFIG_FILE: "g", ETCD_NAME: "b" });
  assert.equal(named.text.get("config-file"), "g");
  assert.deepEqual(parseFlags([], { ETCD_NAME: "b" }).usedVariables, [["ETCD_NAME", "b"]]);
});

test("the log's outputs and rotation are checked with etcd's texts", () => {
  const of = (...argv: string[]): Config => configFrom(parseFlags(argv, {}));
  const rotate = "--enable-log-rotation";
  for (const [argv, message] of [
    [["--log-outputs=default,stdout"], 'multi logoutput for "default" is not supported yet'],
    [
      ["--log-outputs=systemd/journal,a.log"],
      "running with systemd/journal but other '--log-outputs' values " +
        `(["a.log" "systemd/journal"]) are configured with 'default'; ` +
        "override 'default' value with something else",
    ],
    [
      [rotate, "--log-outputs=stderr"],
      "--log-outputs requires a single file path when --log-rotate-config-json is defined",
    ],
    [
      [rotate, "--log-outputs=a.log,b.log"],
      "--log-outputs requires a single file path when --log-rotate-config-json is defined",
    ],
    [
      [rotate, "--log-outputs=a.log", '--log-rotation-config-json={"maxsize":"x"}'],
      "invalid log rotation config: json: cannot unmarshal string into " +
        "Go struct field logRotationConfig.maxsize of type int",
    ],
    [["--logger=capnslog"], "--logger=capnslog is removed in v3.5"],
  ] as const) {
    assert.throws(() => of(...argv), { message });
  }
  assert.throws(
    () => of(rotate, "--log-outputs=a.log", "--log-rotation-config-json={"),
    /^Error: improperly formatted log rotation config: /,
  );
  const { logRotation } = of(rotate, "--log-outputs=a.log,stderr");
  assert.equal(logRotation?.fileBytesMax, 100 * 1024 * 1024);
});

test("a name like a number's exponent is a name, and 1e2 a whole number", async () => {
  const config = await configOf("name: e1\nheartbeat-interval: 1e2\n");
  assert.equal(config.name, "e1");
  assert.equal(config.heartbeatMs, 100);
});
