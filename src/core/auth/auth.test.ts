import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { encodeUtf8, hexOf, seededRandom } from "../../base/index.ts";
import { EtcdError } from "../errors/index.ts";
import { MemoryBackend } from "../mvcc/index.ts";
import {
  makeAuthRoleGrantPermissionRequest,
  makeAuthRoleRevokePermissionRequest,
  makeAuthUserAddRequest,
  makeAuthUserChangePasswordRequest,
  makeAuthUserGrantRoleRequest,
  makeAuthUserRevokeRoleRequest,
  makePermission,
  makeUserAddOptions,
  PermissionType,
} from "../proto/index.ts";
import { AuthStore, encodeBase64, SimpleTokens, tokenIndex, tokenPrefix } from "./index.ts";

const noBytes = new Uint8Array(0);
const lines: string[] = [];
const note = (message: string): void => void lines.push(message);
const log = { debug: note, info: note, warn: note, error: note };

let nowMs = 0;
let backend = new MemoryBackend();
let tokens = new SimpleTokens({ ttlMs: 300_000, nowMs: () => nowMs });
let auth = new AuthStore({ backend, tokens, log });

beforeEach(() => {
  nowMs = 0;
  lines.length = 0;
  backend = new MemoryBackend();
  tokens = new SimpleTokens({ ttlMs: 300_000, nowMs: () => nowMs });
  auth = new AuthStore({ backend, tokens, log });
});

const refusalOf = (run: () => unknown): string => {
  try {
    run();
    return "ok";
  } catch (error) {
    if (!(error instanceof EtcdError)) throw error;
    return error.message.replace(/^(etcdserver|auth): /, "");
  }
};

const addUser = (name: string, hash = "hash"): void =>
  auth.addUser(makeAuthUserAddRequest({ name, hashedPassword: encodeBase64(encodeUtf8(hash)) }));
const grantRole = (user: string, role: string): void =>
  auth.grantRole(makeAuthUserGrantRoleRequest({ user, role }));
const revokeRole = (name: string, role: string): void =>
  auth.revokeRole(makeAuthUserRevokeRoleRequest({ name, role }));
const grant = (name: string, permType: number, key: string, end = ""): void => {
  const perm = makePermission({ permType, key: encodeUtf8(key), rangeEnd: encodeUtf8(end) });
  auth.grantPermission(makeAuthRoleGrantPermissionRequest({ name, perm }));
};
const { READ, WRITE, READWRITE } = PermissionType;
const user = (username: string): { username: string; revision: number } => ({
  username,
  revision: auth.revision,
});
const reads = (name: string, key: string, end = ""): string =>
  refusalOf(() => auth.checkRange(user(name), encodeUtf8(key), encodeUtf8(end)));
const writes = (name: string, key: string, end = ""): string =>
  refusalOf(() => auth.checkDeleteRange(user(name), encodeUtf8(key), encodeUtf8(end)));

function enable(): void {
  addUser("root");
  grantRole("root", "root");
  auth.enable();
}

test("auth is enabled once root holds role root; enabling and disabling twice are no errors", () => {
  assert.equal(
    refusalOf(() => auth.enable()),
    "root user does not exist",
  );
  addUser("root");
  assert.equal(
    refusalOf(() => auth.enable()),
    "root user does not have root role",
  );
  grantRole("root", "root");
  const { revision } = auth;
  auth.enable();
  auth.enable();
  assert.equal(auth.revision, revision);
  auth.disable();
  auth.disable();
  assert.equal(auth.revision, revision + 1);
  assert.equal(auth.isEnabled, false);
});

test("the revision is 1 at the first start and counts changes alone", () => {
  assert.equal(auth.revision, 1);
  addUser("a");
  assert.equal(
    refusalOf(() => addUser("a")),
    "user name already exists",
  );
  assert.equal(
    refusalOf(() => addUser("")),
    "user name is empty",
  );
  assert.equal(
    refusalOf(() => grantRole("a", "never")),
    "role name not found",
  );
  auth.addRole("r");
  grantRole("a", "r");
  grantRole("a", "r");
  assert.equal(auth.revision, 4);
});

test("records are etcd's bytes, and a store that begins on them is the same", () => {
  auth.addRole("r1");
  grant("r1", READWRITE, "foo", "fop");
  addUser("u");
  grantRole("u", "r1");
  enable();
  assert.equal(
    hexOf(backend.get("authRoles", encodeUtf8("r1"))!),
    "0a027231120c08021203666f6f1a03666f70",
  );
  assert.equal(
    hexOf(backend.get("authUsers", encodeUtf8("u"))!),
    "0a017512046861736" + "81a0272312200",
  );
  assert.equal(hexOf(backend.get("auth", encodeUtf8("authEnabled"))!), "01");
  assert.equal(hexOf(backend.get("auth", encodeUtf8("authRevision"))!), "0000000000000007");
  const again = new AuthStore({ backend, tokens, log });
  assert.deepEqual([again.revision, again.isEnabled], [7, true]);
  assert.deepEqual([again.userNames(), again.roleNames()], [["root", "u"], ["r1"]]);
  assert.deepEqual(again.rolesOf("u"), ["r1"]);
});

