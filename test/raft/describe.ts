// Raft's values in the text form of the scenario files (util.go, tracker, confchange of etcd's raft).
import { id64Hex } from "../../src/base/index.ts";
import {
  asV2,
  type Configuration,
  type ConfState,
  decodeChange,
  type Entry,
  type HardState,
  localAppendThread,
  localApplyThread,
  type Message,
  type ProgressStatus,
  type Ready,
  type Role,
  type Snapshot,
  snapshotConfState,
  snapshotIndex,
  snapshotTerm,
} from "../../src/core/raft/index.ts";
import {
  type ConfChangeSingle,
  ConfChangeType,
  EntryType,
  MessageType,
} from "../../src/core/proto/index.ts";

const nameOf = (names: Readonly<Record<string, number>>, value: number): string =>
  Object.keys(names).find((name) => names[name] === value) ?? String(value);

const roleNames: Readonly<Record<Role, string>> = {
  follower: "StateFollower",
  candidate: "StateCandidate",
  leader: "StateLeader",
  "pre-candidate": "StatePreCandidate",
};
export const roleName = (role: Role): string => roleNames[role];

const progressNames = {
  probe: "StateProbe",
  replicate: "StateReplicate",
  snapshot: "StateSnapshot",
} as const;

export function describeProgress(progress: ProgressStatus): string {
  let text = `${progressNames[progress.state]} match=${progress.match} next=${progress.next}`;
  if (progress.isLearner) text += " learner";
  if (progress.isPaused) text += " paused";
  if (progress.pendingSnapshot > 0) text += ` pendingSnap=${progress.pendingSnapshot}`;
  if (!progress.isRecentlyActive) text += " inactive";
  if (progress.inflightCount > 0) text += ` inflight=${progress.inflightCount}`;
  if (progress.inflightCount > 0 && progress.isInflightFull) text += "[full]";
  return text;
}

export function describeConfiguration(config: Configuration): string {
  let text = `voters=${describeSet(config.incoming)}`;
  if (config.outgoing.size > 0) text += `&&${describeSet(config.outgoing)}`;
  if (config.learners.size > 0) text += ` learners=${describeSet(config.learners)}`;
  if (config.learnersNext.size > 0) text += ` learners_next=${describeSet(config.learnersNext)}`;
  if (config.autoLeave) text += " autoleave";
  return text;
}

const describeSet = (ids: ReadonlySet<bigint>): string =>
  `(${[...ids]
    .sort((a, b) => (a < b ? -1 : 1))
    .map(id64Hex)
    .join(" ")})`;

export function describeHardState({ term, vote, commit }: HardState): string {
  return `Term:${term}${vote === 0n ? "" : ` Vote:${vote}`} Commit:${commit}`;
}

export const describeConfState = (state: ConfState): string =>
  `Voters:[${state.voters.join(" ")}] VotersOutgoing:[${state.votersOutgoing.join(" ")}] ` +
  `Learners:[${state.learners.join(" ")}] LearnersNext:[${state.learnersNext.join(" ")}] ` +
  `AutoLeave:${state.autoLeave}`;

export const describeSnapshot = (snapshot: Snapshot): string =>
  `Index:${snapshotIndex(snapshot)} Term:${snapshotTerm(snapshot)} ` +
  `ConfState:${describeConfState(snapshotConfState(snapshot))}`;

export function describeReady(ready: Ready): string {
  let text = "";
  if (ready.softState !== undefined) {
    text += `Lead:${ready.softState.lead} State:${roleName(ready.softState.role)}\n`;
  }
  if (ready.hardState !== undefined) text += `HardState ${describeHardState(ready.hardState)}\n`;
  if (ready.readStates.length > 0) {
    const states = ready.readStates.map(
      ({ index, requestContext }) => `{${index} [${requestContext.join(" ")}]}`,
    );
    text += `ReadStates [${states.join(" ")}]\n`;
  }
  if (ready.entries.length > 0) text += `Entries:\n${describeEntries(ready.entries)}`;
  if (ready.snapshot !== undefined) text += `Snapshot ${describeSnapshot(ready.snapshot)}\n`;
  if (ready.committedEntries.length > 0) {
    text += `CommittedEntries:\n${describeEntries(ready.committedEntries)}`;
  }
  if (ready.messages.length > 0) {
    text += `Messages:\n${ready.messages.map((each) => `${describeMessage(each)}\n`).join("")}`;
  }
  return text === "" ? "<empty Ready>" : `Ready MustSync=${ready.mustSync}:\n${text}`;
}

