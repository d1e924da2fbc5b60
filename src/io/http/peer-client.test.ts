import assert from "node:assert/strict";
import { createServer, type RequestListener, type Server } from "node:http";
import {
  createServer as createTcpServer,
  type AddressInfo,
  type Server as TcpServer,
} from "node:net";
import { test } from "node:test";
import { Mux } from "./mux.ts";
import { PeerClient } from "./peer-client.ts";
import type { PeerCallRequest, PeerRequest } from "./peer-exchange.ts";
import { peerListener } from "./peer-server.ts";
import { clientIdentity, serverIdentity, serverTls } from "./testing.ts";

interface Outcome {
  status: number;
  body: string;
  error: string;
  drains: number;
}

/** Makes a call and waits for its end. */
function call(
  client: PeerClient,
  request: PeerCallRequest,
  write?: (call: ReturnType<PeerClient["open"]>, drained: () => void) => void,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const outcome: Outcome = { status: 0, body: "", error: "", drains: 0 };
    const opened = client.open(request, {
      onHead: ({ status }) => (outcome.status = status),
      onBytes: (bytes) => (outcome.body += Buffer.from(bytes).toString("utf8")),
      onEnd: () => resolve(outcome),
      onError: (error) => {
        outcome.error = error.message;
        resolve(outcome);
      },
      onDrain: () => {
        outcome.drains++;
        write?.(opened, () => {});
      },
    });
    write?.(opened, () => {});
  });
}

async function serve(listener: RequestListener): Promise<{ server: Server; url: string }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const stop = (server: Server | TcpServer): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    if ("closeAllConnections" in server) server.closeAllConnections();
  });

test("pooled calls share connections, calls of their own do not", async () => {
  const sockets = new Set<unknown>();
  const { server, url } = await serve((request, response) => {
    sockets.add(request.socket);
    response.end("well");
  });
  const client = new PeerClient({ dialTimeoutMs: 1_000 });
  try {
    const request = { method: "GET", url, headers: {}, connection: "pooled" } as const;
    for (let round = 0; round < 3; round++) {
      const outcome = await call(client, request);
      assert.deepEqual([outcome.status, outcome.body], [200, "well"]);
    }
    assert.equal(sockets.size, 1);
    for (let round = 0; round < 3; round++) await call(client, { ...request, connection: "own" });
    assert.equal(sockets.size, 4);
  } finally {
    client.close();
    await stop(server);
  }
});

