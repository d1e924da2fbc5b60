// How much a leader sends to one follower before it hears of it.

/** Settings of raft; sizes in bytes. */
export const replicationLimits = {
  /** Of one append (maxSizePerMsg of etcd's raft.go). */
  messageSizeMax: 512 * 1024,
  /** Appends on their way. */
  inflightMessagesMax: 512,
  /**
   * What they carry; etcd sets no limit. Without one a follower that comes back is sent all it lacks in one
   * turn, half a gigabyte at most, and everybody else waits for that.
   */
  inflightBytesMax: 2 * 1024 * 1024,
} as const;
