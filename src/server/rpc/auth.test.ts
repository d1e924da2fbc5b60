import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { createHash } from "node:crypto";
import { decodeUtf8, encodeUtf8, latin1FromBytes, ownBytes } from "../../base/index.ts";
import { SimpleTokens } from "../../core/auth/index.ts";
import { EtcdError, errors } from "../../core/errors/index.ts";
import {
  AlarmAction,
  decodeAuthenticateResponse,
  decodeWatchResponse,
  encodeAlarmRequest,
  encodeAuthenticateRequest,
  encodeAuthRoleAddRequest,
  encodeAuthRoleGrantPermissionRequest,
  encodeAuthUserAddRequest,
  encodeAuthUserChangePasswordRequest,
  encodeAuthUserGrantRoleRequest,
  encodeCompactionRequest,
  encodeLeaseGrantRequest,
  encodeLeaseKeepAliveRequest,
  encodeLeaseTimeToLiveRequest,
  encodePutRequest,
  encodeRangeRequest,
  encodeTxnRequest,
  encodeWatchRequest,
  makeAlarmRequest,
  makeAuthenticateRequest,
  makeAuthRoleAddRequest,
  makeAuthRoleGrantPermissionRequest,
  makeAuthUserAddRequest,
  makeAuthUserChangePasswordRequest,
  makeAuthUserGrantRoleRequest,
  makeCompactionRequest,
  makeLeaseGrantRequest,
  makeLeaseKeepAliveRequest,
  makeLeaseTimeToLiveRequest,
  makePermission,
  makePutRequest,
  makeRangeRequest,
  makeRequestOp,
  makeTxnRequest,
  makeUserAddOptions,
  makeWatchCreateRequest,
  makeWatchRequest,
  PermissionType,
  type PutRequest,
  type TxnRequest,
} from "../../core/proto/index.ts";
import type { ServerCall } from "../../io/grpc/index.ts";
import type { PasswordDone } from "../member/index.ts";
import { leadingServer, type TestServer } from "../member/testing.ts";
import { type Services, services } from "./index.ts";

const noBytes = new Uint8Array(0);
const bytes = encodeUtf8;

class OneCall {
  readonly path: string;
  readonly metadata: { get(name: string): string | undefined };
  readonly peer: { address: string; commonName: string | undefined };
  ended = false;
  status: { code: number; message: string } | undefined;
  readonly messages: Uint8Array[] = [];
  bufferedBytes = 0;
  isPaused = false;
  takesMore = true;
  onDrain: (() => void) | undefined;

  constructor(path: string, fields: Readonly<Record<string, string>>, commonName?: string) {
    this.path = path;
    this.metadata = { get: (name) => fields[name] };
    this.peer = { address: "", commonName };
  }
  reply(message: Uint8Array): void {
    this.messages.push(ownBytes(message));
    this.end({ code: 0, message: "ok" });
  }
  send(message: Uint8Array): boolean {
    this.messages.push(ownBytes(message));
    return this.takesMore;
  }
  end({ code, message }: { code: number; message: string }): void {
    this.ended = true;
    this.status ??= { code, message };
  }
  pause(): void {
    this.isPaused = true;
  }
  resume(): void {
    this.isPaused = false;
  }
}

const hashOf = (password: string): string => `$${password.split("").toReversed().join("")}`;

/** Hashes that are the password backwards; compared when the test says so. */
class PlainPasswords {
  isPrompt = true;
  readonly asked: (() => void)[] = [];
  readonly verified: (string | undefined)[] = [];

  hash(password: string, done: PasswordDone<Uint8Array>): void {
    done(bytes(hashOf(password)));
  }
  verify(password: string, hash: Uint8Array | undefined, done: PasswordDone<boolean>): void {
    const text = hash === undefined ? undefined : decodeUtf8(hash);
    this.verified.push(text);
    const answer = (): void => done(text === hashOf(password));
    if (this.isPrompt) answer();
    else this.asked.push(answer);
  }
}

let test_: TestServer;
let all: Services;
let passwords: PlainPasswords;
let rootToken = "";
let aliceToken = "";

type Who = Readonly<Record<string, string>>;
const nobody: Who = {};
const root = (): Who => ({ token: rootToken });
const alice = (): Who => ({ token: aliceToken });

