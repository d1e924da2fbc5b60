// One call by JSON: what a method's handler sees is the same as of a gRPC call.
import { Code } from "../../core/errors/index.ts";
import {
  type CancelReason,
  type Metadata,
  type MethodCounts,
  type Peer,
  sendBufferBytesHigh,
  type ServerCall,
  type Status,
} from "../../io/grpc/index.ts";
import type { Cancel, Clock } from "../../io/host/index.ts";
import type { Exchange, HeaderFields } from "./exchange.ts";
import { HeaderMetadata } from "./header-metadata.ts";
import { httpStatusOf, statusJson } from "./http-status.ts";
import type { Route } from "./routes.ts";
import { escapeHtml, toJson } from "./to-json.ts";

const jsonType: HeaderFields = ["Content-Type", "application/json"];
/** Go's client saw these response headers of gRPC and the gateway passes them on. */
const answeredFields = [...jsonType, "Grpc-Metadata-Content-Type", "application/grpc"];

export class GatewayCall implements ServerCall {
  readonly path: string;
  readonly metadata: Metadata;
  readonly deadlineMs: number | undefined;
  readonly peer: Peer;
  context: unknown = undefined;
  ended = false;
  onCancel: ((reason: CancelReason) => void) | undefined = undefined;
  onDrain: (() => void) | undefined = undefined;
  /** Ends the wait for the deadline. */
  cancelDeadline: Cancel | undefined = undefined;
  onPause: ((paused: boolean) => void) | undefined = undefined;
  readonly #exchange: Exchange;
  readonly #route: Route;
  readonly #counts: MethodCounts | undefined;
  readonly #clock: Clock;
  readonly #startedMs: number;
  #hasBegun = false;
  #wantsDrain = false;

  constructor(
    route: Route,
    exchange: Exchange,
    counts: MethodCounts | undefined,
    times: { readonly clock: Clock; readonly deadlineMs: number | undefined },
  ) {
    this.path = route.method;
    this.#route = route;
    this.#exchange = exchange;
    this.#counts = counts;
    this.metadata = new HeaderMetadata(exchange.headers);
    this.deadlineMs = times.deadlineMs;
    this.#clock = times.clock;
    this.#startedMs = times.clock.nowMs();
    // No common name: etcd's gateway calls by a connection of its own, without a certificate.
    this.peer = { address: exchange.remoteAddress, commonName: undefined };
    if (counts !== undefined) counts.started++;
    exchange.onGone = () => this.#abort("connection");
    exchange.onDrain = () => this.#drained();
  }

  get bufferedBytes(): number {
    return this.#exchange.waitingBytes;
  }

  reply(message: Uint8Array): void {
    if (this.ended) return;
    const json = toJson(this.#route.response, message);
    if (this.#counts !== undefined) this.#counts.sent++;
    this.#finish(Code.OK);
    this.#exchange.answer(200, answeredFields, json);
  }

  send(message: Uint8Array): boolean {
    if (this.ended) return true;
    if (this.#counts !== undefined) this.#counts.sent++;
    this.#begin();
    this.#exchange.line(`{"result":${escapeHtml(toJson(this.#route.response, message))}}\n`);
    this.#wantsDrain = this.#exchange.waitingBytes > sendBufferBytesHigh;
    return !this.#wantsDrain;
  }

  end(status: Status): void {
    if (this.ended) return;
    this.#finish(status.code);
    const { requestStream, responseStream } = this.#route;
    if (requestStream || responseStream) this.#endStream(status);
    else this.#exchange.answer(httpStatusOf(status.code), errorFields(status), statusJson(status));
  }

  /** The deadline has passed. */
  expire(): void {
    if (this.ended) return;
    const { onCancel } = this;
    this.end({ code: Code.DeadlineExceeded, message: "context deadline exceeded" });
    onCancel?.("deadline");
  }

  pause(): void {
    this.onPause?.(true);
  }

  resume(): void {
    this.onPause?.(false);
  }

  #begin(): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    this.#exchange.begin(200, answeredFields);
  }

  #endStream(status: Status): void {
    // A stream that ends well without a message has no type of content.
    if (status.code === Code.OK && !this.#hasBegun) this.#exchange.begin(200, []);
    if (status.code !== Code.OK) {
      const line = `{"error":${escapeHtml(statusJson(status))}}\n`;
      if (!this.#hasBegun) this.#exchange.begin(httpStatusOf(status.code), jsonType);
      this.#exchange.line(line);
    }
    this.#exchange.finish();
  }

  #drained(): void {
    if (!this.#wantsDrain || this.ended) return;
    this.#wantsDrain = false;
    this.onDrain?.();
  }

  #abort(reason: CancelReason): void {
    if (this.ended) return;
    this.#finish(Code.Canceled);
    this.onCancel?.(reason);
  }

  #finish(code: number): void {
    this.ended = true;
    this.cancelDeadline?.();
    this.#counts?.end(code);
    this.#counts?.seconds?.observe((this.#clock.nowMs() - this.#startedMs) / 1000);
  }
}

export function errorFields({ code, message }: Status): HeaderFields {
  if (code !== Code.Unauthenticated) return jsonType;
  return [...jsonType, "WWW-Authenticate", message];
}
