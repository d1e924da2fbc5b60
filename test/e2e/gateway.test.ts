// The JSON gateway beside real etcd's: every route, malformed JSON, statuses and headers compared.
import assert from "node:assert/strict";
import { once } from "node:events";
import { type ClientRequest, type IncomingMessage, request as httpRequest } from "node:http";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { routes } from "../../src/server/gateway/index.ts";
import { type Kind, ServerProcess } from "./server-process.ts";

const servers = {} as Record<Kind, ServerProcess>;

before(async () => {
  const kinds: Kind[] = ["etcd", "quorate"];
  const started = await Promise.all(kinds.map((kind) => ServerProcess.start({ kind })));
  for (const server of started) servers[server.kind] = server;
});
after(async () => {
  await Promise.all(Object.values(servers).map((server) => server.dispose()));
});

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | null>>;
  readonly body: string;
}

const comparedHeaders = [
  "content-type",
  "grpc-metadata-content-type",
  "www-authenticate",
  "access-control-allow-origin",
  "access-control-allow-methods",
  "access-control-allow-headers",
  "location",
];

async function ask(kind: Kind, path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(`http://${servers[kind].endpoint}${path}`, {
    method: "POST",
    redirect: "manual",
    signal: AbortSignal.timeout(30_000),
    ...init,
  });
  const headers = Object.fromEntries(
    comparedHeaders.map((name) => [name, response.headers.get(name)]),
  );
  return { status: response.status, headers, body: await response.text() };
}

/** What differs from member to member, and between a Go and a TypeScript database. */
const ownFields = new Set([
  "cluster_id",
  "member_id",
  "raft_term",
  "leader",
  "raftTerm",
  "raftIndex",
  "raftAppliedIndex",
  "dbSize",
  "dbSizeInUse",
  "peerURLs",
  "clientURLs",
  "hash",
]);

function normal(text: string): unknown {
  const lines = text
    .trim()
    .split("\n")
    .filter((line) => line !== "");
  return lines.map((line) => {
    const masked = (key: string, value: unknown): unknown => {
      if (ownFields.has(key)) return "own";
      // protobuf-go puts hard and double blanks into its texts, in every build others.
      return typeof value === "string" ? value.replaceAll(/[\u00a0 ]+/g, " ") : value;
    };
    try {
      return JSON.parse(line, masked) as unknown;
    } catch {
      return line;
    }
  });
}

async function same(path: string, body: string, init: RequestInit = {}): Promise<unknown> {
  const [theirs, ours] = await Promise.all([
    ask("etcd", path, { body, ...init }),
    ask("quorate", path, { body, ...init }),
  ]);
  const what = `${path} ${body.slice(0, 200)}`;
  assert.deepEqual(normal(ours.body), normal(theirs.body), what);
  assert.equal(ours.status, theirs.status, what);
  assert.deepEqual(ours.headers, theirs.headers, what);
  return normal(ours.body);
}

const b64 = (text: string): string => Buffer.from(text).toString("base64");

test("KV by JSON answers as etcd's gateway does", async () => {
  await same("/v3/kv/put", `{"key":"${b64("a")}","value":"${b64("1")}"}`);
  await same("/v3/kv/put", `{"key":"${b64("b")}","value":"${b64("<&>")}","prev_kv":true}`);
  await same("/v3/kv/put", `{"key":"${b64("b")}","value":"-_-_","prevKv":true}`);
  await same("/v3/kv/put", `{"key":"YWE","value":"YQ"}`);
  await same("/v3/kv/range", `{"key":"${b64("a")}"}`);
  await same("/v3/kv/range", `{"key":"AA==","range_end":"AA==","limit":"2"}`);
  await same("/v3/kv/range", `{"key":"AA==","rangeEnd":"AA==","limit":2,"keys_only":true}`);
  await same("/v3/kv/range", `{"key":"AA==","range_end":"AA==","count_only":true}`);
  const sorted = `"sort_order":"DESCEND","sort_target":"KEY"`;
  await same("/v3/kv/range", `{"key":"AA==","range_end":"AA==",${sorted}}`);
  await same("/v3/kv/range", `{"key":"AA==","range_end":"AA==","sort_order":2,"sort_target":0}`);
  const txn = {
    compare: [{ key: b64("a"), result: "EQUAL", target: "VALUE", value: b64("1") }],
    success: [
      { requestRange: { key: b64("a") } },
      { request_put: { key: b64("c"), value: b64("2") } },
      { request_txn: { success: [{ request_delete_range: { key: b64("c"), prev_kv: true } }] } },
    ],
    failure: [{ requestPut: { key: b64("d") } }],
  };
  await same("/v3/kv/txn", JSON.stringify(txn));
  await same(
    "/v3/kv/txn",
    JSON.stringify({ ...txn, compare: [{ createRevision: "9", key: "YQ==" }] }),
  );
  await same("/v3/kv/txn", `{"compare":[{"key":"YQ==","version":"0","target":"VERSION"}]}`);
  await same("/v3/kv/txn", "{}");
  await same("/v3/kv/deleterange", `{"key":"${b64("aa")}","prev_kv":true}`);
  await same("/v3/kv/compaction", `{"revision":"3","physical":true}`);
  await same("/v3/kv/compaction", `{"revision":"3"}`);
  await same("/v3/kv/range", `{"key":"YQ==","revision":"1"}`);
  await same("/v3beta/kv/range", `{"key":"YQ=="}`);
});

