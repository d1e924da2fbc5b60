import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { test } from "node:test";
import { silentLog } from "../../io/host/index.ts";
import { TcpProxy } from "./tcp-proxy.ts";

/** Answers every connection with its name and what it was sent, once all of that has come. */
async function namedServer(name: string): Promise<{ server: Server; port: number }> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    let heard = "";
    socket.on("data", (chunk) => (heard += chunk.toString()));
    socket.on("end", () => socket.end(`${name}:${heard}`));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, port: (server.address() as AddressInfo).port };
}

async function ask(port: number, text: string): Promise<string> {
  const socket = connect({ host: "127.0.0.1", port, allowHalfOpen: true });
  socket.end(text);
  let heard = "";
  for await (const chunk of socket) heard += String(chunk);
  return heard;
}

test("connections go to the endpoints in turn, and past those that cannot be reached", async () => {
  const first = await namedServer("first");
  const second = await namedServer("second");
  const gone = await namedServer("gone");
  gone.server.close();
  await once(gone.server, "close");
  const endpoints = [first, gone, second].map(({ port }) => ({ host: "127.0.0.1", port }));
  const warnings: string[] = [];
  const log = { ...silentLog, warn: (message: string) => void warnings.push(message) };
  const proxy = new TcpProxy({ endpoints, retryMs: 3_600_000, log });
  await proxy.listen("127.0.0.1", 0);
  const answers = [];
  for (const text of ["a", "b", "c"]) answers.push(await ask(proxy.port, text));
  assert.deepEqual(answers, ["first:a", "second:b", "first:c"]);
  assert.deepEqual(warnings, ["deactivated endpoint"]);
  proxy.close();
  first.server.close();
  second.server.close();
});

test("an endpoint that comes back is used again", async () => {
  const back = await namedServer("back");
  const { port } = back;
  back.server.close();
  await once(back.server, "close");
  const activated = Promise.withResolvers<void>();
  const info = (message: string): void => {
    if (message === "activated") activated.resolve();
  };
  const log = { ...silentLog, info };
  const proxy = new TcpProxy({ endpoints: [{ host: "127.0.0.1", port }], retryMs: 20, log });
  await proxy.listen("127.0.0.1", 0);
  await ask(proxy.port, "lost").catch(() => {});
  const again = createServer((socket) => {
    // The proxy hangs up when it only tries the endpoint.
    socket.on("error", () => {});
    socket.resume().end("back");
  });
  again.listen(port, "127.0.0.1");
  await activated.promise;
  assert.equal(await ask(proxy.port, "x"), "back");
  proxy.close();
  again.close();
});
