// tree: the ordered key index, off the JavaScript heap. It promises O(log n) search, insert, delete
// and count, and answers for every revision that is not compacted. It never holds values and never
// talks to the backend.
export type { Ref } from "./arena.ts";
export type { GarbageQueue } from "./garbage-queue.ts";
export { imageBlockBytes, IndexImageWriter } from "./index-image.ts";
export { KeyState } from "./key-state.ts";
export type { TreeCursor } from "./tree-cursor.ts";
export { type Change, TreeIndex } from "./tree-index.ts";
