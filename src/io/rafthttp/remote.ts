// A member we do not know yet, which introduced itself by a request: it is answered by POST, so
// that a newcomer may catch up until the log tells who it is (remote.go).
import { type Id64, id64Hex } from "../../base/index.ts";
import { type Message, MessageType } from "../../core/raft/index.ts";
import { PeerStatus } from "./peer-status.ts";
import { Pipeline } from "./pipeline.ts";
import type { TransportContext } from "./ports.ts";
import { typeName } from "./type-name.ts";
import { UrlPicker } from "./url-picker.ts";

export class Remote {
  readonly #context: TransportContext;
  readonly #id: Id64;
  readonly #status: PeerStatus;
  readonly #pipeline: Pipeline;
  #isPaused = false;

  constructor(context: TransportContext, id: Id64, urls: readonly string[]) {
    this.#context = context;
    this.#id = id;
    this.#status = new PeerStatus(context, id);
    this.#pipeline = new Pipeline(context, id, new UrlPicker(urls), this.#status);
  }

  /** Raft is not told when this fails: it does not count on a remote. */
  send(message: Message): void {
    if (this.#isPaused || this.#pipeline.offer(message)) return;
    const { log } = this.#context.options;
    const what = this.#status.isActive ? "internal Raft message" : "Raft message";
    log.warn(`dropped ${what} since sending buffer is full (overloaded network)`, {
      "message-type": typeName(message.type),
      "local-member-id": this.#context.localHex,
      from: id64Hex(message.from),
      "remote-peer-id": id64Hex(this.#id),
      "remote-peer-active": this.#status.isActive,
    });
    this.#context.counters.of(id64Hex(message.to)).sentFailures++;
    if (message.type === MessageType.MsgSnap) {
      this.#context.options.raft.reportSnapshot(message.to, "failed");
    }
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
  }

  stop(): void {
    this.#pipeline.stop();
    this.#status.forget();
  }
}
