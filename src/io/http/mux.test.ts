import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { get, type IncomingMessage, request } from "node:http";
import { connect as connectHttp2 } from "node:http2";
import { get as getTls } from "node:https";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { test, type TestContext } from "node:test";
import { connect as connectTls } from "node:tls";
import { nodeClock } from "../host/node/index.ts";
import { defaultConnectionOptions, FieldList, Http2Server, Http2Stream } from "../http2/index.ts";
import { gunzip } from "./gunzip.ts";
import { Mux, type MuxOptions, type RemotePeer } from "./mux.ts";
import { protocolOf } from "./sniff.ts";
import { clientCommonName } from "./tls/common-name.ts";
import { clientIdentity, serverIdentity, serverTls } from "./testing.ts";

const head = new FieldList([[":status", "200"]]);

class HelloStream extends Http2Stream {
  onOpen(isEnd: boolean): void {
    if (isEnd) this.#answer();
  }
  onBody(_bytes: Uint8Array, _start: number, _end: number, isEnd: boolean): void {
    if (isEnd) this.#answer();
  }
  onAborted(): void {}
  onSent(): void {}
  #answer(): void {
    this.sendHead(head, false);
    this.sendBody(new Uint8Array(0), Buffer.from(`h2 ${this.head.path}`), true);
  }
}

interface Served {
  readonly mux: Mux;
  readonly http2: Http2Server;
  readonly peers: RemotePeer[];
  readonly port: number;
}

async function serve(context: TestContext, options: Partial<MuxOptions> = {}): Promise<Served> {
  const http2 = new Http2Server(
    (...args) => new HelloStream(...args),
    defaultConnectionOptions,
    nodeClock,
  );
  const peers: RemotePeer[] = [];
  const mux = new Mux({
    onHttp2: (stream, peer, first) => {
      peers.push(peer);
      http2.accept(stream, undefined, first);
    },
    onHttp1: (incoming, response) => void response.end(`h1 ${incoming.url}`),
    ...options,
  });
  const address = await mux.listen({ host: "127.0.0.1", port: 0 });
  context.after(() => {
    http2.close();
    return mux.close();
  });
  return { mux, http2, peers, port: typeof address === "object" ? address.port : 0 };
}

async function bodyOf(message: IncomingMessage): Promise<string> {
  message.setEncoding("utf8");
  let body = "";
  for await (const part of message) body += String(part);
  return body;
}

async function http1(port: number, path: string): Promise<string> {
  const [message] = (await once(get({ port, path, agent: false }), "response")) as [
    IncomingMessage,
  ];
  return bodyOf(message);
}

async function http2Get(authority: string, options: object = {}, path = "/x"): Promise<string> {
  const session = connectHttp2(authority, { ca: serverIdentity.cert, ...options });
  try {
    await once(session, "connect");
    const stream = session.request({ ":path": path });
    stream.setEncoding("utf8");
    let body = "";
    for await (const part of stream) body += String(part);
    return body;
  } finally {
    session.destroy();
  }
}

test("three bytes tell the protocols apart", () => {
  assert.equal(protocolOf(Buffer.from("PRI * HTTP/2.0")), "http2");
  assert.equal(protocolOf(Buffer.from("PR")), undefined);
  assert.equal(protocolOf(Buffer.from("")), undefined);
  for (const method of ["GET", "PUT", "POST", "PATCH", "PROPFIND", "\x16\x03\x01"]) {
    assert.equal(protocolOf(Buffer.from(method)), "http1");
  }
});

