import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { generate } from "./generate.ts";
import { propertyName } from "./schema.ts";

const project = join(import.meta.dirname, "../..");

test("the committed messages.ts is what the .proto files say", () => {
  const committed = readFileSync(join(project, "src/core/proto/messages.ts"), "utf8");
  assert.ok(committed === generate(join(project, "proto")), "stale: npm run protogen");
});

test("a property is the camel case of the field's name, and all capitals stay", () => {
  const names = {
    range_end: "rangeEnd",
    ID: "ID",
    TTL: "TTL",
    remaining_TTL: "remainingTTL",
    RemainingTTL: "remainingTTL",
    member_ID: "memberID",
    peerURLs: "peerURLs",
    NodeID: "nodeID",
    Term: "term",
    logTerm: "logTerm",
  };
  for (const [name, property] of Object.entries(names)) assert.equal(propertyName(name), property);
});
