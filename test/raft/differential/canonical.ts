// Everything that can be seen of a node, as text: the same text as test/peers/raftdiff/writer.go
// makes of a Go node.
import { hexOf, type Id64 } from "../../../src/base/index.ts";
import {
  type ConfState,
  type Entry,
  type Message,
  type ProgressState,
  type RawNode,
  type Ready,
  type Refusal,
  type Role,
  type Snapshot,
  snapshotConfState,
  snapshotIndex,
  snapshotTerm,
  type Storage,
} from "../../../src/core/raft/index.ts";

const roleNumbers: Readonly<Record<Role, number>> = {
  follower: 0,
  candidate: 1,
  leader: 2,
  "pre-candidate": 3,
};
const progressNumbers: Readonly<Record<ProgressState, number>> = {
  probe: 0,
  replicate: 1,
  snapshot: 2,
};
const bit = (value: boolean): string => (value ? "1" : "0");
const ids = (list: readonly Id64[]): string => list.map((id) => `,${id}`).join("");

export const refusalText = (refusal: Refusal | undefined): string =>
  refusal === undefined ? "" : `error ${refusal.message}`;

export const confStateText = (state: ConfState): string =>
  ` voters${ids(state.voters)} outgoing${ids(state.votersOutgoing)}` +
  ` learners${ids(state.learners)} next${ids(state.learnersNext)} auto${bit(state.autoLeave)}`;

export function readyText(ready: Ready): string {
  let text = `sync${bit(ready.mustSync)}`;
  const { softState, hardState } = ready;
  if (softState !== undefined) text += ` lead${softState.lead} role${roleNumbers[softState.role]}`;
  if (hardState !== undefined) {
    text += ` hard${hardState.term}/${hardState.vote}/${hardState.commit}`;
  }
  for (const { index, requestContext } of ready.readStates) {
    text += ` read${index}/${hexOf(requestContext)}`;
  }
  text += entriesText(" entries[", ready.entries);
  text += snapshotText(ready.snapshot);
  text += entriesText(" committed[", ready.committedEntries);
  for (const message of ready.messages) text += messageText(message);
  return text;
}

function messageText(message: Message): string {
  const { type, from, to, term, logTerm, index, commit, vote, reject, rejectHint } = message;
  let text = ` {${type} ${from}>${to} t${term} l${logTerm}/${index} c${commit} v${vote}`;
  text += ` r${bit(reject)}/${rejectHint} x${hexOf(message.context)}`;
  text += entriesText(" e[", message.entries) + snapshotText(message.snapshot);
  for (const response of message.responses) text += messageText(response);
  return `${text}}`;
}

function entriesText(label: string, entries: readonly Entry[]): string {
  let text = label;
  for (const { term, index, type, data } of entries) {
    text += ` ${term}/${index}/${type}/${hexOf(data)}`;
  }
  return `${text}]`;
}

function snapshotText(snapshot: Snapshot | undefined): string {
  if (snapshot === undefined || snapshotIndex(snapshot) === 0) return " -";
  return (
    ` snapshot${snapshotIndex(snapshot)}/${snapshotTerm(snapshot)}/${hexOf(snapshot.data)}` +
    confStateText(snapshotConfState(snapshot))
  );
}

export function statusText(node: RawNode, storage: Storage): string {
  const { hardState, softState, applied, leadTransferee, config, progress } = node.status();
  const sorted = (set: ReadonlySet<Id64>): Id64[] => [...set].sort((a, b) => (a < b ? -1 : 1));
  let text =
    ` | t${hardState.term} v${hardState.vote} c${hardState.commit} lead${softState.lead}` +
    ` role${roleNumbers[softState.role]} applied${applied} to${leadTransferee}` +
    ` ready${bit(node.hasReady())} log${storage.firstIndex()}-${storage.lastIndex()}` +
    ` in${ids(sorted(config.incoming))} out${ids(sorted(config.outgoing))}`;
  for (const [id, each] of progress) {
    text +=
      ` [${id} ${each.match}/${each.next} ${progressNumbers[each.state]} l${bit(each.isLearner)}` +
      ` p${bit(each.isPaused)} a${bit(each.isRecentlyActive)} s${each.pendingSnapshot}` +
      ` i${each.inflightCount}/${bit(each.isInflightFull)}]`;
  }
  return text;
}
