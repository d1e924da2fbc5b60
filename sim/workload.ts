// What the clients of a run will do, drawn from its seed.
import { type RandomSource, seededRandom } from "../src/base/index.ts";
import { CompareResult } from "../src/core/proto/index.ts";
import {
  type Ago,
  type Fault,
  type PlannedAction,
  type PlannedCompare,
  type PlannedOp,
  type PlannedStream,
  type PlannedWatcher,
  seedFor,
} from "./plan.ts";

export interface LoadScope {
  readonly seed: number;
  readonly members: number;
  readonly healAtMs: number;
}

/** How one run's load is mixed; weights of each kind of action. */
interface Mix {
  readonly random: RandomSource;
  readonly keys: readonly string[];
  readonly leases: number;
  readonly weights: readonly (readonly [PlannedAction["kind"], number])[];
  values: number;
}

const chance = (random: RandomSource, percent: number): boolean => random.below(100) < percent;
const pick = <Item>(random: RandomSource, items: readonly Item[]): Item =>
  items[random.below(items.length)]!;
const when = (random: RandomSource, percent: number): true | undefined =>
  chance(random, percent) ? true : undefined;

/** Drops what is undefined, so that plans stay small. */
function compact<Item extends object>(item: Item): Item {
  for (const [name, value] of Object.entries(item)) {
    if (value === undefined) Reflect.deleteProperty(item, name);
  }
  return item;
}

/** Things go wrong at these moments; in some runs clients press hardest just then. */
const pressingFaults = [
  "pause leader",
  "isolate leader",
  "transfer",
  "crash",
  "pause",
  "partition",
];
const burstMs = 2500;
const burstGapMs = 12;
const burstsMax = 8;

export function planBursts(
  { seed, members, healAtMs }: LoadScope,
  faults: readonly Fault[],
): PlannedOp[] {
  const random = seededRandom(seedFor(seed, "bursts"));
  if (!chance(random, 40)) return [];
  const pressing = faults.filter(({ kind }) => pressingFaults.includes(kind));
  const ops: PlannedOp[] = [];
  let values = 0;
  for (const { atMs: faultMs } of pressing.slice(0, burstsMax)) {
    const from = faultMs - 100;
    const end = Math.min(healAtMs, from + burstMs);
    for (let atMs = from; atMs < end; atMs += 1 + random.below(2 * burstGapMs)) {
      const client = random.below(2 * members);
      const action: PlannedAction = chance(random, 35)
        ? { kind: "put", key: "k00", value: `b${values++}` }
        : { kind: "range", key: "k00" };
      ops.push({ atMs, client: burstClients + client, member: client % members, action });
    }
  }
  return ops;
}

/** Their clients do nothing else. */
const burstClients = 8;

export function planOps(scope: LoadScope, faults: readonly Fault[]): PlannedOp[] {
  return [...planSteadyOps(scope), ...planBursts(scope, faults)].toSorted(
    (a, b) => a.atMs - b.atMs,
  );
}

function planSteadyOps({ seed, members, healAtMs }: LoadScope): PlannedOp[] {
  const random = seededRandom(seedFor(seed, "load"));
  const opsPerSecond = pick(random, [4, 12, 12, 30]);
  const clients = pick(random, [1, 4, 8]);
  const mix = planMix(random);
  const ops: PlannedOp[] = [];
  const gapMs = 1000 / opsPerSecond;
  for (let atMs = 500; atMs < healAtMs; atMs += 2 * gapMs * (random.below(1000) / 1000)) {
    const client = random.below(clients);
    // Most clients stay with one member.
    const member = client % 4 === 3 ? random.below(members) : client % members;
    ops.push({ atMs: Math.floor(atMs), client, member, action: planAction(mix, 0) });
  }
  return ops;
}

function planMix(random: RandomSource): Mix {
  const keyCount = pick(random, [1, 4, 12, 40]);
  const keys = Array.from({ length: keyCount }, (_, at) => `k${String(at).padStart(2, "0")}`);
  const leases = chance(random, 40) ? pick(random, [2, 6]) : 0;
  const weights: [PlannedAction["kind"], number][] = [
    ["put", pick(random, [10, 40])],
    ["range", pick(random, [5, 25])],
    ["delete", chance(random, 60) ? pick(random, [3, 15]) : 0],
    ["txn", chance(random, 60) ? pick(random, [5, 20]) : 0],
    ["compact", chance(random, 50) ? pick(random, [1, 4]) : 0],
    ["grant", leases > 0 ? 3 : 0],
    ["revoke", leases > 0 ? 2 : 0],
  ];
  return { random, keys, leases, weights, values: 0 };
}

function planAction(mix: Mix, depth: number): PlannedAction {
  const { random, weights } = mix;
  let at = random.below(weights.reduce((sum, [, weight]) => sum + weight, 0));
  for (const [kind, weight] of weights) {
    at -= weight;
    if (at < 0) return actionOf(mix, kind, depth);
  }
  return actionOf(mix, "put", depth);
}

function actionOf(mix: Mix, kind: PlannedAction["kind"], depth: number): PlannedAction {
  const { random } = mix;
  switch (kind) {
    case "put":
      return planPut(mix, pick(random, mix.keys));
    case "range":
      return planRange(mix, depth);
    case "delete":
      return compact({ kind, ...rangeOf(mix, 30), prevKv: when(random, 30) }) as PlannedAction;
    case "txn":
      return planTxn(mix, depth);
    case "compact": {
      const ago = pick(random, [0, 0, 0, 1, 5, 20, -1]);
      return compact({ kind, revision: { ago }, physical: when(random, 30) }) as PlannedAction;
    }
    case "grant":
      return planGrant(1 + random.below(mix.leases));
    case "revoke":
    case "renew":
      return { kind, lease: 1 + random.below(mix.leases) };
    case "auth":
      throw new Error("users and roles are the matter of others");
  }
}

