// The body of a request that is one value. A long one is looked through while it comes, not when it is
// whole: 32 MiB at once would hold up everybody else.
import { emptyBytes } from "../../base/index.ts";
import { JsonError } from "./json-error.ts";
import { JsonValues } from "./json-values.ts";

const noValue = new Uint8Array([0x7b, 0x7d]);

export class Body {
  /** Bytes that have come. */
  length = 0;
  readonly #expectedBytes: number;
  /** Nearly every body comes in one piece. */
  #first: Uint8Array = emptyBytes;
  #values: JsonValues | undefined;
  #value: Uint8Array | undefined;
  #error: JsonError | undefined;

  /** `expectedBytes`: what the client says will come. */
  constructor(expectedBytes: number) {
    this.#expectedBytes = expectedBytes;
  }

  push(chunk: Uint8Array): void {
    this.length += chunk.length;
    if (this.#first.length === 0) {
      this.#first = chunk;
      return;
    }
    if (this.#values === undefined) {
      this.#values = new JsonValues(this.#expectedBytes);
      this.#look(this.#values, this.#first);
    }
    this.#look(this.#values, chunk);
  }

  /**
   * Its first value: etcd passes over the rest; none at all is an empty message.
   * @throws JsonError
   */
  firstValue(): Uint8Array {
    const values = this.#values ?? new JsonValues();
    if (this.#values === undefined) this.#look(values, this.#first);
    if (this.#error !== undefined) throw this.#error;
    return this.#value ?? values.finish() ?? noValue;
  }

  /** What is wrong is told at the end: a body that is too long is refused for that. */
  #look(values: JsonValues, chunk: Uint8Array): void {
    if (this.#value !== undefined || this.#error !== undefined) return;
    values.push(chunk);
    try {
      this.#value = values.next();
    } catch (error) {
      if (!(error instanceof JsonError)) throw error;
      this.#error = error;
    }
  }
}
