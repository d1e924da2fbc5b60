// What a stranger may do before a handshake is done, and beside it.
import { connect as connectTcp, type Socket } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import type { Arena, Attack } from "./arena.ts";

/** The first bytes of a ClientHello, whose rest never comes. */
const halfHello = Buffer.from([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3]);
const patienceMs = 30_000;

/** A handshake and a request over it, from an address nobody else comes from. */
function secureGet(port: number, localAddress = "127.0.0.9"): Promise<string> {
  return new Promise((resolve) => {
    const options = { host: "127.0.0.1", port, localAddress, rejectUnauthorized: false };
    const socket = connect({ ...options });
    const timer = setTimeout(() => done("silence"), patienceMs);
    const done = (said: string): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(said);
    };
    socket.write("GET /health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    socket.on("data", (bytes: Buffer) => done(bytes.toString("latin1").slice(0, 12)));
    socket.on("error", () => done("refused"));
    socket.on("close", () => done("closed"));
  });
}

function stalled(port: number, count: number, bytes: Uint8Array): Socket[] {
  return Array.from({ length: count }, () => {
    const socket = connectTcp(port, "127.0.0.1", () => socket.write(bytes));
    socket.on("error", () => socket.destroy());
    return socket.resume();
  });
}

const served = /^HTTP\/1\.1 200$/;
const whileStalled = (id: string, count: number, bytes: Uint8Array): Attack => ({
  id: `TLS: ${id}`,
  answer: served,
  run: async ({ tlsPort }) => {
    const sockets = stalled(tlsPort, count, bytes);
    const said = await secureGet(tlsPort);
    for (const socket of sockets) socket.destroy();
    return said;
  },
});

/** How a client's handshake with these bytes in its place ends. */
const sends = (id: string, answer: RegExp, bytes: Uint8Array): Attack => ({
  id: `TLS: ${id}`,
  answer,
  run: ({ tlsPort }) =>
    new Promise((resolve) => {
      const socket = connectTcp(tlsPort, "127.0.0.1", () => socket.write(bytes));
      let said = "closed";
      socket.on("data", (answered: Buffer) => {
        // An alert record (RFC 8446 §6).
        if (answered[0] === 21) said = `alert ${answered[6]}`;
        else if (answered.toString("latin1").startsWith("HTTP/1")) said = "HTTP";
      });
      socket.on("error", () => socket.destroy());
      socket.on("close", () => resolve(said));
    }),
});

async function handshakes({ tlsPort }: Arena, count: number): Promise<string> {
  const ends = await Promise.all(Array.from({ length: count }, () => secureGet(tlsPort)));
  const done = ends.filter((end) => served.test(end)).length;
  return done === count ? "all served" : `${done} served of ${count}`;
}

function renegotiated(port: number): Promise<string> {
  return new Promise((resolve) => {
    const options = { host: "127.0.0.1", port, rejectUnauthorized: false };
    const socket: TLSSocket = connect({ ...options, maxVersion: "TLSv1.2" }, () => {
      socket.renegotiate({}, (error) => {
        resolve(error === null ? "renegotiated" : "refused");
        socket.destroy();
      });
    });
    socket.on("error", () => resolve("refused"));
    socket.on("close", () => resolve("refused"));
  });
}

const record = (type: number, length: number, body: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from([type, 3, 1, length >>> 8, length & 255]), body]);

export const tlsAttacks: readonly Attack[] = [
  whileStalled("2,000 connections that say nothing", 2_000, Buffer.alloc(0)),
  whileStalled("2,000 handshakes that stop half way", 2_000, halfHello),
  whileStalled("1,000 lines of text for a handshake", 1_000, Buffer.from("GET / HTTP/1.1\r\n\r\n")),
  {
    id: "TLS: 100 whole handshakes at once",
    answer: /^all served$/,
    run: (arena) => handshakes(arena, 100),
  },
  { id: "TLS: a renegotiation", answer: /^refused$/, run: ({ tlsPort }) => renegotiated(tlsPort) },
  sends("a record of 64 KB", /^(closed|alert \d+)$/, record(22, 65_535, Buffer.alloc(65_535))),
  sends("an alert for a greeting", /^(closed|alert \d+)$/, record(21, 2, Buffer.from([2, 40]))),
  sends("a record of no known type", /^(closed|alert \d+)$/, record(99, 4, Buffer.alloc(4))),
  sends("SSL 2", /^(closed|alert \d+)$/, Buffer.from([128, 9, 1, 0, 2, 0, 0, 0, 0, 0, 0])),
  sends(
    "a ClientHello that lies about its length",
    /^(closed|alert \d+)$/,
    record(22, 8, Buffer.from([1, 255, 255, 255, 3, 3, 0, 0])),
  ),
];
