// Requests about users, as they are applied: checked first, then changed (auth/store.go, User*).
import { encodeUtf8 } from "../../base/index.ts";
import { errors } from "../errors/index.ts";
import {
  type AuthUserAddRequest,
  type AuthUserChangePasswordRequest,
  type AuthUserGrantRoleRequest,
  type AuthUserRevokeRoleRequest,
  makeUser,
  makeUserAddOptions,
  type User,
} from "../proto/index.ts";
import { decodeBase64 } from "./base64.ts";
import { type AuthState, compareNames, rootRole, rootUser } from "./state.ts";

const noBytes = new Uint8Array(0);

/** @throws userNotFound */
export function userOf(state: AuthState, name: string): User {
  const user = state.user(name);
  if (user === undefined) throw errors.userNotFound();
  return user;
}

/**
 * The hash that was made before the request was proposed. Entries with a plain password were made by
 * members before 3.5 alone: hashing takes salt, which would differ from member to member.
 */
function passwordOf(hashedPassword: string): Uint8Array {
  const password = decodeBase64(hashedPassword);
  if (password === undefined) throw errors.noPasswordUser();
  return password;
}

/** @throws userEmpty, userAlreadyExist, noPasswordUser */
export function addUser(state: AuthState, request: AuthUserAddRequest): void {
  const { name } = request;
  if (name.length === 0) throw errors.userEmpty();
  if (state.user(name) !== undefined) throw errors.userAlreadyExist();
  const options = request.options ?? makeUserAddOptions();
  const password = options.noPassword ? noBytes : passwordOf(request.hashedPassword);
  state.saveUser(makeUser({ name: encodeUtf8(name), password, options }));
  state.commitRevision();
  state.log.info("added a user", { "user-name": name });
}

/** @throws invalidAuthMgmt, userNotFound */
export function deleteUser(state: AuthState, name: string): void {
  if (state.enabled && name === rootUser) {
    state.log.error("cannot delete 'root' user", { "user-name": name });
    throw errors.invalidAuthMgmt();
  }
  const user = userOf(state, name);
  state.deleteUser(name);
  state.commitRevision();
  state.tokens.invalidateUser(name);
  state.log.info("deleted a user", { "user-name": name, "user-roles": user.roles });
}

/** @throws userNotFound, noPasswordUser */
export function changePassword(state: AuthState, request: AuthUserChangePasswordRequest): void {
  const { name } = request;
  const user = userOf(state, name);
  const password = user.options?.noPassword ? noBytes : passwordOf(request.hashedPassword);
  state.saveUser({ ...user, password });
  state.commitRevision();
  state.tokens.invalidateUser(name);
  state.log.info("changed a password of a user", { "user-name": name, "user-roles": user.roles });
}

/** Role root needs no record. A role held already changes nothing. @throws userNotFound, roleNotFound */
export function grantRole(state: AuthState, request: AuthUserGrantRoleRequest): void {
  const { user: name, role } = request;
  const user = userOf(state, name);
  if (role !== rootRole && state.role(role) === undefined) throw errors.roleNotFound();
  if (user.roles.includes(role)) {
    state.log.warn("ignored grant role request to a user", {
      "user-name": name,
      "user-roles": user.roles,
      "duplicate-role-name": role,
    });
    return;
  }
  const roles = [...user.roles, role].toSorted(compareNames);
  state.saveUser({ ...user, roles });
  state.commitRevision();
  state.log.info("granted a role to a user", {
    "user-name": name,
    "user-roles": roles,
    "added-role-name": role,
  });
}

/** @throws invalidAuthMgmt, userNotFound, roleNotGranted */
export function revokeRole(state: AuthState, request: AuthUserRevokeRoleRequest): void {
  const { name, role } = request;
  if (state.enabled && name === rootUser && role === rootRole) {
    state.log.error("'root' user cannot revoke 'root' role", {
      "user-name": name,
      "role-name": role,
    });
    throw errors.invalidAuthMgmt();
  }
  const user = userOf(state, name);
  const roles = user.roles.filter((held) => held !== role);
  if (roles.length === user.roles.length) throw errors.roleNotGranted();
  state.saveUser({ ...user, roles });
  state.commitRevision();
  state.log.info("revoked a role from a user", {
    "user-name": name,
    "old-user-roles": user.roles,
    "new-user-roles": roles,
    "revoked-role-name": role,
  });
}
