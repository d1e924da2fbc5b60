// What the store of users asks of its surroundings.
import type { EtcdError } from "../errors/index.ts";

/** Who asks, and what was known of users and roles when that was found out. */
export interface AuthInfo {
  readonly username: string;
  /** Of the auth store; 0 says that nobody was found. */
  readonly revision: number;
}

export type AuthBucket = "auth" | "authRoles" | "authUsers";

/** The three buckets of etcd's schema (server/storage/schema/auth.go). */
export interface AuthBackend {
  get(bucket: AuthBucket, key: Uint8Array): Uint8Array | undefined;
  visit(
    bucket: AuthBucket,
    from: Uint8Array,
    to: Uint8Array | undefined,
    visit: (key: Uint8Array, value: Uint8Array) => boolean,
  ): void;
  put(bucket: AuthBucket, key: Uint8Array, value: Uint8Array): void;
  delete(bucket: AuthBucket, key: Uint8Array): void;
}

/** Makes and knows tokens. Nothing of it is replicated state: members may differ. */
export interface TokenProvider {
  /** Why no token can be made; undefined when one can. */
  readonly refusal: EtcdError | undefined;
  /** Whether tokens need a random beginning from whoever proposes them. */
  readonly wantsPrefix: boolean;
  enable(): void;
  /** Forgets every token. */
  disable(): void;
  invalidateUser(username: string): void;
  /**
   * The token of an Authenticate entry: what it gives is called where somebody waits for the text.
   * `revision` is the auth store's, `index` the last entry applied before this one.
   */
  assign(username: string, revision: number, prefix: string, index: number): () => string;
  /** Who shows this token; undefined for one that is unknown, wrong or too old. */
  infoOf(token: string, revision: number): AuthInfo | undefined;
}

/** What an operator is told; lines and fields are etcd's. */
export interface AuthLog {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}
