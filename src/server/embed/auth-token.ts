// The --auth-token option: which tokens a member makes (auth.NewTokenProvider, auth/options.go).
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { parseDuration } from "../../base/index.ts";
import { SimpleTokens, type TokenProvider } from "../../core/auth/index.ts";
import { errors } from "../../core/errors/index.ts";
import {
  bcryptCosts,
  BcryptPasswords,
  jwtKeys,
  jwtMethod,
  type JwtMethod,
  JwtTokens,
} from "../../io/credentials/index.ts";
import type { Clock, Log } from "../../io/host/index.ts";
import { type Credentials, noTokens } from "../member/index.ts";
import type { Config } from "./config.ts";

const jwtTtlMs = 300_000;
const simpleTtlMs = 300_000;
const jwtOptions = ["sign-method", "pub-key", "priv-key", "ttl"];

export interface OpenedCredentials {
  readonly credentials: Credentials;
  close(): Promise<void>;
}

/** @throws invalidAuthOptions, missingAuthKey, authKeyMismatch, and what a bad key is refused with */
export function openCredentials(config: Config, clock: Clock, log: Log): OpenedCredentials {
  const tokens = tokensOf(config, clock, log);
  const passwords = new BcryptPasswords({ cost: costOf(config.bcryptCost, log) });
  const fingerprint = (token: string): string =>
    createHash("sha256").update(token).digest("hex").slice(0, 12);
  return { credentials: { tokens, passwords, fingerprint }, close: () => passwords.close() };
}

function costOf(given: number, log: Log): number {
  if (given >= bcryptCosts.min && given <= bcryptCosts.max) return given;
  log.warn("use default bcrypt cost instead of the invalid given cost", {
    "min-cost": bcryptCosts.min,
    "max-cost": bcryptCosts.max,
    "default-cost": bcryptCosts.default,
    "given-cost": given,
  });
  return bcryptCosts.default;
}

function tokensOf(config: Config, clock: Clock, log: Log): TokenProvider {
  const [type = "", ...pairs] = config.authToken.split(",");
  const options = optionsIn(pairs, config.authToken, log);
  switch (type) {
    case "simple":
      log.warn("simple token is not cryptographically signed");
      return new SimpleTokens({
        ttlMs: config.authTokenTtlMs || simpleTtlMs,
        nowMs: () => clock.nowMs(),
      });
    case "jwt":
      return jwtTokens(options, clock, log);
    case "":
      return noTokens;
    default:
      log.warn("unknown token type", { type, error: errors.invalidAuthOptions() });
      throw errors.invalidAuthOptions();
  }
}

function optionsIn(pairs: readonly string[], option: string, log: Log): Map<string, string> {
  const options = new Map<string, string>();
  for (const pair of pairs) {
    const [key = "", value, more] = pair.split("=");
    const isTwice = options.has(key);
    if (value === undefined || more !== undefined || isTwice) {
      const twice = isTwice ? { "duplicate-parameter": key } : {};
      log.error("invalid token option", { option, ...twice });
      throw errors.invalidAuthOptions();
    }
    options.set(key, value);
  }
  return options;
}

function jwtTokens(options: ReadonlyMap<string, string>, clock: Clock, log: Log): JwtTokens {
  const { method, ttlMs, files } = readJwtOptions(options, log);
  const unknown = [...options.keys()].filter((key) => !jwtOptions.includes(key));
  if (unknown.length > 0) log.warn("unknown JWT options", { keys: unknown });
  return new JwtTokens({
    method,
    ...jwtKeys(method, files),
    ttlMs,
    wallMs: () => clock.wallMs(),
    warn: (message, fields) => log.warn(message, fields),
  });
}

function readJwtOptions(options: ReadonlyMap<string, string>, log: Log) {
  try {
    const ttl = options.get("ttl") ?? "";
    const ttlMs = ttl === "" ? jwtTtlMs : parseDuration(ttl);
    if (ttlMs === undefined) throw new Error(`time: invalid duration ${JSON.stringify(ttl)}`);
    const file = (name: string): Uint8Array => {
      const path = options.get(name) ?? "";
      return path === "" ? new Uint8Array(0) : readFileSync(path);
    };
    const files = { publicKey: file("pub-key"), privateKey: file("priv-key") };
    const method: JwtMethod | undefined = jwtMethod(options.get("sign-method") ?? "");
    if (method === undefined) throw errors.invalidAuthMethod();
    return { method, ttlMs, files };
  } catch (error) {
    log.error("problem loading JWT options", { error });
    throw errors.invalidAuthOptions();
  }
}
