// Users and roles in memory, with what is kept of them, and the revision that counts their changes.
import { compareBytes, decodeUtf8, encodeUtf8, latin1FromBytes } from "../../base/index.ts";
import type { Role, User } from "../proto/index.ts";
import type { AuthBackend, AuthLog, TokenProvider } from "./ports.ts";
import { RangePermissions } from "./range-permissions.ts";
import { AuthRecords } from "./records.ts";

export const rootUser = "root";
export const rootRole = "root";

const textOf = (name: Uint8Array): string => decodeUtf8(name) ?? latin1FromBytes(name);

/** Go's order of strings, which is that of their bytes. */
export const compareNames = (a: string, b: string): number =>
  compareBytes(encodeUtf8(a), encodeUtf8(b));

export class AuthState {
  enabled = false;
  revision = 0;
  readonly tokens: TokenProvider;
  readonly log: AuthLog;
  #records: AuthRecords;
  readonly #users = new Map<string, User>();
  readonly #roles = new Map<string, Role>();
  /** By user; made when first asked for, forgotten with every change. */
  readonly #permissions = new Map<string, RangePermissions>();

  constructor(backend: AuthBackend, tokens: TokenProvider, log: AuthLog) {
    this.#records = new AuthRecords(backend);
    this.tokens = tokens;
    this.log = log;
    this.recover(backend);
    // Counting begins with the first start.
    if (this.revision === 0) this.commitRevision();
  }

  /** Takes over what the backend holds: at the start, and when a snapshot has replaced it. */
  recover(backend: AuthBackend): void {
    this.#records = new AuthRecords(backend);
    this.#users.clear();
    this.#roles.clear();
    this.#permissions.clear();
    for (const user of this.#records.users()) this.#users.set(textOf(user.name), user);
    for (const role of this.#records.roles()) this.#roles.set(textOf(role.name), role);
    this.revision = this.#records.revision();
    this.enabled = this.#records.isEnabled();
    // A snapshot jumps over entries that ended tokens, which ones nobody can tell here: as after a
    // start, users log in again. (etcd keeps them, those of deleted users and old passwords too.)
    this.tokens.disable();
    if (this.enabled) this.tokens.enable();
  }

  setEnabled(enabled: boolean): void {
    this.#records.saveEnabled(enabled);
    this.enabled = enabled;
    if (enabled) this.tokens.enable();
    else this.tokens.disable();
  }

  /** One change more. Whoever was let in by what held before may have to ask again. */
  commitRevision(): void {
    this.revision++;
    this.#records.saveRevision(this.revision);
    this.#permissions.clear();
  }

  user(name: string): User | undefined {
    return this.#users.get(name);
  }

  role(name: string): Role | undefined {
    return this.#roles.get(name);
  }

  userNames(): string[] {
    return [...this.#users.keys()].toSorted(compareNames);
  }

  roleNames(): string[] {
    return [...this.#roles.keys()].toSorted(compareNames);
  }

  saveUser(user: User): void {
    this.#users.set(textOf(user.name), user);
    this.#records.saveUser(user);
  }

  deleteUser(name: string): void {
    this.#users.delete(name);
    this.#records.deleteUser(name);
  }

  saveRole(role: Role): void {
    this.#roles.set(textOf(role.name), role);
    this.#records.saveRole(role);
  }

  deleteRole(name: string): void {
    this.#roles.delete(name);
    this.#records.deleteRole(name);
  }

  hasRole(username: string, role: string): boolean {
    return this.#users.get(username)?.roles.includes(role) === true;
  }

  /** Of a user that exists. A role that was never made gives nothing. */
  permissionsOf(username: string): RangePermissions {
    let permissions = this.#permissions.get(username);
    if (permissions === undefined) {
      const names = this.#users.get(username)?.roles ?? [];
      permissions = new RangePermissions(names.flatMap((name) => this.#roles.get(name) ?? []));
      this.#permissions.set(username, permissions);
    }
    return permissions;
  }
}
