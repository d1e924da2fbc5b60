// What a member needs to know who somebody is: tokens, and passwords that are hashed and compared
// somewhere else, since both take a tenth of a second.
import type { TokenProvider } from "../../core/auth/index.ts";
import { errors } from "../../core/errors/index.ts";

/** Called once, later. */
export type PasswordDone<Result> = (result: Result | Error) => void;

export interface Passwords {
  /** A bcrypt hash as Go writes it, `$2a$` and 57 characters more. */
  hash(password: string, done: PasswordDone<Uint8Array>): void;
  /** Whether the password belongs to the hash; without one it takes as long and is always false. */
  verify(password: string, hash: Uint8Array | undefined, done: PasswordDone<boolean>): void;
}

export interface Credentials {
  readonly tokens: TokenProvider;
  readonly passwords: Passwords;
  /** What of a token may stand in a log: twelve characters of its SHA-256. */
  fingerprint(token: string): string;
}

/** As with an empty --auth-token: nobody logs in, certificates alone say who is who (auth/nop.go). */
export const noTokens: TokenProvider = {
  refusal: errors.authFailed(),
  wantsPrefix: false,
  enable: () => {},
  disable: () => {},
  invalidateUser: () => {},
  assign: () => () => "",
  infoOf: () => undefined,
};

/** For members nobody logs into: tests and simulation. */
export const noCredentials: Credentials = {
  tokens: noTokens,
  passwords: {
    hash: (_password, done) => done(errors.requestTooManyRequests()),
    verify: (_password, _hash, done) => done(errors.requestTooManyRequests()),
  },
  fingerprint: () => "",
};
