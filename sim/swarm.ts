// From a seed to a plan. Each seed switches on its own subset of load and faults (swarm testing): bugs
// hide from runs in which everything happens at once.
import { type RandomSource, seededRandom } from "../src/base/index.ts";
import {
  type ClusterPlan,
  type DiskPlan,
  type Fault,
  type NetworkPlan,
  type Plan,
  type PlannedOp,
  seedFor,
} from "./plan.ts";
import { planAuthOps, planTokens, withUsers } from "./auth-load.ts";
import { planLeaseOps } from "./lease-load.ts";
import { byteStreamsSeconds, healAtMsOf, overByteStreams } from "./rafthttp-plan.ts";
import { planRegisterOps } from "./register-load.ts";
import { type LoadScope, planOps, planStreams } from "./workload.ts";

export interface SwarmOptions {
  readonly seed: number;
  /** 1, 3 or 5; the seed chooses unless it is given. */
  readonly members?: number | undefined;
  /** Only what porcupine understands; every hundredth seed, unless told. */
  readonly registers?: boolean | undefined;
  /** Simulated seconds; 100 unless told. */
  readonly seconds?: number | undefined;
  /** What members talk by. */
  readonly transport?: "messages" | "rafthttp" | undefined;
}

const faultNames = [
  "crash",
  "crash at an operation",
  "crash all",
  "pause",
  "pause leader",
  "partition",
  "isolate leader",
  "slow link",
  "reset",
  "slow disk",
  "disk error",
  "clock rate",
  "wall jump",
  "transfer",
  "learner",
] as const;
type FaultName = (typeof faultNames)[number];

const chance = (random: RandomSource, percent: number): boolean => random.below(100) < percent;
export const pick = <Item>(random: RandomSource, items: readonly Item[]): Item =>
  items[random.below(items.length)]!;
const between = (random: RandomSource, low: number, high: number): number =>
  low + random.below(high - low + 1);

/** A proposal that was lost just before is made again after a request's timeout, seven seconds. */
const healedMsLeast = 12_000;

export function planFrom(options: SwarmOptions): Plan {
  const { seed } = options;
  const random = seededRandom(seedFor(seed, "swarm"));
  const members = options.members ?? pick(random, [1, 3, 3, 3, 3, 3, 5]);
  const isBytes = options.transport === "rafthttp";
  const lastMs = (options.seconds ?? (isBytes ? byteStreamsSeconds : 100)) * 1000;
  const healAtMs = isBytes ? healAtMsOf(lastMs) : Math.floor(lastMs * 0.82);
  const endMs = Math.max(lastMs, healAtMs + healedMsLeast);
  // One run in ten knows no faults.
  const names = chance(random, 10)
    ? []
    : faultNames.filter((name) => (members > 1 || isForOne(name)) && chance(random, 35));
  const network = planNetwork(random, names.length > 0);
  const disk = planDisk(random);
  const faults = [
    ...planFaults({ seed, members, healAtMs, names }),
    ...planDefragments(seed, members, healAtMs),
  ];
  const isForPorcupine = options.registers ?? seed % 100 === 0;
  const load = { seed, members, healAtMs };
  const tokenTtlMs = isForPorcupine ? undefined : planTokens(seed);
  const plan: Plan = {
    version: 1,
    seed,
    members,
    healAtMs,
    endMs,
    features: [
      ...names,
      ...(network.dropPpm > 0 ? ["lossy"] : []),
      ...(tokenTtlMs === undefined ? [] : ["users"]),
    ],
    cluster: {
      ...withUpkeep(
        withSnapshots(fitting(planCluster(random, members), network, disk), seed, members),
        seed,
      ),
      ...(tokenTtlMs !== undefined && { tokenTtlMs }),
    },
    network,
    disk,
    ...(isForPorcupine && { isHistoryKept: true }),
    ops: isForPorcupine ? planRegisterOps(load, faults) : planLoad(load, faults, tokenTtlMs),
    streams: planStreams(load),
    faults,
  };
  return isBytes ? overByteStreams(plan) : plan;
}

function planLoad(
  load: LoadScope,
  faults: readonly Fault[],
  tokenTtlMs: number | undefined,
): PlannedOp[] {
  const ops = [...planOps(load, faults), ...planLeaseOps(load)];
  const all = tokenTtlMs === undefined ? ops : [...withUsers(ops, load.seed), ...planAuthOps(load)];
  return all.toSorted((a, b) => a.atMs - b.atMs);
}

const isForOne = (name: FaultName): boolean =>
  ["crash", "crash at an operation", "pause", "slow disk", "disk error", "wall jump"].includes(
    name,
  );

function planCluster(random: RandomSource, members: number): ClusterPlan {
  const [heartbeatMs, electionMs] = pick(random, [
    [100, 1000],
    [100, 1000],
    [50, 500],
    [29, 271],
    [100, 2000],
  ] as const);
  return {
    heartbeatMs,
    electionMs,
    preVote: chance(random, 80),
    backend: chance(random, 40) ? "file" : "memory",
    snapshotCount: members === 1 ? pick(random, [20, 100, 10_000]) : 1_000_000,
    segmentBytes: pick(random, [8192, 65_536, 65_536, 1 << 20]),
    zeroAheadBytes: pick(random, [0, 0, 16_384, 65_536]),
    compactionSleepMs: pick(random, [1, 10, 100]),
    watchProgressMs: pick(random, [100, 1000, 10_000]),
    // A room for a learner that may join, too.
    clockRates: Array.from({ length: members + 1 }, () => 1 + (random.below(2001) - 1000) / 1e6),
  };
}

