import assert from "node:assert/strict";
import { createHmac, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { test } from "node:test";
import { EtcdError } from "../../core/errors/index.ts";
import { jwtKeys, jwtMethod, type JwtMethod, JwtTokens } from "./index.ts";

const nowMs = 1_800_000_000_000;
const exp = nowMs / 1000 + 300;
const none = new Uint8Array(0);
const methodOf = (name: string): JwtMethod => {
  const method = jwtMethod(name);
  assert.ok(method, name);
  return method;
};

interface Pem {
  readonly privateKey: Buffer;
  readonly publicKey: Buffer;
}
const pemOf = (pair: { privateKey: KeyObject; publicKey: KeyObject }): Pem => ({
  privateKey: Buffer.from(pair.privateKey.export({ type: "pkcs8", format: "pem" })),
  publicKey: Buffer.from(pair.publicKey.export({ type: "spki", format: "pem" })),
});
const rsa = pemOf(generateKeyPairSync("rsa", { modulusLength: 2048 }));
const otherRsa = pemOf(generateKeyPairSync("rsa", { modulusLength: 2048 }));
const ec = (namedCurve: string): Pem => pemOf(generateKeyPairSync("ec", { namedCurve }));
const ed = pemOf(generateKeyPairSync("ed25519"));
const secret = { privateKey: Buffer.from("a secret of some length"), publicKey: none };

let wallMs = nowMs;
const tokensOf = (name: string, files: { privateKey: Uint8Array; publicKey: Uint8Array }) => {
  const method = methodOf(name);
  const warn = (): void => {};
  return new JwtTokens({
    method,
    ...jwtKeys(method, files),
    ttlMs: 300_000,
    wallMs: () => wallMs,
    warn,
  });
};

const pairs: readonly (readonly [string, Pem])[] = [
  ...["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"].map((name) => [name, rsa] as const),
  ["ES256", ec("prime256v1")],
  ["ES384", ec("secp384r1")],
  ["ES512", ec("secp521r1")],
  ["EdDSA", ed],
];

test("every method of etcd signs what the public key alone verifies", () => {
  for (const [name, pair] of [...pairs, ["HS256", secret], ["HS384", secret]] as const) {
    const token = tokensOf(name, pair).assign("alice", 7)();
    const verifier = name.startsWith("HS") ? pair : { ...pair, privateKey: none };
    const tokens = tokensOf(name, verifier);
    assert.deepEqual(tokens.infoOf(token), { username: "alice", revision: 7 }, name);
    assert.equal(tokens.refusal === undefined, name.startsWith("HS"), name);
    const cut = `${token.slice(0, -3)}${token.endsWith("AAA") ? "BBB" : "AAA"}`;
    assert.equal(tokens.infoOf(cut), undefined, `${name} with a bent signature`);
  }
});

test("a method etcd does not have is none", () => {
  for (const name of ["none", "", "RS128", "rs256", "HS", "ES256K", "ed25519"]) {
    assert.equal(jwtMethod(name), undefined, name);
  }
});

const part = (value: unknown): string =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");
const head = { alg: "RS256", typ: "JWT" };
const claims = { username: "root", revision: 9, exp };

/** Signed with the right key, whatever it says. */
function signed(header: unknown, body: unknown): string {
  const text = `${part(header)}.${part(body)}`;
  return `${text}.${sign("sha256", Buffer.from(text), rsa.privateKey).toString("base64url")}`;
}

test("a token that says otherwise of its method or key is no token", () => {
  const tokens = tokensOf("RS256", { ...rsa, privateKey: none });
  assert.ok(tokens.infoOf(signed(head, claims)));
  const text = (header: object): string => `${part(header)}.${part(claims)}`;
  const hs = { alg: "HS256", typ: "JWT" };
  const confused = (key: Uint8Array): string => {
    const mac = createHmac("sha256", key).update(text(hs)).digest("base64url");
    return `${text(hs)}.${mac}`;
  };
  const foreign = sign("sha256", Buffer.from(text(head)), otherRsa.privateKey);
  for (const token of [
    `${text({ alg: "none" })}.`,
    `${text(head)}.`,
    confused(rsa.publicKey),
    confused(none),
    `${text(head)}.${foreign.toString("base64url")}`,
    signed({ alg: "RS384" }, claims),
    signed({ alg: "PS256" }, claims),
    signed({ alg: ["RS256"] }, claims),
    signed({ typ: "JWT" }, claims),
    signed([], claims),
    signed("null", claims),
    signed("{", claims),
    `${signed(head, claims)}.x`,
    `.${signed(head, claims)}`,
    signed(head, claims).replace(/\.[^.]+\./, ".."),
    ` ${signed(head, claims)}`,
    `${signed(head, claims)}=`,
    `${signed(head, claims)}\n`,
    "a.b.c",
    "..",
    "",
    "x".repeat(1_000_000),
  ]) {
    assert.equal(tokens.infoOf(token), undefined, token.slice(0, 80));
  }
  const embedded = { ...head, jwk: { kty: "RSA", n: "AQAB", e: "AQAB" }, kid: "../../etc/passwd" };
  assert.ok(tokens.infoOf(signed(embedded, claims)), "what it says of keys is not looked at");
});

test("claims are those etcd reads: who, the revision, and when", () => {
  const tokens = tokensOf("RS256", rsa);
  const infoOf = (body: unknown) => tokens.infoOf(signed(head, body));
  assert.deepEqual(infoOf({ ...claims, revision: 9.7 }), { username: "root", revision: 9 });
  assert.deepEqual(infoOf({ username: "root", revision: 1 }), { username: "root", revision: 1 });
  assert.ok(infoOf({ ...claims, exp: 0 }), "golang-jwt takes 0 for none");
  assert.ok(infoOf({ ...claims, nbf: nowMs / 1000 }));
  assert.ok(infoOf({ ...claims, iat: exp + 10_000 }), "golang-jwt does not look at iat");
  assert.ok(infoOf({ ...claims, username: "" }));
  for (const body of [
    { ...claims, exp: nowMs / 1000 },
    { ...claims, exp: nowMs / 1000 - 1 },
    { ...claims, exp: -1 },
    { ...claims, exp: null },
    { ...claims, exp: String(exp) },
    { ...claims, nbf: nowMs / 1000 + 1 },
    { ...claims, nbf: "0" },
    { revision: 9, exp },
    { username: "root", exp },
    { ...claims, username: 1 },
    { ...claims, username: null },
    { ...claims, revision: "9" },
    { ...claims, revision: null },
    { ...claims, revision: -1 },
    `{"username":"root","revision":1e999,"exp":${exp}}`,
    [],
    "null",
    "1",
    "{",
  ]) {
    assert.equal(infoOf(body), undefined, JSON.stringify(body));
  }
  const twice = `{"username":"alice","username":"bob","revision":1,"exp":${exp}}`;
  assert.equal(infoOf(twice)?.username, "bob");
});

test("a token that was good is good no longer once its time is over", () => {
  const tokens = tokensOf("EdDSA", ed);
  const token = tokens.assign("alice", 3)();
  assert.ok(tokens.infoOf(token));
  wallMs = nowMs + 299_999;
  assert.ok(tokens.infoOf(token));
  wallMs = nowMs + 300_000;
  assert.equal(tokens.infoOf(token), undefined);
  wallMs = nowMs;
});

const refusalOf = (name: string, privateKey: Uint8Array, publicKey: Uint8Array): string => {
  try {
    jwtKeys(methodOf(name), { privateKey, publicKey });
    return "taken";
  } catch (error) {
    assert.ok(error instanceof Error);
    return error instanceof EtcdError ? error.message : "refused";
  }
};

test("keys must be there, belong together and suit the method", () => {
  assert.equal(refusalOf("RS256", rsa.privateKey, rsa.publicKey), "taken");
  assert.equal(refusalOf("RS256", rsa.privateKey, none), "taken");
  assert.equal(refusalOf("RS256", none, none), "auth: missing key data");
  assert.equal(refusalOf("HS256", none, rsa.publicKey), "auth: missing key data");
  assert.equal(
    refusalOf("PS256", rsa.privateKey, otherRsa.publicKey),
    "auth: public and private keys don't match",
  );
  assert.equal(refusalOf("RS256", none, rsa.privateKey), "refused");
  assert.equal(refusalOf("RS256", ed.privateKey, none), "refused");
  assert.equal(refusalOf("EdDSA", rsa.privateKey, none), "refused");
  assert.equal(refusalOf("ES256", ec("secp384r1").privateKey, none), "refused");
  assert.equal(refusalOf("ES256", Buffer.from("no key"), none), "refused");
});
