import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeUtf8 } from "../../base/index.ts";
import { EtcdError } from "../errors/index.ts";
import {
  Cluster,
  encodeConfChangeContext,
  encodeMember,
  goString,
  type Member,
  type MembershipChange,
  parseConfChangeContext,
  parseWithIds,
} from "./index.ts";

const memberOf = (id: bigint, more: Partial<Member> = {}): Member => ({
  id,
  peerUrls: [`http://10.0.0.${id}:2380`],
  isLearner: false,
  name: "",
  clientUrls: [],
  ...more,
});

const add = (member: Member): MembershipChange => ({
  kind: "add",
  context: { member, isPromote: false },
});
const promote = (member: Member): MembershipChange => ({
  kind: "add",
  context: { member, isPromote: true },
});
const update = (member: Member): MembershipChange => ({
  kind: "update",
  context: { member, isPromote: false },
});

function refusal(cluster: Cluster, change: MembershipChange): string | undefined {
  try {
    cluster.validate(change);
  } catch (error) {
    assert.ok(error instanceof EtcdError);
    return error.message;
  }
  return undefined;
}

const clusterOf = (...members: Member[]): Cluster => {
  const cluster = new Cluster({ learnersMax: 1 });
  cluster.restore(members, []);
  return cluster;
};

const notFound = "etcdserver: member not found";

test("a member that is there already is not added again", () => {
  const cluster = clusterOf(memberOf(1n));
  assert.equal(refusal(cluster, add(memberOf(1n))), "etcdserver: member ID already exist");
});

test("a peer URL in use is refused to new members and to updated ones, not to its owner", () => {
  const cluster = clusterOf(memberOf(1n), memberOf(2n));
  const { peerUrls } = memberOf(1n);
  const taken = "etcdserver: Peer URLs already exists";
  assert.equal(refusal(cluster, add(memberOf(3n, { peerUrls }))), taken);
  assert.equal(refusal(cluster, update(memberOf(2n, { peerUrls }))), taken);
  assert.equal(refusal(cluster, update(memberOf(1n))), undefined);
});

test("learners are limited; voters are not", () => {
  const cluster = clusterOf(memberOf(1n), memberOf(2n, { isLearner: true }));
  const learner = memberOf(3n, { isLearner: true });
  assert.equal(refusal(cluster, add(learner)), "etcdserver: too many learner members in cluster");
  assert.equal(refusal(cluster, add(memberOf(3n))), undefined);
});

test("only a learner that is known is promoted", () => {
  const cluster = clusterOf(memberOf(1n), memberOf(2n, { isLearner: true }));
  assert.equal(refusal(cluster, promote(memberOf(9n))), notFound);
  assert.equal(
    refusal(cluster, promote(memberOf(1n))),
    "etcdserver: can only promote a learner member",
  );
  assert.equal(refusal(cluster, promote(memberOf(2n))), undefined);
});

test("who was removed never comes back, under any change", () => {
  const cluster = clusterOf(memberOf(1n), memberOf(2n));
  cluster.apply({ kind: "remove", id: 2n });
  for (const change of [add, promote, update]) {
    assert.equal(refusal(cluster, change(memberOf(2n))), notFound);
  }
  assert.equal(refusal(cluster, { kind: "remove", id: 2n }), notFound);
  assert.equal(refusal(cluster, { kind: "remove", id: 7n }), notFound);
  assert.deepEqual(cluster.removedIds(), [2n]);
});

test("a promotion keeps the learner's name and URLs, an update its attributes", () => {
  const published = { name: "m2", clientUrls: ["http://c"] };
  const cluster = clusterOf(memberOf(1n), memberOf(2n, { isLearner: true, ...published }));
  cluster.apply(promote(memberOf(2n, { peerUrls: [] })));
  assert.deepEqual(cluster.member(2n), memberOf(2n, published));
  cluster.apply(update(memberOf(2n, { peerUrls: ["http://new"] })));
  assert.deepEqual(cluster.member(2n), memberOf(2n, { ...published, peerUrls: ["http://new"] }));
});

test("members are listed by id as unsigned numbers", () => {
  const cluster = clusterOf(memberOf(0xffff_ffff_ffff_ffffn), memberOf(2n), memberOf(1n));
  assert.deepEqual(
    cluster.members().map(({ id }) => id),
    [1n, 2n, 0xffff_ffff_ffff_ffffn],
  );
});

test("attributes of an unknown or removed member are passed over", () => {
  const cluster = clusterOf(memberOf(1n));
  cluster.apply({ kind: "remove", id: 1n });
  assert.equal(cluster.setAttributes(1n, "a", []), undefined);
  assert.deepEqual(cluster.members(), []);
});

test("a member's record is Go's JSON: 64-bit ids, empty fields left out, HTML escaped", () => {
  const bytes = encodeMember(
    memberOf(0xffff_ffff_ffff_fffen, { peerUrls: ["http://a?x=1&y=<2>"], name: "é\u2028" }),
  );
  assert.equal(
    decodeUtf8(bytes),
    String.raw`{"id":18446744073709551614,"peerURLs":["http://a?x=1\u0026y=\u003c2\u003e"],` +
      String.raw`"name":"é\u2028"}`,
  );
  assert.equal(goString(`"\\\n\t\u0001\u007f`), String.raw`"\"\\\n\t\u0001` + '\u007f"');
});

test("control characters are escaped as Go escapes them", () => {
  assert.equal(goString("\b\f\r"), String.raw`"\b\f\r"`);
});

test("the context of a promotion has no peer URLs and says that it is one", () => {
  const context = { member: memberOf(7n, { isLearner: true }), isPromote: true };
  assert.equal(
    decodeUtf8(encodeConfChangeContext(context)),
    `{"id":7,"peerURLs":null,"isLearner":true,"isPromote":true}`,
  );
});

test("every record comes back as it was written, with all 64 bits of its id", () => {
  const member = memberOf(0x8e9e_05c5_2164_694dn, {
    isLearner: true,
    name: `<&>"\\`,
    clientUrls: ["http://a", "http://b"],
  });
  const text = decodeUtf8(encodeMember(member))!;
  assert.deepEqual(parseConfChangeContext(text), { member, isPromote: false });
});

test("keys are read in any case, as Go reads them; what is no member is not one", () => {
  const parsed = parseConfChangeContext(`{"ID":18446744073709551615,"PEERURLS":["a",1]}`);
  assert.equal(parsed?.member.id, 0xffff_ffff_ffff_ffffn);
  assert.deepEqual(parsed?.member.peerUrls, ["a"]);
  for (const text of ["", "[", "null", "7", `{"id":"7"}`, `{"id":1.5}`, "{}"]) {
    assert.equal(parseConfChangeContext(text), undefined, text);
  }
  assert.equal(parseWithIds("null"), undefined);
});
