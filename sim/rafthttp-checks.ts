// What io/rafthttp promises, held against what it does: a message that comes was sent, no more often
// than it was sent, and raft hears of everything that may be lost.
import { id64Hex } from "../src/base/index.ts";
import { encodeMessage } from "../src/core/proto/index.ts";
import type { Message } from "../src/core/raft/index.ts";
import { messageText } from "./trace.ts";
import { hold } from "./violation.ts";

export class ByteChecks {
  /** By pair and content: sent and not yet delivered. */
  readonly #underWay = new Map<string, number>();

  sends(message: Message): void {
    const key = keyOf(message);
    this.#underWay.set(key, (this.#underWay.get(key) ?? 0) + 1);
  }

  brings(message: Message): void {
    const key = keyOf(message);
    const left = this.#underWay.get(key);
    hold(
      left !== undefined,
      "a message that comes was sent",
      () => `${id64Hex(message.to)} hears ${messageText(message)} of ${id64Hex(message.from)}`,
    );
    hold(
      left > 0,
      "a message comes once",
      () => `${id64Hex(message.to)} hears again ${messageText(message)}`,
    );
    this.#underWay.set(key, left - 1);
  }
}

/** Of one process: what its transport told raft, counted. */
export class Reports {
  unreachable = 0;
  snapshots = 0;

  /** While this runs the transport learns that what goes to `path` is lost, and must say so. */
  during(path: string, run: () => void): void {
    const { unreachable, snapshots } = this;
    run();
    const isSnapshot = path === "/raft/snapshot";
    if (!isSnapshot && path !== "/raft" && !path.startsWith("/raft/stream/")) return;
    hold(
      this.unreachable > unreachable && (!isSnapshot || this.snapshots > snapshots),
      "raft hears of what may be lost",
      () => `a failure of ${path} was not reported`,
    );
  }
}

/** Two hashes of its bytes and their number; what is alike in these is alike. */
function keyOf(message: Message): string {
  let low = 0x811c9dc5;
  let high = 0x01000193;
  const bytes = encodeMessage(message);
  for (let at = 0; at < bytes.length; at++) {
    low = Math.imul(low ^ bytes[at]!, 0x01000193);
    high = Math.imul(high ^ bytes[at]!, 0x85ebca6b) ^ (high >>> 13);
  }
  return `${bytes.length} ${low} ${high}`;
}
