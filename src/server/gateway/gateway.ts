// etcd's JSON gateway: a path is a method, the body its request, the answer its response (grpc-gateway
// v2 as embed/serve.go sets it up).
import { InvariantError } from "../../base/index.ts";
import { Code, EtcdError } from "../../core/errors/index.ts";
import {
  type MethodCounts,
  type MethodHandler,
  parseTimeout,
  type RequestSink,
  type ServerCall,
  type Status,
  unknownMethodStatus,
} from "../../io/grpc/index.ts";
import type { Clock } from "../../io/host/index.ts";
import { Body } from "./body.ts";
import type { Exchange } from "./exchange.ts";
import { fromJson } from "./from-json.ts";
import { errorFields, GatewayCall } from "./gateway-call.ts";
import { httpStatusOf, statusJson } from "./http-status.ts";
import { JsonError } from "./json-error.ts";
import { JsonValues } from "./json-values.ts";
import { type Route, routes } from "./routes.ts";

export interface GatewayOptions {
  /** The methods gRPC serves, by path; what is not here is Unimplemented. */
  readonly methods: ReadonlyMap<string, MethodHandler>;
  readonly counts?: ReadonlyMap<string, MethodCounts>;
  /** The largest request message; etcd: --max-request-bytes and 512 KiB more. */
  readonly maxReceiveBytes: number;
  readonly clock: Clock;
  /** Asked before the handler of every call, as gRPC's. */
  readonly intercept?: (call: ServerCall) => Status | undefined;
  /** A handler threw something; the call has failed with Internal. */
  readonly onFault?: (call: ServerCall, error: unknown) => void;
}

/** JSON that is not base64: names, braces and numbers of a large transaction. */
const bodyOverheadBytes = 64 * 1024;
/** A request this long is carried out in a turn of its own. */
const longRequestBytes = 1024 * 1024;
/** What base64 makes of three octets. */
const base64Growth = 4 / 3;

export class Gateway {
  readonly #options: GatewayOptions;
  /** Of one request's JSON; checked before any of it is parsed. */
  readonly bodyBytesMax: number;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.bodyBytesMax = Math.ceil(options.maxReceiveBytes * base64Growth) + bodyOverheadBytes;
  }

  /** Whether a method has this path. */
  hasPath(path: string): boolean {
    return routes.has(path);
  }

  /** Answers a request for a path below /v3/. */
  serve(method: string, path: string, exchange: Exchange): void {
    const route = routes.get(path);
    if (route === undefined) return refuse(exchange, Code.NotFound, "Not Found");
    if (method !== "POST") return refuse(exchange, Code.Unimplemented, "Method Not Allowed");
    const timeout = this.#timeoutMs(exchange);
    if (timeout === "invalid") {
      const given = String(exchange.headers["grpc-timeout"]);
      return refuse(exchange, Code.InvalidArgument, `invalid grpc-timeout: ${given}`);
    }
    const handler = this.#options.methods.get(route.method);
    if (handler?.kind === "stream" && handler.requests !== "one") {
      return this.#serveStream(route, exchange, timeout, handler);
    }
    this.#readWhole(exchange, (body) => {
      let request: Uint8Array;
      try {
        request = fromJson(route.request, body.firstValue());
      } catch (error) {
        if (!(error instanceof JsonError)) throw error;
        return refuse(exchange, Code.InvalidArgument, error.message);
      }
      this.#serveOne(route, exchange, timeout, handler, request);
    });
  }

  /** A method that takes one request. */
  #serveOne(
    route: Route,
    exchange: Exchange,
    timeoutMs: number | undefined,
    handler: MethodHandler | undefined,
    request: Uint8Array,
  ): void {
    const { clock, methods, maxReceiveBytes } = this.#options;
    const call = this.#open(route, exchange, timeoutMs);
    if (handler === undefined) return call.end(unknownMethodStatus(route.method, methods));
    if (request.length > maxReceiveBytes) {
      return call.end(tooLarge(request.length, maxReceiveBytes));
    }
    const counts = this.#options.counts?.get(route.method);
    if (counts !== undefined) counts.received++;
    const serve = (): void => this.#guarded(call, () => this.#handle(handler, call, request));
    // Reading a long one was enough for a turn: what is waiting goes first.
    if (request.length < longRequestBytes) serve();
    else clock.after(0, () => call.ended || serve());
  }

  #handle(handler: MethodHandler, call: GatewayCall, request: Uint8Array): void {
    if (this.#isRefused(call)) return;
    if (handler.kind === "unary") return handler.handle(call, request);
    const sink = handler.open(call);
    sink.message(request);
    if (!call.ended) sink.halfClose();
  }

  #serveStream(
    route: Route,
    exchange: Exchange,
    timeoutMs: number | undefined,
    handler: Extract<MethodHandler, { kind: "stream" }>,
  ): void {
    const call = this.#open(route, exchange, timeoutMs);
    let sink: RequestSink | undefined = undefined;
    this.#guarded(call, () => {
      if (!this.#isRefused(call)) sink = handler.open(call);
    });
    if (sink === undefined) return;
    const values = new JsonValues();
    const requests = new RequestStream(call, sink, {
      next: () => values.next(),
      finish: () => values.finish(),
      request: (json) => this.#requestOf(route, call, json),
      guarded: (act) => this.#guarded(call, act),
    });
    call.onPause = (paused) => {
      requests.setPaused(paused);
      if (paused) exchange.pause();
      else exchange.resume();
    };
    exchange.read({
      bytes: (chunk) => {
        values.push(chunk);
        requests.deliver();
        if (values.heldBytes > this.bodyBytesMax) {
          call.end(tooLarge(values.heldBytes, this.#options.maxReceiveBytes));
        }
      },
      end: () => requests.end(),
    });
  }

  #requestOf(route: Route, call: ServerCall, json: Uint8Array): Uint8Array | undefined {
    const request = fromJson(route.request, json);
    const { maxReceiveBytes, counts } = this.#options;
    if (request.length > maxReceiveBytes) {
      call.end(tooLarge(request.length, maxReceiveBytes));
      return undefined;
    }
    const counted = counts?.get(route.method);
    if (counted !== undefined) counted.received++;
    return request;
  }

  #open(route: Route, exchange: Exchange, timeoutMs: number | undefined): GatewayCall {
    const { clock, counts } = this.#options;
    const deadlineMs = timeoutMs === undefined ? undefined : clock.nowMs() + timeoutMs;
    const call = new GatewayCall(route, exchange, counts?.get(route.method), { clock, deadlineMs });
    if (timeoutMs !== undefined) call.cancelDeadline = clock.after(timeoutMs, () => call.expire());
    return call;
  }

  /** Reads a body to its end, or refuses it as soon as it is too long. */
  #readWhole(exchange: Exchange, done: (body: Body) => void): void {
    const expected = Math.min(Number(exchange.headers["content-length"] ?? 0), this.bodyBytesMax);
    const body = new Body(expected > 0 ? expected : 0);
    let isOver = false;
    const finish = (): void => {
      if (isOver) return;
      isOver = true;
      done(body);
    };
    exchange.read({
      bytes: (chunk) => {
        if (isOver) return;
        const length = body.length + chunk.length;
        if (length > this.bodyBytesMax) {
          isOver = true;
          const { code, message } = tooLarge(length, this.#options.maxReceiveBytes);
          return refuse(exchange, code, message);
        }
        body.push(chunk);
        if (exchange.isEndless && chunk.length > 1) finish();
      },
      end: finish,
    });
  }

  #timeoutMs(exchange: Exchange): number | undefined | "invalid" {
    const value = exchange.headers["grpc-timeout"];
    if (typeof value !== "string" || value === "") return undefined;
    const parsed = parseTimeout(value);
    return typeof parsed === "number" ? parsed : "invalid";
  }

  #isRefused(call: GatewayCall): boolean {
    const refused = this.#options.intercept?.(call);
    if (refused !== undefined) call.end(refused);
    return refused !== undefined;
  }

  /** What a handler throws fails its call alone, unless the program contradicts itself. */
  #guarded(call: GatewayCall, act: () => void): void {
    try {
      act();
    } catch (error) {
      if (error instanceof InvariantError) throw error;
      if (error instanceof EtcdError) return call.end(error);
      this.#options.onFault?.(call, error);
      call.end({ code: Code.Internal, message: "internal error" });
    }
  }
}

