import type { ConfState, RawNode } from "../../core/raft/index.ts";

/** The configuration in force, as snapshots record it. */
export function confStateOf(raft: RawNode): ConfState {
  const { config } = raft.status();
  return {
    voters: [...config.incoming],
    learners: [...config.learners],
    votersOutgoing: [...config.outgoing],
    learnersNext: [...config.learnersNext],
    autoLeave: config.autoLeave,
  };
}