const bodies = [
  ...'{}|[]|null|5|"x"|true|-|01|1.|{|[|{"|{"key"|{"key":|{"key":}|{key:1}'.split("|"),
  ...`{"key":"Zm9v",}|{"key":"Zm9v"} more|{"key":"Zm9v"}{"key":|  |\n{"key":1}|x|{"key":tru}`.split(
    "|",
  ),
  `{"key":"\u0001"}`,
  String.raw`{"key":"\q"}`,
  String.raw`{"key":"\u00zz"}`,
  String.raw`{"key":"Zm9\u0076"}`,
  String.raw`{"key":"\ud800abcdef"}`,
  `{"key":"Zm 9v"}`,
  `{"key":"Zm9v\\n"}`,
  `{"key":"Zm9v="}`,
  `{"key":"Z"}`,
  `{"key":"Zg=="}`,
  `{"key":"Z-=="}`,
  `{"key":"Z+_="}`,
  `{"key":[]}`,
  `{"key":{}}`,
  `{"key":null}`,
  `{"key":1}`,
  `{"key":"Zm9v","key":"Zm9v"}`,
  `{"key":"Zm9v","range_end":"YQ==","rangeEnd":"YQ=="}`,
  `{"key":"Zm9v","unknown":{"a":[1,{"b":null}]}}`,
  `{"key":"Zm9v","__proto__":1,"constructor":2}`,
  ...[
    `"x"`,
    "1.5",
    "1e2",
    "1E+2",
    "100e-2",
    "1.50e1",
    "-0",
    "1e400",
    "1e99999999999",
    `"1e2"`,
    `" 1"`,
    `"1 2"`,
    `"0x1"`,
    `""`,
    "true",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    `"9223372036854775807"`,
    "[1]",
  ].map((limit) => `{"key":"Zm9v","limit":${limit}}`),
  ...[`"FOO"`, `"__proto__"`, `"toString"`, "7", "-1", "1.0", "2147483648", "true", "null"].map(
    (order) => `{"key":"Zm9v","sort_order":${order}}`,
  ),
  ...["true", "false", `"true"`, "1", "null"].map((flag) => `{"key":"Zm9v","keys_only":${flag}}`),
  `\n\n {"key":\n  "é",\n "limit":"x"}`,
  `{"é":1,"limit":"x","key":"YQ=="}`,
];

test("JSON that is refused is refused in the same words, what is taken is taken alike", async () => {
  for (const body of bodies) await same("/v3/kv/range", body);
  for (const body of [
    `{"compare":1}`,
    `{"compare":[1]}`,
    `{"compare":[null]}`,
    `{"success":[{"request_put":{"key":"YQ=="},"request_range":{"key":"YQ=="}}]}`,
    `{"success":[{"request_put":null,"request_range":{"key":"YQ=="}}]}`,
    `{"success":[{}]}`,
    `{"compare":[{"key":"YQ==","version":"1","value":"YQ=="}]}`,
    `{"compare":[{"key":"YQ==","target":"VALUE","value":""}]}`,
    `{"compare":[{"key":"YQ==","result":9}]}`,
  ]) {
    await same("/v3/kv/txn", body);
  }
  const invalidText = Buffer.concat([
    Buffer.from('{"name":"'),
    Buffer.from([0xff, 0xfe]),
    Buffer.from('"}'),
  ]);
  await same("/v3/auth/role/get", "", { body: invalidText });
  const deep = (levels: number): string => "[".repeat(levels) + "]".repeat(levels);
  await same("/v3/kv/range", `{"key":"YQ==","unknown":${deep(900)}}`);
  await same("/v3/kv/range", `{"key":"YQ==","unknown":${deep(20_000)}}`);
});

