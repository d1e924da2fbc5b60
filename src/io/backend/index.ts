// io/backend: mvcc's backend in etcd's database file.
// It promises etcd's ten buckets, that a write is read at once, that what is written between two
// calls of `maybeCommit` becomes durable together with the consistent index the hook writes, and that
// neither a commit nor a defragmentation holds anybody up: both proceed in steps of some tenths of a
// millisecond. A full disk makes it wait, not fail; after any other refused write it stops. It never
// takes the time (the member brings it), and knows of values only that they are bytes.
export { type BackendMeter, type BackendOptions, type Done, FileBackend } from "./backend.ts";
export { Defragmentation, defragmentNow, type Defragmented } from "./defrag.ts";
export { IndexFile, IndexFileWriter } from "./index-file.ts";
export { bucketNames, fillOf, packedFillOf } from "./schema.ts";
export { BackendSnapshot } from "./snapshot.ts";
