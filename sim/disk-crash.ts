// The states a disk may be found in after a power loss: every sector old or new (or anything it was
// in between), every length and every name from before or after, in any combination.
import type { RandomSource } from "../src/base/index.ts";
import {
  applyChange,
  applyNameChange,
  DirectoryNode,
  type FileChange,
  FileNode,
  sectorBytes,
  type SimNode,
} from "./disk-node.ts";

/** One thing that may have gone several ways: how many, and which way to take. */
interface Unit {
  readonly ways: number;
  chosen: number;
}

/** The units of one file, in the order they are applied. */
interface FileUnits {
  readonly node: FileNode;
  readonly size: Unit & { readonly sizes: readonly number[] };
  readonly sectors: readonly (Unit & {
    readonly sector: number;
    readonly images: readonly (Uint8Array | undefined)[];
  })[];
}

interface DirectoryUnits {
  readonly node: DirectoryNode;
  /** How many of the pending changes happened: a journal keeps their order. */
  readonly happened: Unit;
}

/** What is undecided about a tree whose power fails now. */
export class CrashChoices {
  readonly #root: DirectoryNode;
  readonly #files = new Map<FileNode, FileUnits>();
  readonly #directories = new Map<DirectoryNode, DirectoryUnits>();
  readonly #units: Unit[] = [];

  constructor(root: DirectoryNode) {
    this.#root = root;
    this.#collect(root);
  }

  /** In how many ways this may end; Infinity where counting is pointless. */
  get count(): number {
    return this.#units.reduce((product, unit) => product * unit.ways, 1);
  }

  /** Takes the way with this number, 0 to count - 1. Way 0 loses all that can be lost. */
  takeNumber(number: number): void {
    let rest = number;
    for (const unit of this.#units) {
      unit.chosen = rest % unit.ways;
      rest = Math.floor(rest / unit.ways);
    }
  }

  /**
   * Takes a way by chance: nothing kept, all kept, most kept, most lost, or each unit by itself;
   * these are the shapes real disks leave behind.
   */
  takeRandom(random: RandomSource): void {
    const keepPercent = [0, 100, 95, 5, 50][random.below(5)]!;
    for (const unit of this.#units) {
      if (random.below(100) < keepPercent) unit.chosen = unit.ways - 1;
      else unit.chosen = keepPercent === 50 ? random.below(unit.ways) : 0;
    }
  }

  /** The tree as the next start finds it, sharing nothing that changes. */
  build(): DirectoryNode {
    return this.#buildDirectory(this.#root, new Map());
  }

  #collect(node: SimNode): void {
    if (this.#files.has(node as FileNode) || this.#directories.has(node as DirectoryNode)) return;
    if (node.kind === "file") {
      const units = unitsOfFile(node);
      this.#files.set(node, units);
      for (const unit of [units.size, ...units.sectors]) if (unit.ways > 1) this.#units.push(unit);
      return;
    }
    const happened: Unit = { ways: node.pending.length + 1, chosen: 0 };
    this.#directories.set(node, { node, happened });
    if (happened.ways > 1) this.#units.push(happened);
    for (const child of node.durable.values()) this.#collect(child);
    for (const change of node.pending) if (change.node !== undefined) this.#collect(change.node);
  }

  #buildDirectory(node: DirectoryNode, built: Map<SimNode, SimNode>): DirectoryNode {
    const names = new Map(node.durable);
    const { happened } = this.#directories.get(node)!;
    for (const change of node.pending.slice(0, happened.chosen)) applyNameChange(names, change);
    const copy = new DirectoryNode(node.inode, node.mode);
    for (const [name, child] of names) {
      let made = built.get(child);
      if (made === undefined) {
        made = child.kind === "file" ? this.#buildFile(child) : this.#buildDirectory(child, built);
        built.set(child, made);
      }
      copy.seen.set(name, made);
      copy.durable.set(name, made);
    }
    return copy;
  }

  #buildFile(node: FileNode): FileNode {
    const { size, sectors } = this.#files.get(node)!;
    const copy = new FileNode(node.inode, node.mode);
    copy.durable = node.durable.clone();
    const chosenSize = size.sizes[size.chosen]!;
    if (node.pending.length > 0) {
      copy.durable.size = Math.max(copy.durable.size, chosenSize);
      for (const { sector, images, chosen } of sectors) {
        const image = images[chosen];
        if (image !== undefined) copy.durable.write(image, sector * sectorBytes);
      }
      copy.durable.truncate(chosenSize);
    }
    copy.seen = copy.durable.clone();
    return copy;
  }
}

/** Each length the file had, and for each sector everything it contained. */
function unitsOfFile(node: FileNode): FileUnits {
  const sizes = [node.durable.size];
  const images = new Map<number, (Uint8Array | undefined)[]>();
  const now = node.durable.clone();
  for (const change of node.pending) {
    const before = now.size;
    applyChange(now, change);
    if (change.kind === "size") {
      if (sizes.at(-1) !== change.size) sizes.push(change.size);
      forgetCutSectors(node, images, change.size, before);
    } else keepImages(change, images);
  }
  return {
    node,
    size: { ways: sizes.length, chosen: 0, sizes },
    sectors: [...images].map(([sector, versions]) => ({
      sector,
      images: versions,
      ways: versions.length,
      chosen: 0,
    })),
  };
}

function keepImages(
  change: FileChange & { kind: "sectors" },
  images: Map<number, (Uint8Array | undefined)[]>,
): void {
  for (let at = 0; at < change.image.length; at += sectorBytes) {
    const sector = change.first + at / sectorBytes;
    let versions = images.get(sector);
    // The first version is what is durable.
    if (versions === undefined) images.set(sector, (versions = [undefined]));
    versions.push(change.image.subarray(at, at + sectorBytes));
  }
}

const zeroSector = new Uint8Array(sectorBytes);

/** Sectors behind a cut read as zeros once the file has grown again, or as before if it was lost. */
function forgetCutSectors(
  node: FileNode,
  images: Map<number, (Uint8Array | undefined)[]>,
  size: number,
  before: number,
): void {
  if (size >= before) return;
  const first = Math.ceil(size / sectorBytes);
  const last = Math.ceil(Math.max(before, node.durable.size) / sectorBytes);
  for (let sector = first; sector < last; sector++) {
    const versions = images.get(sector);
    if (versions !== undefined) versions.push(zeroSector);
    else if (!isZeroSector(node, sector)) images.set(sector, [undefined, zeroSector]);
  }
}

const isZeroSector = (node: FileNode, sector: number): boolean =>
  node.durable.slice(sector * sectorBytes, sectorBytes).every((byte) => byte === 0);
