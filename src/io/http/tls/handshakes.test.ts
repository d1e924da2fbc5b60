// A listener under a flood of handshakes: it begins some a second, takes turns by address, and counts.
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { test, type TestContext } from "node:test";
import { connect as connectTls } from "node:tls";
import type { ListenerLimits } from "../limits.ts";
import { Mux } from "../mux.ts";
import { serverIdentity, serverTls } from "../testing.ts";

async function listen(context: TestContext, limits: Partial<ListenerLimits>) {
  const handshakes = { completed: 0, failed: 0, crowdedOut: 0 };
  const mux = new Mux({
    tls: await serverTls(context, serverIdentity),
    onHttp1: (_request, response) => void response.end("{}"),
    limits,
    handshakes,
  });
  const address = await mux.listen({ host: "127.0.0.1", port: 0 });
  context.after(() => mux.close());
  return { mux, handshakes, port: typeof address === "object" ? address.port : 0 };
}

/** Comes from this address of the loopback and says half a ClientHello. */
function stall(port: number, localAddress = "127.0.0.1"): Socket {
  const socket = connect({ host: "127.0.0.1", port, localAddress });
  socket.write(Buffer.from([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3]));
  socket.on("error", () => socket.destroy());
  return socket.resume();
}

/** One whole handshake and a request; how long they took. */
async function handshake(port: number, localAddress = "127.0.0.1"): Promise<number> {
  const sinceMs = performance.now();
  const options = { host: "127.0.0.1", port, localAddress, ca: serverIdentity.cert };
  const socket = connectTls({ ...options, servername: "localhost" });
  socket.write("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  await once(socket, "data");
  socket.destroy();
  return performance.now() - sinceMs;
}

async function until(holds: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!holds()) {
    assert.ok(Date.now() < deadline, what);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test("handshakes beyond the burst wait for their turn and are all done", async (context) => {
  const limits = { tlsHandshakesPerSecond: 20, tlsHandshakesBurst: 5 };
  const { port, handshakes } = await listen(context, limits);
  const sinceMs = performance.now();
  await Promise.all(Array.from({ length: 15 }, () => handshake(port)));
  const tookMs = performance.now() - sinceMs;
  assert.ok(tookMs >= 450, `ten that waited took ${tookMs} ms at 20 a second`);
  await until(() => handshakes.completed === 15, `${handshakes.completed} completed`);
});

test("who comes from elsewhere is not behind a flood of one address", async (context) => {
  const limits = { tlsHandshakesPerSecond: 10, tlsHandshakesBurst: 1 };
  const { mux, port } = await listen(context, limits);
  const flood = Array.from({ length: 200 }, () => stall(port));
  await until(() => mux.connections >= 200, "the flood has come");
  // Alone in its line it is the second to have a turn; at the end of the flood's it were the 200th.
  const tookMs = await handshake(port, "127.0.0.2");
  assert.ok(tookMs < 15_000, `${tookMs} ms`);
  for (const socket of flood) socket.destroy();
});

test("a line that grows too long loses its last, who are counted", async (context) => {
  const limits = { tlsHandshakesPerSecond: 1, tlsHandshakesBurst: 2, tlsHandshakesWaitingMax: 10 };
  const { mux, port, handshakes } = await listen(context, limits);
  const flood = Array.from({ length: 40 }, () => stall(port));
  await until(() => handshakes.crowdedOut >= 25, `${handshakes.crowdedOut} of 40`);
  await until(() => mux.connections <= 15, `${mux.connections} connections`);
  for (const socket of flood) socket.destroy();
});

test("completed and failed handshakes are counted apart", async (context) => {
  const { port, handshakes } = await listen(context, { tlsHandshakeTimeoutMs: 300 });
  await handshake(port);
  const plain = connect(port, "127.0.0.1");
  plain.end("GET / HTTP/1.1\r\n\r\n");
  plain.on("error", () => plain.destroy());
  plain.resume();
  const silent = stall(port);
  await until(() => handshakes.failed === 2, `${handshakes.failed} failed`);
  assert.deepEqual(handshakes, { completed: 1, failed: 2, crowdedOut: 0 });
  silent.destroy();
});