function begin(path: string, request: Uint8Array, who: Who, commonName?: string): OneCall {
  const call = new OneCall(path, who, commonName);
  const handler = all.methods.get(path)!;
  if (handler.kind === "unary") handler.handle(call as unknown as ServerCall, request);
  else handler.open(call as unknown as ServerCall).message(request);
  return call;
}

/** How the call ended; "ok" also for a stream that was answered. */
function ask(path: string, request: Uint8Array, who: Who, commonName?: string): string {
  const call = begin(path, request, who, commonName);
  test_.clock.settle();
  if (call.status === undefined && call.messages.length > 0) return "ok";
  return (call.status?.message ?? "nothing").replace(/^etcdserver: /, "");
}

const auth = (method: string, request: Uint8Array, who: Who = nobody): void =>
  assert.equal(ask(`/etcdserverpb.Auth/${method}`, request, who), "ok", method);

function login(name: string, password: string): string {
  const request = encodeAuthenticateRequest(makeAuthenticateRequest({ name, password }));
  const call = begin("/etcdserverpb.Auth/Authenticate", request, nobody);
  test_.clock.settle();
  return call.status?.code === 0
    ? decodeAuthenticateResponse(call.messages[0]!).token
    : (call.status?.message ?? "nothing");
}

const put = (fields: Partial<PutRequest>): Uint8Array =>
  encodePutRequest(makePutRequest({ value: bytes("v"), ...fields }));
const kv = (method: string): string => `/etcdserverpb.KV/${method}`;
const denied = "permission denied";
const empty = "user name is empty";

/** alice may write "w" and read ["r", "s"). */
beforeEach(() => {
  passwords = new PlainPasswords();
  let now = (): number => 0;
  const tokens = new SimpleTokens({ ttlMs: 300_000, nowMs: () => now() });
  const fingerprint = (): string => "0123456789ab";
  test_ = leadingServer(
    { clientCertAuth: true },
    { credentials: { tokens, passwords, fingerprint } },
  );
  now = () => test_.clock.nowMs();
  all = services(test_.server, {
    maxTxnOps: 128,
    maxRequestBytes: 4096,
    sha256: () => createHash("sha256"),
  });
  for (const name of ["root", "alice"]) {
    auth("UserAdd", encodeAuthUserAddRequest(makeAuthUserAddRequest({ name, password: name })));
    auth("RoleAdd", encodeAuthRoleAddRequest(makeAuthRoleAddRequest({ name })));
    const grant = makeAuthUserGrantRoleRequest({ user: name, role: name });
    auth("UserGrantRole", encodeAuthUserGrantRoleRequest(grant));
  }
  for (const perm of [
    makePermission({ permType: PermissionType.WRITE, key: bytes("w") }),
    makePermission({ permType: PermissionType.READ, key: bytes("r"), rangeEnd: bytes("s") }),
  ]) {
    const request = makeAuthRoleGrantPermissionRequest({ name: "alice", perm });
    auth("RoleGrantPermission", encodeAuthRoleGrantPermissionRequest(request));
  }
  auth("AuthEnable", noBytes);
  rootToken = login("root", "root");
  aliceToken = login("alice", "alice");
});

const range = (key: string, rangeEnd = ""): Uint8Array =>
  encodeRangeRequest(makeRangeRequest({ key: bytes(key), rangeEnd: bytes(rangeEnd) }));

test("a token comes as token or authorization, bare or as a bearer's", () => {
  assert.match(aliceToken, /^[a-zA-Z]{16}\.\d+$/);
  for (const who of [
    { token: aliceToken },
    { authorization: aliceToken },
    { authorization: `Bearer ${aliceToken}` },
    { token: aliceToken, authorization: "nonsense" },
  ]) {
    assert.equal(ask(kv("Range"), range("r"), who), "ok");
    assert.equal(ask(kv("Range"), range("w"), who), denied);
  }
  for (const token of ["", "nonsense", `bearer ${aliceToken}`, `x${aliceToken}`]) {
    assert.equal(ask(kv("Range"), range("r"), { token }), "invalid auth token", token);
  }
  assert.equal(ask(kv("Range"), range("r"), nobody), empty);
});

