// One port, two protocols: the first three bytes decide. No HTTP/1 method begins with "PRI", and
// RFC 9113 §3.4 chose the preface so that it never will.
import type { Duplex } from "node:stream";

export type Protocol = "http1" | "http2";

const preface = [0x50, 0x52, 0x49];

/** What these first bytes are; undefined while they may still become either. */
export function protocolOf(bytes: Uint8Array): Protocol | undefined {
  for (const [at, expected] of preface.entries()) {
    if (at >= bytes.length) return undefined;
    if (bytes[at] !== expected) return "http1";
  }
  return "http2";
}

/** The first byte of a TLS connection: a handshake record (RFC 8446 §5.1). */
const handshakeRecord = 0x16;

/**
 * Reads until the protocol is known and hands over the bytes read, or destroys a stream that says
 * nothing for `timeoutMs`. Afterwards the stream is as nobody had touched it, paused.
 */
export function sniff(
  stream: Duplex,
  timeoutMs: number,
  decided: (protocol: Protocol, first: Uint8Array) => void,
): void {
  let first: Uint8Array = new Uint8Array(0);
  readFirst(stream, timeoutMs, (chunk) => {
    first = first.length === 0 ? chunk : Buffer.concat([first, chunk]);
    const protocol = protocolOf(first);
    return protocol === undefined ? undefined : () => decided(protocol, first);
  });
}

/** The same for a port that takes TLS and clear text; what was read is put back. */
export function sniffTls(
  stream: Duplex,
  timeoutMs: number,
  decided: (isTls: boolean) => void,
): void {
  readFirst(stream, timeoutMs, (chunk) => () => {
    stream.unshift(chunk);
    decided(chunk[0] === handshakeRecord);
  });
}

/** Hands chunks to `look` until it knows what to do; then leaves the stream and does that. */
function readFirst(
  stream: Duplex,
  timeoutMs: number,
  look: (chunk: Buffer) => (() => void) | undefined,
): void {
  const giveUp = (): void => void stream.destroy();
  const timer = setTimeout(giveUp, timeoutMs);
  const stop = (): void => {
    clearTimeout(timer);
    stream.off("readable", read);
    stream.off("end", giveUp);
    stream.off("error", giveUp);
    stream.off("close", stop);
  };
  const read = (): void => {
    const chunk = stream.read() as Buffer | null;
    if (chunk === null) return;
    const act = look(chunk);
    if (act === undefined) return;
    stop();
    act();
  };
  stream.on("readable", read);
  stream.on("end", giveUp);
  stream.on("error", giveUp);
  stream.on("close", stop);
}
