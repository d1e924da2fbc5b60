import { assert } from "../../../base/index.ts";
import type { Ref } from "./arena.ts";

const blockEntries = 4096;

class Block {
  readonly mains = new Float64Array(blockEntries);
  readonly subs = new Uint32Array(blockEntries);
  readonly refs = new Uint32Array(blockEntries);
}

/**
 * What compaction will remove, noted when it became removable: first in, first out, by ascending
 * main revision. Compaction thereby costs what there is to remove, not what there is.
 */
export class GarbageQueue {
  readonly #blocks: Block[] = [];
  /** Blocks taken out so far; positions are absolute and stay good. */
  #dropped = 0;
  #head = 0;
  #tail = 0;

  get size(): number {
    return this.#tail - this.#head;
  }

  push(main: number, sub: number, ref: Ref): void {
    if (this.#tail - this.#dropped * blockEntries === this.#blocks.length * blockEntries) {
      this.#blocks.push(new Block());
    }
    const block = this.#blockAt(this.#tail);
    const place = this.#tail % blockEntries;
    block.mains[place] = main;
    block.subs[place] = sub;
    block.refs[place] = ref;
    this.#tail++;
  }

  /** The first one's main revision; Infinity when there is none. */
  headMain(): number {
    return this.size === 0 ? Infinity : this.mainAt(0);
  }

  /** The main revision of the one that is `index` behind the first. */
  mainAt(index: number): number {
    return this.#blockAt(this.#head + index).mains[(this.#head + index) % blockEntries]!;
  }

  subAt(index: number): number {
    return this.#blockAt(this.#head + index).subs[(this.#head + index) % blockEntries]!;
  }

  refAt(index: number): Ref {
    return this.#blockAt(this.#head + index).refs[(this.#head + index) % blockEntries]!;
  }

  dropHead(): void {
    assert(this.size > 0, "only what is queued is dropped");
    this.#head++;
    if (this.#head % blockEntries === 0) {
      this.#blocks.shift();
      this.#dropped++;
    }
  }

  #blockAt(position: number): Block {
    return this.#blocks[Math.floor(position / blockEntries) - this.#dropped]!;
  }
}
