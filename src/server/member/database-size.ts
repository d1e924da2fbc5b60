// The size of the database as etcd's log lines give it.
import { formatDuration, humanSize } from "../../base/index.ts";
import type { LogFields } from "../../io/host/index.ts";
import type { BackendHost } from "./backend-host.ts";

export type DatabaseSize = Pick<BackendHost, "sizeBytes" | "inUseBytes" | "path">;

/** Of a defragmentation that begins (backend.go defrag). */
export const defragmentingFields = (database: DatabaseSize): LogFields => ({
  path: database.path ?? "",
  ...sizeFields(database),
});

export function sizeFields(database: DatabaseSize): LogFields {
  const size = database.sizeBytes();
  const inUse = database.inUseBytes();
  return {
    "current-db-size-bytes": size,
    "current-db-size": humanSize(size),
    "current-db-size-in-use-bytes": inUse,
    "current-db-size-in-use": humanSize(inUse),
  };
}

/** Of a defragmentation that ends now (backend.go defrag). */
export function defragmentedFields(
  database: DatabaseSize,
  before: { readonly size: number; readonly inUse: number },
  tookMs: number,
): LogFields {
  const size = database.sizeBytes();
  const inUse = database.inUseBytes();
  return {
    path: database.path ?? "",
    "current-db-size-bytes-diff": size - before.size,
    "current-db-size-bytes": size,
    "current-db-size": humanSize(size),
    "current-db-size-in-use-bytes-diff": inUse - before.inUse,
    "current-db-size-in-use-bytes": inUse,
    "current-db-size-in-use": humanSize(inUse),
    took: formatDuration(tookMs),
  };
}
