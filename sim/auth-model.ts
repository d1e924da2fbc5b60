// etcd's users and roles a second time, by other means than core/auth: every change makes a new state,
// all of them are kept, and what somebody may do is looked up in the state of the time.
import { latin1FromBytes } from "../src/base/index.ts";
import {
  type AuthRoleGrantPermissionRequest,
  type AuthRoleRevokePermissionRequest,
  type Permission,
  PermissionType,
} from "../src/core/proto/index.ts";

export type AuthError =
  | "userEmpty"
  | "userNotFound"
  | "userAlreadyExist"
  | "roleEmpty"
  | "roleNotFound"
  | "roleAlreadyExist"
  | "roleNotGranted"
  | "permissionDenied"
  | "permissionNotGranted"
  | "authOldRevision"
  | "authNotEnabled"
  | "authFailed"
  | "invalidAuthMgmt"
  | "rootUserNotExist"
  | "rootRoleNotExist";

/** Who asks; revision 0 is nobody. */
export interface Asking {
  readonly username: string;
  readonly revision: number;
}

interface ModelUser {
  /** As it stands in the log, hashed. */
  readonly password: string;
  readonly roles: readonly string[];
}

export interface AuthState {
  readonly index: number;
  readonly isEnabled: boolean;
  readonly revision: number;
  readonly users: ReadonlyMap<string, ModelUser>;
  readonly roles: ReadonlyMap<string, readonly Permission[]>;
}

interface Token {
  readonly username: string;
  readonly password: string;
  readonly issuedIndex: number;
  /** The entry that made it worthless. */
  endedIndex: number;
}

const root = "root";

export class AuthModel {
  /** The newest is the last; each holds from its index on. */
  readonly #states: AuthState[] = [
    { index: 0, isEnabled: false, revision: 1, users: new Map(), roles: new Map() },
  ];
  readonly #tokens = new Map<string, Token>();
  /** Of the entry under way. */
  index = 0;

  get now(): AuthState {
    return this.#states.at(-1)!;
  }

  /** As a member sees it that has applied up to `index`. */
  at(index: number): AuthState {
    let at = this.#states.length - 1;
    while (this.#states[at]!.index > index) at--;
    return this.#states[at]!;
  }

  /** All that held at some time after entry `from` up to `to`. */
  between(from: number, to: number): AuthState[] {
    return [this.at(from), ...this.#states.filter(({ index }) => index > from && index <= to)];
  }

  token(text: string): Token | undefined {
    return this.#tokens.get(text);
  }

  // Changes; `by` is who asks -------------------------------------------------------------------

  enable(by: Asking): AuthError | undefined {
    const { isEnabled, users } = this.now;
    const refused = adminRefusal(this.now, by.username);
    if (refused !== undefined || isEnabled) return refused;
    const user = users.get(root);
    if (user === undefined) return "rootUserNotExist";
    if (!user.roles.includes(root)) return "rootRoleNotExist";
    this.#states.push({ ...this.now, index: this.index, isEnabled: true });
    return undefined;
  }

  disable(by: Asking): AuthError | undefined {
    const refused = adminRefusal(this.now, by.username);
    if (refused !== undefined || !this.now.isEnabled) return refused;
    this.#change({ isEnabled: false });
    this.#endTokens(() => true);
    return undefined;
  }

  addUser(by: Asking, name: string, password: string): AuthError | undefined {
    const refused = adminRefusal(this.now, by.username);
    if (refused !== undefined) return refused;
    if (name === "") return "userEmpty";
    if (this.now.users.has(name)) return "userAlreadyExist";
    return this.#setUser(name, { password, roles: [] });
  }

  deleteUser(by: Asking, name: string): AuthError | undefined {
    const refused = adminRefusal(this.now, by.username);
    if (refused !== undefined) return refused;
    if (this.now.isEnabled && name === root) return "invalidAuthMgmt";
    if (!this.now.users.has(name)) return "userNotFound";
    const users = new Map(this.now.users);
    users.delete(name);
    this.#change({ users });
    this.#endTokens(({ username }) => username === name);
    return undefined;
  }

  changePassword(by: Asking, name: string, password: string): AuthError | undefined {
    const refused = adminRefusal(this.now, by.username);
    if (refused !== undefined) return refused;
    const user = this.now.users.get(name);
    if (user === undefined) return "userNotFound";
    this.#endTokens(({ username }) => username === name);
    return this.#setUser(name, { ...user, password });
  }

  grantRole(by: Asking, name: string, role: string): AuthError | undefined {
    const refused = adminRefusal(this.now, by.username);
    if (refused !== undefined) return refused;
    const user = this.now.users.get(name);
    if (user === undefined) return "userNotFound";
    if (role !== root && !this.now.roles.has(role)) return "roleNotFound";
    if (user.roles.includes(role)) return undefined;
    return this.#setUser(name, { ...user, roles: [...user.roles, role].sort() });
  }

  revokeRole(by: Asking, name: string, role: string): AuthError | undefined {
    const refused = adminRefusal(this.now, by.username);
    if (refused !== undefined) return refused;
    if (this.now.isEnabled && name === root && role === root) return "invalidAuthMgmt";
    const user = this.now.users.get(name);
    if (user === undefined) return "userNotFound";
    if (!user.roles.includes(role)) return "roleNotGranted";
    return this.#setUser(name, { ...user, roles: user.roles.filter((held) => held !== role) });
  }

  addRole(by: Asking, name: string): AuthError | undefined {
    const refused = adminRefusal(this.now, by.username);
    if (refused !== undefined) return refused;
    if (name === "") return "roleEmpty";
    if (this.now.roles.has(name)) return "roleAlreadyExist";
    return this.#setRole(name, []);
  }

  deleteRole(by: Asking, name: string): AuthError | undefined {
    const refused = adminRefusal(this.now, by.username);
    if (refused !== undefined) return refused;
    if (this.now.isEnabled && name === root) return "invalidAuthMgmt";
    if (!this.now.roles.has(name)) return "roleNotFound";
    const roles = new Map(this.now.roles);
    roles.delete(name);
    const users = new Map<string, ModelUser>();
    for (const [user, { password, roles: held }] of this.now.users) {
      users.set(user, { password, roles: held.filter((role) => role !== name) });
    }
    this.#change({ roles, users });
    return undefined;
  }

  /** The range of a permission is never empty here: the load asks for none. */
  grantPermission(
    by: Asking,
    { name, perm }: AuthRoleGrantPermissionRequest,
  ): AuthError | undefined {
    const refused = adminRefusal(this.now, by.username);
    if (refused !== undefined) return refused;
    const held = this.now.roles.get(name);
    if (held === undefined) return "roleNotFound";
    const granted = perm!;
    // Only the first permission that begins there is looked at, as in etcd.
    const first = held.find(({ key }) => textOf(key) === textOf(granted.key));
    if (first !== undefined && textOf(first.rangeEnd) === textOf(granted.rangeEnd)) {
      return this.#setRole(
        name,
        held.map((one) => (one === first ? granted : one)),
      );
    }
    const after = held.filter(({ key }) => textOf(key) > textOf(granted.key));
    const before = held.filter(({ key }) => textOf(key) <= textOf(granted.key));
    return this.#setRole(name, [...before, granted, ...after]);
  }

  revokePermission(
    by: Asking,
    { role, key, rangeEnd }: AuthRoleRevokePermissionRequest,
  ): AuthError | undefined {
    const refused = adminRefusal(this.now, by.username);
    if (refused !== undefined) return refused;
    const held = this.now.roles.get(role);
    if (held === undefined) return "roleNotFound";
    const left = held.filter(
      (one) => textOf(one.key) !== textOf(key) || textOf(one.rangeEnd) !== textOf(rangeEnd),
    );
    if (left.length === held.length) return "permissionNotGranted";
    return this.#setRole(role, left);
  }

  authenticate(username: string, prefix: string): AuthError | undefined {
    if (!this.now.isEnabled) return "authNotEnabled";
    const user = this.now.users.get(username);
    if (user === undefined) return "authFailed";
    // A simple token names the last entry before the one that made it.
    const text = `${prefix}.${this.index - 1}`;
    const { password } = user;
    const issuedIndex = this.index;
    this.#tokens.set(text, { username, password, issuedIndex, endedIndex: Infinity });
    return undefined;
  }

  #setUser(name: string, user: ModelUser): undefined {
    this.#change({ users: new Map(this.now.users).set(name, user) });
  }

  #setRole(name: string, permissions: readonly Permission[]): undefined {
    this.#change({ roles: new Map(this.now.roles).set(name, permissions) });
  }

  #change(changed: Partial<AuthState>): void {
    const { now } = this;
    this.#states.push({ ...now, ...changed, index: this.index, revision: now.revision + 1 });
  }

  #endTokens(isEnded: (token: Token) => boolean): void {
    for (const token of this.#tokens.values()) {
      if (token.endedIndex === Infinity && isEnded(token)) token.endedIndex = this.index;
    }
  }
}

