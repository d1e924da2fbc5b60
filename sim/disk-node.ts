// What a simulated disk consists of: files and directories, each as it is seen, as it is sure to be
// after a power loss, and what stands between the two.
import { SparseBytes } from "./sparse-bytes.ts";

export const sectorBytes = 512;

/** One step of a file that no sync covers yet. */
export type FileChange =
  /** Whole sectors as they were after the write. */
  | { readonly kind: "sectors"; readonly first: number; readonly image: Uint8Array }
  | { readonly kind: "size"; readonly size: number };

export class FileNode {
  readonly kind = "file";
  readonly inode: number;
  mode: number;
  /** What reads see. */
  seen = new SparseBytes();
  /** What survives for sure. */
  durable = new SparseBytes();
  pending: FileChange[] = [];
  /** How often writes were lost: whoever has the file open hears of each once, at a sync. */
  losses = 0;

  constructor(inode: number, mode: number) {
    this.inode = inode;
    this.mode = mode;
  }

  write(bytes: Uint8Array, position: number): void {
    const before = this.seen.size;
    this.seen.write(bytes, position);
    // The length first: sectors behind the end would be cut off again.
    if (this.seen.size !== before) this.pending.push({ kind: "size", size: this.seen.size });
    const first = Math.floor(position / sectorBytes);
    const last = Math.ceil((position + bytes.length) / sectorBytes);
    const image = this.seen.slice(first * sectorBytes, (last - first) * sectorBytes);
    this.pending.push({ kind: "sectors", first, image });
  }

  truncate(size: number): void {
    const before = this.seen.size;
    this.seen.truncate(size);
    this.pending.push({ kind: "size", size });
    // The sector the cut goes through keeps its head.
    if (size < before && size % sectorBytes !== 0) {
      const first = Math.floor(size / sectorBytes);
      const image = this.seen.slice(first * sectorBytes, sectorBytes);
      this.pending.push({ kind: "sectors", first, image });
    }
  }

  /** The first `count` changes are on the platter now. */
  settle(count: number): void {
    for (const change of this.pending.splice(0, count)) applyChange(this.durable, change);
  }

  /** The first `count` changes will never be written, though reads still see them. */
  lose(count: number): void {
    this.losses++;
    this.pending.splice(0, count);
  }
}

export function applyChange(bytes: SparseBytes, change: FileChange): void {
  if (change.kind === "size") {
    bytes.truncate(change.size);
    return;
  }
  const size = bytes.size;
  bytes.write(change.image, change.first * sectorBytes);
  // Sectors are whole, files end anywhere: the length is a change of its own.
  if (bytes.size !== size) bytes.truncate(size);
}

/** One step of a directory that no sync covers yet: what two names stand for after it. */
export interface NameChange {
  readonly name: string;
  readonly node: SimNode | undefined;
  /** With a rename within the directory: the name that goes in the same instant. */
  readonly gone?: string;
}

export class DirectoryNode {
  readonly kind = "directory";
  readonly inode: number;
  readonly mode: number;
  seen = new Map<string, SimNode>();
  durable = new Map<string, SimNode>();
  pending: NameChange[] = [];

  constructor(inode: number, mode: number) {
    this.inode = inode;
    this.mode = mode;
  }

  change(change: NameChange): void {
    applyNameChange(this.seen, change);
    this.pending.push(change);
  }

  settle(count: number): void {
    for (const change of this.pending.splice(0, count)) applyNameChange(this.durable, change);
  }
}

export type SimNode = FileNode | DirectoryNode;

export function applyNameChange(names: Map<string, SimNode>, change: NameChange): void {
  if (change.gone !== undefined) names.delete(change.gone);
  if (change.node === undefined) names.delete(change.name);
  else names.set(change.name, change.node);
}
