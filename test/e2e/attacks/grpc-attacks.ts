// What a call may carry that no client of etcd sends.
import { connect, type IncomingHttpHeaders } from "node:http2";
import { gzipSync } from "node:zlib";
import { envelope } from "../../integration/http2/raw-client.ts";
import type { Attack } from "./arena.ts";

const range = "/etcdserverpb.KV/Range";
const put = "/etcdserverpb.KV/Put";
const txn = "/etcdserverpb.KV/Txn";
const MiB = 1024 * 1024;
const patienceMs = 15_000;

interface Call {
  readonly path?: string;
  readonly fields?: Readonly<Record<string, string | string[]>>;
  /** Made beforehand: making it would be felt by the bystander, who lives in this process too. */
  readonly body: Uint8Array;
}

/** `grpc N`, `http N` or how the stream ended. */
function ask(port: number, { path = range, fields = {}, body }: Call): Promise<string> {
  return new Promise((resolve) => {
    const session = connect(`http://127.0.0.1:${port}`);
    const timer = setTimeout(() => done("silence"), patienceMs);
    const done = (said: string): void => {
      clearTimeout(timer);
      session.destroy();
      resolve(said);
    };
    session.on("error", () => done("closed"));
    const stream = session.request({
      ":method": "POST",
      ":path": path,
      "content-type": "application/grpc",
      te: "trailers",
      ...fields,
    });
    const take = (
      head: IncomingHttpHeaders & { readonly ":status"?: number | undefined },
    ): void => {
      if (head["grpc-status"] !== undefined) done(`grpc ${head["grpc-status"] as string}`);
      else if (head[":status"] !== undefined && head[":status"] !== 200) {
        done(`http ${head[":status"]}`);
      }
    };
    stream.on("response", take);
    stream.on("trailers", take);
    stream.on("error", () => done("closed"));
    stream.on("close", () => done(`closed ${stream.rstCode}`));
    stream.resume();
    stream.end(body);
  });
}

const call = (id: string, answer: RegExp, what: Call): Attack => ({
  id: `gRPC: ${id}`,
  answer,
  run: ({ clientPort }) => ask(clientPort, what),
});

const hex = (text: string): Buffer => Buffer.from(text, "hex");
const good = envelope(hex("0a0162"));

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    bytes.push((rest % 128) + (rest >= 128 ? 128 : 0));
    if (rest < 128) return Buffer.from(bytes);
  }
}

const field = (tag: number, bytes: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from([tag]), varint(bytes.length), bytes]);

/** Transactions in transactions: TxnRequest.success (2) of RequestOp.request_txn (4), outermost first. */
function nested(depth: number): Buffer {
  const heads: Buffer[] = [];
  let length = 0;
  for (let at = 0; at < depth; at++) {
    for (const tag of [0x22, 0x12]) {
      const head = Buffer.concat([Buffer.from([tag]), varint(length)]);
      heads.push(head);
      length += head.length;
    }
  }
  return Buffer.concat(heads.toReversed());
}

const tooLong = /^(grpc 8|closed)/;

const framing: readonly Attack[] = [
  ...[2 * MiB + 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1].map((length) =>
    call(`a message of ${length} bytes announced`, tooLong, { body: envelope("x", 0, length) }),
  ),
  call("a message of 4 MiB sent", tooLong, { body: envelope(Buffer.alloc(4 * MiB)) }),
  call("a put of 1.6 MiB", /^grpc 3/, {
    path: put,
    body: envelope(Buffer.concat([hex("0a0162"), field(0x12, Buffer.alloc(1.6 * MiB))])),
  }),
  ...[1, 2, 255].map((flag) =>
    call(`a compressed flag of ${flag} without compression`, /^grpc (12|13)/, {
      body: envelope(hex("0a0162"), flag),
    }),
  ),
  call("gzip of 64 MiB in 64 KiB", /^grpc 8/, {
    fields: { "grpc-encoding": "gzip" },
    body: envelope(gzipSync(Buffer.alloc(64 * MiB)), 1),
  }),
  call("gzip that is none", /^grpc (12|13)/, {
    fields: { "grpc-encoding": "gzip" },
    body: envelope("not gzip", 1),
  }),
  call("a compression nobody knows", /^grpc 12/, {
    fields: { "grpc-encoding": "evil" },
    body: envelope("x", 1),
  }),
  call("half a prefix", /^grpc 2/, { body: good.subarray(0, 3) }),
  call("half a message", /^grpc 2/, { body: envelope("half", 0, 100) }),
  call("no message", /^grpc 2/, { body: Buffer.alloc(0) }),
  call("two messages in a unary call", /^grpc (0|13)/, { body: Buffer.concat([good, good]) }),
];

