// Whatever is changed in a token, nobody gets in by it and nothing is thrown.
import { assert, type RandomSource, seededRandom } from "../../base/index.ts";
import { jwtMethod, signJwt, verifyJwt } from "./jwt.ts";

const method = jwtMethod("HS256")!;
const key = new TextEncoder().encode("a secret of thirty-two octets....");
const alphabet = Buffer.from("abcXYZ019-_.=+/ {}");

function mutated(random: RandomSource, token: string): string {
  let bytes = Buffer.from(token);
  for (let change = random.below(4); change > 0; change--) {
    const at = random.below(bytes.length);
    const kind = random.below(4);
    if (kind === 0) bytes[at] = alphabet[random.below(alphabet.length)]!;
    else if (kind === 1) bytes[at] = random.below(256);
    else if (kind === 2) bytes = bytes.subarray(0, at + 1);
    else bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(random.below(at + 1))]);
  }
  return bytes.toString("latin1");
}

/** Tokens whose head or body say something else, signed or not, and their pieces exchanged. */
function forged(random: RandomSource): string {
  const heads = [
    '{"alg":"none"}',
    '{"alg":"HS512"}',
    '{"alg":["HS256"]}',
    "null",
    '{"alg":"HS256"}',
  ];
  const bodies = ["[]", "1", '{"username":"root","revision":1e400}', "{", "\u0000"];
  const encoded = (text: string): string => Buffer.from(text).toString("base64url");
  const head = encoded(heads[random.below(heads.length)]!);
  const body = encoded(bodies[random.below(bodies.length)]!);
  const [, , signature = ""] = signJwt(method, key, { username: "root" }).split(".");
  return [`${head}.${body}.`, `${head}.${body}.${signature}`, `${head}.${body}`][random.below(3)]!;
}

/** The key every token here is to be signed with, by HS256. */
export const fuzzedJwtKey = key;

/** A token of alice's, and what was made of it or in its place. */
export function tokenInput(seed: number): { readonly good: string; readonly token: string } {
  const random = seededRandom(seed);
  const good = signJwt(method, key, { username: "alice", revision: random.below(1000) });
  return { good, token: random.below(5) === 0 ? forged(random) : mutated(random, good) };
}

export const isJwtAccepted = (token: string): boolean =>
  verifyJwt(method, key, token) !== undefined;

/** "in" for the one token that is right, else "out"; throws only when a promise was broken. */
export function fuzzToken(seed: number): "in" | "out" {
  const { good, token } = tokenInput(seed);
  const claims = verifyJwt(method, key, token);
  // The last letter of a signature has bits that say nothing.
  const isGood = token.slice(0, -1) === good.slice(0, -1) && token.length === good.length;
  assert(claims === undefined || isGood, `seed ${seed}: ${token} is nobody's`);
  return claims === undefined ? "out" : "in";
}

export function fuzzTokens(first: number, rounds: number): ReadonlyMap<string, number> {
  const ends = new Map<string, number>();
  for (let seed = first; seed < first + rounds; seed++) {
    const end = fuzzToken(seed);
    ends.set(end, (ends.get(end) ?? 0) + 1);
  }
  return ends;
}
