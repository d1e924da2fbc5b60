// Memory in which short pieces are copied without a view made for each: of 150 bytes at random
// places, `set(subarray)` takes 70 ns, half of it for the view, and WebAssembly's memory.copy 14.
import { op, type WasmExports, wasmModule, wasmPageBytes } from "../../../base/index.ts";

/** memory.copy of the three parameters. */
const parameters = [op.localGet, 0, op.localGet, 1, op.localGet, 2];
const code = [...parameters, op.memory, op.copy, 0, 0];

/** Bytes that grow, and are never given back. */
export class CopyMemory {
  readonly #memory: WasmExports["memory"];
  /** Copies [from, from + length) to `to`, all within `bytes`. */
  readonly copy: (to: number, from: number, length: number) => void;
  /** All there is; another one after `ensure`. */
  bytes: Uint8Array;

  constructor() {
    const { memory, run } = wasmModule({ pages: 1, parameters: 3, results: 0, code });
    this.#memory = memory;
    this.copy = run;
    this.bytes = new Uint8Array(memory.buffer);
  }

  /** Makes it at least so long, and at least twice as long as it was when it must grow. */
  ensure(length: number): void {
    const { length: before } = this.bytes;
    if (length <= before) return;
    this.#memory.grow(Math.ceil(Math.max(length - before, before) / wasmPageBytes));
    this.bytes = new Uint8Array(this.#memory.buffer);
  }
}
