// A channel to a cluster: whichever endpoint answers carries the calls until its connection is lost.
import { type ClientHttp2Session, connect as connectHttp2 } from "node:http2";
import type { ClientTls } from "../http/index.ts";
import { Code } from "../../core/errors/index.ts";
import { type CallEvents, type CallRequest, type ClientCall, StreamCall } from "./stream-call.ts";
import { dial, type Endpoint } from "./endpoint.ts";

export type { CallEvents, CallRequest, ClientCall } from "./stream-call.ts";

export interface GrpcChannelOptions {
  readonly endpoints: readonly Endpoint[];
  /** Used where an endpoint demands TLS, or leaves it open. */
  readonly tls?: ClientTls | undefined;
  readonly dialTimeoutMs: number;
  /** Pings while calls are open; a server that answers none for `timeoutMs` is left. */
  readonly keepalive?: { readonly timeMs: number; readonly timeoutMs: number };
  /** One message of an answer, at most. */
  readonly receiveBytesMax: number;
}

export class GrpcChannel {
  readonly #options: GrpcChannelOptions;
  #endpoints: readonly Endpoint[];
  #next = 0;
  #session: ClientHttp2Session | undefined;
  #dialling: Promise<ClientHttp2Session> | undefined;
  #current: Endpoint | undefined;
  #openCalls = 0;
  #isClosed = false;

  constructor(options: GrpcChannelOptions) {
    this.#options = options;
    this.#endpoints = options.endpoints;
  }

  get endpoints(): readonly Endpoint[] {
    return this.#endpoints;
  }

  /** Later connections go to these; the one that stands stays, when its endpoint is still named. */
  setEndpoints(endpoints: readonly Endpoint[]): void {
    this.#endpoints = endpoints;
    const stays = endpoints.some(({ text }) => text === this.#current?.text);
    if (!stays) this.#leave();
  }

  /** Begins a call. Events come later, never before this returns. */
  open(request: CallRequest, events: CallEvents): ClientCall {
    this.#openCalls++;
    const call = new StreamCall(request, this.#options.receiveBytesMax, {
      onMessage: (bytes) => events.onMessage(bytes),
      onDrain: () => events.onDrain?.(),
      onEnd: (status) => {
        this.#openCalls--;
        events.onEnd(status);
      },
    });
    const session = this.#session;
    // One turn later also when the connection stands: the caller has the call in its hands by then.
    const ready = session === undefined ? this.#connect() : Promise.resolve(session);
    ready.then(
      (found) => call.start(found, this.#current?.authority ?? ""),
      (error: Error) => call.fail({ code: Code.Unavailable, message: error.message }),
    );
    return call;
  }

  close(): void {
    this.#isClosed = true;
    this.#session?.destroy();
    this.#session = undefined;
  }

  #connect(): Promise<ClientHttp2Session> {
    this.#dialling ??= this.#dialAny().finally(() => (this.#dialling = undefined));
    return this.#dialling;
  }

  /** Each endpoint once, beginning with the one after the last that failed. */
  async #dialAny(): Promise<ClientHttp2Session> {
    let last: unknown = new Error("no endpoints available");
    for (let tries = this.#endpoints.length; tries > 0 && !this.#isClosed; tries--) {
      const endpoint = this.#endpoints[this.#next % this.#endpoints.length]!;
      try {
        return await this.#dialOne(endpoint);
      } catch (error) {
        last = error;
        this.#next++;
      }
    }
    if (this.#isClosed) throw new Error("grpc: the client connection is closing");
    const why = last instanceof Error ? last.message : String(last);
    throw new Error(`connection error: desc = "transport: Error while dialing: ${why}"`);
  }

  async #dialOne(endpoint: Endpoint): Promise<ClientHttp2Session> {
    const { tls, dialTimeoutMs } = this.#options;
    const socket = await dial(endpoint, tls, dialTimeoutMs);
    const session = connectHttp2("http://channel", { createConnection: () => socket });
    const leave = (): void => {
      if (this.#session !== session) return;
      this.#session = undefined;
      this.#next++;
    };
    session.on("error", leave);
    session.on("goaway", leave);
    session.on("close", leave);
    this.#keepAlive(session);
    this.#session = session;
    this.#current = endpoint;
    return session;
  }

  /** Calls under way on the old connection go on to their ends. */
  #leave(): void {
    this.#session?.close();
    this.#session = undefined;
  }

  #keepAlive(session: ClientHttp2Session): void {
    const { keepalive } = this.#options;
    if (keepalive === undefined) return;
    const timer = setInterval(() => {
      if (this.#openCalls === 0 || session.destroyed) return;
      const silent = setTimeout(() => session.destroy(), keepalive.timeoutMs);
      silent.unref();
      session.ping(() => clearTimeout(silent));
    }, keepalive.timeMs);
    timer.unref();
    session.once("close", () => clearInterval(timer));
  }
}