const heads: readonly Attack[] = [
  ...[
    "/",
    "/x",
    "/etcdserverpb.KV",
    "/etcdserverpb.KV/",
    "/etcdserverpb.KV/Evil",
    "//",
    "/a/b/c",
  ].map((path) => call(`the path ${path}`, /^grpc 12/, { path, body: good })),
  call("a path of 8 KB", /^grpc 12/, { path: `/${"p".repeat(8_000)}`, body: good }),
  ...["GET", "PUT", "DELETE"].map((method) =>
    call(`the method ${method}`, /^(grpc|http|closed)/, {
      fields: { ":method": method },
      body: Buffer.alloc(0),
    }),
  ),
  ...["text/plain", "application/grpc-web", "application/grpcx"].map((type) =>
    call(`the type ${type}`, /^(http|grpc)/, { fields: { "content-type": type }, body: good }),
  ),
  ...["x", "1", "S", "123456789S", "-1S", "1.5S"].map((timeout) =>
    call(`the timeout ${timeout}`, /^(grpc 13|http 400|grpc 4)/, {
      fields: { "grpc-timeout": timeout },
      body: good,
    }),
  ),
  call("a deadline of a nanosecond", /^grpc 4/, {
    fields: { "grpc-timeout": "1n" },
    body: good,
  }),
  call("binary metadata that is not base64", /^(grpc|http)/, {
    fields: { "evil-bin": "%%%%" },
    body: good,
  }),
  call("1,000 metadata keys", /^(grpc|closed|http)/, {
    fields: Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [`key-${at}`, "v"])),
    body: good,
  }),
  call("a token although nobody asks", /^grpc/, {
    fields: { token: "x.18446744073709551615" },
    body: good,
  }),
  call("a token of 30 KB", /^(grpc|closed)/, { fields: { token: "t".repeat(30_000) }, body: good }),
];

const broken = /^grpc 13/;

const messages: readonly Attack[] = [
  ...(
    [
      ["a number of 11 bytes", "18ffffffffffffffffffff01"],
      ["a length past the end", "0a7f62"],
      ["a length of 2^63", "0affffffffffffffff7f"],
      ["the field number 0", "00"],
      ["a group that never ends", "0b"],
      ["an end of no group", "0c"],
      ["wire type 7", "0f"],
      ["a cut number", "18ff"],
    ] as const
  ).map(([id, bytes]) => call(`protobuf: ${id}`, broken, { body: envelope(hex(bytes)) })),
  call("protobuf: groups in groups", /^grpc/, { body: envelope(Buffer.alloc(100_000, 0x7b)) }),
  call("protobuf: a million unknown fields", /^grpc/, {
    body: envelope(Buffer.alloc(1_500_000, hex("f80701"))),
  }),
  call("an empty key", /^grpc 3/, { body: envelope("") }),
  call("a revision of the future", /^grpc 11/, {
    body: envelope(hex("0a016220ffffffffffffffff7f")),
  }),
  call("a revision below zero", /^grpc/, { body: envelope(hex("0a016220ffffffffffffffffff01")) }),
  call("a limit below zero", /^grpc/, { body: envelope(hex("0a016218ffffffffffffffffff01")) }),
  ...[127, 200, 1_000, 20_000, 100_000].map((depth) =>
    call(`transactions ${depth} deep`, /^grpc/, { path: txn, body: envelope(nested(depth)) }),
  ),
  call("a transaction of 100,000 operations", /^grpc 3/, {
    path: txn,
    body: envelope(Buffer.alloc(700_000, hex("12050a030a0162"))),
  }),
  call("a compaction of the future", /^grpc 11/, {
    path: "/etcdserverpb.KV/Compact",
    body: envelope(hex("08ffffffffffffffff7f")),
  }),
  call("a lease of 2^63-1 seconds", /^grpc/, {
    path: "/etcdserverpb.Lease/LeaseGrant",
    body: envelope(hex("08ffffffffffffffff7f")),
  }),
  call("a password for a server without users", /^grpc 9/, {
    path: "/etcdserverpb.Auth/Authenticate",
    body: envelope(hex("0a0161120162")),
  }),
];

export const grpcAttacks: readonly Attack[] = [...framing, ...heads, ...messages];
