// The receiving end of a stream: dials the other member, again and again, and reads what it sends
// (rafthttp stream.go streamReader).
import { type Id64, id64Hex, latin1FromBytes } from "../../../base/index.ts";
import type { Message } from "../../../core/raft/index.ts";
import type { Cancel } from "../../host/index.ts";
import type { PeerAnswerHead, PeerCall } from "../../http/index.ts";
import { isLinkHeartbeat, type StreamDecoder } from "../codec/stream-codec.ts";
import type { PeerCounters } from "../counters.ts";
import type { PeerStatus } from "../peer-status.ts";
import type { TransportContext } from "../ports.ts";
import {
  clusterMismatchText,
  identityHeaders,
  incompatibleText,
  memberRemovedText,
  streamPath,
} from "../requests.ts";
import type { UrlPicker } from "../url-picker.ts";
import { compareVersions, hasStreams, parseVersion } from "../version.ts";
import { newDecoder, streamName, type StreamType } from "./stream-type.ts";

const refusalBytesMax = 4_096;

/** One dial, and the stream that may come of it. */
interface Dial {
  readonly url: string;
  call: PeerCall;
  /** Set once the stream is there. */
  decoder: StreamDecoder | undefined;
  /** Of an answer that is a refusal. */
  head: PeerAnswerHead | undefined;
  refusal: string;
  /** When something was last heard, on the monotonic clock. */
  heardMs: number;
  cancelSilence: Cancel;
}

export interface StreamReaderParts {
  readonly context: TransportContext;
  readonly peer: Id64;
  readonly type: StreamType;
  readonly picker: UrlPicker;
  readonly status: PeerStatus;
  /** Takes what was read. */
  readonly receive: (message: Message) => void;
}

export class StreamReader {
  readonly #parts: StreamReaderParts;
  readonly #context: TransportContext;
  readonly #counters: PeerCounters;
  #dial: Dial | undefined;
  #isStopped = false;
  #isPaused = false;
  /** The earliest time of the dial after the next. */
  #nextDialMs = -Infinity;
  #cancelDial: Cancel = () => {};

  constructor(parts: StreamReaderParts) {
    this.#parts = parts;
    this.#context = parts.context;
    this.#counters = parts.context.counters.of(id64Hex(parts.peer));
  }

  start(): void {
    this.#context.options.log.info("started stream reader with remote peer", this.#fields());
    this.#open();
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelDial();
    this.#close();
    this.#context.options.log.info("stopped stream reader with remote peer", this.#fields());
  }

