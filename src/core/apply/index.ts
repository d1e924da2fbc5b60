// core/apply: the replicated machine. A committed entry in, its answer and its changes out; the same
// entries make the same state on every member. It conducts mvcc, lease, auth and membership, which do
// not know each other. It never waits, and an error means that nothing has changed.
export { type Answer, answer, type Response } from "./answer.ts";
export { Alarms } from "./alarms.ts";
export { Applier, type ConfChangeTaker, type EntryOutcome, type Outcome } from "./applier.ts";
export { checkLeaseRead, checkLeaseWrite, checkTxnAuth } from "./auth-check.ts";
export { ClusterRecords, type DowngradeRecord } from "./cluster-records.ts";
export { leaseGrantBytes, putBytes, putCost } from "./gates.ts";
export * from "./kv.ts";
export { carryOut, type Effects, type Machine } from "./machine.ts";
