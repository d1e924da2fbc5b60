// Planted bugs, to see whether the nets catch them: each replaces one snippet of one source file.
// docs/mutants.md tells how long each lives.
import { authMutants } from "./mutants-auth.ts";
import { leaseMutants } from "./mutants-leases.ts";
import { raftMutants } from "./mutants-raft.ts";
import { rafthttpMutants } from "./mutants-rafthttp.ts";
import { storageMutants } from "./mutants-storage.ts";

export interface Mutant {
  readonly name: string;
  /** The issue of etcd it stands for, or the rule it breaks. */
  readonly about: string;
  readonly file: string;
  readonly snippet: string;
  readonly instead: string;
  /** Who kills it: whole clusters, those over byte streams, or the exhaustive power losses under the log. */
  readonly net: "seeds" | "byte streams" | "crash suite";
  /** The cluster it can show itself in, where not every size will do. */
  readonly members?: number;
}

export const mutants: readonly Mutant[] = [
  ...raftMutants,
  ...storageMutants,
  ...leaseMutants,
  ...authMutants,
  ...rafthttpMutants,
];
