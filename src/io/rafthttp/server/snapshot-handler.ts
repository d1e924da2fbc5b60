// POST /raft/snapshot: a MsgSnap and the database it is about (snapshotHandler of http.go). The
// database goes to a temporary file, gets its name when it is whole and durable, and only then
// does raft hear of it.
import { type Id64, id64Hex, humanSize } from "../../../base/index.ts";
import { type Message, sizeMessage } from "../../../core/proto/index.ts";
import { MessageType, snapshotIndex } from "../../../core/raft/index.ts";
import type { HeaderFields, PeerRequest, PeerResponse } from "../../http/index.ts";
import type { Cancel } from "../../host/index.ts";
import { MessageDecoder } from "../codec/message-codec.ts";
import type { TransportContext } from "../ports.ts";
import { DatabaseIntake } from "../snapshot/database-intake.ts";
import { replyError, replyNoContent } from "./replies.ts";

/** Of the message before the database (snapshotLimitByte). */
export const snapshotEnvelopeBytesMax = 64 * 1024 * 1024;

export const unknownSender = "UNKNOWN_SNAPSHOT_SENDER";

export class SnapshotHandler {
  readonly #context: TransportContext;
  readonly #headers: HeaderFields;
  readonly #receptions = new Set<Reception>();

  constructor(context: TransportContext) {
    this.#context = context;
    this.#headers = { "X-Etcd-Cluster-ID": context.clusterHex };
  }

