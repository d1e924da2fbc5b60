// Calls about users and roles, and who makes a call, as server/rpc finds it out.
import { bytesFromLatin1 } from "../src/base/index.ts";
import type { AuthInfo } from "../src/core/auth/index.ts";
import { checkLeaseWrite, checkTxnAuth } from "../src/core/apply/index.ts";
import {
  encodeAuthRoleAddRequest,
  encodeAuthRoleDeleteRequest,
  encodeAuthRoleGetRequest,
  encodeAuthRoleGrantPermissionRequest,
  encodeAuthRoleRevokePermissionRequest,
  encodeAuthUserDeleteRequest,
  encodeAuthUserGetRequest,
  encodeAuthUserGrantRoleRequest,
  encodeAuthUserRevokeRoleRequest,
  makeAuthUserAddRequest,
  makeAuthUserChangePasswordRequest,
  makePermission,
} from "../src/core/proto/index.ts";
import type { ServerCall } from "../src/io/grpc/index.ts";
import type { Server, Settled } from "../src/server/member/index.ts";
import { identify, requireAdmin, requireRange, requireUser } from "../src/server/rpc/identity.ts";
import type { Request } from "./calls.ts";
import type { PlannedAuth } from "./plan.ts";

/** A caller of a member. */
export class Caller {
  readonly #server: Server;
  readonly #call: ServerCall;

  constructor(server: Server, token: string | undefined) {
    this.#server = server;
    const metadata = new Map(token === undefined ? [] : [["token", token]]);
    this.#call = { metadata, peer: {} } as unknown as ServerCall;
  }

  /** Undefined for nobody. @throws invalidAuthToken */
  get info(): AuthInfo | undefined {
    return identify({ server: this.#server }, this.#call);
  }

  admin(): AuthInfo | undefined {
    return requireAdmin({ server: this.#server }, this.#call);
  }

  user(): AuthInfo | undefined {
    return requireUser({ server: this.#server }, this.#call);
  }

  mayRead(request: Request): void {
    const server = this.#server;
    if (request.kind === "range") {
      const { key, rangeEnd } = request.value;
      requireRange({ server }, this.#call, key, rangeEnd);
    } else if (request.kind === "txn" && server.auth.isEnabled) {
      checkTxnAuth(server, this.info, request.value);
    }
  }

  mayRenew(lease: bigint): void {
    const server = this.#server;
    if (server.auth.isEnabled) checkLeaseWrite(server, this.user(), lease);
  }
}

/** The bytes of a request that goes into the log as it is. */
function bytesOf(action: PlannedAuth): Uint8Array {
  const { method, name = "", role = "", key = "", end = "", access = 0 } = action;
  const range = { key: bytesFromLatin1(key), rangeEnd: bytesFromLatin1(end) };
  switch (method) {
    case "authUserDelete":
      return encodeAuthUserDeleteRequest({ name });
    case "authUserGet":
      return encodeAuthUserGetRequest({ name });
    case "authUserGrantRole":
      return encodeAuthUserGrantRoleRequest({ user: name, role });
    case "authUserRevokeRole":
      return encodeAuthUserRevokeRoleRequest({ name, role });
    case "authRoleAdd":
      return encodeAuthRoleAddRequest({ name: role });
    case "authRoleDelete":
      return encodeAuthRoleDeleteRequest({ role });
    case "authRoleGet":
      return encodeAuthRoleGetRequest({ role });
    case "authRoleGrantPermission": {
      const perm = makePermission({ permType: access, ...range });
      return encodeAuthRoleGrantPermissionRequest({ name: role, perm });
    }
    case "authRoleRevokePermission":
      return encodeAuthRoleRevokePermissionRequest({ role, ...range });
    case "authEnable":
    case "authDisable":
    case "authStatus":
    case "authUserAdd":
    case "authUserChangePassword":
      return new Uint8Array(0);
  }
}

export function proposeAuth(
  { member, authenticator }: Server,
  action: PlannedAuth,
  caller: Caller,
  settle: (outcome: Settled | Error) => void,
): void {
  const { method, name = "", password = "" } = action;
  const { info } = caller;
  if (method === "authUserAdd") {
    authenticator.addUser(makeAuthUserAddRequest({ name, password }), info, settle);
  } else if (method === "authUserChangePassword") {
    const request = makeAuthUserChangePasswordRequest({ name, password });
    authenticator.changePassword(request, info, settle);
  } else member.propose(method, bytesOf(action), settle, info);
}
