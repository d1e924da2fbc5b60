import type { HardState } from "../../core/proto/index.ts";

export const emptyHardState: Readonly<HardState> = { term: 0, vote: 0n, commit: 0 };

/** raft.IsEmptyHardState: such a state is never written. */
export const isEmptyHardState = (state: Readonly<HardState>): boolean =>
  state.term === 0 && state.vote === 0n && state.commit === 0;
