// A node from what its storage has.
import type { Config } from "./host/config.ts";
import { settingsOf } from "./host/config.ts";
import { restoreMembership } from "./membership.ts";
import { becomeFollower } from "./roles.ts";
import { RaftState } from "./state.ts";
import { zeroId } from "../../base/index.ts";

/** Restores configuration, hard state and applied index, and starts as a follower of nobody. */
export function startRaft(config: Config): RaftState {
  const settings = settingsOf(config);
  const raft = new RaftState(settings);
  const { hardState, confState } = settings.storage.initialState();
  restoreMembership(raft, confState);
  if (hardState !== undefined) {
    raft.log.restoreCommitted(hardState.commit);
    raft.term = hardState.term;
    raft.vote = hardState.vote;
  }
  if (settings.applied > 0) raft.log.appliedTo(settings.applied, 0);
  becomeFollower(raft, raft.term, zeroId);
  return raft;
}
