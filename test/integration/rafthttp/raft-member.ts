// A minimal member for a cluster with Go etcd: raft and the transport, and no state machine. It
// acknowledges what it is sent, votes, leads when it must, and keeps the log in memory.
import { createHash } from "node:crypto";
import {
  decodeChange,
  type Entry,
  isConfChange,
  MemoryStorage,
  type Message,
  MessageType,
  RawNode,
  snapshotConfState,
  snapshotIndex,
} from "../../../src/core/raft/index.ts";
import { seededRandom } from "../../../src/base/index.ts";
import type { PeerDialer, PeerRequest, PeerResponse } from "../../../src/io/http/index.ts";
import type { RaftPort, Settled, SnapshotSource } from "../../../src/io/rafthttp/index.ts";
import type { Log } from "../../../src/io/host/index.ts";
import { nodeDisk } from "../../../src/io/host/node/index.ts";
import { TransportNode } from "./transport-node.ts";

/** The first eight bytes of a SHA-1, as ids of members and clusters are made. */
const idOf = (bytes: Buffer): bigint => createHash("sha1").update(bytes).digest().readBigUInt64BE();

export const memberId = (url: string, token: string): bigint =>
  idOf(Buffer.from(url + token, "utf8"));

export function clusterIdOf(ids: readonly bigint[]): bigint {
  const sorted = ids.toSorted((a, b) => (a < b ? -1 : 1));
  const bytes = Buffer.alloc(8 * sorted.length);
  for (const [at, id] of sorted.entries()) bytes.writeBigUInt64BE(id, 8 * at);
  return idOf(bytes);
}

export interface Founder {
  readonly name: string;
  readonly url: string;
}

export interface MemberOptions {
  readonly name: string;
  readonly port: number;
  readonly token: string;
  readonly founders: readonly Founder[];
  /** False for one that comes back with nothing: it learns everything from others. */
  readonly isNew: boolean;
  readonly log: Log;
  readonly dialer: (inner: PeerDialer) => PeerDialer;
}

export class RaftMember implements RaftPort {
  readonly id: bigint;
  readonly storage = new MemoryStorage();
  readonly raft: RawNode;
  /** Of entries committed since the start, each piece of data as text. */
  readonly committed: string[] = [];
  /** Types of messages that came. */
  readonly received = new Map<number, number>();
  readonly reports: string[] = [];
  /** The database of the last snapshot taken in. */
  database: string | undefined;
  #node: TransportNode | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isTurning = false;
  readonly #options: MemberOptions;

  constructor(options: MemberOptions) {
    this.#options = options;
    const { founders, token, name } = options;
    const members = founders
      .map((founder) => ({ ...founder, id: memberId(founder.url, token) }))
      .toSorted((a, b) => (a.id < b.id ? -1 : 1));
    this.id = members.find((member) => member.name === name)!.id;
    this.raft = new RawNode({
      id: this.id,
      electionTicks: 10,
      heartbeatTicks: 1,
      storage: this.storage,
      random: seededRandom(Number(this.id & 0xffffn)),
      messageSizeMax: 1024 * 1024,
      inflightMessagesMax: 512,
      checkQuorum: true,
      preVote: true,
    });
    if (!options.isNew) return;
    this.raft.bootstrap(
      members.map(({ id, url, name: own }) => ({
        id,
        context: Buffer.from(`{"id":${id},"peerURLs":["${url}"],"name":"${own}"}`),
      })),
    );
  }

  get node(): TransportNode {
    return this.#node!;
  }

  async start(): Promise<void> {
    const { founders, token, port, log, dialer } = this.#options;
    const ids = founders.map(({ url }) => memberId(url, token));
    this.#node = await TransportNode.start({
      id: this.id,
      clusterId: clusterIdOf(ids),
      raft: this,
      port,
      log,
      dialer,
      limits: { probeIntervalMs: 300 },
      elsewhere: answerVersion,
    });
    for (const [at, { url }] of founders.entries()) {
      if (ids[at] !== this.id) this.#node.transport.addPeer(ids[at]!, [url]);
    }
    this.#timer = setInterval(() => {
      this.raft.tick();
      this.#turn();
    }, 100);
    this.#turn();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#node?.stop();
  }

  process(message: Message, settled: Settled): void {
    if (message.to !== this.id) {
      settled(new Error("cannot process message to mismatch member"));
      return;
    }
    this.received.set(message.type, (this.received.get(message.type) ?? 0) + 1);
    this.raft.step(message);
    settled(undefined);
    this.#turn();
  }
  isIdRemoved(): boolean {
    return false;
  }
  reportUnreachable(id: bigint): void {
    this.raft.reportUnreachable(id);
  }
  reportSnapshot(id: bigint, outcome: "finished" | "failed"): void {
    this.reports.push(outcome);
    this.raft.reportSnapshot(id, outcome);
  }
  localMemberRemoved(): void {
    this.reports.push("removed");
  }

  /** Saves, sends and applies until there is nothing to do. */
  #turn(): void {
    if (this.#isTurning || this.#node === undefined) return;
    this.#isTurning = true;
    while (this.raft.hasReady()) {
      const ready = this.raft.ready();
      if (ready.snapshot !== undefined) {
        this.storage.applySnapshot(ready.snapshot);
        this.database = this.node.snapshotter.databasePath(snapshotIndex(ready.snapshot));
      }
      this.storage.append(ready.entries);
      if (ready.hardState !== undefined) this.storage.setHardState(ready.hardState);
      this.#send(ready.messages);
      for (const entry of ready.committedEntries) this.#apply(entry);
      this.raft.advance();
    }
    this.#isTurning = false;
  }

  #apply(entry: Entry): void {
    if (isConfChange(entry)) this.raft.applyConfChange(decodeChange(entry)!);
    else this.committed.push(Buffer.from(entry.data).toString("latin1"));
  }

  /** The database that belongs to a snapshot of ours is the one we were given with it. */
  #send(messages: readonly Message[]): void {
    const { transport } = this.node;
    transport.send(messages.filter(({ type }) => type !== MessageType.MsgSnap));
    for (const message of messages) {
      if (message.type !== MessageType.MsgSnap) continue;
      transport.sendSnapshot({ message, source: fileSource(this.database!) });
    }
  }

  /** Leaves nothing in the log before the snapshot that was taken in. */
  compactToSnapshot(): void {
    const index = snapshotIndex(this.storage.snapshot());
    if (this.storage.firstIndex() <= index) this.storage.compact(index);
  }

  get voters(): number {
    return snapshotConfState(this.storage.snapshot()).voters.length;
  }
}

/** What the leader asks for to settle the cluster's version. */
function answerVersion(request: PeerRequest, response: PeerResponse): void {
  const isVersion = request.path === "/version";
  response.head(isVersion ? 200 : 404, { "Content-Type": "application/json" });
  if (isVersion) {
    const versions = `{"etcdserver":"3.7.3","etcdcluster":"3.7.0","storage":"3.7.0"}`;
    response.write(Buffer.from(versions));
  }
  response.end();
}

export function fileSource(path: string): SnapshotSource {
  const file = nodeDisk.open(path, { readOnly: true });
  return {
    size: file.size(),
    readInto: (target, start, length, position) => file.readInto(target, start, length, position),
    close: () => file.close(),
  };
}
