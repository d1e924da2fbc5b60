// The name a client has proven: what authentication by certificate goes by.
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { namesOf } from "./host-names.ts";

/** Common name of the verified client certificate; undefined without one, or when it has none. */
export function commonNameOf(socket: Socket): string | undefined {
  if (!isTls(socket) || !socket.authorized) return undefined;
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return undefined;
  return namesOf(certificate).commonName || undefined;
}

const isTls = (socket: Socket): socket is TLSSocket =>
  (socket as Partial<TLSSocket>).encrypted === true;

/** The same for whoever sent an HTTP/1 request. */
export const clientCommonName = (request: IncomingMessage): string | undefined =>
  commonNameOf(request.socket);
