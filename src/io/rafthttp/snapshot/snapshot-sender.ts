// Sends databases to a member that is too far behind for entries (snapshot_sender.go). A database
// is read piece by piece as the connection takes it; it is never in memory as a whole.
import { type Id64, id64Hex, humanSize } from "../../../base/index.ts";
import { type Message, snapshotIndex } from "../../../core/raft/index.ts";
import type { Cancel } from "../../host/index.ts";
import type { PeerCall } from "../../http/index.ts";
import { appendMessage } from "../codec/message-codec.ts";
import { FrameBuffer } from "../codec/frame-buffer.ts";
import type { PeerCounters } from "../counters.ts";
import type { PeerStatus } from "../peer-status.ts";
import type { TransportContext } from "../ports.ts";
import {
  type Answer,
  ask,
  MemberRemovedError,
  postFailure,
  postHeaders,
  snapshotPath,
} from "../requests.ts";
import type { UrlPicker } from "../url-picker.ts";

/** A database as it was at one moment, held open by a read transaction or a copy. */
export interface SnapshotSource {
  /** In bytes. */
  readonly size: number;
  /** Fills target[targetStart, +length) from `position`; returns the bytes read. Throws. */
  readInto(target: Uint8Array, targetStart: number, length: number, position: number): number;
  /** How long to wait before the next piece is read, because others have work to do. */
  pauseMs?(): number;
  /** Lets go of it. Called once, with why it was not sent or with nothing. */
  close(error: Error | undefined): void;
}

/** A MsgSnap whose index is that of the database that follows it. */
export interface OutgoingSnapshot {
  readonly message: Message;
  readonly source: SnapshotSource;
}

/** Read at a time: more than a connection takes at once, so that it asks for each. */
const pieceBytes = 256 * 1024;
const progressIntervalMs = 10_000;

export class SnapshotSender {
  readonly #context: TransportContext;
  readonly #peer: Id64;
  readonly #picker: UrlPicker;
  readonly #status: PeerStatus;
  readonly #sendings = new Set<Sending>();

  constructor(context: TransportContext, peer: Id64, picker: UrlPicker, status: PeerStatus) {
    this.#context = context;
    this.#peer = peer;
    this.#picker = picker;
    this.#status = status;
  }