export function describeMessage(message: Message, indent = ""): string {
  const { entries, responses } = message;
  let text =
    `${indent}${describeTarget(message.from)}->${describeTarget(message.to)} ` +
    `${nameOf(MessageType, message.type)} Term:${message.term} ` +
    `Log:${message.logTerm}/${message.index}`;
  if (message.reject) text += ` Rejected (Hint: ${message.rejectHint})`;
  if (message.commit !== 0) text += ` Commit:${message.commit}`;
  if (message.vote !== 0n) text += ` Vote:${message.vote}`;
  if (entries.length === 1) {
    text += ` Entries:[${describeEntry(entries[0]!)}]`;
  } else if (entries.length > 1) {
    const lines = entries.map((entry) => `\n${indent}  ${describeEntry(entry)}`);
    text += ` Entries:[${lines.join("")}\n${indent}]`;
  }
  if (message.snapshot !== undefined && snapshotIndex(message.snapshot) > 0) {
    text += `\n${indent}  Snapshot: ${describeSnapshot(message.snapshot)}`;
  }
  if (responses.length > 0) {
    const lines = responses.map((each) => `\n${describeMessage(each, `${indent}  `)}`);
    text += ` Responses:[${lines.join("")}\n${indent}]`;
  }
  return text;
}

function describeTarget(id: bigint): string {
  if (id === 0n) return "None";
  if (id === localAppendThread) return "AppendThread";
  return id === localApplyThread ? "ApplyThread" : id64Hex(id);
}

export const describeEntries = (entries: readonly Entry[]): string =>
  entries.map((entry) => `${describeEntry(entry)}\n`).join("");

export function describeEntry(entry: Entry): string {
  const head = `${entry.term}/${entry.index} ${nameOf(EntryType, entry.type)}`;
  const content = describeContent(entry);
  return content === "" ? head : `${head} ${content}`;
}

function describeContent(entry: Entry): string {
  if (entry.type === EntryType.EntryNormal) return quote(entry.data);
  const change = decodeChange(entry);
  return change === undefined ? "malformed" : describeChanges(asV2(change).changes);
}

const changeLetters: Readonly<Record<number, string>> = {
  [ConfChangeType.ConfChangeAddNode]: "v",
  [ConfChangeType.ConfChangeAddLearnerNode]: "l",
  [ConfChangeType.ConfChangeRemoveNode]: "r",
  [ConfChangeType.ConfChangeUpdateNode]: "u",
};

export const describeChanges = (changes: readonly ConfChangeSingle[]): string =>
  changes.map(({ type, nodeId }) => `${changeLetters[type] ?? "unknown"}${nodeId}`).join(" ");

/** Reads `v1 l2 r3 u4`. */
export function parseChanges(text: string): ConfChangeSingle[] {
  const words = text.split(" ").filter((word) => word !== "");
  return words.map((word) => {
    const type = Object.keys(changeLetters).find((each) => changeLetters[+each] === word[0]);
    if (type === undefined) throw new Error(`unknown input: ${word}`);
    return { type: Number(type), nodeId: BigInt(word.slice(1)) };
  });
}

/** Bytes as Go's %q prints them, for ASCII. */
function quote(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) {
    const character = String.fromCharCode(byte);
    if (character === '"' || character === "\\") text += `\\${character}`;
    else if (byte >= 0x20 && byte < 0x7f) text += character;
    else text += `\\x${byte.toString(16).padStart(2, "0")}`;
  }
  return `"${text}"`;
}
