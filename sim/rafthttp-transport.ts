// A member's real transport (io/rafthttp) over the simulated network of bytes.
import { silentLog } from "../src/io/host/index.ts";
import {
  type OutgoingSnapshot,
  type RaftPort,
  Transport,
  type TransportOptions,
} from "../src/io/rafthttp/index.ts";
import type { Snapshotter } from "../src/io/snap/index.ts";
import type { Message } from "../src/core/raft/index.ts";
import type { Booted, PeerTransport } from "../src/server/member/index.ts";
import type { SimClock } from "./clock.ts";
import type { Process } from "./loop.ts";
import type { SimMember } from "./member.ts";
import { Reports } from "./rafthttp-checks.ts";
import { SimPeerDialer } from "./rafthttp-dialer.ts";
import { ServerConnection } from "./rafthttp-listener.ts";
import type { ByteNetwork } from "./rafthttp-network.ts";

export interface TransportPlace {
  readonly member: SimMember;
  readonly process: Process;
  readonly clock: SimClock;
  readonly booted: Booted;
  /** Of members whose state is in a database. */
  readonly snapshotter: Snapshotter | undefined;
  readonly port: RaftPort;
}

export interface ByteWorld {
  readonly network: ByteNetwork;
  readonly electionMs: number;
  /** Told of every message before the transport has it, and of every one it brings. */
  readonly sends: (from: SimMember, message: Message) => void;
  readonly brings: (to: SimMember, message: Message) => void;
}

/** Listens on the member's host and calls others from there, for one life of it. */
export function byteTransport(world: ByteWorld, place: TransportPlace): PeerTransport {
  const { network, electionMs } = world;
  const { member, process, clock, booted, snapshotter, port } = place;
  const { name, index } = member;
  const reports = new Reports();
  const dialTimeoutMs = 1000 + electionMs;
  const dialer = new SimPeerDialer({
    network,
    place: index,
    process,
    clock,
    dialTimeoutMs,
    reports,
  });
  const { readTimeoutMs, writeTimeoutMs, postTimeoutMs, snapshotStallMs } = network.bytes;
  const transport = new ToldTransport((message) => world.sends(member, message), {
    id: booted.id,
    clusterId: booted.clusterId,
    urls: [`http://${name}:2380`],
    raft: toldPort(port, reports, (message) => world.brings(member, message)),
    dialer,
    clock,
    log: silentLog,
    snapshots: { receiveDatabase: (at) => snapshotter!.receiveDatabase(at) },
    serverVersion: "3.7.0",
    limits: {
      readTimeoutMs,
      writeTimeoutMs,
      postTimeoutMs,
      snapshotStallMs,
      snapshotAnswerMs: 2 * snapshotStallMs,
    },
  });
  const handle = transport.handle.bind(transport);
  const listener = { loop: network.loop, process, handle, reports };
  network.listen(name, index, process, (end) => void new ServerConnection(listener, end));
  return transport;
}

class ToldTransport extends Transport {
  readonly #sends: (message: Message) => void;

  constructor(sends: (message: Message) => void, options: TransportOptions) {
    super(options);
    this.#sends = sends;
  }

  override send(messages: readonly Message[]): void {
    for (const message of messages) this.#sends(message);
    super.send(messages);
  }

  override sendSnapshot(snapshot: OutgoingSnapshot): void {
    this.#sends(snapshot.message);
    super.sendSnapshot(snapshot);
  }
}

function toldPort(port: RaftPort, reports: Reports, brings: (message: Message) => void): RaftPort {
  return {
    process: (message, settled) => {
      brings(message);
      port.process(message, settled);
    },
    isIdRemoved: (id) => port.isIdRemoved(id),
    reportUnreachable: (id) => {
      reports.unreachable++;
      port.reportUnreachable(id);
    },
    reportSnapshot: (id, outcome) => {
      reports.snapshots++;
      port.reportSnapshot(id, outcome);
    },
    localMemberRemoved: () => port.localMemberRemoved(),
    connectionLost: (id, isReset) => port.connectionLost?.(id, isReset),
  };
}
