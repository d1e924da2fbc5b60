// One run: a plan in, a verdict out.
import type { HistoryOperation } from "./history.ts";
import type { Plan } from "./plan.ts";
import type { TraceLine } from "./trace.ts";
import { Violation } from "./violation.ts";
import { World } from "./world.ts";

export interface RunResult {
  /** 64 bits over everything that happened, in hex. */
  readonly hash: string;
  readonly violation: Violation | undefined;
  /** The last events, oldest first; only with a violation. */
  readonly lastEvents: readonly string[];
  readonly simulatedMs: number;
  readonly counts: Readonly<Record<string, number>>;
  /** Of plans whose clients keep to single keys. */
  readonly history: readonly HistoryOperation[] | undefined;
}

export interface RunOptions {
  readonly onLine?: (line: TraceLine) => void;
}

export function runPlan(plan: Plan, options: RunOptions = {}): RunResult {
  const world = new World(plan);
  world.trace.listener = options.onLine;
  let violation: Violation | undefined;
  try {
    world.run();
  } catch (error) {
    violation =
      error instanceof Violation ? error : new Violation("simulator", String(error), error);
  }
  return {
    hash: world.trace.hash,
    violation,
    lastEvents: violation === undefined ? [] : world.trace.last(),
    simulatedMs: world.loop.nowUs / 1000,
    counts: countsOf(world),
    history: world.history?.operations,
  };
}

function countsOf(world: World): Record<string, number> {
  const { network, clients, watchers, checks, oracle, members } = world;
  const sum = (values: readonly number[]): number =>
    values.reduce((total, next) => total + next, 0);
  return {
    events: world.loop.count,
    messages: network.counts.delivered,
    entries: oracle.lastIndex,
    answers: clients.answers,
    errors: clients.errors,
    elections: checks.elections,
    crashes: sum(members.map((member) => member.crashes)),
    faults: sum(Object.values(world.faults.counts)),
    watchEvents: sum(watchers.map((watcher) => watcher.eventsChecked)),
    progress: sum(watchers.map((watcher) => watcher.progressReceived)),
    hashes: world.hashesCompared,
    installs: sum(members.map((member) => member.installs)),
    defragments: sum(members.map((member) => member.defragments)),
    renewals: world.oracle.renewals,
    unanswered: world.unanswered,
    refused: oracle.auth.refused,
    identified: oracle.auth.identified,
    connectionsLost: world.connections.notices,
  };
}
