import type { BucketName } from "../../core/mvcc/index.ts";

/** All are there from the first start on, even empty (server/storage/schema/bucket.go). */
export const bucketNames: readonly BucketName[] = [
  "alarm",
  "auth",
  "authRoles",
  "authUsers",
  "cluster",
  "key",
  "lease",
  "members",
  "members_removed",
  "meta",
];

/**
 * How full pages are made. Revisions only ascend and their records never grow, so pages of `key`
 * may be full; etcd leaves a tenth of them empty (backend/batch_tx.go, `UnsafeSeqPut`).
 */
export const fillOf = (bucket: string): number => (bucket === "key" ? 1 : 0.5);

/** While the file is being made shorter no page is made half empty (backend.go, `defragdb`). */
export const packedFillOf = (bucket: string): number => (bucket === "key" ? 1 : 0.9);
