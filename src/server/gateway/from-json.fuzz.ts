// Any bytes at all are cut and read as JSON, or refused in a JsonError; what is read is read alike when it
// comes in pieces, and comes back as itself.
import { assert, type RandomSource, seededRandom } from "../../base/index.ts";
import { JsonError } from "./json-error.ts";
import { fromJson } from "./from-json.ts";
import { JsonValues } from "./json-values.ts";
import { toJson } from "./to-json.ts";

const types = [
  "etcdserverpb.RangeRequest",
  "etcdserverpb.PutRequest",
  "etcdserverpb.TxnRequest",
  "etcdserverpb.WatchRequest",
  "etcdserverpb.LeaseGrantRequest",
  "etcdserverpb.AuthRoleGrantPermissionRequest",
] as const;

const seeds = [
  '{"key":"YQ==","range_end":"Yg==","limit":"7","sort_order":"DESCEND","keys_only":true}',
  '{"key":"YQ==","value":"Yg==","lease":"9223372036854775807","prevKv":false}',
  '{"compare":[{"key":"YQ==","target":"VERSION","result":1,"version":"0"}],"success":[{"request_put":' +
    '{"key":"YQ=="}},{"requestTxn":{"failure":[{"request_range":{"key":"\\u0041\\ud83d\\ude00"}}]}}]}',
  '{"create_request":{"key":"YQ==","filters":["NOPUT",1],"watch_id":-1}}',
  '{"TTL":"1e2","ID":0}  {"TTL":1.0}',
  '{"name":"\\"\\\\","perm":{"permType":"READWRITE","key":"","unknown":[{},null,1.5e-7]}}',
];

/** Reads `bytes` as values of the type: how it ended. Throws only when a promise was broken. */
export function fuzzGatewayJson(type: string, bytes: Uint8Array, cut: number): string {
  const whole = read(type, [bytes]);
  const pieces = read(type, [bytes.subarray(0, cut), bytes.subarray(cut)]);
  assert(whole === pieces, "pieces are read as the whole");
  return whole.startsWith("values") ? "values" : "refused";
}

function read(type: string, pieces: readonly Uint8Array[]): string {
  const values = new JsonValues();
  let told = "values";
  try {
    for (const piece of pieces) {
      values.push(piece);
      for (let value = values.next(); value !== undefined; value = values.next()) {
        told += again(type, value);
      }
    }
    const last = values.finish();
    return last === undefined ? told : told + again(type, last);
  } catch (error) {
    if (error instanceof JsonError) return `refused after ${told.length}: ${error.message}`;
    throw error;
  }
}

/** The message, which must come out of its own JSON unchanged. */
function again(type: string, value: Uint8Array): string {
  const message = fromJson(type, value);
  const back = fromJson(type, new TextEncoder().encode(toJson(type, message)));
  assert(Buffer.compare(back, message) === 0, "a message survives its JSON");
  return ` ${Buffer.from(message).toString("base64")}`;
}

function mutatedJson(random: RandomSource, seed: string): Uint8Array {
  let bytes = Uint8Array.from(Buffer.from(seed));
  const marks = Buffer.from('{}[]",:\\0123456789-+.eEtfnu \n');
  for (let change = random.below(5); change > 0; change--) {
    const at = random.below(bytes.length);
    const kind = random.below(5);
    if (kind === 0) bytes[at] = marks[random.below(marks.length)]!;
    else if (kind === 1) bytes[at] = random.below(256);
    else if (kind === 2) bytes = bytes.slice(0, at + 1);
    else if (kind === 3)
      bytes.copyWithin(at, random.below(bytes.length), random.below(bytes.length));
    else bytes = Uint8Array.of(...bytes.subarray(0, at), ...bytes.subarray(random.below(at + 1)));
  }
  return bytes;
}

/** A body of some type, one in two of the type its JSON was made for. */
export function gatewayInput(random: RandomSource): { readonly type: string; bytes: Uint8Array } {
  const at = random.below(seeds.length);
  const type = types[random.below(2) === 0 ? at : random.below(types.length)]!;
  return { type, bytes: mutatedJson(random, seeds[at]!) };
}

/** How one body ended; throws only when a promise was broken. */
export function fuzzGatewayOne(seed: number): string {
  const random = seededRandom(seed);
  const { type, bytes } = gatewayInput(random);
  try {
    return fuzzGatewayJson(type, bytes, random.below(bytes.length + 1));
  } catch (error) {
    throw new Error(`seed ${seed}: ${type} ${Buffer.from(bytes).toString()}`, { cause: error });
  }
}

/** So many inputs from the seed on; how often each ended how. */
export function fuzzGateway(first: number, rounds: number): ReadonlyMap<string, number> {
  const ends = new Map<string, number>();
  for (let seed = first; seed < first + rounds; seed++) {
    const end = fuzzGatewayOne(seed);
    ends.set(end, (ends.get(end) ?? 0) + 1);
  }
  return ends;
}
