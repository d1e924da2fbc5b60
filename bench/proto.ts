// Our generated codec against protobufjs and @bufbuild/protobuf (docs/adr/0006).
// Run: node bench/proto.ts. Prints nanoseconds a call, the quickest of several rounds:
// what others do on the machine can only add to it.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { createFileRegistry, type DescMessage, fromBinary, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import * as proto from "../src/core/proto/index.ts";
import { parseFolder } from "../tools/protogen/schema.ts";

const folder = join(import.meta.dirname, "../proto");
const buf = join(import.meta.dirname, "../node_modules/@bufbuild/buf/bin/buf");

interface Contender {
  decode(bytes: Uint8Array): unknown;
  encode(message: never): Uint8Array;
}

interface Case {
  name: string;
  type: string;
  bytes: Uint8Array;
  ours: Contender;
}

const fill = (length: number): Uint8Array => new Uint8Array(length).fill(97);

function put(valueBytes: number): Uint8Array {
  return proto.encodePutRequest(
    proto.makePutRequest({ key: fill(16), value: fill(valueBytes), lease: 0n }),
  );
}

function range(count: number): Uint8Array {
  const kv = proto.encodeKeyValue(
    proto.makeKeyValue({
      key: fill(16),
      value: fill(256),
      createRevision: 1_000_000,
      modRevision: 1_000_001,
      version: 2,
    }),
  );
  return proto.encodeRangeResponse(
    proto.makeRangeResponse({
      header: proto.makeResponseHeader({
        clusterId: 0xcdf8_181e_3227_9f9en,
        memberId: 0x8e9e_05c5_2164_694dn,
        revision: 1_000_001,
        raftTerm: 2,
      }),
      kvs: Array.from({ length: count }, () => kv),
      count,
    }),
  );
}

const entry = proto.encodeEntry(
  proto.makeEntry({
    term: 2,
    index: 1_000_000,
    data: proto.encodeInternalRaftRequest(
      proto.makeInternalRaftRequest({
        header: proto.makeRequestHeader({ ID: 0x9eee_0192_8374_0001n }),
        request: { case: "put", value: put(256) },
      }),
    ),
  }),
);

const pick = (decode: Contender["decode"], encode: Contender["encode"]): Contender => ({
  decode: (bytes) => decode(bytes),
  encode: (message) => encode(message),
});

const cases: Case[] = [
  {
    name: "PutRequest 8 B",
    type: "etcdserverpb.PutRequest",
    bytes: put(8),
    ours: pick(proto.decodePutRequest, proto.encodePutRequest),
  },
  {
    name: "PutRequest 256 B",
    type: "etcdserverpb.PutRequest",
    bytes: put(256),
    ours: pick(proto.decodePutRequest, proto.encodePutRequest),
  },
  {
    name: "RangeResponse 1 kv",
    type: "etcdserverpb.RangeResponse",
    bytes: range(1),
    ours: pick(proto.decodeRangeResponse, proto.encodeRangeResponse),
  },
  {
    name: "RangeResponse 1000 kvs",
    type: "etcdserverpb.RangeResponse",
    bytes: range(1000),
    ours: pick(proto.decodeRangeResponse, proto.encodeRangeResponse),
  },
  {
    name: "Entry of a put",
    type: "raftpb.Entry",
    bytes: entry,
    ours: pick(proto.decodeEntry, proto.encodeEntry),
  },
  {
    name: "KeyValue 256 B",
    type: "mvccpb.KeyValue",
    bytes: proto.decodeRangeResponse(range(1)).kvs[0]!,
    ours: pick(proto.decodeKeyValue, proto.encodeKeyValue),
  },
  {
    name: "InternalRaftRequest",
    type: "etcdserverpb.InternalRaftRequest",
    bytes: proto.decodeEntry(entry).data,
    ours: pick(proto.decodeInternalRaftRequest, proto.encodeInternalRaftRequest),
  },
];

/** Nanoseconds a call, the quickest of 25 rounds of about five milliseconds, after warming up. */
function nanoseconds(body: () => unknown): number {
  // V8 may let a function run unoptimized for more than 100 ms.
  for (const end = performance.now() + 250; performance.now() < end;) body();
  let calls = 1;
  const round = (): number => {
    const start = process.hrtime.bigint();
    for (let call = 0; call < calls; call++) body();
    return Number(process.hrtime.bigint() - start);
  };
  while (round() < 5e6) calls *= 2;
  const times = Array.from({ length: 25 }, () => round() / calls);
  return Math.min(...times);
}

const root = parseFolder(folder);
const image = execFileSync(process.execPath, [buf, "build", folder, "-o", "-#format=binpb"]);
const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, image));

function protobufjsOf(name: string): Contender {
  const type = root.lookupType(name);
  return {
    decode: (bytes) => type.decode(bytes),
    encode: (message) => type.encode(message).finish(),
  };
}

function bufOf(name: string): Contender {
  const type: DescMessage = registry.getMessage(name)!;
  return {
    decode: (bytes) => fromBinary(type, bytes),
    encode: (message) => toBinary(type, message),
  };
}

const show = (value: number): string => value.toFixed(0).padStart(9);
console.log(`${"".padEnd(32)}     ours protobufjs       buf   (ns a call)`);
for (const { name, type, bytes, ours } of cases) {
  const buffer = Buffer.from(bytes);
  const all = [ours, protobufjsOf(type), bufOf(type)];
  const decode = all.map((one) => nanoseconds(() => one.decode(buffer)));
  const encode = all.map((one) => {
    const message = one.decode(buffer) as never;
    return nanoseconds(() => one.encode(message));
  });
  console.log(`decode ${name.padEnd(25)}${decode.map(show).join("  ")}`);
  console.log(`encode ${name.padEnd(25)}${encode.map(show).join("  ")}`);
}

// Into a frame that is there already, as the gRPC layer does.
const frame = Buffer.alloc(1024);
const message = proto.decodeRangeResponse(range(1));
const spliced = nanoseconds(() => {
  proto.sizeRangeResponse(message);
  return proto.writeRangeResponse(message, frame, 5);
});
console.log(`write  ${"RangeResponse 1 kv".padEnd(25)}${show(spliced)}`);
