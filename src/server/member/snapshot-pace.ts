// How long a copy of the database on its way lets others go first.
import type { Clock } from "../../io/host/index.ts";

/** For so long after an entry was applied there are writers: theirs come in bursts of one sync each. */
const quietAfterMs = 50;
const pauseBesideWritesMs = 2;

interface Applying {
  readonly appliedIndex: number;
}

/** Asked after each piece. Who writes goes first, with most of the processor; a copy can wait. */
export class SnapshotPace {
  readonly #member: () => Applying;
  readonly #clock: Pick<Clock, "nowMs">;
  #appliedIndex: number;
  #quietFromMs = 0;

  constructor(member: () => Applying, clock: Pick<Clock, "nowMs">) {
    this.#member = member;
    this.#clock = clock;
    this.#appliedIndex = member().appliedIndex;
  }

  /** Milliseconds before the next piece; 0 while nobody writes. */
  pauseMs(): number {
    const nowMs = this.#clock.nowMs();
    const { appliedIndex } = this.#member();
    if (appliedIndex !== this.#appliedIndex) {
      this.#appliedIndex = appliedIndex;
      this.#quietFromMs = nowMs + quietAfterMs;
    }
    return nowMs < this.#quietFromMs ? pauseBesideWritesMs : 0;
  }
}
