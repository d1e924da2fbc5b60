// What happened: the last events for people, and one number over all of them for comparing runs.
import { hexOf, id64Hex } from "../src/base/index.ts";
import { decodeMessage } from "../src/core/proto/index.ts";
import { type Message, MessageType } from "../src/core/raft/index.ts";
import type { SimEvent } from "./loop.ts";

export interface TraceLine {
  readonly atUs: number;
  readonly who: string;
  readonly what: string;
  readonly detail: unknown;
}

const linesMax = 200;
const messageNames = Object.keys(MessageType);

export class Trace {
  readonly #lines: (TraceLine | undefined)[] = Array.from({ length: linesMax });
  #count = 0;
  #low = 0x811c9dc5;
  #high = 0x01000193;
  /** Told every line as it comes. */
  listener: ((line: TraceLine) => void) | undefined;

  event({ atUs, owner, kind, detail }: SimEvent): void {
    this.mix(atUs);
    this.mix(kind.length * 31 + kind.charCodeAt(0));
    this.line(atUs, owner?.name ?? "world", kind, detail);
  }

  line(atUs: number, who: string, what: string, detail?: unknown): void {
    const line = { atUs, who, what, detail };
    this.#lines[this.#count++ % linesMax] = line;
    this.listener?.(line);
  }

  /** Takes a number into the hash of this run. */
  mix(value: number): void {
    const word = value | 0;
    this.#low = Math.imul(this.#low ^ word, 0x01000193);
    this.#high = Math.imul(this.#high ^ (this.#low >>> 15) ^ word, 0x85ebca6b);
  }

  mixBytes(bytes: Uint8Array): void {
    for (const byte of bytes) this.mix(byte);
  }

  /** 64 bits over everything so far, in hex. */
  get hash(): string {
    const bytes = new Uint8Array(8);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, this.#high >>> 0);
    view.setUint32(4, this.#low >>> 0);
    return hexOf(bytes);
  }

  /** The last lines, oldest first. */
  last(): string[] {
    const from = Math.max(0, this.#count - linesMax);
    const found: string[] = [];
    for (let at = from; at < this.#count; at++) {
      found.push(lineText(this.#lines[at % linesMax]!));
    }
    return found;
  }
}

export function lineText({ atUs, who, what, detail }: TraceLine): string {
  const time = (atUs / 1000).toFixed(3).padStart(11);
  return `${time} ${who.padEnd(6)} ${what}${detail === undefined ? "" : ` ${textOf(detail)}`}`;
}

function textOf(detail: unknown): string {
  if (typeof detail !== "object" || detail === null) return String(detail);
  if ("bytes" in detail && detail.bytes instanceof Uint8Array && "from" in detail) {
    return `from m${Number(detail.from)} ${messageText(decodeMessage(detail.bytes))}`;
  }
  return JSON.stringify(detail, (_key, value: unknown) =>
    typeof value === "bigint" ? id64Hex(value) : value instanceof Uint8Array ? hexOf(value) : value,
  );
}

export function messageText(message: Message): string {
  const { type, term, index, logTerm, entries, commit, reject, rejectHint, context } = message;
  const range =
    entries.length === 0 ? "" : ` entries ${entries[0]!.index}..${entries.at(-1)!.index}`;
  const refusal = reject ? ` reject hint ${rejectHint}` : "";
  const ticket = context.length === 0 ? "" : ` ctx ${hexOf(context)}`;
  return (
    `${messageNames[type] ?? type} term ${term} at ${index}/${logTerm}${range} ` +
    `commit ${commit}${refusal}${ticket}`
  );
}
