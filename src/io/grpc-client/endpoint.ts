// An endpoint as etcd's client takes it (client/v3/internal/endpoint): a URL, or a bare host and port.
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { ClientTls } from "../http/index.ts";

export interface Endpoint {
  readonly text: string;
  /** A file for unix sockets. */
  readonly address: { readonly path: string } | { readonly host: string; readonly port: number };
  /** https and unixs demand TLS, http and unix refuse it, a bare address uses it where there is any. */
  readonly security: "required" | "none" | "optional";
  /** The `:authority` of calls. */
  readonly authority: string;
}

/** Throws on what is no endpoint. */
export function parseEndpoint(text: string): Endpoint {
  const [, scheme, path] = /^(unixs?):(?:\/\/)?(.+)$/.exec(text) ?? [];
  if (path !== undefined) {
    const security = scheme === "unixs" ? "required" : "none";
    return { text, address: { path }, security, authority: path.slice(path.lastIndexOf("/") + 1) };
  }
  const [, prefix, bracketed, plain, port] =
    /^(https?:\/\/)?(?:\[([^\]]+)\]|([^:/[\]]+)):(\d+)\/?$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || Number(port) > 65_535) {
    throw new Error(`invalid endpoint ${JSON.stringify(text)}`);
  }
  return {
    text,
    address: { host, port: Number(port) },
    security: prefix === undefined ? "optional" : prefix === "https://" ? "required" : "none",
    authority: bracketed === undefined ? `${host}:${port}` : `[${host}]:${port}`,
  };
}

/** Opens a connection that is ready for HTTP/2; `timeoutMs` includes the TLS handshake. */
export function dial(
  { address, security }: Endpoint,
  tls: ClientTls | undefined,
  timeoutMs: number,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const isTls = security === "required" || (security === "optional" && tls !== undefined);
    const socket = isTls
      ? connectTls({ ...nameOf(address), ...tls?.(), ...address, ALPNProtocols: ["h2"] })
      : connect(address);
    socket.setNoDelay(true);
    const timer = setTimeout(() => socket.destroy(new Error("i/o timeout")), timeoutMs);
    const failed = (error: Error): void => {
      clearTimeout(timer);
      reject(error);
    };
    socket.once("error", failed);
    socket.once(isTls ? "secureConnect" : "connect", () => {
      clearTimeout(timer);
      socket.off("error", failed);
      resolve(socket);
    });
  });
}

/** A file has no name that a certificate could be held against. */
const nameOf = (address: Endpoint["address"]): { host?: string } =>
  "path" in address ? { host: "localhost" } : {};
