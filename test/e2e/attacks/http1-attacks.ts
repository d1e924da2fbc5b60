// Text on the client port and on the peer port.
import { connect } from "node:net";
import type { Attack, Arena } from "./arena.ts";

const gatewayPost = "POST /v3/kv/range HTTP/1.1\r\nhost: x\r\n";
const webSocket = "connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n";
const patienceMs = 15_000;
type Port = "clientPort" | "peerPort";

/** The status of the first answer, "closed" without one, "silence" after a while. */
function ask(port: number, text: string | Uint8Array): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    let answer = "";
    const timer = setTimeout(() => done("silence"), patienceMs);
    const done = (said: string): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(said);
    };
    socket.on("data", (bytes: Buffer) => {
      answer += bytes.toString("latin1");
      const status = /^HTTP\/1\.1 (\d+)/.exec(answer);
      if (status !== null && status[1] !== "100") done(status[1]!);
    });
    socket.on("error", () => done("closed"));
    socket.on("close", () => done("closed"));
    socket.write(text);
  });
}

const send = (id: string, answer: RegExp, text: string | Uint8Array, port: Port): Attack => ({
  id: `${port === "peerPort" ? "peer" : "HTTP"}: ${id}`,
  answer,
  run: (arena: Arena) => ask(arena[port], text),
});

function post(path: string, body: string, ...fields: string[]): string {
  const length = `content-length: ${Buffer.byteLength(body)}`;
  return [`POST ${path} HTTP/1.1`, "host: x", length, ...fields, "", body].join("\r\n");
}

const client = (id: string, answer: RegExp, text: string | Uint8Array): Attack =>
  send(id, answer, text, "clientPort");
const peer = (id: string, answer: RegExp, text: string | Uint8Array): Attack =>
  send(id, answer, text, "peerPort");

