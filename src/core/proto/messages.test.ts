import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { execPath } from "node:process";
import { test } from "node:test";
import { createFileRegistry, fromBinary, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import fc from "fast-check";
import {
  descriptorOf,
  encodeOurs,
  oursOfPlain,
  type Plain,
  plainArbitrary,
  plainOfBuf,
  plainOfOurs,
  plainOfProtobufjs,
} from "../../../tools/protogen/plain.ts";
import { parseFolder } from "../../../tools/protogen/schema.ts";
import { messageDescriptors } from "./index.ts";

const project = join(import.meta.dirname, "../../..");
const root = parseFolder(join(project, "proto"));
const registry = createFileRegistry(
  fromBinary(
    FileDescriptorSetSchema,
    execFileSync(execPath, [
      join(project, "node_modules/@bufbuild/buf/bin/buf"),
      "build",
      join(project, "proto"),
      "-o",
      "-#format=binpb",
    ]),
  ),
);
const names = Object.keys(messageDescriptors);

const bufOf = (name: string, bytes: Uint8Array): Plain => {
  const desc = registry.getMessage(name)!;
  return plainOfBuf(name, desc, fromBinary(desc, bytes));
};
const oursOf = (name: string, bytes: Uint8Array): Plain =>
  plainOfOurs(name, descriptorOf(name).decode(bytes));

/** Each message some times, with every message of the project. */
function forEachMessage(runs: number, check: (name: string, plain: Plain) => void): void {
  for (const name of names) {
    fc.assert(
      fc.property(plainArbitrary(name), (plain) => check(name, plain)),
      { numRuns: runs },
    );
  }
}

test("what we write, protobufjs and @bufbuild/protobuf read as the same message", () => {
  forEachMessage(12, (name, plain) => {
    const bytes = encodeOurs(name, plain);
    const other = root.lookupType(name).decode(bytes);
    assert.deepEqual(plainOfProtobufjs(name, other), plain, `protobufjs ${name}`);
    assert.deepEqual(bufOf(name, bytes), plain, `buf ${name}`);
  });
});

test("what @bufbuild/protobuf writes, we read as the same message", () => {
  forEachMessage(8, (name, plain) => {
    const desc = registry.getMessage(name)!;
    const theirs = toBinary(desc, fromBinary(desc, encodeOurs(name, plain)));
    assert.deepEqual(oursOf(name, theirs), plain, name);
  });
});

test("a message that was read back is the message that was written, in the same shape", () => {
  forEachMessage(8, (name, plain) => {
    const message = oursOfPlain(name, plain);
    const bytes = descriptorOf(name).encode(message as never);
    assert.deepEqual(descriptorOf(name).decode(bytes), message, name);
  });
});

test("two encodings one behind the other read as their merger, as the protobuf rules say", () => {
  for (const name of names) {
    // Of two requests in one entry we keep one, by etcd's order; see dispatch-order.test.ts.
    if (name === "etcdserverpb.InternalRaftRequest") continue;
    const pair = fc.tuple(plainArbitrary(name), plainArbitrary(name));
    fc.assert(
      fc.property(pair, ([first, second]) => {
        const bytes = Buffer.concat([encodeOurs(name, first), encodeOurs(name, second)]);
        assert.deepEqual(oursOf(name, bytes), bufOf(name, bytes), name);
      }),
      { numRuns: 8 },
    );
  }
});

test("a message without fields decodes to what its maker makes", () => {
  for (const name of names) {
    const { make, decode } = descriptorOf(name);
    assert.deepEqual(decode(new Uint8Array(0)), make(), name);
  }
});

test("a decoder reads its range alone", () => {
  forEachMessage(2, (name, plain) => {
    const bytes = encodeOurs(name, plain);
    const decode = descriptorOf(name).decode as (
      bytes: Uint8Array,
      start: number,
      end: number,
    ) => object;
    const framed = Buffer.concat([Buffer.alloc(7, 0xff), bytes, Buffer.alloc(7, 0xff)]);
    const message = decode(framed, 7, 7 + bytes.length);
    assert.deepEqual(plainOfOurs(name, message), plain, name);
  });
});
