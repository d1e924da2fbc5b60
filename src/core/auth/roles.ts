// Requests about roles, as they are applied: checked first, then changed (auth/store.go, Role*).
import {
  compareBytes,
  encodeUtf8,
  equalBytes,
  latin1FromBytes,
  ownBytes,
} from "../../base/index.ts";
import { errors } from "../errors/index.ts";
import {
  type AuthRoleGrantPermissionRequest,
  type AuthRoleRevokePermissionRequest,
  makePermission,
  makeRole,
  type Permission,
  PermissionType,
  type Role,
} from "../proto/index.ts";
import { isValidPermissionRange } from "./range-permissions.ts";
import { type AuthState, rootRole } from "./state.ts";

const permissionName = (type: number): string =>
  Object.entries(PermissionType).find(([, value]) => value === type)?.[0] ?? "";

/** @throws roleNotFound */
function roleOf(state: AuthState, name: string): Role {
  const role = state.role(name);
  if (role === undefined) throw errors.roleNotFound();
  return role;
}

/** What a role permits; role root, whatever is kept of it, everything. @throws roleNotFound */
export function permissionsOfRole(state: AuthState, name: string): readonly Permission[] {
  const role = roleOf(state, name);
  if (name !== rootRole) return role.keyPermission;
  return [makePermission({ permType: PermissionType.READWRITE, rangeEnd: Uint8Array.of(0) })];
}

/** @throws roleEmpty, roleAlreadyExist */
export function addRole(state: AuthState, name: string): void {
  if (name.length === 0) throw errors.roleEmpty();
  if (state.role(name) !== undefined) throw errors.roleAlreadyExist();
  state.saveRole(makeRole({ name: encodeUtf8(name) }));
  state.commitRevision();
  state.log.info("created a role", { "role-name": name });
}

/** Takes it from everybody who holds it, too. @throws invalidAuthMgmt, roleNotFound */
export function deleteRole(state: AuthState, name: string): void {
  if (state.enabled && name === rootRole) {
    state.log.error("cannot delete 'root' role", { "role-name": name });
    throw errors.invalidAuthMgmt();
  }
  roleOf(state, name);
  state.deleteRole(name);
  for (const username of state.userNames()) {
    const user = state.user(username)!;
    const roles = user.roles.filter((held) => held !== name);
    if (roles.length < user.roles.length) state.saveUser({ ...user, roles });
  }
  state.commitRevision();
  state.log.info("deleted a role", { "role-name": name });
}

/** @throws permissionNotGiven, invalidAuthMgmt, roleNotFound */
export function grantPermission(state: AuthState, request: AuthRoleGrantPermissionRequest): void {
  const { name, perm } = request;
  if (perm === undefined) throw errors.permissionNotGiven();
  if (!isValidPermissionRange(perm.key, perm.rangeEnd)) throw errors.invalidAuthMgmt();
  const role = roleOf(state, name);
  const granted = makePermission({
    permType: perm.permType,
    key: ownBytes(perm.key),
    rangeEnd: ownBytes(perm.rangeEnd),
  });
  state.saveRole({ ...role, keyPermission: withPermission(role.keyPermission, granted) });
  state.commitRevision();
  // etcd calls the role a user here, and so do those who read its log.
  state.log.info("granted/updated a permission to a user", {
    "user-name": name,
    "permission-name": permissionName(perm.permType),
    key: latin1FromBytes(perm.key),
    "range-end": latin1FromBytes(perm.rangeEnd),
  });
}

/**
 * Sorted by key. etcd looks for the same range at the first permission of the key only: of several
 * with one key the others are granted once more, not replaced, and members must agree on that.
 */
function withPermission(held: readonly Permission[], granted: Permission): Permission[] {
  const at = held.findIndex(({ key }) => compareBytes(key, granted.key) >= 0);
  const found = held[at];
  const isSame =
    found !== undefined &&
    equalBytes(found.key, granted.key) &&
    equalBytes(found.rangeEnd, granted.rangeEnd);
  if (isSame) return held.with(at, granted);
  return [...held, granted].toSorted((a, b) => compareBytes(a.key, b.key));
}

/** @throws roleNotFound, permissionNotGranted */
export function revokePermission(state: AuthState, request: AuthRoleRevokePermissionRequest): void {
  const role = roleOf(state, request.role);
  const keyPermission = role.keyPermission.filter(
    ({ key, rangeEnd }) => !equalBytes(key, request.key) || !equalBytes(rangeEnd, request.rangeEnd),
  );
  if (keyPermission.length === role.keyPermission.length) throw errors.permissionNotGranted();
  state.saveRole({ ...role, keyPermission });
  state.commitRevision();
  state.log.info("revoked a permission on range", {
    "role-name": request.role,
    key: latin1FromBytes(request.key),
    "range-end": latin1FromBytes(request.rangeEnd),
  });
}