test("on a kept connection that was just closed only a question is asked again", async () => {
  let connections = 0;
  const server = createTcpServer((socket) => {
    connections++;
    let requests = 0;
    const isFirst = connections === 1;
    socket.on("error", () => {});
    socket.on("data", () => {
      requests++;
      // The second request on the first connection finds it shut.
      if (isFirst && requests === 2) socket.resetAndDestroy();
      else socket.write("HTTP/1.1 204 No Content\r\n\r\n");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/raft`;
  const client = new PeerClient({ dialTimeoutMs: 1_000 });
  try {
    const question = { method: "GET", url, headers: {}, connection: "pooled" } as const;
    assert.equal((await call(client, question)).status, 204);
    assert.equal((await call(client, question)).status, 204);
    assert.equal(connections, 2);
    connections = 0;
    const body = new Uint8Array([1, 2, 3]);
    const message = { ...question, method: "POST", body } as const;
    client.close();
    assert.equal((await call(client, message)).status, 204);
    assert.match((await call(client, message)).error, /ECONNRESET/);
    assert.equal(connections, 1);
  } finally {
    client.close();
    await stop(server);
  }
});

test("calls come from the local address that was set", async () => {
  const from: (string | undefined)[] = [];
  const { server, url } = await serve((request, response) => {
    from.push(request.socket.remoteAddress);
    response.end();
  });
  const client = new PeerClient({ dialTimeoutMs: 10_000, localAddress: "127.0.0.3" });
  try {
    for (const connection of ["own", "pooled"] as const) {
      await call(client, { method: "GET", url, headers: {}, connection });
    }
    assert.deepEqual(from, ["127.0.0.3", "127.0.0.3"]);
  } finally {
    client.close();
    await stop(server);
  }
});

test("who does not listen is an error, and so is an answer that breaks off", async () => {
  const { server, url } = await serve((_request, response) => {
    response.write("half");
    response.socket?.resetAndDestroy();
  });
  const client = new PeerClient({ dialTimeoutMs: 1_000 });
  const request = { method: "GET", headers: {}, connection: "own" } as const;
  const broken = await call(client, { ...request, url });
  assert.notEqual(broken.error, "");
  await stop(server);
  const refused = await call(client, { ...request, url });
  assert.match(refused.error, /ECONNREFUSED/);
  client.close();
});

test("a large body is written as there is room, and read by a listener of ours", async () => {
  let received = 0;
  let seen: PeerRequest | undefined;
  const mux = new Mux({
    onHttp1: peerListener((request, response) => {
      seen = request;
      request.read({
        onBytes: (bytes) => (received += bytes.length),
        onEnd: () => {
          response.head(200, { "X-Said": "all" });
          response.write(new TextEncoder().encode(`${received}`));
          response.end();
        },
        onError: (error) => assert.fail(error),
      });
    }),
  });
  const address = (await mux.listen({ host: "127.0.0.1", port: 0 })) as AddressInfo;
  const client = new PeerClient({ dialTimeoutMs: 1_000 });
  try {
    const piece = new Uint8Array(300_000).fill(1);
    let left = 20;
    const outcome = await call(
      client,
      {
        method: "POST",
        url: `http://127.0.0.1:${address.port}/raft/snap%73hot?x=1`,
        headers: { "X-Own": "field" },
        connection: "pooled",
        body: left * piece.length,
      },
      (opened) => {
        while (left > 0) {
          left--;
          if (!opened.write(piece)) return;
        }
        opened.end();
      },
    );
    assert.deepEqual([outcome.status, outcome.body], [200, "6000000"]);
    assert.ok(outcome.drains > 0);
    assert.deepEqual([seen?.path, seen?.header("x-own")], ["/raft/snapshot", "field"]);
  } finally {
    client.close();
    await mux.close();
  }
});

test("a call that is given up says nothing more", async () => {
  const { server, url } = await serve((_request, response) => {
    response.write("first");
  });
  const client = new PeerClient({ dialTimeoutMs: 1_000 });
  const heard: string[] = [];
  await new Promise<void>((resolve) => {
    const opened = client.open(
      { method: "GET", url, headers: {}, connection: "own" },
      {
        onHead: () => heard.push("head"),
        onBytes: () => {
          opened.abort();
          setImmediate(resolve);
        },
        onEnd: () => heard.push("end"),
        onError: () => heard.push("error"),
        onDrain: () => {},
      },
    );
  });
  await stop(server);
  assert.deepEqual(heard, ["head"]);
  client.close();
});

test("members prove to each other who they are, with files read for each connection", async (context) => {
  const mux = new Mux({
    onHttp1: peerListener((_request, response) => {
      response.head(204, {});
      response.end();
    }),
    tls: await serverTls(context, serverIdentity, clientIdentity),
  });
  const address = (await mux.listen({ host: "127.0.0.1", port: 0 })) as AddressInfo;
  const url = `https://127.0.0.1:${address.port}/raft`;
  let asked = 0;
  const client = new PeerClient({
    dialTimeoutMs: 2_000,
    tls: () => {
      asked++;
      return { ca: serverIdentity.cert, ...clientIdentity };
    },
  });
  const stranger = new PeerClient({
    dialTimeoutMs: 2_000,
    tls: () => ({ ca: serverIdentity.cert }),
  });
  const doubter = new PeerClient({ dialTimeoutMs: 2_000, tls: () => ({ ...clientIdentity }) });
  const request = { method: "GET", url, headers: {}, connection: "own" } as const;
  try {
    for (const connection of ["own", "pooled"] as const) {
      const outcome = await call(client, { ...request, connection });
      assert.deepEqual([outcome.status, outcome.error], [204, ""]);
    }
    assert.equal(asked, 2);
    assert.notEqual((await call(stranger, request)).error, "", "without a certificate");
    assert.match(
      (await call(doubter, request)).error,
      /x509: certificate signed by unknown authority/,
      "without trust",
    );
  } finally {
    for (const one of [client, stranger, doubter]) one.close();
    await mux.close();
  }
});
