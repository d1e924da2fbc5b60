// Who a client is: it logs in when it must, as clientv3 does, and now and then shows a token it had before.
import type { PlannedOp } from "./plan.ts";

interface Tokens {
  current: string | undefined;
  readonly old: string[];
  /** Which of the user's two passwords it believes in. */
  password: number;
}

/** What a user's password may be; the administrator's never changes. */
export const passwordsOf = (user: string): readonly [string, string] =>
  user === "root" ? ["secret", "secret"] : [`${user}1`, `${user}2`];

export class Logins {
  readonly #users = new Map<string, Tokens>();
  /** It was told that nobody logs in here. */
  #isOff = false;

  /** The password to log in with before this call; undefined when there is no need. */
  passwordFor({ user }: PlannedOp): string | undefined {
    if (user === undefined || this.#isOff) return undefined;
    const tokens = this.#of(user);
    return tokens.current === undefined ? passwordsOf(user)[tokens.password] : undefined;
  }

  tokenFor({ user, isStale }: PlannedOp): string | undefined {
    if (user === undefined) return undefined;
    const { current, old } = this.#of(user);
    return isStale === true ? (old.at(-1) ?? current) : current;
  }

  loggedIn(user: string, token: string): void {
    this.#of(user).current = token;
  }

  /** Returns whether the client goes on without a token. */
  notLoggedIn(user: string, why: string): boolean {
    this.#isOff = why.includes("not enabled");
    if (!this.#isOff) this.#of(user).password ^= 1;
    return this.#isOff;
  }

  /** A call failed: perhaps for want of a good token. */
  failed({ user, isStale }: PlannedOp, why: string): void {
    if (user === undefined) return;
    this.#isOff &&= !why.includes("user name is empty");
    const tokens = this.#of(user);
    if (!why.includes("invalid auth token") || isStale === true) return;
    if (tokens.current !== undefined) tokens.old.push(tokens.current);
    tokens.current = undefined;
  }

  #of(user: string): Tokens {
    let tokens = this.#users.get(user);
    if (tokens === undefined) {
      tokens = { current: undefined, old: [], password: 0 };
      this.#users.set(user, tokens);
    }
    return tokens;
  }
}
