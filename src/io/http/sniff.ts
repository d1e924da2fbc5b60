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
    first = first.length === 0 ? chunk : Buffer.concat([first, chunk]);
    const protocol = protocolOf(first);
    if (protocol === undefined) return;
    stop();
    decided(protocol, first);
  };
  stream.on("readable", read);
  stream.on("end", giveUp);
  stream.on("error", giveUp);
  stream.on("close", stop);
}