test("one port serves HTTP/1 and HTTP/2, however their first bytes are cut", async (context) => {
  const { port, peers } = await serve(context);
  assert.equal(await http1(port, "/one"), "h1 /one");
  assert.equal(await http2Get(`http://127.0.0.1:${port}`), "h2 /x");
  assert.match(peers[0]!.address, /^127\.0\.0\.1:\d+$/);
  const socket = connect(port, "127.0.0.1");
  socket.setNoDelay(true);
  socket.setEncoding("utf8");
  let answer = "";
  socket.on("data", (text: string) => (answer += text));
  for (const byte of "GET /cut HTTP/1.0\r\n\r\n") {
    socket.write(byte);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await once(socket, "close");
  assert.match(answer, /h1 \/cut$/);
});

test("a request body and a kept connection work behind the sniffing", async (context) => {
  const { port } = await serve(context, {
    onHttp1: (incoming, response) => void bodyOf(incoming).then((body) => response.end(body)),
  });
  const outgoing = request({ port, method: "POST", path: "/body" });
  outgoing.write("first ");
  await new Promise((resolve) => setTimeout(resolve, 20));
  outgoing.end("second");
  const [message] = (await once(outgoing, "response")) as [IncomingMessage];
  assert.equal(await bodyOf(message), "first second");
});

test("an upgrade goes to whoever wants it", async (context) => {
  const { port } = await serve(context, {
    onUpgrade: (_incoming, stream) => {
      stream.write("HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n");
      setTimeout(() => stream.end("hello"), 10);
    },
  });
  const headers = { connection: "upgrade", upgrade: "websocket" };
  const outgoing = request({ port, headers });
  outgoing.end();
  const [, socket] = (await once(outgoing, "upgrade")) as [unknown, Socket];
  const [said] = (await once(socket, "data")) as [Buffer];
  assert.equal(said.toString(), "hello");
  socket.destroy();
});

test("a port without HTTP/1 handlers closes HTTP/1 connections, and the other way round", async (context) => {
  const { mux, port } = await serve(context);
  await mux.close();
  const onlyHttp2 = new Mux({ onHttp2: (stream) => void stream.destroy() });
  await onlyHttp2.listen({ host: "127.0.0.1", port });
  await assert.rejects(http1(port, "/"));
  await onlyHttp2.close();
  const onlyHttp1 = new Mux({ onHttp1: (_incoming, response) => void response.end() });
  await onlyHttp1.listen({ host: "127.0.0.1", port });
  assert.equal(await http2Get(`http://127.0.0.1:${port}`).catch(() => ""), "");
  await onlyHttp1.close();
});

test("TLS: gRPC clients get h2, browsers http/1.1, and a verified name is known", async (context) => {
  const errors: string[] = [];
  const { port, peers } = await serve(context, {
    tls: await serverTls(context, serverIdentity, clientIdentity),
    onHttp1: (incoming, response) => {
      response.end(`h1 ${incoming.url} of ${clientCommonName(incoming)}`);
    },
    onRejected: ({ error, isEof }) => void (isEof || errors.push(error.message)),
  });
  const authority = `https://localhost:${port}`;
  assert.equal(await http2Get(authority, { ALPNProtocols: ["h2"], ...clientIdentity }), "h2 /x");
  assert.deepEqual(
    peers.map(({ commonName }) => commonName),
    ["alice"],
  );
  const trust = { ca: serverIdentity.cert, ...clientIdentity };
  const options = { port, path: "/tls", ...trust, host: "localhost", agent: false };
  const [message] = (await once(getTls(options), "response")) as [IncomingMessage];
  assert.equal(await bodyOf(message), "h1 /tls of alice");
  const both = {
    port,
    host: "localhost",
    ...trust,
    ALPNProtocols: ["h2", "http/1.1"],
  };
  const socket = connectTls(both);
  await once(socket, "secureConnect");
  assert.equal(socket.alpnProtocol, "http/1.1");
  socket.destroy();
  const plain = connect(port, "127.0.0.1");
  plain.end("GET / HTTP/1.1\r\n\r\n");
  plain.resume();
  await once(plain, "close");
  assert.deepEqual(errors, ["tls: first record does not look like a TLS handshake"]);
});

test("TLS without client certificates knows no name", async (context) => {
  const { port, peers } = await serve(context, { tls: await serverTls(context, serverIdentity) });
  const authority = `https://localhost:${port}`;
  assert.equal(await http2Get(authority, { ALPNProtocols: ["h2"], ...clientIdentity }), "h2 /x");
  assert.equal(peers[0]?.commonName, undefined);
});

test("one port takes TLS and clear text, HTTP/1 and HTTP/2, when asked to", async (context) => {
  const tls = await serverTls(context, serverIdentity);
  const { port } = await serve(context, { tls, alsoInClear: true });
  assert.equal(await http1(port, "/clear"), "h1 /clear");
  assert.equal(await http2Get(`http://127.0.0.1:${port}`), "h2 /x");
  assert.equal(await http2Get(`https://localhost:${port}`, { ALPNProtocols: ["h2"] }), "h2 /x");
  const options = { port, path: "/tls", ca: serverIdentity.cert, host: "localhost", agent: false };
  const [message] = (await once(getTls(options), "response")) as [IncomingMessage];
  assert.equal(await bodyOf(message), "h1 /tls");
});

test("a large answer crosses TLS whole", async (context) => {
  const { port, http2 } = await serve(context, {
    tls: await serverTls(context, serverIdentity),
  });
  const path = `/${"long".repeat(3000)}`;
  const authority = `https://localhost:${port}`;
  assert.equal(await http2Get(authority, { ALPNProtocols: ["h2"] }, path), `h2 ${path}`);
  assert.ok(http2.stats.bytesSent > 12_000);
});

test("a unix socket serves too, and replaces the one a dead process left", async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "quorate-mux-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "etcd.sock");
  // A process that ends without closing its listener leaves the name behind.
  const listen = `require("net").createServer().listen(${JSON.stringify(path)}`;
  const leave = `${listen}, () => process.kill(process.pid, "SIGKILL"))`;
  assert.throws(() => execFileSync(process.execPath, ["-e", leave]));
  const http2 = new Http2Server(
    (...args) => new HelloStream(...args),
    defaultConnectionOptions,
    nodeClock,
  );
  const mux = new Mux({
    onHttp1: (_incoming, response) => void response.end("unix"),
    onHttp2: (stream, _peer, first) => void http2.accept(stream, undefined, first),
  });
  await mux.listen({ path });
  const createConnection = (): Socket => connect(path);
  assert.equal(await http2Get("http://localhost", { createConnection }), "h2 /x");
  const [message] = (await once(get({ socketPath: path }), "response")) as [IncomingMessage];
  assert.equal(await bodyOf(message), "unix");
  await mux.close();
});

