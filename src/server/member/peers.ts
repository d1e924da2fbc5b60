// What goes between this member and the others: it stands between the member's turns and the transport
// (the transport's part of etcdserver's raft.go and server.go).
import { formatDuration, type Id64, id64Hex } from "../../base/index.ts";
import { errors, type EtcdError } from "../../core/errors/index.ts";
import type { Cluster, Member as ClusterMember } from "../../core/membership/index.ts";
import { type Message, MessageType } from "../../core/raft/index.ts";
import type { Clock, Log } from "../../io/host/index.ts";
import type { RaftPort, Transport } from "../../io/rafthttp/index.ts";
import type { Member } from "./member.ts";

export interface PeersParts {
  readonly memberId: Id64;
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly log: Log;
  readonly heartbeatMs: number;
  readonly electionMs: number;
  readonly member: () => Member;
  /** A message that only means something with the database behind it. */
  readonly sendSnapshot: (message: Message) => void;
  /** Another member says that this one is no longer in the cluster. */
  readonly removed: () => void;
  /** As RaftPort's. */
  readonly connectionLost: (id: Id64, isReset: boolean) => void;
}

/** The transport as this file needs it: a simulator and tests bring less than the real one. */
export type PeerTransport = Pick<
  Transport,
  | "send"
  | "sendSnapshot"
  | "addPeer"
  | "addRemote"
  | "removePeer"
  | "removeAllPeers"
  | "updatePeer"
  | "activeSinceMs"
  | "activePeers"
  | "stop"
>;

export class Peers implements RaftPort {
  readonly #parts: PeersParts;
  readonly transport: PeerTransport;
  /** When each member was last sent a heartbeat. */
  readonly #heartbeatMs = new Map<Id64, number>();
  #leadElectedMs = -Infinity;
  /** Heartbeats that went out late (etcd_server_heartbeat_send_failures_total). */
  lateHeartbeats = 0;

  constructor(parts: PeersParts, connect: (port: RaftPort) => PeerTransport) {
    this.#parts = parts;
    this.transport = connect(this);
  }

  // What comes ----------------------------------------------------------------------------------

  process(message: Message, settled: (error: Error | undefined) => void): void {
    const { cluster, memberId, log } = this.#parts;
    const local = (): Record<string, string> => ({ "local-member-id": id64Hex(memberId) });
    if (cluster.isRemoved(message.from)) {
      const fields = { ...local(), "removed-member-id": id64Hex(message.from) };
      log.warn("rejected Raft message from removed member", fields);
      return settled(new Error("cannot process message from removed member"));
    }
    if (message.to !== memberId) {
      const fields = { ...local(), "mismatch-member-id": id64Hex(message.to) };
      log.warn("rejected Raft message to mismatch member", fields);
      return settled(new Error("cannot process message to mismatch member"));
    }
    const member = this.#parts.member();
    if (member.isStopped) return settled(new Error("raft: stopped"));
    member.receive(message, settled);
  }

  isIdRemoved(id: Id64): boolean {
    return this.#parts.cluster.isRemoved(id);
  }

  reportUnreachable(id: Id64): void {
    this.#parts.member().request((raft) => raft.reportUnreachable(id));
  }

  reportSnapshot(id: Id64, outcome: "finished" | "failed"): void {
    this.#parts.member().request((raft) => raft.reportSnapshot(id, outcome));
  }

  connectionLost(id: Id64, isReset: boolean): void {
    this.#parts.connectionLost(id, isReset);
  }

  localMemberRemoved(): void {
    this.#parts.removed();
  }

  // What goes -----------------------------------------------------------------------------------

  /**
   * Sends what raft gives out in one turn. Of several acknowledgements to one member the last says
   * all; what is for a removed member is dropped; databases take their own way.
   */
  send(messages: readonly Message[]): void {
    const { cluster } = this.#parts;
    const going: Message[] = [];
    for (const [at, message] of messages.entries()) {
      if (cluster.isRemoved(message.to)) continue;
      switch (message.type) {
        case MessageType.MsgSnap:
          this.#parts.sendSnapshot(message);
          continue;
        case MessageType.MsgAppResp:
          if (isOutdone(message, messages[at + 1])) continue;
          break;
        case MessageType.MsgHeartbeat:
          this.#observeHeartbeat(message.to);
          break;
        default:
      }
      going.push(message);
    }
    if (going.length > 0) this.transport.send(going);
  }

