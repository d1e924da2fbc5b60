import type { Id64 } from "../../base/index.ts";
import type { Changes } from "../mvcc/index.ts";
import type { KvResponse } from "./response.ts";

/** What one KV request answers and what it changed. */
export interface KvOutcome {
  readonly response: KvResponse;
  readonly changes: Changes;
}

/** The one thing a KV request asks of the lease table. */
export interface LeaseLookup {
  leaseExists(lease: Id64): boolean;
}

export const noChanges = (revision: number): Changes => ({
  revision,
  events: [],
  leaseChanges: [],
});
