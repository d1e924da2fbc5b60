// What users and roles mean for requests, entries and answers, by the model of them.
import { bytesFromLatin1 } from "../src/base/index.ts";
import { encodeBase64 } from "../src/core/auth/index.ts";
import { errors } from "../src/core/errors/index.ts";
import {
  decodeAuthenticateResponse,
  decodeAuthRoleAddRequest,
  decodeAuthRoleDeleteRequest,
  decodeAuthRoleGetRequest,
  decodeAuthRoleGrantPermissionRequest,
  decodeAuthRoleRevokePermissionRequest,
  decodeAuthUserAddRequest,
  decodeAuthUserChangePasswordRequest,
  decodeAuthUserDeleteRequest,
  decodeAuthUserGetRequest,
  decodeAuthUserGrantRoleRequest,
  decodeAuthUserRevokeRoleRequest,
  decodeInternalAuthenticateRequest,
  encodeAuthEnableResponse,
  encodeAuthRoleGetResponse,
  encodeAuthStatusResponse,
  encodeAuthUserGetResponse,
  type InternalRaftRequestRequest,
  makeAuthRoleGetResponse,
  makeAuthStatusResponse,
  makeAuthUserGetResponse,
  type PutRequest,
  type ResponseHeader,
  type TxnRequest,
} from "../src/core/proto/index.ts";
import {
  adminRefusal,
  type Asking,
  type AuthError,
  type AuthState,
  refusal,
} from "./auth-model.ts";
import type { Reply, Request } from "./calls.ts";
import { hashedPassword } from "./credentials.ts";
import type { Model } from "./model.ts";
import type { Call } from "./oracle.ts";
import { hold } from "./violation.ts";

export const authTexts: Readonly<Record<AuthError, string>> = {
  userEmpty: errors.userEmpty().message,
  userNotFound: errors.userNotFound().message,
  userAlreadyExist: errors.userAlreadyExist().message,
  roleEmpty: errors.roleEmpty().message,
  roleNotFound: errors.roleNotFound().message,
  roleAlreadyExist: errors.roleAlreadyExist().message,
  roleNotGranted: errors.roleNotGranted().message,
  permissionDenied: errors.permissionDenied().message,
  permissionNotGranted: errors.permissionNotGranted().message,
  authOldRevision: errors.authOldRevision().message,
  authNotEnabled: errors.authNotEnabled().message,
  authFailed: errors.authFailed().message,
  invalidAuthMgmt: errors.invalidAuthMgmt().message,
  rootUserNotExist: errors.rootUserNotExist().message,
  rootRoleNotExist: errors.rootRoleNotExist().message,
};

const nobody: Asking = { username: "", revision: 0 };
const noBytes = new Uint8Array(0);

export class AuthChecks {
  readonly #model: Model;
  /** Requests refused for who asked, and tokens shown that were good. */
  refused = 0;
  identified = 0;

  constructor(model: Model) {
    this.#model = model;
  }

  /** Why a request is refused to somebody before anything else is looked at. */
  refusalOf(state: AuthState, by: Asking, request: Request): AuthError | undefined {
    if (!state.isEnabled) return undefined;
    const refused = this.#refusalOf(state, by, request);
    if (refused !== undefined) this.refused++;
    return refused;
  }

