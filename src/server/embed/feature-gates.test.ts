import assert from "node:assert/strict";
import { test } from "node:test";
import { type Log, silentLog } from "../../io/host/index.ts";
import { configFrom } from "./config.ts";
import { gatesText, parseFeatureGates } from "./feature-gates.ts";
import { parseFlags } from "./flags.ts";
import { localAddressOf } from "./local-address.ts";

const configOf = (...argv: string[]) => configFrom(parseFlags(argv, {}));
const whatIsOn = (text: string): string[] =>
  Object.entries(parseFeatureGates(text)).flatMap(([name, isOn]) => (isOn ? [name] : []));

const alphas = [
  "StopGRPCServiceOnDefrag",
  "InitialCorruptCheck",
  "CompactHashCheck",
  "LeaseCheckpoint",
  "LeaseCheckpointPersist",
  "SetMemberLocalAddr",
  "PriorityRequest",
];

test("gates have etcd's defaults, and the last one of a name counts", () => {
  const betas = ["TxnModeWriteWithSharedBuffer", "FastLeaseKeepAlive"];
  assert.deepEqual(whatIsOn(""), betas);
  assert.deepEqual(whatIsOn("PriorityRequest=true, PriorityRequest = f ,"), betas);
  assert.deepEqual(whatIsOn("FastLeaseKeepAlive=0,CompactHashCheck=T"), [
    "CompactHashCheck",
    "TxnModeWriteWithSharedBuffer",
  ]);
});

test("AllAlpha and AllBeta set every gate of their stage that is not named itself", () => {
  assert.deepEqual(
    new Set(whatIsOn("AllAlpha=true,AllBeta=false")),
    new Set(["AllAlpha", ...alphas]),
  );
  const on = whatIsOn("LeaseCheckpoint=false,LeaseCheckpointPersist=false,AllAlpha=1,AllBeta=1");
  assert.equal(on.includes("LeaseCheckpoint"), false);
  assert.equal(on.includes("PriorityRequest"), true);
  assert.equal(on.includes("FastLeaseKeepAlive"), true);
});

test("what is no gate is refused in featuregate's words, bad values first", () => {
  for (const [text, why] of [
    ["Nope=true", "unrecognized feature gate: Nope"],
    ["AllAlpha", "missing bool value for AllAlpha"],
    [
      "Nope=true,AllAlpha=yes",
      'invalid value of AllAlpha=yes, err: strconv.ParseBool: parsing "yes": invalid syntax',
    ],
    [
      "AllAlpha=a=b",
      'invalid value of AllAlpha=a=b, err: strconv.ParseBool: parsing "a=b": invalid syntax',
    ],
  ] as const) {
    assert.throws(() => parseFeatureGates(text), { message: why });
  }
});

test("gates reach what they are for, also over several flags", () => {
  const config = configOf("--feature-gates=AllAlpha=true", "--feature-gates=LeaseCheckpoint=1");
  assert.equal(config.stopsOnDefrag, true);
  assert.equal(config.checksInitially, true);
  assert.equal(config.compactHashCheckMs, 60_000);
  assert.equal(config.leaseCheckpoint, true);
  assert.equal(config.leaseCheckpointPersist, true);
  assert.equal(config.setsLocalAddress, true);
  assert.equal(config.prioritizesRevokes, true);
  const plain = configOf();
  assert.equal(plain.stopsOnDefrag, false);
  assert.equal(plain.leaseCheckpoint, false);
  assert.equal(plain.setsLocalAddress, false);
  assert.equal(plain.prioritizesRevokes, false);
});

test("the local address is the first advertised one that others can call", () => {
  const urls = "http://10.1.2.3:2380,http://127.0.0.1:2380,http://a.example:2380";
  const advertised = [
    `--initial-advertise-peer-urls=${urls}`,
    `--initial-cluster=${urls.replaceAll("http", "m=http")}`,
    "--name=m",
  ];
  const gate = "--feature-gates=SetMemberLocalAddr=true";
  const lines: string[] = [];
  const say = (message: string): void => void lines.push(message);
  const log: Log = { ...silentLog, info: say, warn: say };
  assert.equal(localAddressOf(configOf(...advertised), log), undefined);
  assert.deepEqual(lines, []);
  assert.equal(localAddressOf(configOf(...advertised, gate), log), "10.1.2.3");
  assert.equal(localAddressOf(configOf(gate), log), undefined);
  assert.deepEqual(lines, [
    "searching for a suitable member local address in AdvertisePeerURLs",
    "setting member local address",
    "searching for a suitable member local address in AdvertisePeerURLs",
    "unable to set a member local address due to lack of suitable local addresses",
  ]);
});

test("the log names the gates that were set, those that AllAlpha sets among them", () => {
  assert.equal(gatesText(""), "");
  assert.equal(
    gatesText("LeaseCheckpoint=true,InitialCorruptCheck=0"),
    "InitialCorruptCheck=false,LeaseCheckpoint=true",
  );
  const text = gatesText("AllAlpha=true,PriorityRequest=false");
  assert.match(text, /^AllAlpha=true,CompactHashCheck=true,.*PriorityRequest=false,/);
  assert.doesNotMatch(text, /AllBeta|FastLeaseKeepAlive/);
});