test("a wrong password, a user that is not there and one without a password cost the same work", () => {
  const options = makeUserAddOptions({ noPassword: true });
  const bare = makeAuthUserAddRequest({ name: "bare", options, password: "planted" });
  auth("UserAdd", encodeAuthUserAddRequest(bare), root());
  passwords.verified.length = 0;
  const failed = "etcdserver: authentication failed, invalid user ID or password";
  assert.equal(login("alice", "x"), failed);
  assert.equal(login("mallory", "x"), failed);
  assert.equal(login("bare", "planted"), errors.noPasswordUser().message);
  assert.deepEqual(passwords.verified, ["$ecila", undefined, undefined]);
});

test("a password that was changed while it was compared lets nobody in", () => {
  passwords.isPrompt = false;
  const request = makeAuthenticateRequest({ name: "alice", password: "alice" });
  const path = "/etcdserverpb.Auth/Authenticate";
  const call = begin(path, encodeAuthenticateRequest(request), nobody);
  test_.clock.settle();
  const change = makeAuthUserChangePasswordRequest({ name: "alice", password: "new" });
  auth("UserChangePassword", encodeAuthUserChangePasswordRequest(change), root());
  passwords.asked.shift()!();
  test_.clock.settle();
  assert.equal(call.ended, false, "it is compared again with what holds now");
  passwords.asked.shift()!();
  test_.clock.settle();
  assert.match(call.status!.message, /authentication failed/);
});

test("no password is in any log entry or line", () => {
  const { wal, lines } = test_;
  const written: string[] = [];
  const save = wal.save.bind(wal);
  wal.save = (state, entries, done) => {
    written.push(...entries.map(({ data }) => latin1FromBytes(data)));
    save(state, entries, done);
  };
  const user = { name: "bob", password: "planted" };
  auth("UserAdd", encodeAuthUserAddRequest(makeAuthUserAddRequest(user)), root());
  const options = makeUserAddOptions({ noPassword: true });
  const bare = makeAuthUserAddRequest({ ...user, name: "bare", options });
  auth("UserAdd", encodeAuthUserAddRequest(bare), root());
  const change = makeAuthUserChangePasswordRequest({ name: "alice", password: "planted" });
  auth("UserChangePassword", encodeAuthUserChangePasswordRequest(change), root());
  const token = login("alice", "planted");
  assert.ok(written.some((entry) => entry.includes(token.split(".")[0]!)));
  assert.equal(written.filter((entry) => entry.includes("planted")).length, 0);
  assert.doesNotMatch(JSON.stringify(lines), /planted|detnalp/);
});

test("a token of an entry far ahead is refused at once, of a near one after a second", () => {
  const { appliedIndex } = test_.server.member;
  for (const index of ["18446744073709551615", String(appliedIndex + 5001)]) {
    const call = begin(kv("Put"), put({ key: bytes("w") }), { token: `abcdefghijklmnop.${index}` });
    assert.match(call.status!.message, /invalid auth token/, index);
  }
  const near = { token: `abcdefghijklmnop.${appliedIndex + 5}` };
  for (const method of ["Put", "RangeStream"]) {
    const call = begin(kv(method), range("w"), near);
    assert.equal(call.ended, false);
    test_.clock.advance(2000);
    assert.match(call.status!.message, /invalid auth token/);
  }
});

test("a token of an entry that is on its way is waited for, by streams too", () => {
  const { member } = test_.server;
  const token = `abcdefghijklmnop.${member.appliedIndex + 1}`;
  const unary = begin(kv("Range"), range("r"), { token });
  const stream = begin(kv("RangeStream"), range("r"), { token });
  assert.equal(stream.isPaused, true);
  test_.server.auth.authenticate("alice", "abcdefghijklmnop", member.appliedIndex + 1);
  assert.equal(ask(kv("Put"), put({ key: bytes("w") }), root()), "ok");
  test_.clock.advance(20);
  assert.deepEqual([unary.status?.message, stream.messages.length], ["ok", 1]);
  assert.equal(stream.isPaused, false);
});

test("a verified certificate's name is a user's, unless a token or the gateway says otherwise", () => {
  const read = (who: Who, name: string | undefined): string =>
    ask(kv("Range"), range("r"), who, name);
  assert.equal(read(nobody, "alice"), "ok");
  assert.equal(ask(kv("Range"), range("w"), nobody, "alice"), denied);
  assert.equal(read(nobody, "mallory"), denied);
  assert.equal(read(nobody, ""), denied);
  assert.equal(read({ "grpcgateway-accept": "*/*" }, "root"), empty);
  assert.equal(read({ token: "nonsense" }, "root"), "invalid auth token");
  assert.equal(ask(kv("Compact"), noBytes, alice(), "root"), denied);
});

