// The body of a small request.
import type { IncomingMessage } from "../../io/http/index.ts";
import { concatBytes } from "../../base/index.ts";

/** Calls back once: with the bytes, or with why there are none. */
export function readBody(
  request: IncomingMessage,
  bytesMax: number,
  done: (body: Uint8Array | "too large" | "broken") => void,
): void {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  let isOver = false;
  const finish = (body: Uint8Array | "too large" | "broken"): void => {
    if (isOver) return;
    isOver = true;
    done(body);
  };
  request.on("data", (piece: Uint8Array) => {
    bytes += piece.length;
    if (bytes > bytesMax) finish("too large");
    else if (!isOver) pieces.push(piece);
  });
  request.on("end", () => finish(concatBytes(pieces)));
  request.on("error", () => finish("broken"));
  request.on("close", () => finish("broken"));
}