  /** Says so when heartbeats come late: a leader that is busy is soon none (contention.TimeoutDetector). */
  #observeHeartbeat(to: Id64): void {
    const { clock, heartbeatMs, log } = this.#parts;
    const nowMs = clock.nowMs();
    const lastMs = this.#heartbeatMs.get(to);
    this.#heartbeatMs.set(to, nowMs);
    const exceededMs = lastMs === undefined ? 0 : nowMs - lastMs - 2 * heartbeatMs;
    if (exceededMs <= 0) return;
    this.lateHeartbeats++;
    log.warn(
      "leader failed to send out heartbeat on time; took too long, leader is overloaded likely " +
        "from slow disk",
      {
        to: id64Hex(to),
        "heartbeat-interval": `${heartbeatMs}ms`,
        "expected-duration": `${2 * heartbeatMs}ms`,
        "exceeded-duration": formatDuration(exceededMs),
      },
    );
  }

  // Who is there --------------------------------------------------------------------------------

  /** Begins with those who are known at the start; `remotes` may be asked for a snapshot by us. */
  begin(members: readonly ClusterMember[], remotes: readonly ClusterMember[]): void {
    const { memberId } = this.#parts;
    for (const { id, peerUrls } of remotes) {
      if (id !== memberId) this.transport.addRemote(id, peerUrls);
    }
    for (const { id, peerUrls } of members) {
      if (id !== memberId) this.transport.addPeer(id, peerUrls);
    }
  }

  /** An applied change; `member` is undefined when it was removed. */
  memberChanged(id: Id64, member: ClusterMember | undefined, isNew: boolean): void {
    if (id === this.#parts.memberId) return;
    if (member === undefined) this.transport.removePeer(id);
    else if (isNew) this.transport.addPeer(id, member.peerUrls);
    else this.transport.updatePeer(id, member.peerUrls);
  }

  /** A snapshot says who is in the cluster now. */
  replace(): void {
    const { cluster, log } = this.#parts;
    log.info("removing old peers from network");
    this.transport.removeAllPeers();
    log.info("removed old peers from network");
    log.info("adding peers from new cluster configuration");
    this.begin(cluster.members(), []);
    log.info("added peers from new cluster configuration");
  }

  leaderChanged(isLeader: boolean): void {
    this.#heartbeatMs.clear();
    if (isLeader) this.#leadElectedMs = this.#parts.clock.nowMs();
  }

  isConnectedSince(id: Id64, sinceMs: number): boolean {
    const activeMs = this.transport.activeSinceMs(id);
    return activeMs !== undefined && activeMs < sinceMs;
  }

  /** How many of the members this one was connected to all the time since then, itself included. */
  connectedSince(members: readonly ClusterMember[], sinceMs: number): number {
    const { memberId } = this.#parts;
    return members.filter(({ id }) => id === memberId || this.isConnectedSince(id, sinceMs)).length;
  }

  /** Of these members the one that has been active longest; undefined when none is. */
  longestConnected(ids: readonly Id64[]): Id64 | undefined {
    let longest: Id64 | undefined;
    let oldestMs = Infinity;
    for (const id of ids) {
      const activeMs = this.transport.activeSinceMs(id);
      if (activeMs === undefined || activeMs >= oldestMs) continue;
      oldestMs = activeMs;
      longest = id;
    }
    return longest;
  }

  /** What to tell who waited in vain since then (EtcdServer.parseProposeCtxErr). */
  timeoutError(sinceMs: number): EtcdError {
    const { electionMs, cluster, memberId } = this.#parts;
    const lostMs = this.#leadElectedMs - 2 * electionMs;
    if (sinceMs > lostMs && sinceMs < this.#leadElectedMs) return errors.timeoutDueToLeaderFail();
    const lead = this.#parts.member().lead;
    if (lead === 0n) return errors.timeout();
    const members = cluster.members();
    const isConnected =
      lead === memberId
        ? this.connectedSince(members, sinceMs) >= Math.trunc(members.length / 2) + 1
        : this.isConnectedSince(lead, sinceMs);
    return isConnected ? errors.timeout() : errors.timeoutDueToConnectionLost();
  }
}

/** Whether `next` acknowledges to the same member all that `message` does. */
const isOutdone = (message: Message, next: Message | undefined): boolean =>
  next !== undefined &&
  next.type === MessageType.MsgAppResp &&
  next.to === message.to &&
  next.term === message.term &&
  !message.reject &&
  !next.reject &&
  next.index >= message.index;
