// What an operator reads of linearizable reads that wait for a quorum (etcdserver/read/read.go).
import { formatDuration } from "../../base/index.ts";
import type { Log } from "../../io/host/index.ts";
import { type ReadRound, retryMs } from "./read-index.ts";

/** Says that a round was asked again, or was given up after the request timeout. */
export const slowReadLog =
  (log: Log, timeoutMs: number): NonNullable<ReadRound["onSlow"]> =>
  (what, context) => {
    if (what === "given up") {
      log.warn("timed out waiting for read index response (local node might have slow network)", {
        timeout: formatDuration(timeoutMs),
      });
      return;
    }
    const { buffer, byteOffset, byteLength } = context;
    log.warn("waiting for ReadIndex response took too long, retrying", {
      "sent-request-id": new DataView(buffer, byteOffset, byteLength).getBigUint64(0),
      "retry-timeout": formatDuration(retryMs),
    });
  };
