// io/bbolt: the database file of bbolt 1.5, read and written in place.
// It promises that a commit is atomic under any crash: pages are written where no state that could
// be found after it has any, then synced, then the meta page is written and synced. It does its work
// in steps whose size the caller sets, waits for no device on the caller's thread, and keeps pages in
// a bounded cache outside the JavaScript heap. Whatever bytes a file holds, reading it gives data or
// a CorruptFileError with the place. It never takes time or chance, and knows no bucket by name.
export { Batch, type BucketChanges } from "./batch.ts";
export type { CheckOptions } from "./check.ts";
export type { CommitOptions } from "./commit.ts";
export { type CommitStage, type Committed, Database, type DatabaseOptions } from "./database.ts";
export { CorruptFileError, InvalidDatabaseError } from "./errors.ts";
export type { Bucket } from "./format/bucket.ts";
export { wordSum } from "./pages/page-sum.ts";
export { compareKeyAt } from "./format/inode.ts";
export type { Meta } from "./format/meta.ts";
export type { Page } from "./format/page.ts";
export type { FileImage } from "./image.ts";
export type { ReadTransaction, WriteTransaction } from "./transaction.ts";
export type { Cursor } from "./tree/cursor.ts";
export type { MoveOptions, MovePlan, MovePosition } from "./tree/move-plan.ts";
export { deleted, Operations } from "./tree/operations.ts";
export type { Work } from "./tree/tree.ts";
export { type ElementVisitor, runToEnd, type ScanOptions, View } from "./view.ts";
