import type { Http2Stream } from "./stream.ts";

const slots = 256;
const emptySlots: readonly undefined[] = Array.from({ length: slots }, () => undefined);

/**
 * The live streams of one connection by id, and a memory of the ones that ended lately. Ids rise by
 * two and most streams are short, so a slot by the low bits finds nearly all of them without hashing.
 */
export class StreamTable {
  #recent: (Http2Stream | undefined)[] = [];
  readonly #overflow = new Map<number, Http2Stream>();
  // The id that ended last in each slot, doubled, and one more when we reset it.
  #ended: Float64Array | undefined;
  size = 0;

  get(id: number): Http2Stream | undefined {
    const stream = this.#recent[(id >>> 1) & (slots - 1)];
    if (stream !== undefined && stream.id === id) return stream;
    return this.#overflow.size === 0 ? undefined : this.#overflow.get(id);
  }

  add(stream: Http2Stream): void {
    // Idle connections are many; they hold no slots.
    if (this.#recent.length === 0) this.#recent = [...emptySlots];
    const slot = (stream.id >>> 1) & (slots - 1);
    if (this.#recent[slot] === undefined) this.#recent[slot] = stream;
    else this.#overflow.set(stream.id, stream);
    this.size++;
  }

  /** `byReset`: we reset it, so that frames of the peer may still be under way. */
  remove(stream: Http2Stream, byReset: boolean): void {
    const slot = (stream.id >>> 1) & (slots - 1);
    if (this.#recent[slot] === stream) this.#recent[slot] = undefined;
    else this.#overflow.delete(stream.id);
    this.size--;
    this.noteEnded(stream.id, byReset);
  }

  noteEnded(id: number, byReset: boolean): void {
    const slot = (id >>> 1) & (slots - 1);
    this.#ended ??= new Float64Array(slots);
    this.#ended[slot] = 2 * id + (byReset ? 1 : 0);
  }

  /** Whether this id was a stream not long ago. */
  endedLately(id: number): "no" | "yes" | "reset by us" {
    const slot = (id >>> 1) & (slots - 1);
    const noted = this.#ended?.[slot] ?? 0;
    if (noted < 2 * id || noted > 2 * id + 1) return "no";
    return noted === 2 * id ? "yes" : "reset by us";
  }

  /** A copy: the caller may remove streams while it walks. */
  all(): Http2Stream[] {
    const live = this.#recent.filter((stream) => stream !== undefined);
    live.push(...this.#overflow.values());
    return live;
  }
}
