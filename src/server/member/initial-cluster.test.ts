import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { clusterIdOf, initialMembers, memberIdOf, parseInitialCluster } from "./initial-cluster.ts";

const sha1 = (bytes: Uint8Array): Uint8Array => createHash("sha1").update(bytes).digest();

test("ids are those Go etcd derives from the same flags", () => {
  const peerUrls = ["http://127.0.0.1:23800"];
  const id = memberIdOf(peerUrls, "etcd-cluster", sha1);
  assert.equal(id, 3319814642761637952n);
  assert.equal(clusterIdOf([id], sha1), 324952591200643719n);
  assert.equal(memberIdOf(["http://10.0.0.8:2379"], "", sha1), 14544069596553697298n);
});

test("a name may have several URLs", () => {
  assert.deepEqual(
    [...parseInitialCluster("a=http://x:2,b=http://y:1,a=http://x:1")],
    [
      ["a", ["http://x:1", "http://x:2"]],
      ["b", ["http://y:1"]],
    ],
  );
});

test("a member that is not in its own cluster is refused in etcd's words", () => {
  const options = { initialCluster: "a=http://x:1", token: "t", peerUrls: ["http://x:1"] };
  assert.equal(initialMembers({ ...options, name: "a" }, sha1).members.length, 1);
  assert.throws(
    () => initialMembers({ ...options, name: "z" }, sha1),
    /couldn't find local name "z" in the initial cluster configuration/,
  );
  assert.throws(
    () => initialMembers({ ...options, name: "a", peerUrls: ["http://x:2"] }, sha1),
    /--initial-cluster has a=http:\/\/x:1 but missing from --initial-advertise-peer-urls=http:\/\/x:2/,
  );
});
