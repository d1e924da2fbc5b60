import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Code, codeName, errorByMessage, errors, EtcdError, statusText } from "./index.ts";

const specification = join(import.meta.dirname, "../../../../shared/spec/surface.md");
const all = Object.values(errors).map((make) => make());

test("an error of the catalogue is one frozen object with a code and a text", () => {
  assert.equal(errors.compacted(), errors.compacted());
  assert.ok(errors.compacted() instanceof EtcdError);
  assert.ok(Object.isFrozen(errors.compacted()));
  assert.equal(errors.compacted().code, Code.OutOfRange);
  assert.equal(
    errors.compacted().message,
    "etcdserver: mvcc: required revision has been compacted",
  );
});

test("no text stands in the catalogue twice", () => {
  assert.equal(new Set(all.map(({ message }) => message)).size, all.length);
});

test("two errors lose their code on the way to the client, as etcd's do", () => {
  assert.equal(errors.memberNotEnoughStarted().code, Code.Unknown);
  assert.equal(errors.requestTooManyRequests().code, Code.Unknown);
});

test("a status prints as Go prints it", () => {
  assert.equal(
    statusText(errors.permissionDenied()),
    "rpc error: code = PermissionDenied desc = etcdserver: permission denied",
  );
  assert.equal(codeName(99), "Code(99)");
});

test("clients know an error by its text, except those that etcd's table leaves out", () => {
  assert.equal(errorByMessage("etcdserver: no leader"), errors.noLeader());
  assert.equal(errorByMessage(errors.watchCanceled().message), undefined);
  assert.equal(errorByMessage("not a primary lessor"), undefined);
});

test("the catalogue has every error of the surface description, with its code", () => {
  // The description is not part of the project; where it is absent the literal tests above remain.
  const text = existsSync(specification) ? readFileSync(specification, "utf8") : "";
  const rows = text.matchAll(
    /^\| (\w+) \| (\w+) \(\d+\) \| `(etcdserver: .*?)` \|.*\| (.*?) \|$/gm,
  );
  for (const [, name = "", code = "", message = "", known = ""] of rows) {
    const error = all.find((candidate) => candidate.message === message);
    assert.ok(error, `${name} is missing`);
    const lost = name === "MemberNotEnoughStarted" || name === "RequestTooManyRequests";
    assert.equal(codeName(error.code), lost ? "Unknown" : code, name);
    assert.equal(errorByMessage(message), known === "yes" ? error : undefined, name);
  }
});
