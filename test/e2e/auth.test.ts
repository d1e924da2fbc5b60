// Users, roles and tokens, as an operator sets them up with etcdctl; and one directory with auth on
// between Go etcd and us.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { generateKeyPairSync } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { etcdctl } from "./command.ts";
import { type Kind, ServerProcess, targetKind } from "./server-process.ts";

const cheap = "--bcrypt-cost=4";
let server: ServerProcess;
before(async () => {
  server = await ServerProcess.start({ kind: targetKind(), flags: [cheap] });
});
after(() => server.dispose());

type Ctl = (...args: string[]) => Promise<string>;

/** What etcdctl prints as this user, its last error line when it fails; nobody when empty. */
const as =
  (user: string, on?: ServerProcess): Ctl =>
  async (...args) => {
    const login = user === "" ? [] : [`--user=${user}`];
    const done = await etcdctl((on ?? server).endpoint, [...login, ...args]);
    if (done.code === 0) return done.stdout.trim();
    const lines = done.stderr.trim().split("\n");
    return lines.findLast((line) => line.startsWith("Error: ")) ?? done.stderr;
  };

const nobody = as("");
const root = as("root:secret");
const alice = as("alice:a");
const denied = "Error: etcdserver: permission denied";

async function setUp(ctl: Ctl): Promise<void> {
  for (const command of [
    "user add root:secret",
    "user add alice:a",
    "role add reader",
    "role grant-permission reader read foo --prefix",
    "role grant-permission reader readwrite bar",
    "user grant-role alice reader",
    "user grant-role root root",
  ]) {
    const said = await ctl(...command.split(" "));
    assert.doesNotMatch(said, /Error/, command);
  }
}

test("auth is set up, enabled, obeyed and disabled again", async () => {
  assert.equal(await nobody("auth", "enable"), "Error: etcdserver: root user does not exist");
  await setUp(nobody);
  assert.equal(await nobody("auth", "enable"), "Authentication Enabled");
  assert.match(await nobody("auth", "status"), /^Authentication Status: true\nAuthRevision: \d+$/);

  assert.equal(await nobody("put", "foo", "1"), "Error: etcdserver: user name is empty");
  assert.equal(await root("put", "foo", "1"), "OK");
  assert.equal(await alice("get", "foo"), "foo\n1");
  assert.equal(await alice("get", "fo", "--prefix"), denied);
  assert.equal(await alice("put", "foo", "2"), denied);
  assert.equal(await alice("put", "bar", "2"), "OK");
  assert.equal(await alice("del", "bar", "--prev-kv"), "1\nbar\n2");
  assert.equal(await alice("compact", "2"), denied);
  assert.equal(await alice("user", "list"), denied);
  assert.equal(await alice("user", "get", "alice"), "User: alice\nRoles: reader");
  assert.equal(await alice("user", "get", "root"), denied);
  assert.match(
    await alice("role", "get", "reader"),
    /^Role reader\nKV Read:\n\tbar\n\t\[foo, fop\)/,
  );
  assert.equal(await root("user", "list"), "alice\nroot");
  const wrong = "Error: etcdserver: authentication failed, invalid user ID or password";
  assert.equal(await as("alice:b")("get", "foo"), wrong);
  assert.equal(await as("mallory:b")("get", "foo"), wrong);

  const unmanaged = "Error: etcdserver: invalid auth management";
  assert.equal(await root("user", "delete", "root"), unmanaged);
  assert.equal(await root("user", "revoke-role", "root", "root"), unmanaged);
  assert.match(await root("role", "revoke-permission", "reader", "foo", "--prefix"), /revoked/);
  assert.equal(await alice("get", "foo"), denied);
  assert.match(await root("role", "delete", "reader"), /deleted/);
  assert.equal(await alice("get", "bar"), denied);

  assert.equal(await root("auth", "disable"), "Authentication Disabled");
  assert.equal(await nobody("get", "foo"), "foo\n1");
});

test("passwords and tokens stand neither in the log nor in any file", () => {
  assert.doesNotMatch(server.log, /secret/);
  const wal = readFileSync(
    join(server.dataDirectory, "member/wal/0000000000000000-0000000000000000.wal"),
  );
  assert.equal(wal.includes("secret"), false);
  assert.equal(
    readFileSync(join(server.dataDirectory, "member/snap/db")).includes("secret"),
    false,
  );
});

test("users made by etcd log in here, and those made here log in at etcd", async () => {
  const first: Kind = "etcd";
  await using handed = await ServerProcess.start({ kind: first, flags: [cheap] });
  await setUp(as("", handed));
  await as("", handed)("auth", "enable");
  const [admin, reader] = [as("root:secret", handed), as("alice:a", handed)];
  assert.equal(await admin("put", "foo", "by etcd"), "OK");
  const status = await admin("auth", "status");
  await handed.end("SIGTERM");

  await handed.handOver("quorate");
  assert.equal(await as("", handed)("get", "foo"), "Error: etcdserver: user name is empty");
  assert.equal(await reader("get", "foo"), "foo\nby etcd");
  assert.equal(await reader("put", "foo", "x"), denied);
  assert.equal(await admin("auth", "status"), status);
  assert.match(await admin("user", "add", "bob:b"), /created/);
  assert.match(await admin("role", "add", "writer"), /created/);
  await admin("role", "grant-permission", "writer", "readwrite", "k", "n");
  await admin("role", "grant-permission", "writer", "write", "n", "z");
  await admin("user", "grant-role", "bob", "writer");
  assert.equal(await as("bob:b", handed)("put", "m", "by quorate"), "OK");
  await handed.end("SIGTERM");

  await handed.handOver("etcd");
  const bob = as("bob:b", handed);
  assert.equal(await bob("get", "m"), "m\nby quorate");
  assert.equal(await bob("del", "l", "y"), "1");
  assert.equal(await bob("get", "l", "y"), denied);
  assert.equal(await reader("get", "foo"), "foo\nby etcd");
  assert.match(await admin("auth", "status"), /AuthRevision: 13$/);
});

test("signed tokens are made and taken, and one that claims to need no signature is refused", async () => {
  const home = mkdtempSync(join(tmpdir(), "quorate-jwt-"));
  try {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    writeFileSync(join(home, "key"), privateKey.export({ type: "pkcs8", format: "pem" }));
    writeFileSync(join(home, "pub"), publicKey.export({ type: "spki", format: "pem" }));
    const option = `pub-key=${home}/pub,priv-key=${home}/key,sign-method=RS256,ttl=10m`;
    const flags = [cheap, `--auth-token=jwt,${option}`];
    await using signed = await ServerProcess.start({ kind: targetKind(), flags });
    await setUp(as("", signed));
    await as("", signed)("auth", "enable");
    assert.equal(await as("root:secret", signed)("put", "foo", "1"), "OK");
    assert.equal(await as("alice:a", signed)("get", "foo"), "foo\n1");
    assert.equal(await as("alice:a", signed)("put", "foo", "1"), denied);
    const forged = await etcdctl(signed.endpoint, [
      "get",
      "foo",
      "--auth-jwt-token=eyJhbGciOiJub25lIn0.eyJ1c2VybmFtZSI6InJvb3QiLCJyZXZpc2lvbiI6OTl9.",
    ]);
    assert.match(forged.stderr, /etcdserver: invalid auth token/);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});