// The advisories -------------------------------------------------------------------------------------

const leaseOf = (ID: bigint, ...keys: string[]): void => {
  const grant = encodeLeaseGrantRequest(makeLeaseGrantRequest({ ID, TTL: 60 }));
  assert.equal(ask("/etcdserverpb.Lease/LeaseGrant", grant, root()), "ok");
  for (const key of keys) {
    assert.equal(ask(kv("Put"), put({ key: bytes(key), lease: ID }), root()), "ok");
  }
};

test("CVE-2023-32082: the keys of a lease are shown to who may read all of them", () => {
  leaseOf(7n, "r", "secret");
  const path = "/etcdserverpb.Lease/LeaseTimeToLive";
  const show = (keys: boolean): Uint8Array =>
    encodeLeaseTimeToLiveRequest(makeLeaseTimeToLiveRequest({ ID: 7n, keys }));
  assert.equal(ask(path, show(true), alice()), denied);
  assert.equal(ask(path, show(false), alice()), "ok");
  assert.equal(ask(path, show(true), root()), "ok");
  assert.equal(ask("/etcdserverpb.Lease/LeaseLeases", noBytes, alice()), denied);
  leaseOf(8n, "r");
  const readable = encodeLeaseTimeToLiveRequest(makeLeaseTimeToLiveRequest({ ID: 8n, keys: true }));
  assert.equal(ask(path, readable, alice()), "ok");
});

test("CVE-2026-33413: what is about the cluster or leases needs a user, or an administrator", () => {
  leaseOf(7n, "secret");
  const disarm = encodeAlarmRequest(makeAlarmRequest({ action: AlarmAction.DEACTIVATE }));
  const keep = encodeLeaseKeepAliveRequest(makeLeaseKeepAliveRequest({ ID: 7n }));
  const grant = encodeLeaseGrantRequest(makeLeaseGrantRequest({ ID: 9n, TTL: 60 }));
  const compaction = encodeCompactionRequest(makeCompactionRequest({ revision: 1 }));
  const rows: [path: string, request: Uint8Array, forNobody: string, forAlice: string][] = [
    ["Cluster/MemberList", noBytes, empty, "ok"],
    ["Maintenance/Status", noBytes, empty, "ok"],
    ["Maintenance/Alarm", noBytes, empty, "ok"],
    ["Maintenance/Alarm", disarm, empty, denied],
    ["Maintenance/Hash", noBytes, empty, denied],
    ["Maintenance/HashKV", noBytes, empty, denied],
    ["Maintenance/Snapshot", noBytes, empty, denied],
    ["Maintenance/Defragment", noBytes, empty, denied],
    ["KV/Compact", compaction, empty, denied],
    ["Lease/LeaseGrant", grant, empty, "ok"],
    ["Lease/LeaseRevoke", keep, empty, denied],
    ["Lease/LeaseKeepAlive", keep, empty, denied],
    ["Lease/LeaseTimeToLive", keep, empty, "ok"],
    ["Lease/LeaseLeases", noBytes, empty, denied],
    ["Auth/AuthStatus", noBytes, "ok", "ok"],
  ];
  for (const [path, request, forNobody, forAlice] of rows) {
    assert.equal(ask(`/etcdserverpb.${path}`, request, nobody), forNobody, `${path} as nobody`);
    assert.equal(ask(`/etcdserverpb.${path}`, request, alice()), forAlice, `${path} as alice`);
  }
});

const nested = (txn: TxnRequest, depth: number): TxnRequest =>
  depth === 0
    ? txn
    : nested(
        makeTxnRequest({
          failure: [makeRequestOp({ request: { case: "requestTxn", value: txn } })],
        }),
        depth - 1,
      );
const txnPut = (fields: Partial<PutRequest>, depth: number): Uint8Array => {
  const value = makePutRequest({ value: bytes("v"), ...fields });
  const success = [makeRequestOp({ request: { case: "requestPut", value } })];
  return encodeTxnRequest(nested(makeTxnRequest({ success }), depth));
};

