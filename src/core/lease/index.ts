// core/lease: leases, the keys attached to them, and when they expire. Time comes as a parameter in
// milliseconds of the host's monotonic clock; storing records and deleting keys is the caller's.
export {
  type LeaseCheckpointed,
  type LeaseRecord,
  type LeaseStanding,
  leaseTtlMax,
  type LeaseView,
  Lessor,
  type LessorOptions,
} from "./lessor.ts";
