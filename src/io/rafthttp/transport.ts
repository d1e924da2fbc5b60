// Everything between this member and the others (rafthttp transport.go).
import { assert, type Id64, id64Hex, zeroId } from "../../base/index.ts";
import type { Message } from "../../core/raft/index.ts";
import type { PeerRequest, PeerResponse } from "../http/index.ts";
import { TransportCounters } from "./counters.ts";
import { Peer } from "./peer.ts";
import { defaultTransportLimits, type TransportContext, type TransportOptions } from "./ports.ts";
import { Probe } from "./probe.ts";
import { Remote } from "./remote.ts";
import { Handlers } from "./server/handlers.ts";
import type { PeerTable } from "./server/stream-handler.ts";
import type { OutgoingSnapshot } from "./snapshot/snapshot-sender.ts";
import type { StreamType } from "./stream/stream-type.ts";
import { typeName } from "./type-name.ts";
import { peerUrls } from "./url-picker.ts";
import { parseVersion } from "./version.ts";

export class Transport {
  readonly #context: TransportContext;
  readonly #handlers: Handlers;
  readonly #peers = new Map<Id64, Peer>();
  readonly #probes = new Map<Id64, readonly Probe[]>();
  readonly #remotes = new Map<Id64, Remote>();
  /** Peers that were given messages since the last flush. */
  readonly #touched = new Set<Peer>();
  #isStopped = false;

