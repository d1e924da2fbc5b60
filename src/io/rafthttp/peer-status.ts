// Whether another member is there (peer_status.go): from the first success to the next failure.
import type { Id64 } from "../../base/index.ts";
import { id64Hex } from "../../base/index.ts";
import type { PeerCounters } from "./counters.ts";
import type { TransportContext } from "./ports.ts";

export class PeerStatus {
  readonly #context: TransportContext;
  readonly #counters: PeerCounters;
  readonly #hex: string;
  #sinceMs: number | undefined;

  constructor(context: TransportContext, id: Id64) {
    this.#context = context;
    this.#hex = id64Hex(id);
    this.#counters = context.counters.of(this.#hex);
  }

  get isActive(): boolean {
    return this.#sinceMs !== undefined;
  }

  /** On the monotonic clock; undefined while inactive. */
  get activeSinceMs(): number | undefined {
    return this.#sinceMs;
  }

  activate(): void {
    if (this.isActive) return;
    this.#context.options.log.info("peer became active", { "peer-id": this.#hex });
    this.#sinceMs = this.#context.options.clock.nowMs();
    this.#counters.active = 1;
  }

  deactivate(source: string, action: string, reason: string): void {
    const { log } = this.#context.options;
    const error = `failed to ${action} ${this.#hex} on ${source} (${reason})`;
    if (!this.isActive) {
      log.debug("peer deactivated again", { "peer-id": this.#hex, error });
      return;
    }
    const words = "peer became inactive (message send to peer failed)";
    log.warn(words, { "peer-id": this.#hex, error });
    this.#sinceMs = undefined;
    this.#counters.active = 0;
    this.#counters.disconnected++;
  }

  /** The member is no longer ours to watch. */
  forget(): void {
    this.#sinceMs = undefined;
    this.#counters.active = 0;
  }
}