/** Only a database on a disk can be sent to a member that is too far behind for entries. */
function withSnapshots(cluster: ClusterPlan, seed: number, members: number): ClusterPlan {
  if (cluster.backend === "memory" || members === 1) return cluster;
  const random = seededRandom(seedFor(seed, "snapshots"));
  if (chance(random, 30)) return cluster;
  return {
    ...cluster,
    snapshotCount: pick(random, [5, 25, 100]),
    catchUpEntries: pick(random, [0, 1, 10, 50]),
  };
}

/** Compactions in more than one step, and leases whose remaining time is told to all. */
function withUpkeep(cluster: ClusterPlan, seed: number): ClusterPlan {
  const random = seededRandom(seedFor(seed, "upkeep"));
  return {
    ...cluster,
    ...(chance(random, 40) && { compactionBatchLimit: pick(random, [1, 4, 20]) }),
    ...(chance(random, 40) && { leaseCheckpointMs: pick(random, [1000, 3000]) }),
  };
}

/** In one run in four members write their databases anew while they serve. */
function planDefragments(seed: number, members: number, healAtMs: number): Fault[] {
  const random = seededRandom(seedFor(seed, "defragments"));
  if (!chance(random, 25)) return [];
  return Array.from({ length: 1 + random.below(8) }, () => ({
    atMs: random.below(healAtMs),
    kind: "defragment",
    member: random.below(members),
  }));
}

/** An election must have time for a few round trips and syncs, or nobody ever leads. */
function fitting(cluster: ClusterPlan, network: NetworkPlan, disk: DiskPlan): ClusterPlan {
  const roundUs = 2 * network.delayUsMax + disk.syncUsMax;
  if (roundUs * 5 < cluster.electionMs * 1000) return cluster;
  return { ...cluster, heartbeatMs: 100, electionMs: 1000 };
}

function planNetwork(random: RandomSource, isFaulty: boolean): NetworkPlan {
  const [delayUsMin, delayUsMax] = pick(random, [
    [100, 400],
    [100, 400],
    [500, 5000],
    [5000, 60_000],
  ] as const);
  const some = (ppms: readonly number[]): number =>
    isFaulty && chance(random, 40) ? pick(random, ppms) : 0;
  return {
    delayUsMin,
    delayUsMax,
    heavyTailPpm: some([1000, 10_000]),
    dropPpm: some([1000, 20_000, 100_000, 300_000]),
    duplicatePpm: some([1000, 50_000]),
    besidePpm: some([10_000, 300_000]),
  };
}

function planDisk(random: RandomSource): DiskPlan {
  const [syncUsMin, syncUsMax] = pick(random, [
    [60, 300],
    [60, 300],
    [500, 8000],
    [5000, 40_000],
  ] as const);
  return { syncUsMin, syncUsMax, slowSyncPpm: chance(random, 20) ? 5000 : 0 };
}

interface FaultScope {
  readonly seed: number;
  readonly members: number;
  readonly healAtMs: number;
  readonly names: readonly FaultName[];
}

function planFaults({ seed, members, healAtMs, names }: FaultScope): Fault[] {
  const random = seededRandom(seedFor(seed, "faults"));
  const faults: Fault[] = [];
  if (names.length === 0) return faults;
  const meanGapMs = pick(random, [1000, 3000, 8000]);
  let atMs = 1000 + random.below(3000);
  while (atMs < healAtMs) {
    faults.push({ atMs, ...planFault(random, pick(random, names), members) });
    atMs += 1 + random.below(2 * meanGapMs);
  }
  return faults;
}

type WithoutTime<Item> = Item extends unknown ? Omit<Item, "atMs"> : never;

function planFault(random: RandomSource, name: FaultName, members: number): WithoutTime<Fault> {
  const member = random.below(members);
  const other = members > 1 ? (member + 1 + random.below(members - 1)) % members : member;
  const ms = pick(random, [20, 300, 1500, 4000, 10_000]);
  const power = chance(random, 70);
  switch (name) {
    case "crash":
      return { kind: "crash", member, power, ms };
    case "crash at an operation":
      return { kind: "crash", member, power: true, operations: random.below(24), ms };
    case "crash all":
      return { kind: "crash all", power, ms };
    case "pause":
      return { kind: "pause", member, ms };
    case "pause leader":
      return { kind: "pause leader", ms };
    case "partition":
      return {
        kind: "partition",
        side: Array.from({ length: members }, (_, at) => at).filter(() => chance(random, 50)),
        oneWay: chance(random, 40),
        ms,
        flapMs: chance(random, 30) ? between(random, 10, 2000) : 0,
      };
    case "isolate leader":
      return { kind: "isolate leader", oneWay: chance(random, 30), ms };
    case "slow link":
      return { kind: "slow link", from: member, to: other, delayMs: between(random, 5, 3000), ms };
    case "reset":
      return { kind: "reset", from: member, to: other };
    case "slow disk":
      return { kind: "slow disk", member, syncMs: pick(random, [20, 300, 3000]), ms };
    case "disk error":
      return {
        kind: "disk error",
        member,
        operation: chance(random, 50) ? "write" : "sync",
        code: chance(random, 50) ? "EIO" : "ENOSPC",
        losesPages: chance(random, 50),
        ms,
      };
    case "clock rate":
      return { kind: "clock rate", member, rate: pick(random, [0.5, 0.9, 1.1, 2]), ms };
    case "wall jump":
      return { kind: "wall jump", member, jumpMs: (random.below(3) - 1) * 86_400_000 };
    case "transfer":
      return { kind: "transfer", to: member };
    case "learner":
      return { kind: "learner", action: pick(random, ["add", "add", "promote", "remove"]) };
  }
}
