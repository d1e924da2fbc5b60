// The end of a run: nothing is broken any more, so everything must become well within a time.
import {
  AlarmAction,
  AlarmType,
  encodeAlarmRequest,
  makeAlarmRequest,
} from "../src/core/proto/index.ts";
import { Clients } from "./clients.ts";
import type { PlannedAction, PlannedOp } from "./plan.ts";
import type { World } from "./world.ts";
import { hold } from "./violation.ts";

const stepUs = 200_000;

/** Lets the world run until `endUs` at most, and shorter once all is well. */
export function checkLiveness(
  world: World,
  endUs: number,
  runUntil: (untilUs: number) => void,
): void {
  let wrong: string | undefined = "";
  const { electionMs } = world.plan.cluster;
  const writes = new Final(world);
  while (world.loop.nowUs < endUs) {
    runUntil(Math.min(endUs, world.loop.nowUs + stepUs));
    wrong = leaderless(world) ?? disarm(world);
    if (wrong !== undefined) continue;
    writes.begin();
    wrong = writes.wrong ?? lagging(world) ?? unwatched(world);
    // A little longer, for what a stable cluster should not do.
    if (wrong === undefined) {
      const unanswered = askProgress(world);
      runUntil(Math.min(endUs, world.loop.nowUs + electionMs * 1000));
      wrong = lagging(world) ?? unwatched(world) ?? unanswered();
      if (wrong === undefined) return;
    }
  }
  hold(wrong === undefined, "liveness", () => String(wrong));
}

function leaderless({ members }: World): string | undefined {
  const leaders = members.filter(({ server }) => server?.raft.role === "leader");
  if (leaders.length !== 1) return `${leaders.length} members lead`;
  const unready = members.find(({ isReady }) => !isReady);
  if (unready !== undefined) return `${unready.name} serves no clients yet`;
  const lead = leaders[0]!.id;
  const strays = members.filter(({ server }) => server?.member.lead !== lead);
  return strays.length === 0 ? undefined : `${strays[0]!.name} does not know the leader`;
}

/** Disks are well again: an operator takes back the alarms they raised. */
function disarm({ members, loop }: World): string | undefined {
  const leader = members.find(({ server }) => server?.raft.role === "leader")!;
  const raised = leader.server!.alarms.list(AlarmType.NOSPACE);
  if (raised.length === 0) return undefined;
  loop.after(0, leader.process, "operator", () => {
    for (const { memberID, alarm } of raised) {
      const request = makeAlarmRequest({ action: AlarmAction.DEACTIVATE, memberID, alarm });
      leader.server?.member.propose("alarm", encodeAlarmRequest(request), () => {});
    }
  });
  return `${raised.length} alarms are raised`;
}

function lagging({ members, oracle }: World): string | undefined {
  const late = members.find(({ server }) => server?.member.appliedIndex !== oracle.lastIndex);
  if (late === undefined) return undefined;
  return `${late.name} applied ${late.server?.member.appliedIndex} of ${oracle.lastIndex}`;
}

function unwatched({ watchers }: World): string | undefined {
  for (const watcher of watchers) if (watcher.behind !== undefined) return watcher.behind;
  return undefined;
}

/** Asks on every stream; what it returns says which was not answered (W13). */
function askProgress(world: World): () => string | undefined {
  const asked = world.watchers.filter((watcher) => watcher.expectsProgress);
  const before = asked.map((watcher) => watcher.progressReceived);
  for (const watcher of asked) world.askProgress(watcher);
  return () => {
    const silent = asked.find((watcher, at) => watcher.progressReceived === before[at]);
    return silent === undefined ? undefined : `${silent.name} asked for progress in vain`;
  };
}

/** A write and a read at every member, once there is a leader; again if an election was in between. */
class Final {
  readonly #world: World;
  #clients: Clients | undefined;
  #wanted = 0;

  constructor(world: World) {
    this.#world = world;
  }

  begin(): void {
    if (this.#clients !== undefined && this.#clients.errors === 0) return;
    const { loop, oracle, members, history } = this.#world;
    const actions: PlannedAction[] = [
      { kind: "put", key: "k00", value: "last" },
      { kind: "range", key: "\0", end: "\0" },
    ];
    const ops: PlannedOp[] = members.flatMap(({ index }) =>
      actions.map((action) => ({ atMs: 0, client: index, member: index, user: "root", action })),
    );
    this.#clients?.stop();
    this.#clients = new Clients({ loop, oracle, members: () => members, history }, ops);
    this.#world.finalClients = this.#clients;
    this.#wanted = ops.length;
  }

  get wrong(): string | undefined {
    const { answers, errors } = this.#clients!;
    if (errors > 0) return `${errors} calls at the end failed`;
    return answers === this.#wanted
      ? undefined
      : `${answers} of ${this.#wanted} last calls answered`;
  }
}
