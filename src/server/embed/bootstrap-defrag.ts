// --bootstrap-defrag-threshold-megabytes: a database with much to give back is defragmented at start.
import { humanSize } from "../../base/index.ts";
import type { Log } from "../../io/host/index.ts";
import { nodeClock } from "../../io/host/node/index.ts";
import {
  type BackendHost,
  defragmentedFields,
  defragmentingFields,
  sizeFields,
} from "../member/index.ts";

const bytesPerMegabyte = 1024 * 1024;

/**
 * Begins a defragmentation where at least so much of the file is free (etcdserver/bootstrap.go
 * maybeDefragBackend). etcd finishes before it serves; here pages move while the member serves.
 */
export function defragmentAtStart(host: BackendHost, thresholdMegabytes: number, log: Log): void {
  if (thresholdMegabytes === 0 || host.durable === undefined) return;
  const size = host.sizeBytes();
  const inUse = host.inUseBytes();
  const threshold = thresholdMegabytes * bytesPerMegabyte;
  if (size - inUse < threshold) {
    log.info("Skipping defragmentation", {
      ...sizeFields(host),
      "bootstrap-defrag-threshold-bytes": threshold,
      "bootstrap-defrag-threshold": humanSize(threshold),
    });
    return;
  }
  const startedMs = nodeClock.nowMs();
  log.info("defragmenting", defragmentingFields(host));
  host.durable.defragment((error) => {
    if (error !== undefined) return log.error("failed to defragment", { error });
    const tookMs = nodeClock.nowMs() - startedMs;
    const fields = defragmentedFields(host, { size, inUse }, tookMs);
    log.info("finished defragmenting directory", fields);
  });
}
