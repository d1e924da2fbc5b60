// --bootstrap-defrag-threshold-megabytes: a database with much to give back is defragmented at start.
import { humanSize } from "../../base/index.ts";
import type { Log } from "../../io/host/index.ts";
import type { BackendHost } from "../member/index.ts";

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
      "current-db-size-bytes": size,
      "current-db-size": humanSize(size),
      "current-db-size-in-use-bytes": inUse,
      "current-db-size-in-use": humanSize(inUse),
      "bootstrap-defrag-threshold-bytes": threshold,
      "bootstrap-defrag-threshold": humanSize(threshold),
    });
    return;
  }
  log.info("defragmenting", { "current-db-size-bytes": size, "current-db-size": humanSize(size) });
  host.durable.defragment((error) => {
    if (error !== undefined) return log.error("failed to defragment", { error });
    log.info("finished defragmenting directory", {
      "current-db-size-bytes-diff": host.sizeBytes() - size,
      "current-db-size-bytes": host.sizeBytes(),
    });
  });
}
