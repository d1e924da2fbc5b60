// The two forms of a configuration change, and what an entry holds of them. The first form makes
// one change at a time; the second makes several through a joint configuration.
import { emptyBytes, unreachable } from "../../../base/index.ts";
import {
  type ConfChange,
  ConfChangeTransition,
  ConfChangeType,
  type ConfChangeV2,
  decodeConfChange,
  decodeConfChangeV2,
  encodeConfChange,
  encodeConfChangeV2,
  type Entry,
  EntryType,
  MalformedError,
  newEntry,
} from "../messages.ts";

export type AnyConfChange = ConfChange | ConfChangeV2;

export const asV2 = (change: AnyConfChange): ConfChangeV2 =>
  "changes" in change
    ? change
    : {
        transition: ConfChangeTransition.ConfChangeTransitionAuto,
        changes: [{ type: change.type, nodeId: change.nodeId }],
        context: change.context,
      };

/** How a change takes force. More than one change at once always goes through a joint one. */
export type Passage = "simple" | "joint, left by the leader" | "joint, left by proposal" | "leave";

export function passageOf({ transition, changes }: ConfChangeV2): Passage {
  switch (transition as ConfChangeTransition) {
    case ConfChangeTransition.ConfChangeTransitionAuto:
      if (changes.length === 0) return "leave";
      return changes.length === 1 ? "simple" : "joint, left by the leader";
    case ConfChangeTransition.ConfChangeTransitionJointImplicit:
      return "joint, left by the leader";
    case ConfChangeTransition.ConfChangeTransitionJointExplicit:
      return "joint, left by proposal";
    default:
      return unreachable(transition as never);
  }
}

/** The entry that proposes a change; no change at all leaves a joint configuration. */
export function changeEntry(change: AnyConfChange | undefined, tag?: unknown): Entry {
  if (change === undefined) return newEntry(EntryType.EntryConfChangeV2, emptyBytes, tag);
  return "changes" in change
    ? newEntry(EntryType.EntryConfChangeV2, encodeConfChangeV2(change), tag)
    : newEntry(EntryType.EntryConfChange, encodeConfChange(change), tag);
}

/** The change in an entry, or undefined when its bytes are none that has a meaning. */
export function decodeChange(entry: Entry): AnyConfChange | undefined {
  try {
    const change =
      entry.type === EntryType.EntryConfChange
        ? decodeConfChange(entry.data)
        : decodeConfChangeV2(entry.data);
    return hasMeaning(asV2(change)) ? change : undefined;
  } catch (error) {
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
}

const hasMeaning = ({ transition, changes }: ConfChangeV2): boolean =>
  transitions.has(transition) && changes.every(({ type }) => changeTypes.has(type));

const transitions = new Set<number>(Object.values(ConfChangeTransition));
const changeTypes = new Set<number>(Object.values(ConfChangeType));
