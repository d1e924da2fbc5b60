// Who may log in to a simulated member: etcd's simple tokens, and passwords whose hash is the password
// with a word before it, made and compared later as bcrypt's are.
import { bytesFromLatin1, equalBytes, type RandomSource } from "../src/base/index.ts";
import { SimpleTokens } from "../src/core/auth/index.ts";
import type { Clock } from "../src/io/host/index.ts";
import type { Credentials } from "../src/server/member/index.ts";

export const hashedPassword = (password: string): Uint8Array =>
  bytesFromLatin1(`hashed ${password}`);

const hashMsMax = 60;

/** `keeping` makes what runs later count as asked by who asks now. */
export function simCredentials(parts: {
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly tokenTtlMs: number;
  readonly keeping: (run: () => void) => () => void;
}): Credentials {
  const { clock, random, tokenTtlMs: ttlMs, keeping } = parts;
  const later = (run: () => void): void => {
    clock.after(1 + random.below(hashMsMax), keeping(run));
  };
  return {
    tokens: new SimpleTokens({ ttlMs, nowMs: () => clock.nowMs() }),
    passwords: {
      hash: (password, done) => later(() => done(hashedPassword(password))),
      verify: (password, hash, done) => {
        const matches = hash !== undefined && equalBytes(hash, hashedPassword(password));
        later(() => done(matches));
      },
    },
    fingerprint: () => "",
  };
}
