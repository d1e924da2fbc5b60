// Who may speak plain HTTP here: host names against DNS rebinding, and origins for browsers
// (accessController in embed/serve.go).
import type { Log } from "../../io/host/index.ts";
import {
  clientCommonName,
  type IncomingMessage,
  type ServerResponse,
} from "../../io/http/index.ts";
import { replyError } from "./reply.ts";

export interface AccessOptions {
  /** --cors: `*`, or the origins that may ask. */
  readonly corsOrigins: readonly string[];
  /** --host-whitelist: `*`, or the host names that are ours. */
  readonly hostWhitelist: readonly string[];
  readonly log: Log;
  /** Whether callers are known by their certificates now: --client-cert-auth while auth is on. */
  readonly knowsByCertificate?: () => boolean;
}

/** Host names are compared on plain connections only: a certificate tells the same. */
export class AccessController {
  readonly #origins: ReadonlySet<string>;
  readonly #hosts: ReadonlySet<string>;
  readonly #log: Log;
  readonly #knowsByCertificate: () => boolean;

  constructor(options: AccessOptions) {
    const { corsOrigins, hostWhitelist, log, knowsByCertificate = () => false } = options;
    this.#origins = new Set(corsOrigins);
    this.#hosts = new Set(hostWhitelist);
    this.#log = log;
    this.#knowsByCertificate = knowsByCertificate;
  }

  /**
   * The fields the answer of an admitted request shall have, names and values in turn; undefined when
   * it goes no further and has been answered.
   */
  admit(request: IncomingMessage, response: ServerResponse): readonly string[] | undefined {
    if (isMalformedHost(request)) {
      refuseMalformed(response);
      return undefined;
    }
    const refusal = this.refusalOfHost(request);
    if (refusal !== undefined) {
      replyError(response, 421, refusal);
      return undefined;
    }
    if (this.refusesName(request)) {
      replyError(response, 400, namedText);
      return undefined;
    }
    const fields = this.#corsFields(request);
    if (request.method !== "OPTIONS") return fields;
    setFields(response, fields);
    response.statusCode = 200;
    response.end();
    return undefined;
  }

  /**
   * Whether the caller of the gateway has a certificate with a name, which would not count: the
   * gateway asks in its own. Who means to be that user must not be taken for nobody.
   */
  refusesName(request: IncomingMessage): boolean {
    if (request.url?.startsWith("/v3/") !== true || !this.#knowsByCertificate()) return false;
    return clientCommonName(request) !== undefined;
  }

  /** The host check alone, for a connection that is to become a WebSocket: why it may not. */
  refusalOfHost(request: IncomingMessage): string | undefined {
    if (this.#hosts.size === 0 || this.#hosts.has("*")) return undefined;
    if ("encrypted" in request.socket) return undefined;
    const host = hostName(request.headers.host ?? "");
    if (this.#hosts.has(host)) return undefined;
    this.#log.warn("rejecting HTTP request to prevent DNS rebinding attacks", { host });
    return rebindingText(host);
  }

  #corsFields(request: IncomingMessage): readonly string[] {
    if (this.#allows("*")) return anyOrigin;
    const { origin } = request.headers;
    return origin !== undefined && this.#allows(origin) ? corsFields(origin) : [];
  }

  #allows(origin: string): boolean {
    return this.#origins.size === 0 || this.#origins.has("*") || this.#origins.has(origin);
  }
}

/** Whether the Host field has an octet that Go takes for no part of one (httpguts.ValidHostHeader). */
export const isMalformedHost = ({ headers }: IncomingMessage): boolean =>
  /[^A-Za-z0-9!$%&()*+,\-.:;=[\]'_~]/.test(headers.host ?? "");

/** As net/http answers before any handler is asked: the words stand in the status line, too. */
function refuseMalformed(response: ServerResponse): void {
  response.statusCode = 400;
  response.statusMessage = `Bad Request: ${malformedHostText}`;
  response.setHeader("Content-Type", "text/plain; charset=utf-8");
  response.setHeader("Connection", "close");
  response.end(`400 Bad Request: ${malformedHostText}`);
}

export const malformedHostText = "malformed Host header";

/** etcd's words, for `curl` users to find. */
export const namedText =
  "CommonName of client sending a request against gateway will be ignored and not used as expected";

/** Without port; what cannot be split is taken as it is. */
const hostName = (host: string): string => /^\[?([^\]]*?)\]?:\d+$/.exec(host)?.[1] ?? host;

/** The words are etcd's: operators find them by the number. */
const rebindingText = (host: string): string => `
etcd received your request, but the Host header was unrecognized.

To fix this, choose one of the following options:
- Enable TLS, then any HTTPS request will be allowed.
- Add the hostname you want to use to the whitelist in settings.
  - e.g. etcd --host-whitelist ${JSON.stringify(host)}

This requirement has been added to help prevent "DNS Rebinding" attacks (CVE-2018-5702).
`;

const corsFields = (origin: string): readonly string[] => [
  "Access-Control-Allow-Methods",
  "POST, GET, OPTIONS, PUT, DELETE",
  "Access-Control-Allow-Origin",
  origin,
  "Access-Control-Allow-Headers",
  "accept, content-type, authorization",
];
const anyOrigin = corsFields("*");

/** Names and values in turn, on an answer that is still to be written. */
export function setFields(response: ServerResponse, fields: readonly string[]): void {
  for (let at = 0; at + 1 < fields.length; at += 2)
    response.setHeader(fields[at]!, fields[at + 1]!);
}