const tooLarge = (length: number, max: number): Status => ({
  code: Code.ResourceExhausted,
  message: `grpc: received message larger than max (${length} vs. ${max})`,
});

/** An answer of the gateway itself. */
function refuse(exchange: Exchange, code: number, message: string): void {
  const status = { code, message };
  exchange.answer(httpStatusOf(code), errorFields(status), statusJson(status));
}

interface RequestSource {
  next(): Uint8Array | undefined;
  finish(): Uint8Array | undefined;
  request(json: Uint8Array): Uint8Array | undefined;
  guarded(act: () => void): void;
}

/** The requests of a streaming call, in order, while the handler takes them. */
class RequestStream {
  readonly #call: GatewayCall;
  readonly #sink: RequestSink;
  readonly #source: RequestSource;
  #isPaused = false;
  #bodyEnded = false;
  #isClosed = false;
  #isDelivering = false;

  constructor(call: GatewayCall, sink: RequestSink, source: RequestSource) {
    this.#call = call;
    this.#sink = sink;
    this.#source = source;
  }

  setPaused(paused: boolean): void {
    this.#isPaused = paused;
    if (!paused) this.deliver();
  }

  end(): void {
    this.#bodyEnded = true;
    this.deliver();
  }

  deliver(): void {
    if (this.#isDelivering) return;
    this.#isDelivering = true;
    try {
      while (!this.#isPaused && !this.#isClosed && !this.#call.ended) {
        const json = this.#take();
        if (json === undefined) break;
        const request = this.#source.request(json);
        if (request !== undefined) this.#source.guarded(() => this.#sink.message(request));
      }
    } catch (error) {
      if (!(error instanceof JsonError)) throw error;
      // etcd's gateway closes its sending side, and says nothing.
      this.#close();
    } finally {
      this.#isDelivering = false;
    }
  }

  #take(): Uint8Array | undefined {
    const json = this.#source.next();
    if (json !== undefined || !this.#bodyEnded) return json;
    const last = this.#source.finish();
    if (last === undefined) this.#close();
    return last;
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (!this.#call.ended) this.#source.guarded(() => this.#sink.halfClose());
  }
}