  constructor(options: TransportOptions) {
    const { minClusterVersion = "3.0.0" } = options;
    assert(parseVersion(options.serverVersion) !== undefined, "our own version is a version");
    assert(parseVersion(minClusterVersion) !== undefined, "our own version is a version");
    this.#context = {
      options,
      limits: { ...defaultTransportLimits, ...options.limits },
      counters: new TransportCounters(),
      minClusterVersion,
      localHex: id64Hex(options.id),
      clusterHex: id64Hex(options.clusterId),
    };
    this.#handlers = new Handlers(this.#context, this.#table());
  }

  /** For metrics: by hex id of the member, or where an unknown one calls from. */
  get counters(): TransportCounters {
    return this.#context.counters;
  }

  /** Answers a request whose path is `/raft` or begins with `/raft/`. */
  handle(request: PeerRequest, response: PeerResponse): void {
    this.#handlers.handle(request, response);
  }

  /**
   * Sends the messages, in this order where they take the same way; those to nobody or to someone
   * unknown are dropped. They are read at once or later and must not change.
   */
  send(messages: readonly Message[]): void {
    for (const message of messages) {
      if (message.to === zeroId) continue;
      const peer = this.#peers.get(message.to);
      if (peer === undefined) this.#sendToRemote(message);
      else {
        peer.send(message);
        this.#touched.add(peer);
      }
    }
    for (const peer of this.#touched) peer.flush();
    this.#touched.clear();
  }

  /** Sends a database beside everything else; its outcome is reported to raft. */
  sendSnapshot(snapshot: OutgoingSnapshot): void {
    const peer = this.#peers.get(snapshot.message.to);
    if (peer !== undefined) peer.sendSnapshot(snapshot);
    else snapshot.source.close(new Error("member not found"));
  }

  /** A member of the cluster. One that is known stays as it is. */
  addPeer(id: Id64, urls: readonly string[]): void {
    assert(!this.#isStopped, "transport stopped");
    if (this.#peers.has(id)) return;
    const checked = checkedUrls(urls);
    // Its place is for the next stranger.
    this.#remotes.get(id)?.stop();
    this.#remotes.delete(id);
    this.#peers.set(id, new Peer(this.#context, id, checked));
    this.#probe(id, checked);
    this.#info("added remote peer", {
      "remote-peer-id": id64Hex(id),
      "remote-peer-urls": [...urls],
    });
  }

  /** Someone who may become a member; it is posted to until it is added as a peer. */
  addRemote(id: Id64, urls: readonly string[]): void {
    this.#addRemote(id, checkedUrls(urls));
  }

  removePeer(id: Id64): void {
    const peer = this.#peers.get(id);
    const fields = {
      "local-member-id": this.#context.localHex,
      "removed-remote-peer-id": id64Hex(id),
    };
    const { log } = this.#context.options;
    if (peer === undefined) {
      log.warn("skipped removing already removed peer", fields);
      return;
    }
    peer.stop();
    this.#peers.delete(id);
    this.#touched.delete(peer);
    this.#stopProbes(id);
    log.info("removed remote peer", fields);
  }

  removeAllPeers(): void {
    for (const id of this.#peers.keys()) this.removePeer(id);
  }

  updatePeer(id: Id64, urls: readonly string[]): void {
    const peer = this.#peers.get(id);
    if (peer === undefined) return;
    const checked = checkedUrls(urls);
    peer.update(checked);
    this.#stopProbes(id);
    this.#probe(id, checked);
    this.#info("updated remote peer", {
      "updated-remote-peer-id": id64Hex(id),
      "updated-remote-peer-urls": [...urls],
    });
  }

  /** When the peer became active, on the monotonic clock; undefined while it is not. */
  activeSinceMs(id: Id64): number | undefined {
    return this.#peers.get(id)?.activeSinceMs;
  }

  /** What the probe of a peer knows, for metrics; undefined before its first answer. */
  roundTrip(id: Id64): { readonly smoothedMs: number; readonly clockDriftMs: number } | undefined {
    const probe = this.#probes.get(id)?.find(({ isHealthy }) => isHealthy);
    if (probe === undefined) return undefined;
    return { smoothedMs: probe.smoothedRoundTripMs, clockDriftMs: probe.clockDriftMs };
  }

  activePeers(): number {
    let count = 0;
    for (const peer of this.#peers.values()) if (peer.activeSinceMs !== undefined) count++;
    return count;
  }

  /** Loses what goes to and comes from a member by streams, until `mendPeer`. */
  cutPeer(id: Id64): void {
    this.#peers.get(id)?.pause();
    this.#remotes.get(id)?.pause();
  }

  mendPeer(id: Id64): void {
    this.#peers.get(id)?.resume();
    this.#remotes.get(id)?.resume();
  }

  pause(): void {
    for (const peer of this.#peers.values()) peer.pause();
  }

  resume(): void {
    for (const peer of this.#peers.values()) peer.resume();
  }

  /** Ends all connections. Requests that still come are refused or end with their server. */
  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    for (const remote of this.#remotes.values()) remote.stop();
    for (const peer of this.#peers.values()) peer.stop();
    for (const id of this.#probes.keys()) this.#stopProbes(id);
    this.#remotes.clear();
    this.#peers.clear();
    this.#handlers.stop();
    this.#context.options.dialer.close();
  }

  #sendToRemote(message: Message): void {
    const remote = this.#remotes.get(message.to);
    if (remote !== undefined) {
      remote.send(message);
      return;
    }
    const { log } = this.#context.options;
    if (!log.debugging) return;
    log.debug("ignored message send request; unknown remote peer target", {
      type: typeName(message.type),
      "unknown-target-peer-id": id64Hex(message.to),
    });
  }

  #addRemote(id: Id64, urls: readonly string[]): void {
    if (this.#isStopped || this.#peers.has(id) || this.#remotes.has(id)) return;
    this.#remotes.set(id, new Remote(this.#context, id, urls));
    this.#info("added new remote peer", {
      "remote-peer-id": id64Hex(id),
      "remote-peer-urls": urls,
    });
  }

  /** What strangers say of themselves is checked, and is forgotten when there are too many. */
  #introduce(id: Id64, texts: readonly string[]): void {
    const urls = peerUrls(texts);
    const { remotesMax } = this.#context.limits;
    if (urls === undefined || id === zeroId || this.#remotes.size >= remotesMax) return;
    this.#addRemote(id, urls);
  }

  #table(): PeerTable {
    return {
      hasPeer: (id) => this.#peers.has(id),
      attach: (id: Id64, type: StreamType, response: PeerResponse) => {
        this.#peers.get(id)!.attach(type, response);
      },
      introduce: (id, urls) => this.#introduce(id, urls),
    };
  }

  #probe(id: Id64, urls: readonly string[]): void {
    const probes = (["pooled", "own"] as const).map(
      (kind) => new Probe(this.#context, id, kind, urls),
    );
    this.#probes.set(id, probes);
  }

  #stopProbes(id: Id64): void {
    for (const probe of this.#probes.get(id) ?? []) probe.stop();
    this.#probes.delete(id);
  }

  #info(words: string, fields: Record<string, unknown>): void {
    const local = { "local-member-id": this.#context.localHex };
    this.#context.options.log.info(words, { ...local, ...fields });
  }
}

function checkedUrls(urls: readonly string[]): string[] {
  const checked = peerUrls(urls);
  assert(checked !== undefined, "peer URLs were checked before");
  return checked;
}
