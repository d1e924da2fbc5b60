import { readFileSync } from "node:fs";
import { connect } from "node:tls";
import type { Client } from "./cases.ts";
import type { Cast } from "./cast.ts";

const patienceMs = 20_000;

/** Connects and asks for the path over HTTP/1.1: "accepted", or how it ended. */
export function probe(
  port: number,
  path: string,
  client: Client,
  { ca, clients }: Cast,
): Promise<string> {
  const issued = clients.get(client.as);
  if (issued === undefined && client.as !== "nobody") throw new Error(`who is ${client.as}?`);
  return new Promise((resolve) => {
    const socket = connect({
      host: "127.0.0.1",
      port,
      ca: ca.cert,
      checkServerIdentity: () => undefined,
      ...(issued && { cert: readFileSync(issued.certFile), key: issued.key }),
      ...(client.minVersion && { minVersion: client.minVersion }),
      ...(client.maxVersion && { maxVersion: client.maxVersion }),
      ...(client.ciphers && { ciphers: client.ciphers }),
      ...(client.alpn && { ALPNProtocols: [...client.alpn] }),
    });
    const end = (how: string): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(how);
    };
    const timer = setTimeout(() => end("silence"), patienceMs);
    socket.once("secureConnect", () => {
      socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    });
    socket.once("data", (bytes: Buffer) => {
      const text = bytes.toString("latin1");
      end(text.startsWith("HTTP/1.1 200") ? "accepted" : `answered ${text.slice(0, 40)}`);
    });
    socket.once("error", (error) => end(`refused: ${error.message}`));
    socket.once("close", () => end("refused: closed"));
  });
}
