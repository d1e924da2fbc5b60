// memory: mvcc's backend without a disk, for tests and servers that need not outlive their process.
// It promises what the port says and about 14 bytes beside each record; it never persists anything.
export { MemoryBackend } from "./memory-backend.ts";