test("CVE-2026-33343: what is nested in a transaction needs permission at every depth", () => {
  for (const depth of [0, 1, 2, 8]) {
    assert.equal(ask(kv("Txn"), txnPut({ key: bytes("secret") }, depth), alice()), denied);
    assert.equal(ask(kv("Txn"), txnPut({ key: bytes("w") }, depth), alice()), "ok");
  }
  assert.equal(ask(kv("Range"), range("secret"), root()), "ok");
});

test("CVE-2026-44283: a put in a transaction may not show the past or join a lease of others", () => {
  leaseOf(7n, "secret");
  leaseOf(8n, "w");
  for (const depth of [0, 1]) {
    const key = bytes("w");
    assert.equal(ask(kv("Txn"), txnPut({ key, prevKv: true }, depth), alice()), denied);
    assert.equal(ask(kv("Txn"), txnPut({ key, lease: 7n }, depth), alice()), denied);
    assert.equal(ask(kv("Txn"), txnPut({ key, lease: 8n }, depth), alice()), "ok");
  }
  assert.equal(ask(kv("Put"), put({ key: bytes("w"), prevKv: true }), alice()), denied);
  assert.equal(ask(kv("Put"), put({ key: bytes("w"), lease: 7n }), alice()), denied);
});

test("GHSA-xg4h: a watch of all keys from one on needs all of them", () => {
  const watch = (key: string, rangeEnd: Uint8Array, who: Who): string => {
    const create = makeWatchCreateRequest({ key: bytes(key), rangeEnd });
    const value = makeWatchRequest({ requestUnion: { case: "createRequest", value: create } });
    const call = begin("/etcdserverpb.Watch/Watch", encodeWatchRequest(value), who);
    return decodeWatchResponse(call.messages[0]!).cancelReason;
  };
  const reason = "rpc error: code = PermissionDenied desc = etcdserver: permission denied";
  for (const end of [Uint8Array.of(0), bytes("t"), bytes("s\0")]) {
    assert.equal(watch("r", end, alice()), reason);
  }
  for (const end of [noBytes, bytes("s"), bytes("r\0")]) assert.equal(watch("r", end, alice()), "");
  assert.equal(watch("", noBytes, alice()), reason);
  assert.equal(watch("r", Uint8Array.of(0), root()), "");
  assert.match(watch("r", noBytes, nobody), /InvalidArgument.*user name is empty/);
  assert.match(watch("r", noBytes, { token: "x" }), /Unauthenticated.*invalid auth token/);
});

// What happens on the way ----------------------------------------------------------------------------

test("a write proposed before users changed is refused when it is applied after", () => {
  const { server, clock } = test_;
  const outcomes: string[] = [];
  const info = { username: "alice", revision: server.auth.revision - 1 };
  const settle = (outcome: unknown): void => {
    outcomes.push(outcome instanceof EtcdError ? outcome.message : "ok");
  };
  server.member.propose("put", put({ key: bytes("w") }), settle, info);
  clock.settle();
  assert.deepEqual(outcomes, ["etcdserver: revision of auth store is old"]);
});

test("a stream of keys ends when users change while it is read", () => {
  for (let key = 10; key < 40; key++) {
    assert.equal(ask(kv("Put"), put({ key: bytes(`r${key}`) }), root()), "ok");
  }
  const call = new OneCall(kv("RangeStream"), alice());
  call.takesMore = false;
  const handler = all.methods.get(call.path)!;
  assert.ok(handler.kind === "stream");
  handler.open(call as unknown as ServerCall).message(range("r", "s"));
  test_.clock.settle();
  assert.deepEqual([call.messages.length, call.ended], [1, false]);
  auth("RoleAdd", encodeAuthRoleAddRequest(makeAuthRoleAddRequest({ name: "new" })), root());
  call.onDrain!();
  assert.match(call.status!.message, /revision of auth store is old/);
});

test("a lease that expires is revoked, whoever owns its keys", () => {
  leaseOf(7n, "secret");
  test_.clock.advance(62_000);
  assert.equal(test_.server.lessor.has(7n), false);
});

test("with auth off a token is not looked at", () => {
  auth("AuthDisable", noBytes, root());
  for (const who of [nobody, alice(), { token: "nonsense" }]) {
    assert.equal(ask(kv("Put"), put({ key: bytes("secret") }), who), "ok");
    assert.equal(ask(kv("Range"), range("secret"), who), "ok");
  }
  assert.match(login("alice", "alice"), /authentication is not enabled/);
});