/** Some end within a run, by the leader's clock; most last longer than it. */
const planGrant = (lease: number): PlannedAction => ({
  kind: "grant",
  lease,
  ttl: [5000, 4, 5000, 15][lease % 4]!,
});

function planPut(mix: Mix, key: string): PlannedAction {
  const { random } = mix;
  const usesLease = mix.leases > 0 && chance(random, 30);
  const filler = chance(random, 5) ? "x".repeat(random.below(3000)) : "";
  return compact({
    kind: "put",
    key,
    value: `v${mix.values++}${filler}`,
    lease: usesLease ? 1 + random.below(mix.leases) : undefined,
    prevKv: when(random, 20),
    ignoreValue: when(random, 3),
    ignoreLease: usesLease ? undefined : when(random, 3),
  }) as PlannedAction;
}

function planRange(mix: Mix, depth: number): PlannedAction {
  const { random } = mix;
  const ago = (percent: number): Ago | undefined =>
    chance(random, percent) ? { ago: pick(random, [0, 1, 3, 10, 50, -1]) } : undefined;
  return compact({
    kind: "range",
    ...rangeOf(mix, 50),
    revision: ago(depth > 0 ? 10 : 15),
    serializable: when(random, 25),
    limit: chance(random, 20) ? 1 + random.below(6) : undefined,
    countOnly: when(random, 10),
    keysOnly: when(random, 10),
    descending: when(random, 15),
    minMod: ago(5),
    maxCreate: ago(5),
  }) as PlannedAction;
}

function rangeOf(mix: Mix, percent: number): { key: string; end: string | undefined } {
  const { random, keys } = mix;
  if (!chance(random, percent)) return { key: pick(random, keys), end: undefined };
  const key = chance(random, 30) ? "\0" : pick(random, keys);
  return { key, end: chance(random, 40) ? "\0" : pick(random, keys) };
}

function planTxn(mix: Mix, depth: number): PlannedAction {
  const { random } = mix;
  const compare = Array.from({ length: random.below(3) }, () => planCompare(mix));
  return {
    kind: "txn",
    compare,
    success: planArm(mix, depth),
    failure: planArm(mix, depth),
  };
}

/** Operations that do not write a key twice: puts go to keys of their own, deletes to the others. */
function planArm(mix: Mix, depth: number): PlannedAction[] {
  const { random, keys } = mix;
  const free = [...keys];
  const take = (): string => free.splice(random.below(free.length), 1)[0]!;
  const isReadOnly = chance(random, 30);
  const operations: PlannedAction[] = [];
  for (let left = random.below(4); left > 0 && free.length > 0; left--) {
    const dice = isReadOnly ? 99 : random.below(100);
    if (dice < 50) operations.push(planPut(mix, take()));
    else if (dice < 70) {
      const action = { kind: "delete", key: take(), prevKv: when(random, 30) } as const;
      operations.push(compact({ ...action }) as PlannedAction);
    } else if (dice < 80 && depth === 0) {
      const nested = { ...mix, keys: [take()] };
      operations.push(planTxn(nested, depth + 1));
      mix.values = nested.values;
    } else operations.push(planRange(mix, depth + 1));
  }
  return operations;
}

function planCompare(mix: Mix): PlannedCompare {
  const { random } = mix;
  const target = pick(random, ["version", "create", "mod", "value", "lease"] as const);
  const { key, end } = rangeOf(mix, 15);
  return compact({
    key,
    end,
    target,
    result: pick(random, Object.values(CompareResult)),
    number: target === "version" || target === "lease" ? random.below(4) : undefined,
    ago: target === "create" || target === "mod" ? random.below(12) : undefined,
    text: target === "value" ? `v${random.below(mix.values + 1)}` : undefined,
  }) as PlannedCompare;
}

export function planStreams({ seed, members, healAtMs }: LoadScope): PlannedStream[] {
  const random = seededRandom(seedFor(seed, "watch"));
  const count = pick(random, [0, 1, 3, 6]);
  const keys = Array.from({ length: 40 }, (_, at) => `k${String(at).padStart(2, "0")}`);
  const mix: Mix = { random, keys: keys.slice(0, 12), leases: 0, weights: [], values: 0 };
  return Array.from({ length: count }, () => ({
    member: random.below(members),
    watchers: Array.from({ length: 1 + random.below(6) }, () => planWatcher(mix, healAtMs)),
    progressAtMs: Array.from({ length: random.below(12) }, () => random.below(healAtMs)),
    stalls: Array.from({ length: chance(random, 40) ? random.below(10) : 0 }, () => ({
      atMs: random.below(healAtMs),
      ms: pick(random, [50, 1000, 6000]),
    })),
  }));
}

function planWatcher(mix: Mix, healAtMs: number): PlannedWatcher {
  const { random } = mix;
  const atMs = random.below(healAtMs);
  const all = chance(random, 50);
  const { key, end } = all ? { key: "\0", end: "\0" } : rangeOf(mix, 40);
  const isEmpty = end !== undefined && end !== "\0" && end <= key;
  return compact({
    atMs,
    key,
    end: isEmpty ? undefined : end,
    start: chance(random, 60) ? { ago: pick(random, [0, 1, 5, 30, 100, -1, -3, -20]) } : undefined,
    noPut: when(random, 12),
    noDelete: when(random, 12),
    prevKv: when(random, 40),
    progress: when(random, 40),
    cancelAtMs: chance(random, 25) ? atMs + random.below(20_000) : undefined,
  }) as PlannedWatcher;
}