  #refusalOf(state: AuthState, by: Asking, { kind, value }: Request): AuthError | undefined {
    switch (kind) {
      case "put":
        return this.#put(state, by, value);
      case "range":
        return refusal(state, by, "read", value.key, value.rangeEnd);
      case "delete": {
        const { key, rangeEnd, prevKv } = value;
        const written = refusal(state, by, "write", key, rangeEnd);
        return written ?? (prevKv ? refusal(state, by, "read", key, rangeEnd) : undefined);
      }
      case "txn":
        return this.#txn(state, by, value);
      case "revoke":
        return this.#lease(state, by, value.ID);
      case "compact":
      case "grant":
      case "renew":
      case "auth":
      case "login":
        return undefined;
    }
  }

  #put(state: AuthState, by: Asking, { key, lease, prevKv }: PutRequest): AuthError | undefined {
    const written = refusal(state, by, "write", key, noBytes) ?? this.#lease(state, by, lease);
    return written ?? (prevKv ? refusal(state, by, "read", key, noBytes) : undefined);
  }

  /** Whoever may not write a lease's keys may neither end it nor add to them. */
  #lease(state: AuthState, by: Asking, lease: bigint): AuthError | undefined {
    if (adminRefusal(state, by.username) === undefined) return undefined;
    for (const key of this.#model.leases.get(lease) ?? []) {
      const refused = refusal(state, by, "write", bytesFromLatin1(key), noBytes);
      if (refused !== undefined) return refused;
    }
    return undefined;
  }

  /** Both arms, whichever runs. */
  #txn(state: AuthState, by: Asking, request: TxnRequest): AuthError | undefined {
    for (const { key, rangeEnd } of request.compare) {
      const refused = refusal(state, by, "read", key, rangeEnd);
      if (refused !== undefined) return refused;
    }
    for (const { request: inner } of [...request.success, ...request.failure]) {
      const refused = this.#refusalOf(state, by, requestOfOperation(inner!));
      if (refused !== undefined) return refused;
    }
    return undefined;
  }

  // Entries about users and roles ---------------------------------------------------------------

  /** What comes of such an entry; undefined for any other. */
  run(
    { case: kind, value }: InternalRaftRequestRequest,
    by: Asking,
  ): AuthError | ((header: ResponseHeader) => Uint8Array) | undefined {
    const { auth } = this.#model;
    const changed = (error: AuthError | undefined): AuthError | typeof headerAlone =>
      error ?? headerAlone;
    // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- all others are not auth's
    switch (kind) {
      case "authEnable":
        return changed(auth.enable(by));
      case "authDisable":
        return changed(auth.disable(by));
      case "authUserAdd": {
        const { name, hashedPassword: password } = decodeAuthUserAddRequest(value);
        return changed(auth.addUser(by, name, password));
      }
      case "authUserDelete":
        return changed(auth.deleteUser(by, decodeAuthUserDeleteRequest(value).name));
      case "authUserChangePassword": {
        const { name, hashedPassword: password } = decodeAuthUserChangePasswordRequest(value);
        return changed(auth.changePassword(by, name, password));
      }
      case "authUserGrantRole": {
        const { user, role } = decodeAuthUserGrantRoleRequest(value);
        return changed(auth.grantRole(by, user, role));
      }
      case "authUserRevokeRole": {
        const { name, role } = decodeAuthUserRevokeRoleRequest(value);
        return changed(auth.revokeRole(by, name, role));
      }
      case "authRoleAdd":
        return changed(auth.addRole(by, decodeAuthRoleAddRequest(value).name));
      case "authRoleDelete":
        return changed(auth.deleteRole(by, decodeAuthRoleDeleteRequest(value).role));
      case "authRoleGrantPermission":
        return changed(auth.grantPermission(by, decodeAuthRoleGrantPermissionRequest(value)));
      case "authRoleRevokePermission":
        return changed(auth.revokePermission(by, decodeAuthRoleRevokePermissionRequest(value)));
      case "authenticate": {
        const { name, simpleToken } = decodeInternalAuthenticateRequest(value);
        return changed(auth.authenticate(name, simpleToken));
      }
      default:
        return this.#look(kind, value, by);
    }
  }

  #look(
    kind: InternalRaftRequestRequest["case"],
    value: Uint8Array,
    by: Asking,
  ): AuthError | ((header: ResponseHeader) => Uint8Array) | undefined {
    const state = this.#model.auth.now;
    const refused = adminRefusal(state, by.username);
    if (kind === "authStatus") {
      const { isEnabled: enabled, revision: authRevision } = state;
      return (header) =>
        encodeAuthStatusResponse(makeAuthStatusResponse({ header, enabled, authRevision }));
    }
    if (kind === "authUserGet") {
      const { name } = decodeAuthUserGetRequest(value);
      if (refused !== undefined && name !== by.username) return refused;
      const user = state.users.get(name);
      if (user === undefined) return "userNotFound";
      const roles = [...user.roles];
      return (header) => encodeAuthUserGetResponse(makeAuthUserGetResponse({ header, roles }));
    }
    if (kind === "authRoleGet") {
      const { role } = decodeAuthRoleGetRequest(value);
      const isHeld = state.users.get(by.username)?.roles.includes(role) === true;
      if (refused !== undefined && !isHeld) return refused;
      const perm = state.roles.get(role);
      if (perm === undefined) return "roleNotFound";
      return (header) =>
        encodeAuthRoleGetResponse(makeAuthRoleGetResponse({ header, perm: [...perm] }));
    }
    return undefined;
  }

  // Answers -------------------------------------------------------------------------------------

  /** Who a member at `index` takes the caller for; a token that is worth nothing there must not do. */
  identityAt(call: Call, index: number): Asking {
    const { auth } = this.#model;
    const { isEnabled, revision } = auth.at(index);
    if (!isEnabled || call.token === undefined) return nobody;
    const token = auth.token(call.token);
    hold(
      token !== undefined && token.issuedIndex <= index && index < token.endedIndex,
      "a token that ended lets nobody in",
      () => `client ${call.client} is let in as ${call.user} at entry ${index} by ${call.token}`,
    );
    this.identified++;
    return { username: token.username, revision };
  }

  /** What is refused without the log: to whoever is nobody, or no administrator. */
  earlyRefusal(call: Call): AuthError | undefined {
    const { request, calledIndex } = call;
    const state = this.#model.auth.at(calledIndex);
    if (!state.isEnabled) return undefined;
    const { username } = this.identityAt(call, calledIndex);
    switch (request.kind) {
      case "grant":
      case "revoke":
        return username === "" ? "userEmpty" : undefined;
      case "compact":
        return adminRefusal(state, username);
      case "auth":
        return isHashing(request.method) ? adminRefusal(state, username) : undefined;
      case "put":
      case "range":
      case "delete":
      case "txn":
      case "renew":
      case "login":
        return undefined;
    }
  }

  /** Only the right password gives a token, and it gives one, whenever the user had no other. */
  loggedIn(call: Call, { bytes, error }: Reply, lastIndex: number): void {
    const { auth } = this.#model;
    if (call.request.kind !== "login") throw new Error("not a login");
    const { name, password } = call.request.value;
    const hashed = encodeBase64(hashedPassword(password));
    if (bytes !== undefined) {
      const { token: text } = decodeAuthenticateResponse(bytes);
      const token = auth.token(text);
      hold(
        token?.username === name &&
          token.password === hashed &&
          token.issuedIndex > call.floorIndex,
        "the right password gives a token",
        () => `${name} with password ${password} is given ${text}, ${JSON.stringify(token)}`,
      );
      return;
    }
    const states = auth.between(call.floorIndex, lastIndex);
    const isWrong =
      (error.message === authTexts.authNotEnabled && states.every(({ isEnabled }) => isEnabled)) ||
      (error.message === authTexts.authFailed &&
        states.every(({ users }) => users.get(name)?.password === hashed));
    hold(
      !isWrong,
      "the right password gives a token",
      () => `${name} with password ${password}: ${error.message}`,
    );
  }

  /** The entry says who asked, and what was known of users where it was asked. */
  checkAsking(call: Call, by: Asking): void {
    const known = this.identityAt(call, call.calledIndex);
    hold(
      by.username === known.username && by.revision === known.revision,
      "an entry tells who asked",
      () =>
        `client ${call.client} is ${known.username} at ${known.revision}, its entry says ` +
        `${by.username} at ${by.revision}`,
    );
  }
}

const isHashing = (method: string): boolean =>
  method === "authUserAdd" || method === "authUserChangePassword";

/** All answers that are but a header look alike. */
const headerAlone = (header: ResponseHeader): Uint8Array => encodeAuthEnableResponse({ header });

function requestOfOperation(
  operation: NonNullable<TxnRequest["success"][number]["request"]>,
): Request {
  switch (operation.case) {
    case "requestPut":
      return { kind: "put", value: operation.value };
    case "requestRange":
      return { kind: "range", value: operation.value };
    case "requestDeleteRange":
      return { kind: "delete", value: operation.value };
    case "requestTxn":
      return { kind: "txn", value: operation.value };
  }
}
