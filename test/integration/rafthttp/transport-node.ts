// One transport on a port of the loopback, with whatever member a test puts behind it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Message } from "../../../src/core/raft/index.ts";
import { type Log, silentLog } from "../../../src/io/host/index.ts";
import { nodeClock, nodeDisk, nodeRandom } from "../../../src/io/host/node/index.ts";
import {
  Mux,
  PeerClient,
  type PeerDialer,
  peerListener,
  type PeerRequest,
  type PeerResponse,
} from "../../../src/io/http/index.ts";
import {
  type RaftPort,
  type Settled,
  Transport,
  type TransportLimits,
} from "../../../src/io/rafthttp/index.ts";
import { Snapshotter } from "../../../src/io/snap/index.ts";

export interface NodeOptions {
  readonly id: bigint;
  readonly clusterId?: bigint;
  readonly raft: RaftPort;
  /** 0 takes a free one. */
  readonly port?: number;
  /** What others are told; the port's own URL unless told otherwise. */
  readonly urls?: readonly string[];
  readonly log?: Log;
  readonly limits?: Partial<TransportLimits>;
  readonly dialer?: (inner: PeerDialer) => PeerDialer;
  /** Sees every request first. */
  readonly onRequest?: (request: PeerRequest) => PeerRequest;
  /** Answers what does not belong to raft. */
  readonly elsewhere?: (request: PeerRequest, response: PeerResponse) => void;
}

export class TransportNode {
  readonly id: bigint;
  readonly url: string;
  readonly transport: Transport;
  readonly snapshotter: Snapshotter;
  readonly directory: string;
  readonly #mux: Mux;

  private constructor(
    id: bigint,
    url: string,
    transport: Transport,
    mux: Mux,
    snapshotter: Snapshotter,
    directory: string,
  ) {
    this.id = id;
    this.url = url;
    this.transport = transport;
    this.#mux = mux;
    this.snapshotter = snapshotter;
    this.directory = directory;
  }

  static async start(options: NodeOptions): Promise<TransportNode> {
    const directory = mkdtempSync(join(tmpdir(), "quorate-rafthttp-"));
    const snapshotter = new Snapshotter({
      disk: nodeDisk,
      clock: nodeClock,
      random: nodeRandom,
      directory,
    });
    let transport: Transport | undefined;
    const mux = new Mux({
      onHttp1: peerListener((request, response) => {
        const seen = options.onRequest?.(request) ?? request;
        if (/^\/raft(\/|$)/.test(seen.path)) transport!.handle(seen, response);
        else options.elsewhere?.(seen, response);
      }),
    });
    const address = await mux.listen({ host: "127.0.0.1", port: options.port ?? 0 });
    if (typeof address === "string") throw new Error("a TCP port was asked for");
    const url = `http://127.0.0.1:${address.port}`;
    const client = new PeerClient({ dialTimeoutMs: 2_000 });
    transport = new Transport({
      id: options.id,
      clusterId: options.clusterId ?? 0xc1n,
      urls: options.urls ?? [url],
      raft: options.raft,
      dialer: options.dialer?.(client) ?? client,
      clock: nodeClock,
      log: options.log ?? silentLog,
      snapshots: snapshotter,
      serverVersion: "3.7.3",
      ...(options.limits === undefined ? {} : { limits: options.limits }),
    });
    return new TransportNode(options.id, url, transport, mux, snapshotter, directory);
  }

  async stop(): Promise<void> {
    this.transport.stop();
    await this.#mux.close();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** A member that keeps what it is given, for tests that look at it. */
export class RecordingRaft implements RaftPort {
  readonly messages: Message[] = [];
  readonly unreachable: bigint[] = [];
  readonly snapshots: string[] = [];
  readonly removed = new Set<bigint>();
  lost = 0;
  isLocalRemoved = false;
  /** What `process` says; undefined settles at once. */
  refusal: Error | undefined;

  process(message: Message, settled: Settled): void {
    if (this.refusal === undefined) this.messages.push(message);
    settled(this.refusal);
  }
  isIdRemoved(id: bigint): boolean {
    return this.removed.has(id);
  }
  reportUnreachable(id: bigint): void {
    this.unreachable.push(id);
  }
  reportSnapshot(id: bigint, outcome: "finished" | "failed"): void {
    this.snapshots.push(`${id} ${outcome}`);
  }
  localMemberRemoved(): void {
    this.isLocalRemoved = true;
  }
  connectionLost(): void {
    this.lost++;
  }
}

/** Waits for a fact; how long it takes is no part of it, but it must come to be some time. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  patienceMs = 20_000,
): Promise<void> {
  const endMs = performance.now() + patienceMs;
  while (!(await holds())) {
    if (performance.now() > endMs) throw new Error(`it never came to be: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
