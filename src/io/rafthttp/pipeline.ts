// Messages that find no stream go one by one as POST requests, four at a time (pipeline.go). To a peer that
// does not answer one at a time: more would only be as many connections that lead nowhere, and what stands
// between (a proxy, a firewall) may count them.
import { BoundedQueue, type Id64, id64Hex } from "../../base/index.ts";
import { encodeMessage } from "../../core/proto/index.ts";
import { type Message, MessageType } from "../../core/raft/index.ts";
import type { PeerCall } from "../http/index.ts";
import type { PeerCounters } from "./counters.ts";
import type { PeerStatus } from "./peer-status.ts";
import type { TransportContext } from "./ports.ts";
import {
  type Answer,
  ask,
  MemberRemovedError,
  postFailure,
  postHeaders,
  raftPath,
} from "./requests.ts";
import type { UrlPicker } from "./url-picker.ts";

export const pipelineConnections = 4;
export const pipelineQueueMax = 64;

export class Pipeline {
  readonly #context: TransportContext;
  readonly #hex: string;
  readonly #picker: UrlPicker;
  readonly #status: PeerStatus;
  readonly #counters: PeerCounters;
  readonly #queue = new BoundedQueue<Message>(pipelineQueueMax);
  readonly #calls = new Set<PeerCall>();
  #isStopped = false;

  constructor(context: TransportContext, peer: Id64, picker: UrlPicker, status: PeerStatus) {
    this.#context = context;
    this.#hex = id64Hex(peer);
    this.#picker = picker;
    this.#status = status;
    this.#counters = context.counters.of(this.#hex);
    context.options.log.info("started HTTP pipelining with remote peer", this.#fields());
  }

  /** Sends the message, now or when its turn comes; false when too many wait. */
  offer(message: Message): boolean {
    if (this.#isStopped) return true;
    // What waits goes first: the member may have begun to answer in the meantime.
    this.#next();
    if (this.#isBusy()) return this.#queue.offer(message);
    this.#post(message);
    return true;
  }

  stop(): void {
    this.#isStopped = true;
    this.#queue.drain();
    for (const call of this.#calls) call.abort();
    this.#calls.clear();
    this.#context.options.log.info("stopped HTTP pipelining with remote peer", this.#fields());
  }

  #post(message: Message): void {
    const base = this.#picker.pick();
    const url = base + raftPath;
    const body = encodeMessage(message);
    const headers = postHeaders(this.#context, "application/protobuf");
    const call = ask(
      this.#context,
      { method: "POST", url, headers, connection: "pooled", body },
      this.#context.limits.postTimeoutMs,
      (error, answer) => {
        this.#calls.delete(call);
        const failure = error ?? postFailure(this.#context, answer as Answer, url, this.#hex);
        if (failure === undefined) this.#sent(message, body.length);
        else {
          this.#picker.unreachable(base);
          this.#failed(message, failure);
        }
        this.#next();
      },
    );
    this.#calls.add(call);
  }

  #next(): void {
    while (!this.#isStopped && !this.#isBusy()) {
      const message = this.#queue.take();
      if (message === undefined) return;
      this.#post(message);
    }
  }

  #isBusy(): boolean {
    return this.#calls.size >= (this.#status.isActive ? pipelineConnections : 1);
  }

  #sent(message: Message, bytes: number): void {
    this.#status.activate();
    this.#counters.sentBytes += bytes;
    if (message.type === MessageType.MsgSnap) {
      this.#context.options.raft.reportSnapshot(message.to, "finished");
    }
  }

  #failed(message: Message, error: Error): void {
    const { raft } = this.#context.options;
    this.#status.deactivate("pipeline", "write", error.message);
    this.#counters.sentFailures++;
    raft.reportUnreachable(message.to);
    if (message.type === MessageType.MsgSnap) raft.reportSnapshot(message.to, "failed");
    if (error instanceof MemberRemovedError) raft.localMemberRemoved();
  }

  #fields(): Record<string, string> {
    return { "local-member-id": this.#context.localHex, "remote-peer-id": this.#hex };
  }
}
