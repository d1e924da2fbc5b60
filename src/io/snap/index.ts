// io/snap: the files of `member/snap` that are not the live database: raft snapshots (`.snap`) and
// databases received from other members (`.snap.db`). It promises that a file has its final name
// only when it is whole and durable, and that a broken one is put aside, never used. It decides
// neither when a snapshot is made nor which database is installed.
export { type DatabaseReceiver } from "./database-receiver.ts";
export { SnapError, type SnapErrorCode } from "./snap-error.ts";
export { databaseFileName, decodeSnapFile, readSnapFile, snapFileName } from "./snap-file.ts";
export { Snapshotter, type SnapshotterOptions } from "./snapshotter.ts";
export { encodeV2Store, type StoredMember, type StoredMembership } from "./v2-store.ts";
