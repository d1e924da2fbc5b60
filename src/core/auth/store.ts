// The auth store: users, roles, and whether somebody may do something (etcd's auth.authStore).
import { latin1FromBytes } from "../../base/index.ts";
import { type EtcdError, errors } from "../errors/index.ts";
import type {
  AuthRoleGrantPermissionRequest,
  AuthRoleRevokePermissionRequest,
  AuthUserAddRequest,
  AuthUserChangePasswordRequest,
  AuthUserGrantRoleRequest,
  AuthUserRevokeRoleRequest,
  Permission,
} from "../proto/index.ts";
import type { AuthBackend, AuthInfo, AuthLog, TokenProvider } from "./ports.ts";
import {
  addRole,
  deleteRole,
  grantPermission,
  permissionsOfRole,
  revokePermission,
} from "./roles.ts";
import { AuthState, rootRole, rootUser } from "./state.ts";
import { addUser, changePassword, deleteUser, grantRole, revokeRole, userOf } from "./users.ts";

const noBytes = new Uint8Array(0);

/** What Authenticate must know of a user before it looks at the password. */
export interface StoredPassword {
  readonly hash: Uint8Array;
  readonly isGiven: boolean;
}

/** Changes throw an EtcdError before anything has changed. */
export class AuthStore {
  readonly #state: AuthState;

  /** On a backend that was never started on, the first revision is kept at once. */
  constructor(parts: {
    readonly backend: AuthBackend;
    readonly tokens: TokenProvider;
    readonly log: AuthLog;
  }) {
    this.#state = new AuthState(parts.backend, parts.tokens, parts.log);
  }

  get isEnabled(): boolean {
    return this.#state.enabled;
  }

  /** One more with every change of a user or role; permissions found earlier may hold no longer. */
  get revision(): number {
    return this.#state.revision;
  }

  get tokens(): TokenProvider {
    return this.#state.tokens;
  }

  /** To be called when a snapshot has replaced the backend. */
  recover(backend: AuthBackend): void {
    this.#state.recover(backend);
  }

  /** Enabling twice is no error. @throws rootUserNotExist, rootRoleNotExist */
  enable(): void {
    const state = this.#state;
    if (state.enabled) {
      state.log.info("authentication is already enabled; ignored auth enable request");
      return;
    }
    const root = state.user(rootUser);
    if (root === undefined) throw errors.rootUserNotExist();
    if (!root.roles.includes(rootRole)) throw errors.rootRoleNotExist();
    state.setEnabled(true);
    state.log.info("enabled authentication");
  }

  disable(): void {
    const state = this.#state;
    if (!state.enabled) return;
    state.setEnabled(false);
    state.commitRevision();
    state.log.info("disabled authentication");
  }

  /**
   * A token for a user whose password was checked before the request was proposed; what it returns
   * gives the token's text. `index` is the last entry applied before this one.
   * @throws authNotEnabled, authFailed, and why no token can be made
   */
  authenticate(username: string, prefix: string, index: number): () => string {
    const { enabled, tokens, revision } = this.#state;
    if (!enabled) throw errors.authNotEnabled();
    const user = this.#state.user(username);
    if (user === undefined || user.options?.noPassword) throw errors.authFailed();
    if (tokens.refusal !== undefined) throw tokens.refusal;
    return tokens.assign(username, revision, prefix, index);
  }

  /** Undefined for nobody. Compare with some hash all the same, so that both take the same time. */
  passwordOf(username: string): StoredPassword | undefined {
    const user = this.#state.user(username);
    if (user === undefined) return undefined;
    return { hash: user.password, isGiven: !user.options?.noPassword };
  }

  addUser(request: AuthUserAddRequest): void {
    addUser(this.#state, request);
  }
  deleteUser(name: string): void {
    deleteUser(this.#state, name);
  }
  changePassword(request: AuthUserChangePasswordRequest): void {
    changePassword(this.#state, request);
  }
  grantRole(request: AuthUserGrantRoleRequest): void {
    grantRole(this.#state, request);
  }
  revokeRole(request: AuthUserRevokeRoleRequest): void {
    revokeRole(this.#state, request);
  }
  /** @throws userNotFound */
  rolesOf(username: string): readonly string[] {
    return userOf(this.#state, username).roles;
  }
  userNames(): string[] {
    return this.#state.userNames();
  }
  addRole(name: string): void {
    addRole(this.#state, name);
  }
  deleteRole(name: string): void {
    deleteRole(this.#state, name);
  }
  grantPermission(request: AuthRoleGrantPermissionRequest): void {
    grantPermission(this.#state, request);
  }
  revokePermission(request: AuthRoleRevokePermissionRequest): void {
    revokePermission(this.#state, request);
  }
  /** @throws roleNotFound */
  permissionsOf(role: string): readonly Permission[] {
    return permissionsOfRole(this.#state, role);
  }
  roleNames(): string[] {
    return this.#state.roleNames();
  }

  hasRole(username: string, role: string): boolean {
    if (this.#state.user(username) === undefined) {
      const fields = { "user-name": username, "role-name": role };
      this.#state.log.warn("'has-role' requested for non-existing user", fields);
    }
    return this.#state.hasRole(username, role);
  }

  /** @throws userEmpty, authOldRevision, permissionDenied */
  checkRange(info: AuthInfo | undefined, key: Uint8Array, rangeEnd: Uint8Array): void {
    if (this.#isFree(info, key)) return;
    if (this.#state.permissionsOf(info!.username).mayRead(key, rangeEnd)) return;
    throw errors.permissionDenied();
  }

  /** @throws userEmpty, authOldRevision, permissionDenied */
  checkPut(info: AuthInfo | undefined, key: Uint8Array): void {
    this.checkDeleteRange(info, key, noBytes);
  }

  /** @throws userEmpty, authOldRevision, permissionDenied */
  checkDeleteRange(info: AuthInfo | undefined, key: Uint8Array, rangeEnd: Uint8Array): void {
    if (this.#isFree(info, key)) return;
    if (this.#state.permissionsOf(info!.username).mayWrite(key, rangeEnd)) return;
    throw errors.permissionDenied();
  }

  /** Whether no permission is needed: auth is off, or who asks holds role root. */
  #isFree(info: AuthInfo | undefined, key: Uint8Array): boolean {
    const { enabled, revision, log } = this.#state;
    if (!enabled) return true;
    if (info === undefined || info.revision === 0) throw errors.userEmpty();
    if (info.revision < revision) {
      log.warn("request auth revision is less than current node auth revision", {
        "current node auth revision": revision,
        "request auth revision": info.revision,
        "request key": latin1FromBytes(key),
        error: "auth: revision in header is old",
      });
      throw errors.authOldRevision();
    }
    const user = this.#state.user(info.username);
    if (user === undefined) {
      log.error("cannot find a user for permission check", { "user-name": info.username });
      throw errors.permissionDenied();
    }
    return user.roles.includes(rootRole);
  }

  /** Why who asks is no administrator; undefined for one, and for everybody while auth is off. */
  adminRefusal(info: AuthInfo | undefined): EtcdError | undefined {
    if (!this.#state.enabled) return undefined;
    if (info === undefined || info.username === "") return errors.userEmpty();
    const user = this.#state.user(info.username);
    if (user === undefined) return errors.userNotFound();
    return user.roles.includes(rootRole) ? undefined : errors.permissionDenied();
  }

  /** For what the member itself proposes; undefined while auth is off. */
  rootInfo(): AuthInfo | undefined {
    const { enabled, revision } = this.#state;
    return enabled ? { username: rootUser, revision } : undefined;
  }
}
