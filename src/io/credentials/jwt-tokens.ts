// Signed tokens: whoever holds the key knows them, and no member keeps any (auth/jwt.go).
import type { AuthInfo, TokenProvider } from "../../core/auth/index.ts";
import { type EtcdError, errors } from "../../core/errors/index.ts";
import { type JwtKey, type JwtMethod, signJwt, verifyJwt } from "./jwt.ts";

export interface JwtTokenOptions {
  readonly method: JwtMethod;
  /** Undefined where only a public key was given: others make the tokens. */
  readonly signingKey: JwtKey | undefined;
  readonly verifyingKey: JwtKey;
  readonly ttlMs: number;
  /** Milliseconds since 1970. */
  readonly wallMs: () => number;
  readonly warn: (message: string, fields?: Readonly<Record<string, unknown>>) => void;
}

/** A token that was found good; looking at the time is all that is left to do. */
interface Known {
  readonly info: AuthInfo;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Tokens remembered, so that a signature is checked once and not with every request. */
export const rememberedTokensMax = 1024;

export class JwtTokens implements TokenProvider {
  readonly wantsPrefix = false;
  readonly #options: JwtTokenOptions;
  readonly #known = new Map<string, Known>();

  constructor(options: JwtTokenOptions) {
    this.#options = options;
  }

  get refusal(): EtcdError | undefined {
    return this.#options.signingKey === undefined ? errors.verifyOnlyKey() : undefined;
  }

  enable(): void {}
  disable(): void {}
  /** A signed token stays what it is; the revision it bears grows old. */
  invalidateUser(): void {}

  assign(username: string, revision: number): () => string {
    return () => {
      const { method, signingKey, ttlMs, wallMs } = this.#options;
      const exp = Math.floor((wallMs() + ttlMs) / 1000);
      // The order Go writes a map's keys in.
      return signJwt(method, signingKey!, { exp, revision, username });
    };
  }

  infoOf(token: string): AuthInfo | undefined {
    let known = this.#known.get(token);
    if (known === undefined) {
      known = this.#read(token);
      if (known === undefined) return undefined;
      this.#remember(token, known);
    }
    const nowMs = this.#options.wallMs();
    if (nowMs >= known.fromMs && nowMs < known.untilMs) return known.info;
    this.#known.delete(token);
    this.#options.warn("failed to parse a JWT token", { error: "token is not valid at this time" });
    return undefined;
  }

  #remember(token: string, known: Known): void {
    if (this.#known.size >= rememberedTokensMax) {
      const [oldest] = this.#known.keys();
      this.#known.delete(oldest!);
    }
    this.#known.set(token, known);
  }

  #read(token: string): Known | undefined {
    const { method, verifyingKey, warn } = this.#options;
    const claims = verifyJwt(method, verifyingKey, token);
    if (claims === undefined) {
      warn("failed to parse a JWT token", { error: "token or its signature is invalid" });
      return undefined;
    }
    const { username, revision } = claims;
    const untilMs = dateOf(claims["exp"], "exp" in claims, Infinity);
    const fromMs = dateOf(claims["nbf"], "nbf" in claims, -Infinity);
    if (untilMs === undefined || fromMs === undefined) {
      warn("failed to parse a JWT token", { error: "token has invalid claims" });
      return undefined;
    }
    if (typeof username !== "string") {
      warn("failed to obtain user claims from jwt token");
      return undefined;
    }
    if (typeof revision !== "number" || !(revision >= 0) || !Number.isFinite(revision)) {
      warn("failed to obtain revision claims from jwt token");
      return undefined;
    }
    return { info: { username, revision: Math.trunc(revision) }, fromMs, untilMs };
  }
}

/**
 * A time claim in whole seconds, as milliseconds; undefined where it is no number. A missing one, and
 * 0, which golang-jwt reads as missing, bind nothing.
 */
function dateOf(value: unknown, isThere: boolean, missing: number): number | undefined {
  if (!isThere || value === 0) return missing;
  return typeof value === "number" ? Math.floor(value) * 1000 : undefined;
}
