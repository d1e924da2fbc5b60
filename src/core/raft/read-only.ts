// Linearizable reads without an entry in the log: the leader answers with its commit index, once it
// is sure that it still leads and that its commit index is no older than the request.
import { assert, zeroId } from "../../base/index.ts";
import { type Message, MessageType, newMessage } from "./messages.ts";
import { send } from "./outbox.ts";
import { broadcastHeartbeat, hasCommittedInTerm } from "./replication.ts";
import type { RaftState } from "./state.ts";

/** Past so many waiting reads a new one is dropped; its reader asks again, as after any loss. */
const waitingReadsMax = 65_536;

/** A read reached the leader, from its own host or from a follower. */
export function receiveReadIndex(raft: RaftState, request: Message): void {
  if (request.entries.length === 0) return;
  if (raft.tracker.isSingleton()) {
    respond(raft, request, raft.log.committed);
    return;
  }
  // A new leader has all that is committed, but learns how far only by committing something.
  if (!hasCommittedInTerm(raft)) {
    if (raft.pendingReads.length < waitingReadsMax) raft.pendingReads.push(request);
    return;
  }
  confirm(raft, request);
}

/** The first commit of this term is there: the reads that waited for it go on. */
export function releasePendingReads(raft: RaftState): void {
  if (raft.pendingReads.length === 0) return;
  assert(hasCommittedInTerm(raft), "reads wait until this term has committed something");
  const requests = raft.pendingReads;
  raft.pendingReads = [];
  for (const request of requests) confirm(raft, request);
}

/** A follower has echoed a heartbeat that asked it to confirm reads. */
export function receiveReadAck(raft: RaftState, message: Message): void {
  raft.readOnly.acknowledge(message.from, message.context);
  for (const read of raft.readOnly.takeConfirmed(raft.tracker.config)) {
    respond(raft, read.request, read.index);
  }
}

/** The leader's answer to a read that this follower had sent on. */
export function receiveReadIndexResponse(raft: RaftState, message: Message): void {
  const [entry] = message.entries;
  if (entry === undefined || message.entries.length !== 1) return;
  raft.readStates.push({ index: message.index, requestContext: entry.data });
}

function confirm(raft: RaftState, request: Message): void {
  switch (raft.settings.readOnlyOption) {
    case "safe": {
      if (raft.readOnly.size >= waitingReadsMax) return;
      raft.readOnly.add(request, raft.log.committed);
      const context = raft.readOnly.heartbeatContext();
      assert(context !== undefined, "a read that waits is asked for");
      raft.readOnly.acknowledge(raft.id, context);
      broadcastHeartbeat(raft);
      break;
    }
    case "lease":
      respond(raft, request, raft.log.committed);
      break;
  }
}

function respond(raft: RaftState, request: Message, index: number): void {
  if (request.from === zeroId || request.from === raft.id) {
    raft.readStates.push({ index, requestContext: request.entries[0]!.data });
    return;
  }
  const response = newMessage(MessageType.MsgReadIndexResp, request.from);
  response.index = index;
  response.entries = request.entries;
  send(raft, response);
}