test("paths and methods that lead nowhere", async () => {
  for (const path of ["/v3/", "/v3/kv", "/v3/kv/range/", "/v3/nothing", "/v3/lock", "/v2/keys"]) {
    await same(path, "{}");
  }
  await same("//v3/kv/range", "{}");
  await same("/v3", "{}");
  for (const method of ["GET", "PUT", "DELETE", "PATCH"]) {
    const init: RequestInit = method === "GET" ? { method, body: null } : { method };
    await same("/v3/kv/range", "{}", init);
  }
  await same("/v3/kv/range", "", { method: "OPTIONS", body: null });
  const json = `{"key":"YQ=="}`;
  await same("/v3/kv/range", json, { headers: { "Grpc-Timeout": "5x" } });
  await same("/v3/kv/range", json, { headers: { "Grpc-Timeout": "5S" } });
  await same("/v3/kv/range", json, { headers: { "Content-Type": "text/html", Accept: "x/y" } });
  await same("/v3/kv/range", json, { headers: { Authorization: "token" } });
});

test("a request that is too large is refused, however it comes", async () => {
  const value = Buffer.alloc(2 * 1024 * 1024 - 100, 1).toString("base64");
  await same("/v3/kv/put", `{"key":"YQ==","value":"${value}"}`);
  const more = Buffer.alloc(2 * 1024 * 1024, 1).toString("base64");
  await same("/v3/kv/put", `{"key":"YQ==","value":"${more}"}`);
  const huge = await ask("quorate", "/v3/kv/put", { body: "x".repeat(4_000_000) }).catch(
    () => "cut",
  );
  assert.ok(huge === "cut" || (huge as Answer).status === 429 || (huge as Answer).status === 400);
});

test("leases, members and maintenance by JSON", async () => {
  await same("/v3/lease/grant", `{"ID":"77","TTL":"600"}`);
  await same("/v3/lease/grant", `{"ID":77,"TTL":600}`);
  await same("/v3/kv/put", `{"key":"bGVhc2Vk","lease":77}`);
  await same("/v3/lease/timetolive", `{"ID":77,"keys":true}`);
  await same("/v3/kv/lease/timetolive", `{"ID":"78"}`);
  await same("/v3/lease/leases", "{}");
  await same("/v3/kv/lease/leases", "");
  await same("/v3/lease/keepalive", `{"ID":"77"}{"ID":78}`);
  await same("/v3/lease/keepalive", "");
  await same("/v3/lease/keepalive", "{");
  await same("/v3/kv/lease/revoke", `{"ID":"77"}`);
  await same("/v3/lease/revoke", `{"ID":"77"}`);
  await same("/v3/lease/grant", `{"ID":"79","TTL":"9000000001"}`);
  await same("/v3/maintenance/alarm", "{}");
  await same("/v3/maintenance/alarm", `{"action":"ACTIVATE","memberID":"5","alarm":"NOSPACE"}`);
  await same("/v3/maintenance/status", "{}");
  await same("/v3/kv/put", `{"key":"YQ=="}`);
  await same("/v3/maintenance/alarm", `{"action":2,"memberID":5,"alarm":1}`);
  await same("/v3/maintenance/hash", "{}");
  await same("/v3/maintenance/hashkv", `{"revision":"999999"}`);
  await same("/v3/maintenance/defragment", "{}");
});

test("every route stands, and one whose service is not built is Unimplemented", async () => {
  const streams = new Set(["/v3/watch", "/v3/lease/keepalive", "/v3/maintenance/snapshot"]);
  for (const { path } of routes.values()) {
    if (streams.has(path) || path.startsWith("/v3/election") || path.startsWith("/v3/lock"))
      continue;
    const { status, body } = await ask("quorate", path, { body: '{"limit":[' });
    assert.deepEqual([status, body], [400, '{"code":3,"message":"unexpected EOF"}'], path);
  }
});

