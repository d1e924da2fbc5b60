// One other member of the cluster: which message takes which way to it, and what comes from it
// (peer.go). Appends go by the msgapp stream, the rest by the message stream; what finds no stream
// goes by the pipeline, databases go by requests of their own.
import { type Id64, id64Hex } from "../../base/index.ts";
import { type Message, MessageType } from "../../core/raft/index.ts";
import type { PeerResponse } from "../http/index.ts";
import type { PeerCounters } from "./counters.ts";
import { PeerStatus } from "./peer-status.ts";
import { Pipeline } from "./pipeline.ts";
import type { Settled, TransportContext } from "./ports.ts";
import { type OutgoingSnapshot, SnapshotSender } from "./snapshot/snapshot-sender.ts";
import { StreamReader } from "./stream/stream-reader.ts";
import type { StreamType } from "./stream/stream-type.ts";
import { StreamWriter } from "./stream/stream-writer.ts";
import { typeName } from "./type-name.ts";
import { UrlPicker } from "./url-picker.ts";

/** Messages of one member that raft has not looked at yet; proposals are counted by themselves. */
export const receiveQueueMax = 4_096;

export class Peer {
  readonly #context: TransportContext;
  readonly #id: Id64;
  readonly #status: PeerStatus;
  readonly #picker: UrlPicker;
  readonly #counters: PeerCounters;
  readonly #msgAppWriter: StreamWriter;
  readonly #writer: StreamWriter;
  readonly #pipeline: Pipeline;
  readonly #snapshots: SnapshotSender;
  readonly #readers: readonly StreamReader[];
  #isPaused = false;
  /** Handed to raft and not settled. */
  #received = 0;
  #proposed = 0;

  constructor(context: TransportContext, id: Id64, urls: readonly string[]) {
    const { log } = context.options;
    log.info("starting remote peer", { "remote-peer-id": id64Hex(id) });
    this.#context = context;
    this.#id = id;
    this.#status = new PeerStatus(context, id);
    this.#picker = new UrlPicker(urls);
    this.#counters = context.counters.of(id64Hex(id));
    this.#pipeline = new Pipeline(context, id, this.#picker, this.#status);
    this.#msgAppWriter = new StreamWriter(context, id, "msgapp", this.#status);
    this.#writer = new StreamWriter(context, id, "message", this.#status);
    this.#snapshots = new SnapshotSender(context, id, this.#picker, this.#status);
    this.#readers = (["msgapp", "message"] as const).map(
      (type) =>
        new StreamReader({
          context,
          peer: id,
          type,
          picker: this.#picker,
          status: this.#status,
          receive: (message) => this.#receive(message),
        }),
    );
    for (const reader of this.#readers) reader.start();
    log.info("started remote peer", { "remote-peer-id": id64Hex(id) });
  }

  /** On the monotonic clock; undefined while nothing is heard of it. */
  get activeSinceMs(): number | undefined {
    return this.#status.activeSinceMs;
  }

  /** Queues the message; `flush` sends it. When there is no room it is lost, and raft is told. */
  send(message: Message): void {
    if (this.#isPaused || this.#pick(message)) return;
    const { log, raft } = this.#context.options;
    raft.reportUnreachable(message.to);
    if (message.type === MessageType.MsgSnap) raft.reportSnapshot(message.to, "failed");
    log.warn("dropped internal Raft message since sending buffer is full", {
      "message-type": typeName(message.type),
      "local-member-id": this.#context.localHex,
      from: id64Hex(message.from),
      "remote-peer-id": id64Hex(this.#id),
      "remote-peer-active": this.#status.isActive,
    });
    this.#counters.sentFailures++;
  }

  flush(): void {
    this.#msgAppWriter.flush();
    this.#writer.flush();
  }

  sendSnapshot(snapshot: OutgoingSnapshot): void {
    this.#snapshots.send(snapshot);
  }

  update(urls: readonly string[]): void {
    this.#picker.update(urls);
  }

  /** Gives the peer a connection it has dialled; the head of the response is sent. */
  attach(type: StreamType, response: PeerResponse): void {
    (type === "msgapp" ? this.#msgAppWriter : this.#writer).attach(response);
  }

  /** Loses all that goes out and comes in by streams, until `resume`. For tests of partitions. */
  pause(): void {
    this.#isPaused = true;
    for (const reader of this.#readers) reader.pause();
  }

  resume(): void {
    this.#isPaused = false;
    for (const reader of this.#readers) reader.resume();
  }

  stop(): void {
    const { log } = this.#context.options;
    log.info("stopping remote peer", { "remote-peer-id": id64Hex(this.#id) });
    this.#msgAppWriter.stop();
    this.#writer.stop();
    this.#pipeline.stop();
    this.#snapshots.stop();
    for (const reader of this.#readers) reader.stop();
    this.#status.forget();
    log.info("stopped remote peer", { "remote-peer-id": id64Hex(this.#id) });
  }

  /** A snapshot would keep others waiting in a stream, so it never takes one. */
  #pick(message: Message): boolean {
    const { type } = message;
    if (type === MessageType.MsgSnap) return this.#pipeline.offer(message);
    if (type === MessageType.MsgApp && this.#msgAppWriter.isWorking) {
      return this.#msgAppWriter.offer(message);
    }
    if (this.#writer.isWorking) return this.#writer.offer(message);
    return this.#pipeline.offer(message);
  }

  /**
   * Proposals are counted by themselves: while there is no leader they may be held up, and must not
   * hold up the votes for one.
   */
  #receive(message: Message): void {
    const { raft } = this.#context.options;
    if (message.type === MessageType.MsgProp) {
      if (this.#proposed >= receiveQueueMax) this.#drop(message);
      else {
        this.#proposed++;
        raft.process(message, this.#proposalSettled);
      }
    } else if (this.#received >= receiveQueueMax) this.#drop(message);
    else {
      this.#received++;
      raft.process(message, this.#messageSettled);
    }
  }

  readonly #messageSettled: Settled = (error) => {
    this.#received--;
    if (error !== undefined) this.#notProcessed(error);
  };

  readonly #proposalSettled: Settled = (error) => {
    this.#proposed--;
    if (error !== undefined) this.#notProcessed(error);
  };

  #notProcessed(error: Error): void {
    this.#context.options.log.warn("failed to process Raft message", { error });
  }

  #drop(message: Message): void {
    const what = this.#status.isActive ? "internal Raft message" : "Raft message";
    const words = `dropped ${what} since receiving buffer is full (overloaded network)`;
    this.#context.options.log.warn(words, {
      "message-type": typeName(message.type),
      "local-member-id": this.#context.localHex,
      from: id64Hex(message.from),
      "remote-peer-id": id64Hex(message.to),
      "remote-peer-active": this.#status.isActive,
    });
    this.#counters.receivedFailures++;
  }
}
