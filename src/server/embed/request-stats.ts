import type { SlowCalls } from "../../io/grpc/index.ts";
import type { Clock, Log } from "../../io/host/index.ts";

const msPerSecond = 1000;
/** etcd's word for a number it does not know. */
const unknown = -1;

/**
 * `request stats` of unary calls: a warning above --warning-unary-request-duration, every call at
 * debug level (v3rpc/interceptor.go logUnaryRequestStats). Keys and values are not repeated.
 */
export function requestStats(warningMs: number, log: Log, clock: Clock): SlowCalls {
  return {
    thresholdMs: log.debugging ? 0 : warningMs,
    report: (call, { tookMs, requestBytes, responseBytes }) => {
      const fields = {
        "start time": new Date(clock.wallMs() - tookMs).toISOString(),
        "time spent": durationText(tookMs),
        remote: call.peer.address,
        "response type": call.path,
        "request count": unknown,
        "request size": requestBytes,
        "response count": unknown,
        "response size": responseBytes,
        "request content": "",
      };
      if (tookMs > warningMs) log.warn("request stats", fields);
      else log.debug("request stats", fields);
    },
  };
}

/** Like Go's Duration of so many milliseconds, to the microsecond. */
function durationText(ms: number): string {
  if (ms >= msPerSecond) return `${Number((ms / msPerSecond).toFixed(6))}s`;
  if (ms >= 1) return `${Number(ms.toFixed(3))}ms`;
  return `${Math.round(ms * msPerSecond)}\u00b5s`;
}