  /** Drops what comes, until `resume`. */
  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
  }

  #open(): void {
    const { context, type, picker, peer } = this.#parts;
    const url = picker.pick();
    const dial: Dial = {
      url,
      call: noCall,
      decoder: undefined,
      head: undefined,
      refusal: "",
      heardMs: context.options.clock.nowMs(),
      cancelSilence: () => {},
    };
    this.#dial = dial;
    const address = `${url}${streamPath}/${type}/${context.localHex}`;
    const headers = { ...identityHeaders(context), "X-Raft-To": id64Hex(peer) };
    context.options.log.debug("dial stream reader", {
      from: context.localHex,
      to: id64Hex(peer),
      address,
    });
    dial.call = context.options.dialer.open(
      { method: "GET", url: address, headers, connection: "own" },
      {
        onHead: (head) => this.#answered(dial, head),
        onBytes: (bytes) => this.#heard(dial, bytes),
        onEnd: () => this.#ended(dial),
        onError: (error) => this.#failed(dial, error),
        onDrain: () => {},
      },
    );
    this.#watchSilence(dial, context.limits.dialTimeoutMs);
  }

  #answered(dial: Dial, head: PeerAnswerHead): void {
    const { context, type, peer, status } = this.#parts;
    const remote = parseVersion(head.header("X-Server-Version"));
    const local = parseVersion(context.options.serverVersion)!;
    if (remote === undefined || (compareVersions(remote, local) < 0 && !hasStreams(remote))) {
      this.#close();
      // As etcd: whoever has no streams is not inactive for that.
      this.#parts.picker.unreachable(dial.url);
      this.#openLater();
      return;
    }
    dial.head = head;
    if (head.status !== 200) return;
    dial.decoder = newDecoder(type, context.options.id, peer);
    dial.heardMs = context.options.clock.nowMs();
    dial.cancelSilence();
    this.#watchSilence(dial, context.limits.readTimeoutMs);
    status.activate();
    const words = "established TCP streaming connection with remote peer";
    context.options.log.info(words, this.#fields());
  }

  #heard(dial: Dial, bytes: Uint8Array): void {
    const { decoder } = dial;
    if (decoder === undefined) {
      if (dial.refusal.length < refusalBytesMax) dial.refusal += latin1FromBytes(bytes);
      return;
    }
    dial.heardMs = this.#context.options.clock.nowMs();
    this.#counters.receivedBytes += bytes.length;
    try {
      decoder.feed(bytes);
      for (let message = decoder.next(); message !== undefined; message = decoder.next()) {
        if (this.#isPaused || isLinkHeartbeat(message)) continue;
        this.#parts.receive(message);
        // What was received may have ended this very stream.
        if (this.#dial !== dial) return;
      }
    } catch (error) {
      this.#lost(dial, error as Error, "broken");
    }
  }

  #ended(dial: Dial): void {
    if (dial.decoder === undefined) this.#refused(dial);
    else this.#lost(dial, new Error("EOF"), "ended");
  }

  #failed(dial: Dial, error: Error): void {
    if (dial.decoder !== undefined) {
      this.#lost(dial, error, isReset(error) ? "reset" : "broken");
      return;
    }
    this.#parts.picker.unreachable(dial.url);
    this.#notOpened(error.message);
  }

  /** The answer was not a stream. */
  #refused(dial: Dial): void {
    const { context, peer, picker } = this.#parts;
    const { log, raft } = context.options;
    const said = dial.refusal.replace(/\n$/, "");
    const status = dial.head?.status ?? 0;
    picker.unreachable(dial.url);
    if (status === 410) {
      this.#notOpened(memberRemovedText);
      raft.localMemberRemoved();
    } else if (status === 404) {
      this.#notOpened(`peer ${id64Hex(peer)} failed to find local node ${context.localHex}`);
    } else if (status !== 412) {
      this.#notOpened(`unhandled http status ${status}`);
    } else if (said === incompatibleText) {
      const words = "request sent was ignored by remote peer due to server version incompatibility";
      log.warn(words, { ...this.#ids(), error: said });
      this.#notOpened(said);
    } else if (said === clusterMismatchText) {
      log.warn("request sent was ignored by remote peer due to cluster ID mismatch", {
        ...this.#ids(),
        "remote-peer-cluster-id": dial.head?.header("X-Etcd-Cluster-ID"),
        "local-member-cluster-id": context.clusterHex,
        error: said,
      });
      this.#notOpened(said);
    } else this.#notOpened(`unhandled error "${said}" when precondition failed`);
  }

  #notOpened(reason: string): void {
    this.#close();
    this.#parts.status.deactivate(streamName[this.#parts.type], "dial", reason);
    this.#openLater();
  }

  /** A stream that was there is no more. When the other side ended it, that is no failure. */
  #lost(dial: Dial, error: Error, how: "ended" | "reset" | "broken"): void {
    const { context, status, type, peer } = this.#parts;
    const words = "lost TCP streaming connection with remote peer";
    context.options.log.warn(words, { ...this.#fields(), error });
    if (this.#dial === dial) this.#close();
    if (how !== "ended") status.deactivate(streamName[type], "read", error.message);
    this.#openLater();
    context.options.raft.connectionLost?.(peer, how !== "broken");
  }

  /** One timer a stream, however much comes: it looks when something was heard last. */
  #watchSilence(dial: Dial, patienceMs: number): void {
    const { clock } = this.#context.options;
    const left = dial.heardMs + patienceMs - clock.nowMs();
    dial.cancelSilence = clock.after(Math.max(left, 1), () => {
      if (dial.heardMs + patienceMs > clock.nowMs()) this.#watchSilence(dial, patienceMs);
      else {
        dial.call.abort();
        this.#failed(dial, new Error("i/o timeout"));
      }
    });
  }

  /** A token bucket with one token, as etcd's limiter. */
  #openLater(): void {
    if (this.#isStopped) return;
    const { clock } = this.#context.options;
    const now = clock.nowMs();
    const at = Math.max(now, this.#nextDialMs);
    this.#nextDialMs = at + this.#context.limits.dialIntervalMs;
    this.#cancelDial = clock.after(at - now, () => {
      if (!this.#isStopped) this.#open();
    });
  }

  #close(): void {
    const dial = this.#dial;
    if (dial === undefined) return;
    this.#dial = undefined;
    dial.cancelSilence();
    dial.call.abort();
  }

  #ids(): Record<string, string> {
    return {
      "local-member-id": this.#context.localHex,
      "remote-peer-id": id64Hex(this.#parts.peer),
    };
  }

  #fields(): Record<string, string> {
    return { "stream-reader-type": streamName[this.#parts.type], ...this.#ids() };
  }
}

/** The other side's process closed its end, or its machine knows no such connection. */
const isReset = (error: Error): boolean =>
  ["ECONNRESET", "EPIPE", "ECONNREFUSED"].includes(String((error as { code?: unknown }).code));

const noCall: PeerCall = { write: () => true, end: () => {}, abort: () => {} };