  /** The request is one we may answer. */
  handle(request: PeerRequest, response: PeerResponse): void {
    if (this.#receptions.size >= this.#context.limits.snapshotReceptionsMax) {
      this.#context.counters.of(unknownSender).snapshotReceiveFailures++;
      const text = "failed to save KV snapshot (too many snapshots are being received)";
      replyError(response, 500, text, { ...this.#headers, Connection: "close" });
      return;
    }
    const reception = new Reception(this.#context, request, response, this.#headers, () =>
      this.#receptions.delete(reception),
    );
    this.#receptions.add(reception);
    reception.start();
  }

  stop(): void {
    for (const reception of this.#receptions) reception.stop();
  }
}

/** One snapshot on its way in. */
class Reception {
  readonly #context: TransportContext;
  readonly #request: PeerRequest;
  readonly #response: PeerResponse;
  readonly #headers: HeaderFields;
  readonly #over: () => void;
  readonly #startMs: number;
  readonly #decoder = new MessageDecoder(snapshotEnvelopeBytesMax);
  #message: Message | undefined;
  #intake: DatabaseIntake | undefined;
  #checkedBytes = 0;
  #isOver = false;
  #isPaused = false;
  /** Among the snapshots being received. */
  #isCounted = false;
  #heardMs: number;
  #cancelStall: Cancel = () => {};

  constructor(
    context: TransportContext,
    request: PeerRequest,
    response: PeerResponse,
    headers: HeaderFields,
    over: () => void,
  ) {
    this.#context = context;
    this.#request = request;
    this.#response = response;
    this.#headers = headers;
    this.#over = over;
    this.#startMs = context.options.clock.nowMs();
    this.#heardMs = this.#startMs;
  }

  start(): void {
    this.#watchStall();
    this.#request.read({
      onBytes: (bytes) => this.#heard(bytes),
      onEnd: () => this.#ended(),
      onError: (error) => this.#broke(error),
    });
  }

  stop(): void {
    this.#finish();
    this.#intake?.abort();
    this.#response.abort();
  }

  #heard(bytes: Uint8Array): void {
    if (this.#isOver) return;
    this.#heardMs = this.#context.options.clock.nowMs();
    if (this.#intake !== undefined) {
      this.#take(bytes);
      return;
    }
    try {
      this.#decoder.feed(bytes);
      this.#message = this.#decoder.next();
    } catch (error) {
      this.#undecodable(error as Error);
      return;
    }
    if (this.#message !== undefined) this.#begin(this.#message);
  }

  /** The message is here; what follows is the database. */
  #begin(message: Message): void {
    const { counters, options } = this.#context;
    const fromHex = id64Hex(message.from);
    const size = sizeMessage(message);
    counters.of(fromHex).receivedBytes += size;
    if (message.type !== MessageType.MsgSnap) {
      options.log.warn("unexpected Raft message type", {
        ...this.#ids(),
        "message-type": String(message.type),
      });
      this.#refuse(400, "wrong raft message type");
      return;
    }
    // Go's handler would panic on these.
    if (message.snapshot?.metadata === undefined || snapshotIndex(message.snapshot) === 0) {
      this.#undecodable(new Error("snapshot without metadata"));
      return;
    }
    counters.of(fromHex).snapshotsBeingReceived++;
    this.#isCounted = true;
    options.log.info("receiving database snapshot", {
      ...this.#ids(),
      ...this.#index(),
      "incoming-snapshot-message-size-bytes": size,
      "incoming-snapshot-message-size": humanSize(size),
    });
    try {
      const receiver = options.snapshots.receiveDatabase(snapshotIndex(message.snapshot));
      this.#intake = new DatabaseIntake(receiver, {
        onFull: () => this.#pause(true),
        onRoom: () => this.#pause(false),
        onFailed: (error) => this.#notSaved(error),
      });
      this.#take(this.#decoder.rest());
    } catch (error) {
      this.#notSaved(error as Error);
    }
  }

  #take(bytes: Uint8Array): void {
    const { limits, options } = this.#context;
    const intake = this.#intake!;
    intake.add(bytes);
    // The disk is asked once for every half of what must stay free on it.
    if (intake.bytes - this.#checkedBytes < limits.snapshotReserveBytes / 2) return;
    this.#checkedBytes = intake.bytes;
    const freeBytes = options.snapshots.freeBytes?.() ?? Infinity;
    if (freeBytes >= limits.snapshotReserveBytes) return;
    this.#notSaved(new Error("no space left on device"));
  }

  #ended(): void {
    if (this.#isOver) return;
    const intake = this.#intake;
    if (intake === undefined) {
      this.#undecodable(new Error(this.#decoder.errorAtEnd));
      return;
    }
    this.#cancelStall();
    intake.finish((error) => {
      if (this.#isOver) return;
      if (error === undefined) this.#saved(intake.bytes);
      else this.#notSaved(error);
    });
  }

  #saved(bytes: number): void {
    const { options, counters } = this.#context;
    const message = this.#message!;
    counters.of(id64Hex(message.from)).receivedBytes += bytes;
    const tookMs = options.clock.nowMs() - this.#startMs;
    options.log.info("received and saved database snapshot", {
      ...this.#ids(),
      ...this.#index(),
      "incoming-snapshot-size-bytes": bytes,
      "incoming-snapshot-size": humanSize(bytes),
      "download-took": `${(tookMs / 1_000).toFixed(6)}s`,
    });
    options.raft.process(message, (error) => {
      if (this.#isOver) return;
      if (error === undefined) this.#processed(message.from);
      else {
        options.log.warn("failed to process Raft message", { ...this.#ids(), error });
        this.#refuse(500, `failed to process raft message (${error.message})`);
      }
    });
  }

  #processed(from: Id64): void {
    const { options, counters } = this.#context;
    this.#finish();
    replyNoContent(this.#response, this.#headers);
    counters.of(id64Hex(from)).snapshotsReceived++;
    const seconds = (options.clock.nowMs() - this.#startMs) / 1_000;
    options.observer?.snapshotReceived?.(from, seconds);
  }

  #broke(error: Error): void {
    if (this.#isOver) return;
    if (this.#intake === undefined) this.#undecodable(error);
    else this.#notSaved(error);
  }

  #undecodable(error: Error): void {
    const { log } = this.#context.options;
    log.warn("failed to decode Raft message", { ...this.#ids(), error });
    this.#context.counters.of(this.#request.remoteAddress).receivedFailures++;
    this.#refuse(400, `failed to decode raft message (${error.message})`);
  }

  #notSaved(error: Error): void {
    if (this.#isOver) return;
    this.#intake?.abort();
    const fields = { ...this.#ids(), ...this.#index(), error };
    this.#context.options.log.warn("failed to save incoming database snapshot", fields);
    this.#refuse(500, `failed to save KV snapshot (${error.message})`);
  }

  /** Whatever is left of the body is not read, so the connection cannot be used again. */
  #refuse(status: number, text: string): void {
    this.#context.counters.of(this.#senderLabel()).snapshotReceiveFailures++;
    this.#finish();
    replyError(this.#response, status, text, { ...this.#headers, Connection: "close" });
  }

  #finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#cancelStall();
    if (this.#isCounted) {
      this.#context.counters.of(this.#senderLabel()).snapshotsBeingReceived--;
    }
    this.#over();
  }

  #pause(isPaused: boolean): void {
    this.#isPaused = isPaused;
    this.#heardMs = this.#context.options.clock.nowMs();
    if (isPaused) this.#request.pause();
    else this.#request.resume();
  }

  /** A sender that stands still must not keep its place; our own slow disk is no fault of its. */
  #watchStall(): void {
    const { clock } = this.#context.options;
    const { snapshotStallMs } = this.#context.limits;
    const left = this.#heardMs + snapshotStallMs - clock.nowMs();
    this.#cancelStall = clock.after(Math.max(left, 1), () => {
      if (this.#isPaused) this.#heardMs = clock.nowMs();
      if (this.#heardMs + snapshotStallMs > clock.nowMs()) this.#watchStall();
      else {
        this.#broke(new Error("i/o timeout"));
        this.#response.abort();
      }
    });
  }

  #senderLabel(): string {
    return this.#message === undefined ? "0" : id64Hex(this.#message.from);
  }

  #ids(): Record<string, string> {
    return {
      "local-member-id": this.#context.localHex,
      "remote-snapshot-sender-id": this.#senderLabel(),
    };
  }

  #index(): Record<string, number> {
    return { "incoming-snapshot-index": snapshotIndex(this.#message!.snapshot!) };
  }
}
