// Writers that put one key after another through any member, over the JSON gateway, and remember what was
// acknowledged: nothing of it may be missing afterwards.
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";

export interface LoadOptions {
  writers?: number;
  /** Of each writer, behind every acknowledged write. */
  pauseMilliseconds?: number;
  /** After so long a write is tried through another member. */
  attemptMilliseconds?: number;
  /** By up to so much less, by chance: attempts that all fail at once would not begin again together. */
  attemptSpreadMilliseconds?: number;
}

const readMilliseconds = 10_000;
const base64 = (text: string): string => Buffer.from(text).toString("base64");

export class PutLoad {
  /** Keys acknowledged, and the longest that nothing was. */
  acknowledged = 0;
  longestGapMilliseconds = 0;
  readonly #endpoints: () => string[];
  readonly #last: number[] = [];
  readonly #writers: Promise<void>[] = [];
  #lastAtMs = performance.now();
  #isStopping = false;

  /** `endpoints` is asked for before each attempt. */
  constructor(endpoints: () => string[], options: LoadOptions = {}) {
    this.#endpoints = endpoints;
    for (let writer = 0; writer < (options.writers ?? 4); writer++) {
      this.#last.push(0);
      this.#writers.push(this.#write(writer, options));
    }
  }

  async #write(writer: number, options: LoadOptions): Promise<void> {
    const { pauseMilliseconds = 10, attemptMilliseconds = 3000 } = options;
    const { attemptSpreadMilliseconds = 0 } = options;
    let turn = writer;
    while (!this.#isStopping) {
      const next = this.#last[writer]! + 1;
      const endpoints = this.#endpoints();
      const endpoint = endpoints[turn % endpoints.length]!;
      const patience = attemptMilliseconds - Math.random() * attemptSpreadMilliseconds;
      if (await put(endpoint, `load/${writer}/${next}`, Math.ceil(patience))) {
        this.#last[writer] = next;
        this.#acknowledge();
        await pause(pauseMilliseconds);
      } else {
        turn++;
        await pause(5);
      }
    }
  }

  #acknowledge(): void {
    this.acknowledged++;
    const nowMs = performance.now();
    const gap = nowMs - this.#lastAtMs;
    this.#lastAtMs = nowMs;
    if (gap > this.longestGapMilliseconds) this.longestGapMilliseconds = gap;
  }

  /** Waits until so many more are acknowledged. */
  async more(count: number, patienceMilliseconds = 60_000): Promise<void> {
    const goal = this.acknowledged + count;
    const endMs = performance.now() + patienceMilliseconds;
    while (this.acknowledged < goal) {
      assert.ok(performance.now() < endMs, `${count} writes: not in ${patienceMilliseconds} ms`);
      await pause(20);
    }
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await Promise.all(this.#writers);
  }

  /** Every key that was acknowledged is there, by a linearizable read through this member. */
  async check(endpoint: string): Promise<void> {
    for (const [writer, last] of this.#last.entries()) {
      const found = new Set(await keysBelow(endpoint, `load/${writer}/`));
      for (let key = 1; key <= last; key++) {
        assert.ok(found.has(`load/${writer}/${key}`), `load/${writer}/${key} was acknowledged`);
      }
    }
  }
}

async function post(
  endpoint: string,
  path: string,
  body: object,
  patienceMilliseconds: number,
): Promise<unknown> {
  const response = await fetch(`http://${endpoint}/v3/kv/${path}`, {
    method: "POST",
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(patienceMilliseconds),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return JSON.parse(text);
}

async function put(endpoint: string, key: string, patience: number): Promise<boolean> {
  try {
    await post(endpoint, "put", { key: base64(key), value: base64("written") }, patience);
    return true;
  } catch {
    return false;
  }
}

async function keysBelow(endpoint: string, prefix: string): Promise<string[]> {
  const end = prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
  const body = { key: base64(prefix), range_end: base64(end), keys_only: true };
  const { kvs = [] } = (await post(endpoint, "range", body, readMilliseconds)) as {
    kvs?: { key: string }[];
  };
  return kvs.map(({ key }) => Buffer.from(key, "base64").toString());
}