  /** How it went is reported to raft; until then others may be sent beside it. */
  send(snapshot: OutgoingSnapshot): void {
    const { options, counters } = this.#context;
    const { log, raft, clock } = options;
    const hex = id64Hex(this.#peer);
    const own = counters.of(hex);
    const base = this.#picker.pick();
    const startMs = clock.nowMs();
    const sending = new Sending(this.#context, snapshot, base + snapshotPath, hex, (error) => {
      this.#sendings.delete(sending);
      own.snapshotsBeingSent--;
      if (error !== undefined) {
        log.warn("failed to send database snapshot", { ...sending.fields, error });
        this.#picker.unreachable(base);
        this.#failed(own, error);
        return;
      }
      this.#status.activate();
      raft.reportSnapshot(this.#peer, "finished");
      log.info("sent database snapshot", sending.fields);
      own.sentBytes += sending.size;
      own.snapshotsSent++;
      options.observer?.snapshotSent?.(this.#peer, (clock.nowMs() - startMs) / 1_000);
    });
    this.#sendings.add(sending);
    own.snapshotsBeingSent++;
    log.info("sending database snapshot", sending.fields);
    sending.start();
  }

  stop(): void {
    for (const sending of this.#sendings) sending.fail(new Error("stopped"));
  }

  #failed(counters: PeerCounters, error: Error): void {
    const { raft } = this.#context.options;
    if (error instanceof MemberRemovedError) raft.localMemberRemoved();
    this.#status.deactivate("sendMsgSnap", "post", error.message);
    raft.reportUnreachable(this.#peer);
    raft.reportSnapshot(this.#peer, "failed");
    counters.sentFailures++;
    counters.snapshotSendFailures++;
  }
}

/** One database on its way. */
class Sending {
  readonly size: number;
  readonly fields: Record<string, unknown>;
  readonly #context: TransportContext;
  readonly #snapshot: OutgoingSnapshot;
  readonly #url: string;
  readonly #hex: string;
  readonly #done: (error: Error | undefined) => void;
  readonly #envelope: Uint8Array[];
  #call: PeerCall | undefined;
  #startMs = 0;
  /** Bytes of the database handed to the connection. */
  #sent = 0;
  #progressMs = 0;
  #isOver = false;
  #awaitsDrain = false;
  #buffer: Uint8Array | undefined;
  #cancelStall: Cancel = () => {};
  #cancelPace: Cancel = () => {};
  /** The pause before this piece is over. */
  #hasPaused = false;

  constructor(
    context: TransportContext,
    snapshot: OutgoingSnapshot,
    url: string,
    hex: string,
    done: (error: Error | undefined) => void,
  ) {
    this.#context = context;
    this.#snapshot = snapshot;
    this.#url = url;
    this.#hex = hex;
    this.#done = done;
    const frames = new FrameBuffer();
    appendMessage(snapshot.message, frames);
    this.size = frames.size + snapshot.source.size;
    this.#envelope = frames.take();
    this.fields = {
      "snapshot-index": snapshotIndex(snapshot.message.snapshot!),
      "remote-peer-id": hex,
      bytes: this.size,
      size: humanSize(this.size),
    };
  }

  start(): void {
    const { clock } = this.#context.options;
    this.#startMs = clock.nowMs();
    this.#progressMs = this.#startMs;
    const headers = postHeaders(this.#context, "application/octet-stream");
    this.#call = ask(
      this.#context,
      { method: "POST", url: this.#url, headers, connection: "pooled", body: this.size },
      // The whole of it may take its time; standing still is watched for below.
      Infinity,
      (error, answer) => {
        this.#end(error ?? postFailure(this.#context, answer as Answer, this.#url, this.#hex));
      },
      () => this.#drained(),
    );
    let hasRoom = true;
    for (const piece of this.#envelope) hasRoom = this.#call.write(piece);
    this.#sentPiece(hasRoom);
  }

  fail(error: Error): void {
    this.#call?.abort();
    this.#end(error);
  }

  /** Sends one piece, and sees to the one after it: other work goes between them. */
  #next(): void {
    if (this.#isOver) return;
    const { source } = this.#snapshot;
    const pauseMs = this.#hasPaused ? 0 : (source.pauseMs?.() ?? 0);
    const waitMs = Math.max(this.#paceMs(), pauseMs);
    if (waitMs > 0) {
      this.#hasPaused = true;
      this.#cancelPace = this.#context.options.clock.after(waitMs, () => this.#next());
      return;
    }
    this.#hasPaused = false;
    const length = Math.min(pieceBytes, source.size - this.#sent);
    if (length === 0) {
      this.#stallAfter(this.#context.limits.snapshotAnswerMs);
      this.#call!.end();
      return;
    }
    this.#buffer ??= new Uint8Array(pieceBytes);
    const piece = this.#buffer.subarray(0, length);
    try {
      if (source.readInto(piece, 0, length, this.#sent) !== length) throw new Error("short read");
    } catch (error) {
      this.fail(error as Error);
      return;
    }
    this.#sent += length;
    this.#tellProgress();
    this.#sentPiece(this.#call!.write(piece));
  }

  #sentPiece(hasRoom: boolean): void {
    this.#awaitsDrain = !hasRoom;
    // Nobody tells when a piece is gone that found room, so its bytes are not used again.
    if (hasRoom) this.#buffer = undefined;
    if (hasRoom) this.#context.options.clock.later(() => this.#next());
    else this.#stallAfter(this.#context.limits.snapshotStallMs);
  }

  #drained(): void {
    if (!this.#awaitsDrain) return;
    this.#awaitsDrain = false;
    this.#cancelStall();
    this.#next();
  }

  /** How long to wait so that the rate is kept. */
  #paceMs(): number {
    const { clock } = this.#context.options;
    const { snapshotBytesPerSecond } = this.#context.limits;
    const dueMs = this.#startMs + (this.#sent / snapshotBytesPerSecond) * 1_000;
    return dueMs - clock.nowMs();
  }

  #tellProgress(): void {
    const { clock, log } = this.#context.options;
    const nowMs = clock.nowMs();
    if (nowMs - this.#progressMs < progressIntervalMs) return;
    this.#progressMs = nowMs;
    log.info("database snapshot is being sent", {
      ...this.fields,
      "sent-bytes": this.#sent,
      "bytes-per-second": Math.round((this.#sent * 1_000) / (nowMs - this.#startMs)),
    });
  }

  #stallAfter(ms: number): void {
    this.#cancelStall = this.#context.options.clock.after(ms, () =>
      this.fail(new Error("i/o timeout")),
    );
  }

  #end(error: Error | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#cancelStall();
    this.#cancelPace();
    this.#snapshot.source.close(error);
    this.#done(error);
  }
}
