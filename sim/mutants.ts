// Planted bugs, to see whether the nets catch them: each replaces one snippet of one source file.
// docs/mutants.md tells how long each lives.
import type { Mutant } from "./mutant.ts";
import { authMutants } from "./mutants-auth.ts";
import { leaseMutants } from "./mutants-leases.ts";
import { raftMutants } from "./mutants-raft.ts";
import { rafthttpMutants } from "./mutants-rafthttp.ts";
import { storageMutants } from "./mutants-storage.ts";

export const mutants: readonly Mutant[] = [
  ...raftMutants,
  ...storageMutants,
  ...leaseMutants,
  ...authMutants,
  ...rafthttpMutants,
];
