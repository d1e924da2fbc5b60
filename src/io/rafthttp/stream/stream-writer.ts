// The sending end of a stream: messages wait in a bounded queue for the connection that the other
// member has dialled (rafthttp stream.go streamWriter).
import { assert, BoundedQueue, type Id64, id64Hex } from "../../../base/index.ts";
import type { Message } from "../../../core/raft/index.ts";
import type { Cancel } from "../../host/index.ts";
import type { PeerResponse } from "../../http/index.ts";
import { FrameBuffer } from "../codec/frame-buffer.ts";
import { linkHeartbeat, type StreamEncoder } from "../codec/stream-codec.ts";
import type { PeerCounters } from "../counters.ts";
import type { PeerStatus } from "../peer-status.ts";
import type { TransportContext } from "../ports.ts";
import { newEncoder, streamName, type StreamType } from "./stream-type.ts";

export const streamQueueMax = 4_096;
/** Frames are handed to the connection when so many bytes are together. */
const batchBytes = 256 * 1024;

/** One connection and what belongs to it. */
interface Attached {
  readonly response: PeerResponse;
  readonly encoder: StreamEncoder;
}

export class StreamWriter {
  readonly #context: TransportContext;
  readonly #peer: Id64;
  readonly #type: StreamType;
  readonly #status: PeerStatus;
  readonly #counters: PeerCounters;
  readonly #queue = new BoundedQueue<Message>(streamQueueMax);
  readonly #frames = new FrameBuffer();
  #attached: Attached | undefined;
  /** The connection takes no more for now. */
  #isBlocked = false;
  #cancelHeartbeat: Cancel = () => {};
  #cancelDeadline: Cancel = () => {};
  #isStopped = false;

  constructor(context: TransportContext, peer: Id64, type: StreamType, status: PeerStatus) {
    this.#context = context;
    this.#peer = peer;
    this.#type = type;
    this.#status = status;
    this.#counters = context.counters.of(id64Hex(peer));
    context.options.log.info("started stream writer with remote peer", {
      "local-member-id": context.localHex,
      "remote-peer-id": id64Hex(peer),
    });
  }

  /** Whether there is a connection to write to. */
  get isWorking(): boolean {
    return this.#attached !== undefined;
  }

  /** Takes a message for the next `flush`, or returns false when too many wait. */
  offer(message: Message): boolean {
    assert(this.isWorking, "messages are offered to streams that are there");
    return this.#queue.offer(message);
  }

  /** Sends what waits, as far as the connection takes it. */
  flush(): void {
    while (!this.#isBlocked && this.#queue.size > 0) {
      const encoder = this.#attached!.encoder;
      do encoder.append(this.#queue.take()!, this.#frames);
      while (this.#queue.size > 0 && this.#frames.size < batchBytes);
      this.#write();
    }
  }

  /** Takes over a connection whose head is sent; one that is there already ends. */
  attach(response: PeerResponse): void {
    if (this.#isStopped) {
      response.end();
      return;
    }
    const { log } = this.#context.options;
    if (this.#detach())
      log.warn("closed TCP streaming connection with remote peer", this.#closing());
    this.#attached = { response, encoder: newEncoder(this.#type) };
    response.watch({
      onDrain: () => this.#drained(response),
      onClose: () => this.#closed(response),
    });
    log.info("established TCP streaming connection with remote peer", this.#fields());
    this.#status.activate();
    this.#heartbeatLater();
  }

  stop(): void {
    const { log } = this.#context.options;
    this.#isStopped = true;
    if (this.#detach())
      log.warn("closed TCP streaming connection with remote peer", this.#closing());
    log.info("stopped TCP streaming connection with remote peer", this.#closing());
  }

  #write(): void {
    this.#counters.sentBytes += this.#frames.size;
    let hasRoom = true;
    for (const piece of this.#frames.take()) {
      hasRoom = this.#attached!.response.write(piece);
    }
    if (hasRoom) return;
    this.#isBlocked = true;
    const { clock } = this.#context.options;
    this.#cancelDeadline = clock.after(this.#context.limits.writeTimeoutMs, () =>
      this.#lost("write", "i/o timeout"),
    );
  }

  #drained(response: PeerResponse): void {
    if (this.#attached?.response !== response || !this.#isBlocked) return;
    this.#cancelDeadline();
    this.#isBlocked = false;
    this.flush();
  }

  #closed(response: PeerResponse): void {
    if (this.#attached?.response !== response) return;
    this.#lost("write", "connection closed");
    this.#context.options.raft.connectionLost?.(this.#peer, false);
  }

  /** Also while other messages flow, as etcd does: whoever listens counts on it. */
  #heartbeatLater(): void {
    const { clock } = this.#context.options;
    this.#cancelHeartbeat = clock.after(this.#context.limits.readTimeoutMs / 3, () => {
      if (!this.#isBlocked) {
        this.#attached!.encoder.append(linkHeartbeat, this.#frames);
        this.#write();
      }
      if (this.isWorking) this.#heartbeatLater();
    });
  }

  /** What was written may not have arrived, and nobody else will tell raft so. */
  #lost(action: string, reason: string): void {
    const { log, raft } = this.#context.options;
    this.#status.deactivate(streamName[this.#type], action, reason);
    this.#detach();
    log.warn("lost TCP streaming connection with remote peer", this.#fields());
    this.#counters.sentFailures++;
    raft.reportUnreachable(this.#peer);
  }

  /** True when there was a connection. */
  #detach(): boolean {
    const attached = this.#attached;
    if (attached === undefined) return false;
    this.#attached = undefined;
    this.#cancelHeartbeat();
    this.#cancelDeadline();
    // The end of a stream would wait behind bytes that nobody takes.
    if (this.#isBlocked) attached.response.abort();
    else attached.response.end();
    this.#isBlocked = false;
    if (this.#queue.drain().length > 0) {
      this.#context.options.raft.reportUnreachable(this.#peer);
    }
    return true;
  }

  #closing(): Record<string, string> {
    return {
      "stream-writer-type": streamName[this.#type],
      "remote-peer-id": id64Hex(this.#peer),
    };
  }

  #fields(): Record<string, string> {
    return {
      "stream-writer-type": streamName[this.#type],
      "local-member-id": this.#context.localHex,
      "remote-peer-id": id64Hex(this.#peer),
    };
  }
}
