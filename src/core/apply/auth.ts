// Requests about users, roles and auth itself, as they are applied (applierV3backend's Auth methods).
import type { AuthInfo, AuthStore } from "../auth/index.ts";
import {
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
  encodeAuthDisableResponse,
  encodeAuthEnableResponse,
  encodeAuthenticateResponse,
  encodeAuthRoleAddResponse,
  encodeAuthRoleDeleteResponse,
  encodeAuthRoleGetResponse,
  encodeAuthRoleGrantPermissionResponse,
  encodeAuthRoleListResponse,
  encodeAuthRoleRevokePermissionResponse,
  encodeAuthStatusResponse,
  encodeAuthUserAddResponse,
  encodeAuthUserChangePasswordResponse,
  encodeAuthUserDeleteResponse,
  encodeAuthUserGetResponse,
  encodeAuthUserGrantRoleResponse,
  encodeAuthUserListResponse,
  encodeAuthUserRevokeRoleResponse,
  type InternalRaftRequestRequestCase,
  makeAuthenticateResponse,
  makeAuthRoleGetResponse,
  makeAuthRoleListResponse,
  makeAuthStatusResponse,
  makeAuthUserGetResponse,
  makeAuthUserListResponse,
  type ResponseHeader,
} from "../proto/index.ts";

/** The whole response, made when it is sent. */
export type Encode = (header: ResponseHeader) => Uint8Array;

/** An Auth request in a log entry. */
export interface AuthEntry {
  readonly value: Uint8Array;
  /** Who proposed it. */
  readonly info: AuthInfo | undefined;
  /** The last entry applied before this one. */
  readonly index: number;
}

type Handler = (auth: AuthStore, entry: AuthEntry) => Encode;

/** A change that only an administrator may ask for, and that answers with a header alone. */
const change =
  <Request>(
    decode: (bytes: Uint8Array) => Request,
    run: (auth: AuthStore, request: Request) => void,
    encode: (response: { header: ResponseHeader | undefined }) => Uint8Array,
  ): Handler =>
  (auth, { value, info }) => {
    checkAdmin(auth, info);
    run(auth, decode(value));
    return (header) => encode({ header });
  };

function checkAdmin(auth: AuthStore, info: AuthInfo | undefined): void {
  const refusal = auth.adminRefusal(info);
  if (refusal !== undefined) throw refusal;
}

const nothing = (): undefined => undefined;

const handlers = {
  authEnable: change(nothing, (auth) => auth.enable(), encodeAuthEnableResponse),
  authDisable: change(nothing, (auth) => auth.disable(), encodeAuthDisableResponse),
  authStatus: (auth) => {
    const { isEnabled: enabled, revision: authRevision } = auth;
    return (header) =>
      encodeAuthStatusResponse(makeAuthStatusResponse({ header, enabled, authRevision }));
  },
  authenticate: (auth, { value, index }) => {
    const { name, simpleToken } = decodeInternalAuthenticateRequest(value);
    const token = auth.authenticate(name, simpleToken, index);
    return (header) =>
      encodeAuthenticateResponse(makeAuthenticateResponse({ header, token: token() }));
  },
  authUserAdd: change(
    decodeAuthUserAddRequest,
    (auth, request) => auth.addUser(request),
    encodeAuthUserAddResponse,
  ),
  authUserDelete: change(
    decodeAuthUserDeleteRequest,
    (auth, { name }) => auth.deleteUser(name),
    encodeAuthUserDeleteResponse,
  ),
  authUserChangePassword: change(
    decodeAuthUserChangePasswordRequest,
    (auth, request) => auth.changePassword(request),
    encodeAuthUserChangePasswordResponse,
  ),
  authUserGrantRole: change(
    decodeAuthUserGrantRoleRequest,
    (auth, request) => auth.grantRole(request),
    encodeAuthUserGrantRoleResponse,
  ),
  authUserRevokeRole: change(
    decodeAuthUserRevokeRoleRequest,
    (auth, request) => auth.revokeRole(request),
    encodeAuthUserRevokeRoleResponse,
  ),
  /** An administrator may see everybody's roles, others their own. */
  authUserGet: (auth, { value, info }) => {
    const { name } = decodeAuthUserGetRequest(value);
    const refusal = auth.adminRefusal(info);
    if (refusal !== undefined && name !== (info?.username ?? "")) throw refusal;
    const roles = [...auth.rolesOf(name)];
    return (header) => encodeAuthUserGetResponse(makeAuthUserGetResponse({ header, roles }));
  },
  authUserList: (auth, { info }) => {
    checkAdmin(auth, info);
    const users = auth.userNames();
    return (header) => encodeAuthUserListResponse(makeAuthUserListResponse({ header, users }));
  },
  authRoleList: (auth, { info }) => {
    checkAdmin(auth, info);
    const roles = auth.roleNames();
    return (header) => encodeAuthRoleListResponse(makeAuthRoleListResponse({ header, roles }));
  },
  authRoleAdd: change(
    decodeAuthRoleAddRequest,
    (auth, { name }) => auth.addRole(name),
    encodeAuthRoleAddResponse,
  ),
  authRoleDelete: change(
    decodeAuthRoleDeleteRequest,
    (auth, { role }) => auth.deleteRole(role),
    encodeAuthRoleDeleteResponse,
  ),
  /** An administrator may see every role, others those they hold. */
  authRoleGet: (auth, { value, info }) => {
    const { role } = decodeAuthRoleGetRequest(value);
    const refusal = auth.adminRefusal(info);
    if (refusal !== undefined && !auth.hasRole(info?.username ?? "", role)) throw refusal;
    const perm = [...auth.permissionsOf(role)];
    return (header) => encodeAuthRoleGetResponse(makeAuthRoleGetResponse({ header, perm }));
  },
  authRoleGrantPermission: change(
    decodeAuthRoleGrantPermissionRequest,
    (auth, request) => auth.grantPermission(request),
    encodeAuthRoleGrantPermissionResponse,
  ),
  authRoleRevokePermission: change(
    decodeAuthRoleRevokePermissionRequest,
    (auth, request) => auth.revokePermission(request),
    encodeAuthRoleRevokePermissionResponse,
  ),
} satisfies Partial<Record<InternalRaftRequestRequestCase, Handler>>;

export type AuthRequestCase = keyof typeof handlers;

/** Applies one. With an error nothing has changed. @throws what the auth store does */
export const applyAuth = (auth: AuthStore, kind: AuthRequestCase, entry: AuthEntry): Encode =>
  (handlers[kind] as Handler)(auth, entry);