test("after another backend has taken its place, only what it holds is known", () => {
  enable();
  addUser("here");
  const other = new MemoryBackend();
  const there = new AuthStore({ backend: other, tokens, log });
  there.addRole("there");
  auth.recover(other);
  assert.deepEqual([auth.userNames(), auth.roleNames(), auth.isEnabled], [[], ["there"], false]);
  assert.equal(auth.revision, 2);
});

test("after another backend has taken its place, nobody is let in by a token of before", () => {
  enable();
  const token = auth.authenticate("root", "a".repeat(16), 7)();
  assert.ok(tokens.infoOf(token, 1));
  auth.recover(backend);
  assert.equal(tokens.infoOf(token, 1), undefined);
  const next = auth.authenticate("root", "b".repeat(16), 8)();
  assert.ok(tokens.infoOf(next, 1));
});

test("root cannot be locked out while auth is on", () => {
  enable();
  auth.addRole("root");
  const unmanaged = "invalid auth management";
  assert.equal(
    refusalOf(() => auth.deleteUser("root")),
    unmanaged,
  );
  assert.equal(
    refusalOf(() => auth.deleteRole("root")),
    unmanaged,
  );
  assert.equal(
    refusalOf(() => revokeRole("root", "root")),
    unmanaged,
  );
  auth.disable();
  assert.equal(
    refusalOf(() => revokeRole("root", "root")),
    "ok",
  );
  assert.equal(
    refusalOf(() => auth.deleteUser("root")),
    "ok",
  );
});

test("a role that is deleted is taken from everybody, and its permissions with it", () => {
  enable();
  auth.addRole("r");
  grant("r", READ, "k");
  for (const name of ["a", "b"]) {
    addUser(name);
    grantRole(name, "r");
  }
  assert.equal(reads("a", "k"), "ok");
  auth.deleteRole("r");
  assert.deepEqual([auth.rolesOf("a"), auth.rolesOf("b")], [[], []]);
  assert.equal(reads("a", "k"), "permission denied");
});

test("roles of a user are in the order of their bytes, not of UTF-16", () => {
  addUser("a");
  for (const role of ["\u{1f600}", "\uff00", "z", "root"]) {
    auth.addRole(role);
    grantRole("a", role);
  }
  assert.deepEqual(auth.rolesOf("a"), ["root", "z", "\uff00", "\u{1f600}"]);
});

test("names like __proto__ are names", () => {
  for (const name of ["__proto__", "constructor", "hasOwnProperty"]) {
    assert.equal(
      refusalOf(() => auth.rolesOf(name)),
      "user name not found",
    );
    addUser(name);
    auth.addRole(name);
    grantRole(name, name);
    assert.deepEqual(auth.rolesOf(name), [name]);
  }
});

test("permissions are given on ranges that are not empty, and taken by the exact pair", () => {
  auth.addRole("r");
  assert.equal(
    refusalOf(() => grant("r", READ, "")),
    "invalid auth management",
  );
  assert.equal(
    refusalOf(() => grant("r", READ, "b", "a")),
    "invalid auth management",
  );
  assert.equal(
    refusalOf(() => grant("r", READ, "b", "\0")),
    "ok",
  );
  assert.equal(
    refusalOf(() => auth.grantPermission(makeAuthRoleGrantPermissionRequest({ name: "r" }))),
    "permission not given",
  );
  const revoke = (key: string, end: string): string => {
    const range = { key: encodeUtf8(key), rangeEnd: encodeUtf8(end) };
    return refusalOf(() =>
      auth.revokePermission(makeAuthRoleRevokePermissionRequest({ role: "r", ...range })),
    );
  };
  assert.equal(revoke("b", ""), "permission is not granted to the role");
  assert.equal(revoke("b", "\0"), "ok");
  grant("r", READ, "k");
  grant("r", WRITE, "k");
  assert.deepEqual(
    auth.permissionsOf("r").map(({ permType }) => permType),
    [WRITE],
  );
});

test("ranges of several grants that touch cover one request, and a gap of one key does not", () => {
  enable();
  addUser("u");
  for (const role of ["r1", "r2"]) {
    auth.addRole(role);
    grantRole("u", role);
  }
  grant("r1", READWRITE, "a", "c");
  grant("r2", READ, "c", "e");
  grant("r2", READ, "e\0", "g");
  assert.equal(reads("u", "a", "e"), "ok");
  assert.equal(reads("u", "a", "e\0"), "permission denied");
  assert.equal(writes("u", "a", "c"), "ok");
  assert.equal(writes("u", "a", "d"), "permission denied");
  grant("r1", READ, "e");
  assert.equal(reads("u", "a", "g"), "ok");
  assert.equal(reads("u", "a", "\0"), "permission denied");
  grant("r1", READ, "f", "\0");
  assert.equal(reads("u", "a", "\0"), "ok");
});

