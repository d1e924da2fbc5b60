// Who makes a call, and what of it that person may do (api/v3rpc/auth.go, EtcdServer.AuthInfoFromCtx).
// With auth off each of these is one test and allocates nothing.
import type { AuthInfo } from "../../core/auth/index.ts";
import { EtcdError, errors, watchCancelReasons } from "../../core/errors/index.ts";
import type { ServerCall } from "../../io/grpc/index.ts";
import type { RpcContext } from "./context.ts";

const bearer = "Bearer ";
/** Metadata of a call that the JSON gateway makes for somebody else. */
const gatewayMark = "grpcgateway-accept";

/** The token a call shows: clients send `token`, the gateway and people `authorization`. */
export function tokenOf({ metadata }: ServerCall): string | undefined {
  const token = metadata.get("token") ?? metadata.get("authorization");
  return token?.startsWith(bearer) === true ? token.slice(bearer.length) : token;
}

/**
 * Who makes the call: the owner of its token, else of its certificate; undefined for nobody, and
 * for everybody while auth is off. @throws invalidAuthToken
 */
export function identify(context: RpcContext, call: ServerCall): AuthInfo | undefined {
  const { auth, credentials, log } = context.server;
  if (!auth.isEnabled) return undefined;
  const token = tokenOf(call);
  if (token === undefined) return certified(context, call);
  const info = auth.tokens.infoOf(token, auth.revision);
  if (info !== undefined) return info;
  log.warn("invalid auth token", { "token-fingerprint": credentials.fingerprint(token) });
  throw errors.invalidAuthToken();
}

/** With --client-cert-auth the common name of a verified certificate is a user's name. */
function certified({ server }: RpcContext, { peer, metadata }: ServerCall): AuthInfo | undefined {
  const { auth, log } = server;
  if (!server.options.clientCertAuth || peer.commonName === undefined) return undefined;
  const { revision } = auth;
  const fields = { "common-name": peer.commonName, "user-name": peer.commonName, revision };
  if (metadata.get(gatewayMark) !== undefined) {
    // The certificate is the gateway's own, not that of whoever asked it (CVE-2018-16886).
    log.warn("ignoring common name in gRPC-gateway proxy request", fields);
    return undefined;
  }
  log.debug("found command name", fields);
  return { username: peer.commonName, revision };
}

/** @throws userEmpty, userNotFound, permissionDenied, invalidAuthToken */
export function requireAdmin(context: RpcContext, call: ServerCall): AuthInfo | undefined {
  const { auth } = context.server;
  if (!auth.isEnabled) return undefined;
  const info = identify(context, call);
  const refusal = auth.adminRefusal(info);
  if (refusal !== undefined) throw refusal;
  return info;
}

/** Any user will do. @throws userEmpty, invalidAuthToken */
export function requireUser(context: RpcContext, call: ServerCall): AuthInfo | undefined {
  if (!context.server.auth.isEnabled) return undefined;
  const info = identify(context, call);
  if (info === undefined) throw errors.userEmpty();
  return info;
}

/** @throws userEmpty, authOldRevision, permissionDenied, invalidAuthToken */
export function requireRange(
  context: RpcContext,
  call: ServerCall,
  key: Uint8Array,
  rangeEnd: Uint8Array,
): void {
  const { auth } = context.server;
  if (auth.isEnabled) auth.checkRange(identify(context, call), key, rangeEnd);
}

/** Why the caller may not watch, as a watch is told; undefined when he may (v3rpc/watch.go). */
export function watchRefusal(
  context: RpcContext,
  call: ServerCall,
  key: Uint8Array,
  rangeEnd: Uint8Array,
): string | undefined {
  try {
    requireRange(context, call, key, rangeEnd);
    return undefined;
  } catch (error) {
    if (!(error instanceof EtcdError)) throw error;
    return reasons.get(error) ?? watchCancelReasons.permissionDenied;
  }
}

const reasons = new Map<EtcdError, string>([
  [errors.invalidAuthToken(), watchCancelReasons.invalidAuthToken],
  [errors.authOldRevision(), watchCancelReasons.authOldRevision],
  [errors.userEmpty(), watchCancelReasons.userEmpty],
]);