const textOf = latin1FromBytes;

/** Why somebody may not change users and roles. */
export function adminRefusal(state: AuthState, username: string): AuthError | undefined {
  if (!state.isEnabled) return undefined;
  if (username === "") return "userEmpty";
  const user = state.users.get(username);
  if (user === undefined) return "userNotFound";
  return user.roles.includes(root) ? undefined : "permissionDenied";
}

/** Why somebody may not read or write a key, or a range that is not empty. */
export function refusal(
  state: AuthState,
  { username, revision }: Asking,
  access: "read" | "write",
  key: Uint8Array,
  rangeEnd: Uint8Array,
): AuthError | undefined {
  if (!state.isEnabled) return undefined;
  if (revision === 0) return "userEmpty";
  if (revision < state.revision) return "authOldRevision";
  const user = state.users.get(username);
  if (user === undefined) return "permissionDenied";
  if (user.roles.includes(root)) return undefined;
  const type = access === "read" ? PermissionType.READ : PermissionType.WRITE;
  const granted = user.roles
    .flatMap((role) => state.roles.get(role) ?? [])
    .filter(({ permType }) => permType === type || permType === PermissionType.READWRITE);
  return covers(granted, key, rangeEnd) ? undefined : "permissionDenied";
}

/** Walks from the key to the end of the range, each step as far as some permission goes. */
function covers(granted: readonly Permission[], key: Uint8Array, rangeEnd: Uint8Array): boolean {
  const last = endOf(key, rangeEnd);
  let at = textOf(key);
  for (;;) {
    let next = at;
    for (const permission of granted) {
      const end = endOf(permission.key, permission.rangeEnd);
      if (textOf(permission.key) > at) continue;
      if (end === undefined) return true;
      if (end > next) next = end;
    }
    if (next === at) return false;
    if (last !== undefined && next >= last) return true;
    at = next;
  }
}

/** Undefined: there is none. */
function endOf(key: Uint8Array, rangeEnd: Uint8Array): string | undefined {
  if (rangeEnd.length === 0) return `${textOf(key)}\0`;
  return rangeEnd.length === 1 && rangeEnd[0] === 0 ? undefined : textOf(rangeEnd);
}
