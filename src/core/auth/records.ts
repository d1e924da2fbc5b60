// Users, roles and the state of auth as the backend keeps them.
import { bytesFromLatin1, encodeUtf8, ownBytes } from "../../base/index.ts";
import {
  decodeRole,
  decodeUser,
  encodeRole,
  encodeUser,
  type Role,
  type User,
} from "../proto/index.ts";
import type { AuthBackend, AuthBucket } from "./ports.ts";

const enabledKey = bytesFromLatin1("authEnabled");
const revisionKey = bytesFromLatin1("authRevision");
const noBytes = new Uint8Array(0);

export class AuthRecords {
  readonly #backend: AuthBackend;

  constructor(backend: AuthBackend) {
    this.#backend = backend;
  }

  isEnabled(): boolean {
    const value = this.#backend.get("auth", enabledKey);
    return value?.length === 1 && value[0] === 1;
  }

  saveEnabled(enabled: boolean): void {
    this.#backend.put("auth", enabledKey, Uint8Array.of(enabled ? 1 : 0));
  }

  /** 0 before the first start. */
  revision(): number {
    const value = this.#backend.get("auth", revisionKey);
    if (value?.length !== 8) return 0;
    return Number(new DataView(value.buffer, value.byteOffset, 8).getBigUint64(0));
  }

  saveRevision(revision: number): void {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(revision));
    this.#backend.put("auth", revisionKey, bytes);
  }

  /** In the order of their names' bytes. */
  users(): User[] {
    return this.#all("authUsers", decodeUser);
  }

  saveUser(user: User): void {
    this.#backend.put("authUsers", user.name, encodeUser(user));
  }

  deleteUser(name: string): void {
    this.#backend.delete("authUsers", encodeUtf8(name));
  }

  roles(): Role[] {
    return this.#all("authRoles", decodeRole);
  }

  saveRole(role: Role): void {
    this.#backend.put("authRoles", role.name, encodeRole(role));
  }

  deleteRole(name: string): void {
    this.#backend.delete("authRoles", encodeUtf8(name));
  }

  #all<Message>(bucket: AuthBucket, decode: (bytes: Uint8Array) => Message): Message[] {
    const found: Message[] = [];
    this.#backend.visit(bucket, noBytes, undefined, (_key, value) => {
      found.push(decode(ownBytes(value)));
      return true;
    });
    return found;
  }
}
