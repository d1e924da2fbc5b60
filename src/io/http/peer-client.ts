// The calls of one member to others, on Node's HTTP client.
import type {
  Agent as PlainAgent,
  AgentOptions,
  ClientRequest,
  IncomingMessage,
  RequestOptions,
} from "node:http";
import type { Agent as TlsAgent } from "node:https";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import { Agent, request as httpRequest } from "./node-http.ts";
import { nodeHttps } from "./node-tls.ts";
import type {
  PeerAnswerHead,
  PeerCall,
  PeerCallEvents,
  PeerCallRequest,
  PeerDialer,
} from "./peer-exchange.ts";
import { isAskedAgain } from "./ask-again.ts";
import type { ClientTls } from "./tls/client-tls.ts";
import { dialError } from "./tls/handshake-error.ts";
import { RefusalAlert } from "./tls/refusal-alert.ts";

export interface PeerClientOptions {
  /** From the call to the connection, TLS included. etcd: 1 s and the election timeout. */
  readonly dialTimeoutMs: number;
  /** A kept connection is closed after so long without use; below the server's own patience. */
  readonly idleTimeoutMs?: number;
  /** Connections kept to one host. */
  readonly idleConnectionsMax?: number;
  /** Asked for every new connection, so that renewed certificates count at once. */
  readonly tls?: ClientTls;
  /** Address to call from (the gate SetMemberLocalAddr). */
  readonly localAddress?: string;
}

/** Pools of Node's, for both schemes. */
interface Agents {
  readonly plain: PlainAgent;
  readonly tls: TlsAgents;
}

export class PeerClient implements PeerDialer {
  readonly #options: PeerClientOptions;
  readonly #pooled: Agents;
  readonly #own: Agents;

  constructor(options: PeerClientOptions) {
    this.#options = options;
    const settings = {
      keepAlive: true,
      timeout: options.idleTimeoutMs ?? 4_000,
      maxFreeSockets: options.idleConnectionsMax ?? 1_024,
      noDelay: true,
    };
    const { tls } = options;
    this.#pooled = { plain: new Agent(settings), tls: new TlsAgents(settings, tls) };
    // An agent that keeps nothing: an old stream's connection must never serve the next one.
    const once = { keepAlive: false, noDelay: true };
    this.#own = { plain: new Agent(once), tls: new TlsAgents(once, tls) };
  }