test("random grants and requests are decided as key by key", () => {
  const letters = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
  enable();
  for (let round = 0; round < 60; round++) {
    const random = seededRandom(round);
    const pick = (below: number): number => random.bits32() % below;
    const name = `u${round}`;
    addUser(name);
    auth.addRole(name);
    grantRole(name, name);
    const readable = new Set<string>();
    for (let count = pick(6); count > 0; count--) {
      const from = pick(10);
      const to = from + 1 + pick(10 - from);
      grant(name, READ, letters[from]!, to === 10 ? "\0" : letters[to]!);
      for (const letter of letters.slice(from, to)) readable.add(letter);
    }
    for (let from = 0; from < 10; from++) {
      for (let to = from + 1; to <= 10; to++) {
        // Past the last letter there is more than letters: only an open grant covers it.
        const end = to === 10 ? "\0" : letters[to]!;
        const may = letters.slice(from, to).every((letter) => readable.has(letter));
        assert.equal(reads(name, letters[from]!, end), may ? "ok" : "permission denied");
      }
    }
  }
});

test("who asks is checked in etcd's order: nobody, old, gone, root, permitted", () => {
  enable();
  addUser("u");
  const ask = (username: string, revision: number): string =>
    refusalOf(() => auth.checkPut({ username, revision }, encodeUtf8("k")));
  assert.equal(
    refusalOf(() => auth.checkPut(undefined, noBytes)),
    "user name is empty",
  );
  assert.equal(ask("root", 0), "user name is empty");
  assert.equal(ask("never", auth.revision - 1), "revision of auth store is old");
  assert.equal(ask("never", auth.revision), "permission denied");
  assert.equal(ask("root", auth.revision), "ok");
  assert.equal(ask("u", auth.revision), "permission denied");
  assert.equal(auth.adminRefusal(undefined)?.message, "etcdserver: user name is empty");
  assert.equal(auth.adminRefusal(user("never"))?.message, "etcdserver: user name not found");
  assert.equal(auth.adminRefusal(user("u"))?.message, "etcdserver: permission denied");
  assert.equal(auth.adminRefusal({ username: "root", revision: 1 }), undefined);
  auth.disable();
  assert.equal(
    refusalOf(() => auth.checkPut(undefined, noBytes)),
    "ok",
  );
});

test("a token lives for its time after its last use", () => {
  enable();
  const token = auth.authenticate("root", "p".repeat(16), 7)();
  assert.equal(token, "pppppppppppppppp.7");
  nowMs = 299_000;
  assert.deepEqual(tokens.infoOf(token, 9), { username: "root", revision: 9 });
  nowMs = 598_000;
  assert.ok(tokens.infoOf(token, 9));
  nowMs = 898_001;
  assert.equal(tokens.infoOf(token, 9), undefined);
  auth.authenticate("root", "q".repeat(16), 8);
  nowMs = 2_000_000;
  auth.authenticate("root", "r".repeat(16), 9);
  assert.equal(tokens.size, 1);
});

test("tokens of a user end with a new password, the user, and auth", () => {
  enable();
  const hashedPassword = encodeBase64(encodeUtf8("other"));
  for (const end of [
    () => auth.changePassword(makeAuthUserChangePasswordRequest({ name: "u", hashedPassword })),
    () => auth.deleteUser("u"),
    () => auth.disable(),
  ]) {
    if (!auth.userNames().includes("u")) addUser("u");
    const token = auth.authenticate("u", "a".repeat(16), auth.revision)();
    const kept = auth.authenticate("root", "b".repeat(16), auth.revision)();
    assert.ok(tokens.infoOf(token, 1));
    end();
    assert.equal(tokens.infoOf(token, 1), undefined);
    assert.equal(tokens.infoOf(kept, 1) !== undefined, auth.isEnabled);
  }
});

test("nobody without a password is given a token, and none while auth is off", () => {
  const options = makeUserAddOptions({ noPassword: true });
  auth.addUser(makeAuthUserAddRequest({ name: "cert", options }));
  assert.equal(
    refusalOf(() => auth.authenticate("cert", "", 1)),
    "authentication is not enabled",
  );
  enable();
  const failed = "authentication failed, invalid user ID or password";
  assert.equal(
    refusalOf(() => auth.authenticate("cert", "", 1)),
    failed,
  );
  assert.equal(
    refusalOf(() => auth.authenticate("never", "", 1)),
    failed,
  );
});

test("a token's letters are fair and its index is a whole number", () => {
  const random = seededRandom(7);
  const counts = new Map<string, number>();
  const fill = (target: Uint8Array): void => {
    for (let at = 0; at < target.length; at++) target[at] = random.bits32() & 0xff;
  };
  for (let count = 0; count < 2000; count++) {
    for (const letter of tokenPrefix(fill)) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  }
  assert.equal(counts.size, 52);
  const expected = (2000 * 16) / 52;
  for (const [letter, count] of counts) {
    assert.ok(Math.abs(count - expected) < 6 * Math.sqrt(expected), `${letter}: ${count}`);
  }
  assert.equal(tokenIndex("abc.12"), 12);
  for (const token of ["abc", "abc.", "abc.-1", "a.b.1", "a.1x", ""]) {
    assert.equal(tokenIndex(token), undefined, token);
  }
});
