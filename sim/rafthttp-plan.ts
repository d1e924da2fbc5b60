// What a plan says about byte streams between members, and how it is drawn: the real transport runs
// over them where a plan has this part (docs/adr/0019-bytes-between-simulated-members.md).
import { type RandomSource, seededRandom } from "../src/base/index.ts";
import { type Fault, type Plan, seedFor } from "./plan.ts";

/** Chances are out of a million. */
export interface BytesPlan {
  /** For each run of bytes that is sent: it is cut at any byte, and the rest comes later. */
  readonly splitPpm: number;
  /** Sent and not read. */
  readonly windowBytes: number;
  /** What waits in the sender before it is told to wait. */
  readonly sendBufferBytes: number;
  /** Of each direction between two members; absent: as many as you like. */
  readonly bytesPerSecond?: number;
  /** For each dial. */
  readonly refusePpm: number;
  /** For each end that a reset should reach: it hears nothing of it. */
  readonly halfOpenPpm: number;
  readonly readTimeoutMs: number;
  readonly writeTimeoutMs: number;
  readonly postTimeoutMs: number;
  readonly snapshotStallMs: number;
}

/** After faults end: twice the longest timeout, and elections. */
const healedMs = 16_000;
const endMsUsual = 40_000;

/** The same run with bytes between its members instead of messages, and a fault or two more. */
export function overByteStreams(plan: Plan): Plan {
  const random = seededRandom(seedFor(plan.seed, "byte streams"));
  const isFaulty = plan.faults.some(({ kind }) => kind !== "defragment");
  const bytes = planBytes(random, isFaulty);
  const resets = isFaulty && plan.members > 1 ? planResets(random, plan) : [];
  return {
    ...plan,
    features: ["rafthttp", ...plan.features],
    bytes,
    faults: [...plan.faults, ...resets],
  };
}

/** Such runs are shorter: their events are three for one of the others. */
export const byteStreamsSeconds = endMsUsual / 1000;

/** When faults end, so that half-open streams have time to be noticed. */
export const healAtMsOf = (endMs: number): number => Math.max(endMs / 2, endMs - healedMs);

function planBytes(random: RandomSource, isFaulty: boolean): BytesPlan {
  const pick = <Item>(items: readonly Item[]): Item => items[random.below(items.length)]!;
  const windowBytes = pick([2048, 65_536, 65_536, 1 << 20]);
  const splitPpm = pick([0, 20_000, 300_000, 900_000]);
  const sendBufferBytes = pick([1, 16_384, 65_536]);
  const bytesPerSecond = pick([undefined, undefined, 150_000, 2_000_000]);
  const timeoutMs = pick([1000, 2000, 5000]);
  return {
    splitPpm,
    windowBytes,
    sendBufferBytes,
    ...(bytesPerSecond !== undefined && { bytesPerSecond }),
    refusePpm: isFaulty ? pick([0, 50_000, 500_000]) : 0,
    halfOpenPpm: isFaulty ? pick([0, 300_000]) : 0,
    readTimeoutMs: timeoutMs,
    writeTimeoutMs: timeoutMs,
    postTimeoutMs: pick([2000, 5000]),
    snapshotStallMs: pick([2000, 5000]),
  };
}

function planResets(random: RandomSource, { members, healAtMs }: Plan): Fault[] {
  const resets: Fault[] = [];
  const meanGapMs = [500, 2000, 8000][random.below(3)]!;
  for (let atMs = 500; atMs < healAtMs; atMs += 1 + random.below(2 * meanGapMs)) {
    const from = random.below(members);
    const to = (from + 1 + random.below(members - 1)) % members;
    resets.push({ atMs, kind: "reset", from, to });
  }
  return resets;
}
