// Simulated time: everything that will happen stands in one queue, ordered by when and then by who
// asked first. Nothing happens beside it, so a run is its queue.
import { MinHeap } from "../src/base/index.ts";

/** One running process: what it asked for dies with it, and waits while it is paused. */
export class Process {
  readonly name: string;
  isDead = false;
  /** No event reaches it before `Loop.resume`. */
  pausedUntilUs = 0;
  readonly backlog: SimEvent[] = [];
  /** Callbacks that follow the running one at once (Clock.soon). */
  readonly soon: (() => void)[] = [];

  constructor(name: string) {
    this.name = name;
  }
}

export interface SimEvent {
  atUs: number;
  readonly order: number;
  readonly owner: Process | undefined;
  /** What it is, for traces. */
  readonly kind: string;
  /** More about it; printed only when somebody looks. */
  readonly detail: unknown;
  readonly run: () => void;
}

export class Loop {
  nowUs = 0;
  /** Events run so far. */
  count = 0;
  readonly #queue = new MinHeap<SimEvent>(
    (a, b) => a.atUs < b.atUs || (a.atUs === b.atUs && a.order < b.order),
  );
  #order = 0;

  /** Runs `run` at that time, or as soon as its owner is no longer paused. */
  at(
    atUs: number,
    owner: Process | undefined,
    kind: string,
    run: () => void,
    detail?: unknown,
  ): SimEvent {
    const order = this.#order++;
    const event: SimEvent = {
      atUs: Math.max(this.nowUs, Math.round(atUs)),
      order,
      owner,
      kind,
      detail,
      run,
    };
    this.#queue.push(event);
    return event;
  }

  after(us: number, owner: Process | undefined, kind: string, run: () => void): SimEvent {
    return this.at(this.nowUs + us, owner, kind, run);
  }

  /** Stops a process where it stands; what is due to it meanwhile comes in a burst afterwards. */
  pause(process: Process, untilUs: number): void {
    if (untilUs <= process.pausedUntilUs) return;
    process.pausedUntilUs = untilUs;
    if (untilUs === Infinity) return;
    this.at(untilUs, undefined, "resume", () => {
      if (this.nowUs >= process.pausedUntilUs) this.resume(process);
    });
  }

  resume(process: Process): void {
    process.pausedUntilUs = 0;
    for (const event of process.backlog.splice(0)) {
      event.atUs = this.nowUs;
      this.#queue.push(event);
    }
  }

  /** The next event that may run by `untilUs`, its time being now; undefined when there is none. */
  next(untilUs: number): SimEvent | undefined {
    for (;;) {
      const event = this.#queue.peek();
      if (event === undefined || event.atUs > untilUs) return undefined;
      this.#queue.pop();
      const { owner } = event;
      if (owner?.isDead) continue;
      if (owner !== undefined && owner.pausedUntilUs > event.atUs) {
        owner.backlog.push(event);
        continue;
      }
      this.nowUs = event.atUs;
      this.count++;
      return event;
    }
  }
}

/** Runs an event and what its process asked to follow it. */
export function runEvent(event: SimEvent): void {
  event.run();
  const { owner } = event;
  if (owner !== undefined) drainSoon(owner);
}

export function drainSoon(process: Process): void {
  for (let rounds = 0; process.soon.length > 0 && !process.isDead; rounds++) {
    if (rounds > 1_000_000) throw new Error(`${process.name} never comes to an end at one instant`);
    process.soon.shift()!();
  }
}
