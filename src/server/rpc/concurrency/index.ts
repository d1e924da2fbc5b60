// The services v3lockpb.Lock and v3electionpb.Election: queues of session keys, waited for inside the
// member. They add nothing to its state and ask the KV, Lease and Watch services for everything, with
// the metadata of the client they work for.
export type { ConcurrencyContext } from "./answer.ts";
export { electionMethods } from "./election.ts";
export { lockMethods } from "./lock.ts";