  /** Throws only on a URL that is none. */
  open(request: PeerCallRequest, events: PeerCallEvents): PeerCall {
    const agents = request.connection === "own" ? this.#own : this.#pooled;
    const target = targetOf(request.url);
    const options: RequestOptions = {
      method: request.method,
      headers: headersOf(request),
      ...target.options,
      ...(this.#options.localAddress !== undefined && { localAddress: this.#options.localAddress }),
      agent: target.isTls ? agents.tls.agent : agents.plain,
    };
    const start = (): ClientRequest =>
      target.isTls ? nodeHttps().request(options) : httpRequest(options);
    return new NodePeerCall(start, request, events, this.#options.dialTimeoutMs);
  }

  close(): void {
    for (const agents of [this.#pooled, this.#own]) {
      agents.plain.destroy();
      agents.tls.destroy();
    }
  }
}

/** An agent, once one is asked for. */
class TlsAgents {
  readonly #options: AgentOptions;
  readonly #tls: ClientTls | undefined;
  #agent: TlsAgent | undefined;

  constructor(options: AgentOptions, tls: ClientTls | undefined) {
    this.#options = options;
    this.#tls = tls;
  }

  get agent(): TlsAgent {
    this.#agent ??= tlsAgent(this.#options, this.#tls);
    return this.#agent;
  }

  destroy(): void {
    this.#agent?.destroy();
  }
}

/** Asks for its options at each connection, and resumes no session: each is verified anew. */
function tlsAgent(options: AgentOptions, tls: ClientTls | undefined): TlsAgent {
  const { Agent: NodeTlsAgent } = nodeHttps();
  return new (class extends NodeTlsAgent {
    override createConnection(
      to: RequestOptions,
      done?: (error: Error | null, stream: Duplex) => void,
    ): Duplex | null | undefined {
      const alert = new RefusalAlert();
      const how = alert.optionsFor({ ...to, ...tls?.() });
      const socket = super.createConnection(how, done);
      if (socket != null) alert.watch(socket as TLSSocket, how);
      return socket;
    }
  })({ ...options, maxCachedSessions: 0 });
}

class NodePeerCall implements PeerCall {
  readonly #start: () => ClientRequest;
  readonly #asked: PeerCallRequest;
  readonly #body: Uint8Array | undefined;
  readonly #events: PeerCallEvents;
  readonly #dialTimeoutMs: number;
  #request: ClientRequest;
  #isOver = false;
  #isAgain = false;

  constructor(
    start: () => ClientRequest,
    request: PeerCallRequest,
    events: PeerCallEvents,
    dialTimeoutMs: number,
  ) {
    const { body } = request;
    this.#start = start;
    this.#asked = request;
    this.#body = typeof body === "number" ? undefined : body;
    this.#events = events;
    this.#dialTimeoutMs = dialTimeoutMs;
    this.#request = this.#begin();
    if (typeof body !== "number") this.#request.end(this.#body);
  }

  write(bytes: Uint8Array): boolean {
    return this.#isOver || this.#request.write(bytes);
  }

  end(): void {
    if (!this.#isOver) this.#request.end();
  }

  abort(): void {
    this.#isOver = true;
    this.#request.destroy();
  }

  #begin(): ClientRequest {
    const request = this.#start();
    request.on("socket", (socket: Socket) => this.#limitDial(socket));
    request.on("response", (response) => this.#answered(response));
    request.on("drain", () => {
      if (!this.#isOver) this.#events.onDrain();
    });
    request.on("error", (error) => this.#broke(error));
    return request;
  }

  #limitDial(socket: Socket): void {
    if (!socket.connecting) return;
    const timer = setTimeout(() => {
      socket.destroy(new Error("dial timeout"));
    }, this.#dialTimeoutMs);
    timer.unref();
    const stop = (): void => clearTimeout(timer);
    socket.once("secureConnect", stop);
    socket.once("close", stop);
    if (!("encrypted" in socket)) socket.once("connect", stop);
  }

  #answered(response: IncomingMessage): void {
    if (this.#isOver) return;
    response.on("error", (error) => this.#fail(error));
    response.on("data", (chunk: Buffer) => {
      if (!this.#isOver) this.#events.onBytes(chunk);
    });
    response.on("end", () => {
      if (this.#isOver) return;
      this.#isOver = true;
      // An answer before the body was sent leaves a connection that nobody can use.
      if (!this.#request.writableFinished) this.#request.destroy();
      this.#events.onEnd();
    });
    this.#events.onHead(headOf(response));
  }

  #broke(error: Error): void {
    if (this.#isOver) return;
    const { code } = error as NodeJS.ErrnoException;
    if (!this.#isAgain && this.#request.reusedSocket && isAskedAgain(this.#asked, code)) {
      this.#isAgain = true;
      this.#request = this.#begin();
      this.#request.end(this.#body);
      return;
    }
    this.#fail(error);
  }

  #fail(error: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#request.destroy();
    this.#events.onError(dialError(error));
  }
}

function headOf(response: IncomingMessage): PeerAnswerHead {
  return {
    status: response.statusCode ?? 0,
    header: (name) => {
      const value = response.headers[name.toLowerCase()];
      return Array.isArray(value) ? value.join(",") : (value ?? "");
    },
  };
}

function headersOf(request: PeerCallRequest): Record<string, string | number> {
  const { body } = request;
  if (body === undefined) return { ...request.headers };
  return {
    ...request.headers,
    "Content-Length": typeof body === "number" ? body : body.length,
  };
}

/** The host of a unix URL is the socket's file, as etcd has it (client/pkg/transport). */
function targetOf(url: string): { readonly isTls: boolean; readonly options: RequestOptions } {
  const unix = /^unix(s?):\/\/([^/]+)(\/.*)$/.exec(url);
  if (unix !== null) {
    const [, secure, socketPath = "", path = "/"] = unix;
    return { isTls: secure === "s", options: { socketPath, path, host: "localhost" } };
  }
  const { protocol, hostname, port, pathname, search } = new URL(url);
  const host = hostname.startsWith("[") ? hostname.slice(1, -1) : hostname;
  const isTls = protocol === "https:";
  return { isTls, options: { host, port: port || (isTls ? 443 : 80), path: pathname + search } };
}
