// JSON Web Tokens as RFC 7519 and 7515 have them, compact and signed, by node:crypto: etcd's apply and
// every request need them at once, and the libraries for them answer later.
import {
  constants,
  createHmac,
  type KeyObject,
  sign as signWith,
  timingSafeEqual,
  verify as verifyWith,
} from "node:crypto";

export type JwtFamily = "RS" | "PS" | "ES" | "HS" | "EdDSA";

export interface JwtMethod {
  /** `RS256`, `EdDSA`: the `alg` of RFC 7518. */
  readonly name: string;
  readonly family: JwtFamily;
  /** Node's name of the hash; undefined for EdDSA, which brings its own. */
  readonly hash: string | undefined;
}

/** The methods of --auth-token's sign-method; undefined for a name that is none. */
export function jwtMethod(name: string): JwtMethod | undefined {
  if (name === "EdDSA") return { name, family: "EdDSA", hash: undefined };
  const [, family, bits] = /^(RS|PS|ES|HS)(256|384|512)$/.exec(name) ?? [];
  if (family === undefined) return undefined;
  return { name, family: family as JwtFamily, hash: `sha${bits}` };
}

/** A secret for HS, a private key for signing or a public one for verifying else. */
export type JwtKey = KeyObject | Uint8Array;

function optionsOf(method: JwtMethod, key: KeyObject, saltLength: number) {
  if (method.family === "PS") {
    return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength };
  }
  return { key, dsaEncoding: "ieee-p1363" as const };
}

function signatureOf(method: JwtMethod, key: JwtKey, text: string): Buffer {
  if (key instanceof Uint8Array) return createHmac(method.hash!, key).update(text).digest();
  const options = optionsOf(method, key, constants.RSA_PSS_SALTLEN_DIGEST);
  return signWith(method.hash, Buffer.from(text), options);
}

function isSignedBy(method: JwtMethod, key: JwtKey, text: string, signature: Buffer): boolean {
  if (key instanceof Uint8Array) {
    const expected = createHmac(method.hash!, key).update(text).digest();
    return signature.length === expected.length && timingSafeEqual(signature, expected);
  }
  const options = optionsOf(method, key, constants.RSA_PSS_SALTLEN_AUTO);
  return verifyWith(method.hash, Buffer.from(text), options, signature);
}

const encoded = (value: unknown): string =>
  Buffer.from(JSON.stringify(value)).toString("base64url");

export function signJwt(method: JwtMethod, key: JwtKey, claims: object): string {
  const text = `${encoded({ alg: method.name, typ: "JWT" })}.${encoded(claims)}`;
  return `${text}.${signatureOf(method, key, text).toString("base64url")}`;
}

const segment = /^[A-Za-z0-9_-]*$/;
type Claims = Readonly<Record<string, unknown>>;

/** Go's encoding/json refuses numbers that no float64 holds. */
function finite(_name: string, value: unknown): unknown {
  if (value === Infinity || value === -Infinity) throw new RangeError("a number out of range");
  return value;
}

function objectIn(part: string): Claims | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(part, "base64url"));
    const value: unknown = JSON.parse(text, finite);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? (value as Claims) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The claims of a token that this key signed by this very method; undefined for any other. What the
 * token itself says of methods and keys (`alg`, `jwk`, `kid`, `x5u`) chooses nothing.
 */
export function verifyJwt(method: JwtMethod, key: JwtKey, token: string): Claims | undefined {
  const parts = token.split(".");
  const [head = "", body = "", signature = ""] = parts;
  if (parts.length !== 3 || !parts.every((part) => segment.test(part) && part.length % 4 !== 1)) {
    return undefined;
  }
  if (objectIn(head)?.["alg"] !== method.name) return undefined;
  const claims = objectIn(body);
  if (claims === undefined) return undefined;
  try {
    const bytes = Buffer.from(signature, "base64url");
    return isSignedBy(method, key, `${head}.${body}`, bytes) ? claims : undefined;
  } catch {
    // A signature of the wrong form for this key.
    return undefined;
  }
}