test("silent connections are let go, and connections have a limit", async (context) => {
  const { mux, port } = await serve(context, {
    limits: { sniffTimeoutMs: 50, connectionsMax: 3 },
  });
  const sockets = Array.from({ length: 5 }, () => connect(port, "127.0.0.1"));
  await Promise.all(
    sockets.map(async (socket) => {
      socket.on("error", () => socket.destroy());
      socket.resume();
      await once(socket, "close");
    }),
  );
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(mux.connections, 0);
  assert.equal(await http1(port, "/"), "h1 /");
});

test("listening where somebody listens is an error of listen", async (context) => {
  const { port } = await serve(context);
  const second = new Mux({});
  await assert.rejects(second.listen({ host: "127.0.0.1", port }), { code: "EADDRINUSE" });
});

test("gunzip has a limit and tells damage from size", () => {
  const body = gzipSync(Buffer.alloc(10_000, 1));
  assert.equal((gunzip(body, 10_000) as Uint8Array).length, 10_000);
  assert.equal(gunzip(body, 9_999), "too large");
  assert.equal(gunzip(body.subarray(2), 10_000), "no gzip header");
  assert.equal(gunzip(body.subarray(0, 20), 10_000), "damaged");
});

test("handshakes past the limit push out the oldest, and a client gets in", async (context) => {
  const { mux, port } = await serve(context, {
    tls: await serverTls(context, serverIdentity),
    limits: { tlsHandshakesMax: 10 },
  });
  const open = new Set<Socket>();
  const stalled = Array.from({ length: 60 }, () => {
    const socket = connect(port, "127.0.0.1");
    // The first bytes of a ClientHello, whose rest never comes.
    socket.write(Buffer.from([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3]));
    open.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => open.delete(socket));
    return socket.resume();
  });
  const authority = `https://localhost:${port}`;
  for (let round = 0; round < 3; round++) {
    assert.equal(await http2Get(authority, { ALPNProtocols: ["h2"] }), "h2 /x");
  }
  while (open.size > 10) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.ok(mux.connections <= 11, `${mux.connections} connections`);
  for (const socket of stalled) socket.destroy();
});
