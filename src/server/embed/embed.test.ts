import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDuration } from "../../base/index.ts";
import { configFrom } from "./config.ts";
import { flagTable } from "./flag-table.ts";
import { nearestFlag, parseFlags, UsageError } from "./flags.ts";
import { parseUrl, parseUrls } from "./urls.ts";

const configOf = (...argv: string[]) => configFrom(parseFlags(argv, {}));
const refusal = (run: () => unknown): UsageError => {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof UsageError, String(error));
    return error;
  }
  assert.fail("it was accepted");
};

test("one dash or two, = or the next argument, bare booleans", () => {
  const values = parseFlags(["-name=a", "--data-dir", "d", "--pre-vote", "-metrics", "basic"], {});
  assert.equal(values.text.get("name"), "a");
  assert.equal(values.text.get("data-dir"), "d");
  assert.equal(values.text.get("pre-vote"), "true");
});

test("an unknown flag is refused with the nearest name", () => {
  const error = refusal(() => parseFlags(["--data-dri", "d"], {}));
  assert.equal(error.exitCode, 2);
  assert.equal(error.message, "flag provided but not defined: -data-dri\ndid you mean --data-dir?");
  assert.equal(nearestFlag("completely-else"), undefined);
});

test("bad values are refused in Go's words", () => {
  assert.equal(
    refusal(() => parseFlags(["--heartbeat-interval=x"], {})).message,
    'invalid value "x" for flag -heartbeat-interval: parse error',
  );
  assert.equal(
    refusal(() => parseFlags(["--initial-cluster-state=x"], {})).message,
    'invalid value "x" for flag -initial-cluster-state: invalid value',
  );
  assert.equal(
    refusal(() => parseFlags(["--v2-deprecation=gone,not-yet"], {})).message,
    'invalid value "gone,not-yet" for flag -v2-deprecation: invalid value "not-yet"',
  );
  assert.equal(refusal(() => parseFlags(["--name"], {})).message, "flag needs an argument: -name");
  assert.equal(refusal(() => parseFlags(["start"], {})).message, '"start" is not a valid flag');
});

test("the environment sets flags, and setting one twice is fatal", () => {
  const values = parseFlags([], { ETCD_NAME: "n", ETCD_STRANGE: "1", HOME: "/" });
  assert.equal(values.text.get("name"), "n");
  assert.deepEqual(values.unknownVariables, ["ETCD_STRANGE=1"]);
  const error = refusal(() => parseFlags(["--name=m"], { ETCD_NAME: "n" }));
  assert.equal(error.exitCode, 1);
  assert.match(error.message, /^conflicting environment variable "ETCD_NAME" is shadowed/);
});

test("the defaults are etcd's", () => {
  const config = configOf();
  assert.equal(config.name, "default");
  assert.equal(config.dataDirectory, "default.etcd");
  assert.equal(config.initialCluster, "default=http://localhost:2380");
  assert.equal(config.quotaBackendBytes, 2_147_483_648);
  assert.equal(config.maxRequestBytes, 1_572_864);
  assert.equal(config.watchProgressNotifyMs, 600_000);
  assert.deepEqual(
    config.listenClientUrls.map((url) => url.text),
    ["http://localhost:2379"],
  );
});

test("a name alone makes a cluster of that name", () => {
  assert.equal(configOf("--name=abc").initialCluster, "abc=http://localhost:2380");
});

test("configuration errors are etcd's", () => {
  for (const [argv, message] of [
    [
      ["--listen-client-urls=http://127.0.0.1:1"],
      "--advertise-client-urls is required when --listen-client-urls is set explicitly",
    ],
    [
      ["--heartbeat-interval=300"],
      "--election-timeout[1000ms] should be at least as 5 times as --heartbeat-interval[300ms]",
    ],
    [
      ["--election-timeout=60000"],
      "--election-timeout[60000ms] is too long, and should be set less than 50000ms",
    ],
    [["--heartbeat-interval=0"], "--heartbeat-interval must be >0 (set to 0ms)"],
    [["--auto-compaction-mode=x"], 'unknown auto-compaction-mode "x"'],
    [
      ["--feature-gates=Nope=true"],
      'invalid value "Nope=true" for flag -feature-gates: unrecognized feature gate: Nope',
    ],
    [
      ["--feature-gates=LeaseCheckpointPersist=true"],
      "enabling feature gate LeaseCheckpointPersist requires enabling feature gate LeaseCheckpoint",
    ],
    [
      ["--listen-peer-urls=http://example.com:1"],
      "expected IP in URL for binding (http://example.com:1)",
    ],
  ] as const) {
    assert.equal(refusal(() => configOf(...argv)).message, message);
  }
});

test("tracing is set up by its flags, and only when it is enabled", () => {
  const rate = "--distributed-tracing-sampling-rate=2000000";
  assert.equal(configOf(rate).tracing, undefined);
  assert.equal(
    refusal(() => configOf("--enable-distributed-tracing", rate)).message,
    "distributed tracing configurition is not valid: (tracing sampling rate must be less than 1000000)",
  );
  assert.deepEqual(configOf("--enable-distributed-tracing").tracing, {
    address: "localhost:4317",
    serviceName: "etcd",
    instanceId: "",
    samplesPerMillion: 0,
  });
});

test("every flag has a default its own kind can read", () => {
  for (const spec of flagTable.values()) {
    if (spec.kind === "urls" && spec.initial !== "") parseUrls(spec.initial);
    if (spec.kind === "duration") assert.notEqual(parseDuration(spec.initial), undefined);
    if (spec.kind === "uint" || spec.kind === "int") assert.match(spec.initial, /^\d+$/);
  }
});

test("URL lists are unique and sorted, and bad ones are named", () => {
  assert.deepEqual(
    parseUrls("http://b:2, http://a:1,http://b:2").map((url) => url.text),
    ["http://a:1", "http://b:2"],
  );
  assert.deepEqual(parseUrl("http://[::1]:2379"), {
    text: "http://[::1]:2379",
    scheme: "http",
    host: "::1",
    port: 2379,
  });
  assert.throws(() => parseUrl("http://a"), /does not have the form "host:port": http:\/\/a/);
  assert.throws(() => parseUrl("http://a:1/x"), /URL must not contain a path: http:\/\/a:1\/x/);
  assert.throws(() => parseUrl("ftp://a:1"), /URL scheme must be http, https, unix, or unixs/);
});