const heads: readonly Attack[] = [
  client(
    "headers of 64 KB",
    /^431/,
    `GET /health HTTP/1.1\r\nhost: x\r\na: ${"a".repeat(65_536)}\r\n\r\n`,
  ),
  client("a path of 64 KB", /^(431|414)/, `GET /${"a".repeat(65_536)} HTTP/1.1\r\nhost: x\r\n\r\n`),
  client(
    "10,000 header fields",
    /^431/,
    `GET / HTTP/1.1\r\nhost: x\r\n${"a: b\r\n".repeat(10_000)}\r\n`,
  ),
  client("no host", /^(400|404|200)/, "GET /health HTTP/1.1\r\n\r\n"),
  client("a method nobody knows", /^(400|404|405|501)/, "EVIL /health HTTP/1.1\r\nhost: x\r\n\r\n"),
  client("a version nobody knows", /^(400|505)/, "GET / HTTP/9.9\r\nhost: x\r\n\r\n"),
  client("zeros", /^(400|closed)/, Buffer.alloc(1_000)),
  client("a TLS handshake in clear", /^(400|closed)/, Buffer.from([22, 3, 1, 2, 0, 1, 0, 1, 252])),
  client(
    "two lengths",
    /^400/,
    "POST /v3/kv/range HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
  ),
  client(
    "a length and chunks",
    /^400/,
    `${gatewayPost}content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
  ),
  client(
    "a length below zero",
    /^400/,
    "POST /v3/kv/range HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
  ),
  client(
    "a chunk of no number",
    /^400/,
    "POST /v3/kv/range HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n\r\n",
  ),
  client("a line feed in a field", /^400/, "GET / HTTP/1.1\r\nhost: x\r\na: b\nc\r\n\r\n"),
  client(
    "an upgrade to h2c",
    /^(404|400|200|101)/,
    "GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n",
  ),
  client(
    "a WebSocket without a key",
    /^400/,
    `GET /v3/watch HTTP/1.1\r\nhost: x\r\n${webSocket}\r\n`,
  ),
  client(
    "a path up and out",
    /^(404|301|400)/,
    "GET /../../etc/passwd HTTP/1.1\r\nhost: x\r\n\r\n",
  ),
  client("/debug without the flag", /^404/, "GET /debug/pprof/heap HTTP/1.1\r\nhost: x\r\n\r\n"),
];

const kvRange = "/v3/kv/range";
const bodies: readonly Attack[] = [
  client(
    "JSON of 32 MiB",
    /^(400|413|429|closed)/,
    post(kvRange, `{"key":"${"A".repeat(32 << 20)}"}`),
  ),
  client(
    "32 GiB of JSON announced",
    /^(400|413|429|closed)/,
    `POST ${kvRange} HTTP/1.1\r\nhost: x\r\ncontent-length: 34359738368\r\n\r\n${"a".repeat(4 << 20)}`,
  ),
  client("JSON 100,000 deep", /^400/, post(kvRange, "[".repeat(100_000))),
  client("objects 100,000 deep", /^400/, post(kvRange, '{"a":'.repeat(100_000))),
  client("JSON cut short", /^400/, post(kvRange, '{"key":')),
  client("an array for an object", /^400/, post(kvRange, "[]")),
  client("an object for a key", /^400/, post(kvRange, '{"key":{}}')),
  client("base64 that is none", /^400/, post(kvRange, '{"key":"%%%"}')),
  client(
    "a number past int64",
    /^400/,
    post(kvRange, '{"key":"YQ==","limit":"99999999999999999999"}'),
  ),
  client(
    "__proto__ for a field",
    /^(200|400)/,
    post(kvRange, '{"__proto__":{"key":"YQ=="},"key":"YQ=="}'),
  ),
  client("a gRPC frame as JSON", /^400/, post(kvRange, "\0\0\0\0\u0003abc")),
];

const peers: readonly Attack[] = [
  peer(
    "raft of nobody's cluster",
    /^(412|400|403)/,
    post("/raft", "x", "x-etcd-cluster-id: 1", "x-server-version: 3.7.0"),
  ),
  peer("raft without a cluster", /^(412|400|403)/, post("/raft", "x")),
  peer(
    "raft of 65 MiB announced",
    /^(400|412|413|closed)/,
    "POST /raft HTTP/1.1\r\nhost: x\r\ncontent-length: 68157440\r\n\r\nx",
  ),
  peer("raft by GET", /^405/, "GET /raft HTTP/1.1\r\nhost: x\r\n\r\n"),
  peer(
    "a stream of a stranger",
    /^(400|403|404|412)/,
    "GET /raft/stream/msgapp/1 HTTP/1.1\r\nhost: x\r\n\r\n",
  ),
  peer("a stream of no kind", /^(404|412)/, "GET /raft/stream/evil/1 HTTP/1.1\r\nhost: x\r\n\r\n"),
  peer(
    "a stream of no member",
    /^(404|412|400)/,
    "GET /raft/stream/message/zz HTTP/1.1\r\nhost: x\r\n\r\n",
  ),
  peer("a snapshot of nobody's cluster", /^(412|400|403)/, post("/raft/snapshot", "x".repeat(100))),
  peer(
    "a snapshot of 2^62 bytes announced",
    /^(400|412|413|closed)/,
    "POST /raft/snapshot HTTP/1.1\r\nhost: x\r\ncontent-length: 4611686018427387904\r\n\r\nx",
  ),
  peer("a lease's time of nothing", /^(400|404|408)/, post("/leases/internal", "")),
  peer("keeping nothing alive", /^(400|404|503)/, post("/leases", "\u00ff\u00ff")),
  peer("leases of 1 MiB", /^(400|404|413|closed)/, post("/leases", "a".repeat(1 << 20))),
  peer(
    "a hash of no JSON",
    /^(400|404|412)/,
    "GET /members/hashkv HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\n\r\n{",
  ),
  peer("a promotion of no number", /^(400|404)/, post("/members/promote/evil", "")),
  peer("a promotion of nobody", /^(400|404|412)/, post("/members/promote/42", "")),
  peer("members by DELETE", /^405/, "DELETE /members HTTP/1.1\r\nhost: x\r\n\r\n"),
  peer(
    "headers of 64 KB",
    /^431/,
    `GET /version HTTP/1.1\r\nhost: x\r\na: ${"a".repeat(65_536)}\r\n\r\n`,
  ),
  peer("zeros", /^(400|closed)/, Buffer.alloc(1_000)),
  peer("a gateway path", /^404/, post(kvRange, "{}")),
];

export const http1Attacks: readonly Attack[] = [...heads, ...bodies, ...peers];