/** Opens a stream, writes to it, and gives its lines as they come. */
class Stream {
  readonly request: ClientRequest;
  readonly #lines: AsyncIterator<string>;

  constructor(kind: Kind, path: string, body: string, more: { isOpen: boolean }) {
    const [host, port] = servers[kind].endpoint.split(":");
    this.request = httpRequest({ host, port, path, method: "POST" });
    this.request.setTimeout(60_000, () => this.request.destroy(new Error("it said nothing")));
    this.#lines = this.#read();
    if (more.isOpen) this.request.write(body);
    else this.request.end(body);
  }

  async *#read(): AsyncGenerator<string> {
    const [response] = (await once(this.request, "response")) as [IncomingMessage];
    assert.equal(response.statusCode, 200);
    yield* createInterface({ input: response });
  }

  async next(): Promise<string | undefined> {
    const { value } = (await this.#lines.next()) as { value: string | undefined };
    return value;
  }

  async take(count: number): Promise<unknown[]> {
    const taken: unknown[] = [];
    while (taken.length < count) taken.push(normal((await this.next())!));
    return taken;
  }
}

test("a watch's lines are those of etcd", async () => {
  const seen: Record<string, unknown[]> = {};
  for (const kind of ["etcd", "quorate"] as const) {
    const body =
      '{"create_request":{"key":"d2F0Y2g=","prev_kv":true}}\n' +
      '{"createRequest":{"key":"eA==","watch_id":7}}{"create_request":{"start_revision":-1}}' +
      '{"cancelRequest":{"watchId":"7"}}{"create_request":5}{"progress_request":{}}';
    const stream = new Stream(kind, "/v3/watch", body, { isOpen: false });
    const got = await stream.take(4);
    await ask(kind, "/v3/kv/put", { body: `{"key":"d2F0Y2g=","value":"${b64("<>")}"}` });
    got.push(...(await stream.take(1)));
    await ask(kind, "/v3/kv/deleterange", { body: `{"key":"d2F0Y2g="}` });
    got.push(...(await stream.take(1)));
    stream.request.destroy();
    seen[kind] = got;
  }
  assert.deepEqual(seen["quorate"], seen["etcd"]);
});

test("a watch answers while its body is still open, and takes an object in pieces", async () => {
  const stream = new Stream("quorate", "/v3/watch", '{"create_request":{"key":"aA=="}} {"cr', {
    isOpen: true,
  });
  const [first] = await stream.take(1);
  assert.match(JSON.stringify(first), /"created":true/);
  stream.request.write('eate_request":{"key":"aQ==","watch_id":9}}');
  const [second] = await stream.take(1);
  assert.match(JSON.stringify(second), /"watch_id":"9"/);
  stream.request.destroy();
});

test("a snapshot comes as lines whose blobs are the database and its sum", async () => {
  const blobs: Buffer[] = [];
  const stream = new Stream("quorate", "/v3/maintenance/snapshot", "{}", { isOpen: false });
  for (let line = await stream.next(); line !== undefined; line = await stream.next()) {
    const { result } = JSON.parse(line) as { result: { blob: string; version: string } };
    assert.equal(result.version, "3.7.0");
    blobs.push(Buffer.from(result.blob, "base64"));
  }
  assert.equal(blobs.at(-1)?.length, 32);
  assert.equal(Buffer.concat(blobs.slice(0, -1)).length % 4096, 0);
});

test("a WebSocket carries a watch both ways, and refuses what is no handshake", async () => {
  const seen: Record<string, unknown[]> = {};
  for (const kind of ["etcd", "quorate"] as const) {
    const socket = new WebSocket(`ws://${servers[kind].endpoint}/v3/watch`);
    const got: unknown[] = [];
    const { promise: done, resolve } = Promise.withResolvers<void>();
    socket.addEventListener("open", () => socket.send('{"create_request":{"key":"d3M="}}'));
    socket.addEventListener("message", ({ data }) => {
      got.push(normal(String(data)));
      if (got.length === 1) void ask(kind, "/v3/kv/put", { body: `{"key":"d3M=","value":"MQ=="}` });
      else resolve();
    });
    socket.addEventListener("error", () => resolve());
    await done;
    socket.close();
    seen[kind] = got;
  }
  assert.equal(seen["quorate"]?.length, 2);
  assert.deepEqual(seen["quorate"], seen["etcd"]);
});
