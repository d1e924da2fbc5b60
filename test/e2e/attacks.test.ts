// Attacks from outside on a real member: it answers as it should, lives on in one term, gives memory
// back, and its other client hardly notices. docs/attacks.md tells what is attacked elsewhere.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { AttackedMember } from "./attacks/arena.ts";
import { grpcAttacks } from "./attacks/grpc-attacks.ts";
import { http1Attacks } from "./attacks/http1-attacks.ts";
import { http2Attacks } from "./attacks/http2-attacks.ts";
import { resourceAttacks } from "./attacks/resource-attacks.ts";
import { tlsAttacks } from "./attacks/tls-attacks.ts";

let member: AttackedMember;
before(async () => {
  member = await AttackedMember.start();
});
after(() => member.stop());

const attacks = [
  ...http2Attacks,
  ...grpcAttacks,
  ...http1Attacks,
  ...resourceAttacks,
  ...tlsAttacks,
];

test("there are 120 attacks and more, each of another name", () => {
  assert.equal(new Set(attacks.map(({ id }) => id)).size, attacks.length);
  assert.ok(attacks.length >= 120, `${attacks.length}`);
});

for (const attack of attacks) {
  test(`a member withstands ${attack.id}`, () => member.withstand(attack));
}
