// etcdserverpb.Auth: logging in, users and roles. All of it goes through the log, reads too.
import { EtcdError } from "../../core/errors/index.ts";
import {
  decodeAuthDisableRequest,
  decodeAuthEnableRequest,
  decodeAuthenticateRequest,
  decodeAuthRoleAddRequest,
  decodeAuthRoleDeleteRequest,
  decodeAuthRoleGetRequest,
  decodeAuthRoleGrantPermissionRequest,
  decodeAuthRoleListRequest,
  decodeAuthRoleRevokePermissionRequest,
  decodeAuthStatusRequest,
  decodeAuthUserAddRequest,
  decodeAuthUserChangePasswordRequest,
  decodeAuthUserDeleteRequest,
  decodeAuthUserGetRequest,
  decodeAuthUserGrantRoleRequest,
  decodeAuthUserListRequest,
  decodeAuthUserRevokeRoleRequest,
  type InternalRaftRequestRequestCase,
} from "../../core/proto/index.ts";
import type { MethodHandler, ServerCall } from "../../io/grpc/index.ts";
import type { Settled } from "../member/index.ts";
import { fail, replying, type RpcContext, unary } from "./context.ts";
import { identify } from "./identity.ts";

type Row = [
  method: string,
  kind: InternalRaftRequestRequestCase,
  decode: (bytes: Uint8Array) => unknown,
];

/** Methods whose own bytes are their log entry. */
const rows: readonly Row[] = [
  ["AuthEnable", "authEnable", decodeAuthEnableRequest],
  ["AuthDisable", "authDisable", decodeAuthDisableRequest],
  ["AuthStatus", "authStatus", decodeAuthStatusRequest],
  ["UserGet", "authUserGet", decodeAuthUserGetRequest],
  ["UserList", "authUserList", decodeAuthUserListRequest],
  ["UserDelete", "authUserDelete", decodeAuthUserDeleteRequest],
  ["UserGrantRole", "authUserGrantRole", decodeAuthUserGrantRoleRequest],
  ["UserRevokeRole", "authUserRevokeRole", decodeAuthUserRevokeRoleRequest],
  ["RoleAdd", "authRoleAdd", decodeAuthRoleAddRequest],
  ["RoleGet", "authRoleGet", decodeAuthRoleGetRequest],
  ["RoleList", "authRoleList", decodeAuthRoleListRequest],
  ["RoleDelete", "authRoleDelete", decodeAuthRoleDeleteRequest],
  ["RoleGrantPermission", "authRoleGrantPermission", decodeAuthRoleGrantPermissionRequest],
  ["RoleRevokePermission", "authRoleRevokePermission", decodeAuthRoleRevokePermissionRequest],
];

export function authMethods(context: RpcContext): [string, MethodHandler][] {
  const { member, authenticator } = context.server;
  const methods = rows.map(([method, kind, decode]): [string, MethodHandler] => [
    `/etcdserverpb.Auth/${method}`,
    unary(context, decode, (call, _request, bytes) => {
      member.propose(kind, bytes, replying(context, call), identify(context, call));
    }),
  ]);
  return [
    ...methods,
    [
      "/etcdserverpb.Auth/Authenticate",
      unary(context, decodeAuthenticateRequest, (call, request) => {
        authenticator.authenticate(request, settling(context, call));
      }),
    ],
    [
      "/etcdserverpb.Auth/UserAdd",
      unary(context, decodeAuthUserAddRequest, (call, request) => {
        if (!request.options?.noPassword) authenticator.checkLength(request.password);
        authenticator.addUser(request, identify(context, call), settling(context, call));
      }),
    ],
    [
      "/etcdserverpb.Auth/UserChangePassword",
      unary(context, decodeAuthUserChangePasswordRequest, (call, request) => {
        authenticator.checkLength(request.password);
        authenticator.changePassword(request, identify(context, call), settling(context, call));
      }),
    ],
  ];
}

/** As `replying`, where what comes before the log may fail in ways of its own. */
function settling(context: RpcContext, call: ServerCall): (outcome: Settled | Error) => void {
  const reply = replying(context, call);
  return (outcome) => {
    if (!(outcome instanceof Error) || outcome instanceof EtcdError) return reply(outcome);
    if (!call.ended) fail(context, call, outcome);
  };
}
