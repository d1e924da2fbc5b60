// Spans beside real etcd's: both send theirs to a collector here, by OTLP over gRPC.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import protobuf from "protobufjs";
import { type Kind, ServerProcess } from "./server-process.ts";

const patienceMs = 60_000;

/** As much of OTLP as is looked at here. */
const { root } = protobuf.parse(`
  syntax = "proto3";
  message Export { repeated ResourceSpans resource_spans = 1; }
  message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
  message Resource { repeated Pair attributes = 1; }
  message ScopeSpans { repeated Span spans = 2; }
  message Span {
    bytes trace_id = 1; bytes span_id = 2; bytes parent_span_id = 4; string name = 5; int32 kind = 6;
    repeated Pair attributes = 9;
  }
  message Pair { string key = 1; Value value = 2; }
  message Value { oneof value { string text = 1; bool flag = 2; int64 number = 3; } }
`);
const exportType = root.lookupType("Export");

interface Pair {
  key: string;
  value: { text?: string; flag?: boolean; number?: string };
}
interface Span {
  traceId: string;
  spanId: string;
  parentSpanId: string;
  name: string;
  kind: number;
  attributes: Pair[];
}
interface Received {
  resourceSpans: {
    resource: { attributes: Pair[] };
    scopeSpans: { spans: Span[] }[];
  }[];
}

/** Spans by the service that sent them. */
const spans = new Map<string, Span[]>();
const collector = new Server();
const servers = {} as Record<Kind, ServerProcess>;
const kinds: readonly Kind[] = ["etcd", "quorate"];

function receive(bytes: Buffer): void {
  const options = { longs: String, bytes: String, defaults: true, arrays: true, oneofs: false };
  const { resourceSpans } = exportType.toObject(exportType.decode(bytes), options) as Received;
  for (const { resource, scopeSpans } of resourceSpans) {
    const service = resource.attributes.find(({ key }) => key === "service.name")?.value.text ?? "";
    const own = spans.get(service) ?? [];
    own.push(...scopeSpans.flatMap((scope) => scope.spans));
    spans.set(service, own);
  }
}

before(async () => {
  const path = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
  const method = {
    path,
    requestStream: false,
    responseStream: false,
    requestDeserialize: (bytes: Buffer) => bytes,
    requestSerialize: (bytes: Buffer) => bytes,
    responseDeserialize: (bytes: Buffer) => bytes,
    responseSerialize: (bytes: Buffer) => bytes,
  };
  collector.addService(
    { export: method },
    {
      export: (call: { request: Buffer }, done: (error: null, answer: Buffer) => void) => {
        receive(call.request);
        done(null, Buffer.alloc(0));
      },
    },
  );
  const port = await new Promise<number>((resolve, reject) => {
    collector.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  for (const kind of kinds) {
    const flags = [
      "--enable-distributed-tracing",
      `--distributed-tracing-address=127.0.0.1:${port}`,
      `--distributed-tracing-service-name=${kind}`,
      "--distributed-tracing-instance-id=one",
      "--distributed-tracing-sampling-rate=1000000",
    ];
    servers[kind] = await ServerProcess.start({ kind, flags });
  }
});
after(async () => {
  await Promise.all(Object.values(servers).map((server) => server.dispose()));
  collector.forceShutdown();
});

const calls = [
  ["kv/put", '{"key":"YQ==","value":"c2VjcmV0"}'],
  ["kv/range", '{"key":"YQ==","range_end":"Yg==","limit":7,"keys_only":true}'],
  ["kv/deleterange", '{"key":"YQ==","range_end":"Yg=="}'],
  [
    "kv/txn",
    '{"compare":[{"key":"YQ==","target":"VERSION","version":0}],' +
      '"success":[{"request_put":{"key":"Yg==","lease":0}},{"request_range":{"key":"Yg=="}}]}',
  ],
  ["lease/grant", '{"TTL":100,"ID":5}'],
  ["lease/revoke", '{"ID":5}'],
  ["kv/compaction", '{"revision":2,"physical":true}'],
] as const;

/** The spans about requests, each with its parent's name. */
function told(kind: Kind): string[] {
  const own = spans.get(kind) ?? [];
  const byId = new Map(own.map((span) => [span.spanId, span]));
  return own
    .filter(({ name }) => !name.includes("/"))
    .map(({ name, parentSpanId, traceId, attributes }) => {
      const parent = byId.get(parentSpanId);
      assert.equal(parent?.traceId, traceId, name);
      assert.equal(parent.kind, 2, "of a server");
      const pairs = attributes.map(({ key, value }) => [key, Object.values(value)[0]]);
      return JSON.stringify([parent.name, name, Object.fromEntries(pairs)]);
    })
    .toSorted();
}

test("requests are spans of etcd's names, with etcd's attributes, within their calls", async () => {
  for (const kind of kinds) {
    for (const [path, body] of calls) {
      const url = `http://${servers[kind].endpoint}/v3/${path}`;
      const response = await fetch(url, { method: "POST", body });
      assert.equal(response.status, 200, await response.text());
    }
    // What waits in a batch is sent before the process ends.
    await servers[kind].end("SIGTERM");
  }
  assert.equal(told("quorate").length, calls.length);
  assert.deepEqual(told("quorate"), told("etcd"));
  assert.ok(!JSON.stringify(spans.get("quorate")).includes("secret"));
});

test("a client's own trace goes on in the server, a call not sampled is not sent", async () => {
  const server = servers.quorate;
  await server.restart();
  const before = spans.get("quorate")!.length;
  const trace = "0af7651916cd43dd8448eb211c80319c";
  for (const flags of ["00", "01"]) {
    await fetch(`http://${server.endpoint}/v3/kv/range`, {
      method: "POST",
      body: '{"key":"YQ=="}',
      headers: { "Grpc-Metadata-traceparent": `00-${trace}-b7ad6b7169203331-${flags}` },
    });
  }
  await server.end("SIGTERM");
  const since = spans.get("quorate")!.slice(before);
  assert.deepEqual(since.map(({ name }) => name).toSorted(), ["etcdserverpb.KV/Range", "range"]);
  for (const { traceId } of since) {
    assert.equal(Buffer.from(traceId, "base64").toString("hex"), trace);
  }
});

test("a collector that is not there holds nobody up", async () => {
  const flags = [
    "--enable-distributed-tracing",
    "--distributed-tracing-address=127.0.0.1:1",
    "--distributed-tracing-sampling-rate=1000000",
  ];
  await using server = await ServerProcess.start({ kind: "quorate", flags });
  const response = await fetch(`http://${server.endpoint}/v3/kv/put`, {
    method: "POST",
    body: '{"key":"YQ=="}',
    signal: AbortSignal.timeout(patienceMs),
  });
  assert.equal(response.status, 200);
  const { code } = await server.end("SIGTERM");
  assert.notEqual(code, -1);
});
