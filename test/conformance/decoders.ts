// The inputs that etcd's decoders and ours are both shown, and what ours say of them: + taken, - refused,
// ~ cut short. Inputs are those of the fuzz targets, well formed ones among them.
import { createHmac } from "node:crypto";
import { type RandomSource, seededRandom } from "../../src/base/index.ts";
import { decoded, groupInput, messageGroups } from "../../src/core/proto/messages.fuzz.ts";
import {
  type FieldDescriptor,
  MalformedError,
  type MessageDescriptor,
  messageDescriptors,
} from "../../src/core/proto/index.ts";
import { JwtTokens } from "../../src/io/credentials/jwt-tokens.ts";
import { fuzzedJwtKey, tokenInput } from "../../src/io/credentials/jwt.fuzz.ts";
import { jwtMethod } from "../../src/io/credentials/jwt.ts";
import * as head from "../../src/io/grpc/message-reader.fuzz.ts";
import { fuzzHpackDecoder, mutatedBlocks } from "../../src/io/http2/hpack/decoder.fuzz.ts";
import { mutatedStream } from "../../src/io/rafthttp/codec/codec.fuzz.ts";
import { MessageDecoder } from "../../src/io/rafthttp/codec/message-codec.ts";
import { MsgAppDecoder } from "../../src/io/rafthttp/codec/msgapp-codec.ts";
import { StreamError } from "../../src/io/rafthttp/codec/stream-codec.ts";
import { changedSnapFile } from "../../src/io/snap/snap-file.fuzz.ts";
import { SnapError } from "../../src/io/snap/snap-error.ts";
import { decodeSnapFile } from "../../src/io/snap/snap-file.ts";
import { fuzzRecordDecoder, mutatedLog } from "../../src/io/wal/record-decoder.fuzz.ts";
import { configFrom } from "../../src/server/embed/config.ts";
import { readConfigText } from "../../src/server/embed/config-file.ts";
import * as config from "../../src/server/embed/config.fuzz.ts";
import { UsageError } from "../../src/server/embed/flags.ts";
import { fuzzGatewayJson, gatewayInput } from "../../src/server/gateway/from-json.fuzz.ts";

export interface Case {
  /** As the peer `decoders` knows it. */
  readonly target: string;
  readonly bytes: Uint8Array;
  readonly ours: string;
}

type MakeCase = (seed: number) => Case | Promise<Case>;

const bytesOf = (text: string): Uint8Array => Buffer.from(text, "latin1");
const taken = (isTaken: boolean): string => (isTaken ? "+" : "-");

/** Whether `read` reads; false for an error of one of these kinds. */
function reads(
  read: () => unknown,
  ...errors: readonly (new (...of: never[]) => Error)[]
): boolean {
  try {
    read();
    return true;
  } catch (error) {
    if (errors.some((kind) => error instanceof kind)) return false;
    throw error;
  }
}

/** Whether a message is sound, and what its decoder leaves undecoded until it is used is, too. */
function isWhole(descriptor: MessageDescriptor, bytes: Uint8Array): boolean {
  const message = decoded(descriptor, bytes) as Readonly<Record<string, unknown>> | undefined;
  if (message === undefined) return false;
  return descriptor.fields.every((field) => {
    if (field.kind !== "raw" && field.kind !== "message") return true;
    const inner = descriptors[field.type];
    const values = [valueOf(message, field)].flat();
    if (field.kind === "message") {
      // What was decoded is written again to look at what is raw within it.
      return values.every(
        (value) => value === undefined || isWhole(inner!, inner!.encode(value as never)),
      );
    }
    return values.every((value) => value === undefined || isWhole(inner!, value as Uint8Array));
  });
}

function valueOf(message: Readonly<Record<string, unknown>>, field: FieldDescriptor): unknown {
  if (field.oneof === "") return message[field.property];
  const union = message[field.oneof] as { case: string; value: unknown } | undefined;
  return union?.case === field.property ? union.value : undefined;
}

const descriptors = messageDescriptors as Readonly<Record<string, MessageDescriptor | undefined>>;

function messageCase(group: string, seed: number): Case {
  // Go has no message for the entries of a map.
  const messages = messageGroups
    .get(group)!
    .filter(({ fullName }) => !fullName.endsWith("Entry") || fullName === "raftpb.Entry");
  const { descriptor, bytes } = groupInput(seededRandom(seed), messages);
  const target = `proto ${descriptor.fullName}`;
  return { target, bytes, ours: taken(isWhole(descriptor, bytes)) };
}

function jsonCase(seed: number): Case {
  const { type, bytes } = gatewayInput(seededRandom(seed));
  return {
    target: `json ${type}`,
    bytes,
    ours: taken(fuzzGatewayJson(type, bytes, 0) === "values"),
  };
}

function logCase(seed: number): Case {
  const bytes = mutatedLog(seed);
  const end = fuzzRecordDecoder(bytes);
  return { target: "wal", bytes, ours: end === "end" ? "+" : end === "unexpectedEof" ? "~" : "-" };
}

function snapCase(seed: number): Case {
  const { bytes } = changedSnapFile(seed);
  return { target: "snap", bytes, ours: taken(reads(() => decodeSnapFile(bytes), SnapError)) };
}

function streamCase(target: "msgapp" | "message", seed: number): Case {
  const bytes = mutatedStream(seed);
  const decoder = target === "msgapp" ? new MsgAppDecoder(1n, 2n) : new MessageDecoder(1 << 20);
  const isRead = reads(
    () => {
      decoder.feed(bytes);
      while (decoder.next() !== undefined);
    },
    StreamError,
    MalformedError,
  );
  return { target, bytes, ours: isRead ? "~" : "-" };
}

const claims: readonly (readonly [name: string, values: readonly string[]])[] = [
  ["username", ['"alice"', '""', "1", "null", '["a"]']],
  ["revision", ["1", "0", "-1", "1.5", "1e400", '"1"', "null", "9007199254740993"]],
  ["exp", ["0", "1", "4102444800", "4102444800.5", "-1", '"1"', "null", "1e400", "1e17"]],
  ["nbf", ["0", "1", "4102444800", "null", "{}"]],
  ["iat", ["4102444800", '"x"', "null"]],
  ["aud", ['"a"', "[]", "[1]", "1", "null"]],
];

/** A token signed by the key, whose claims or head are odd. */
function signedToken(random: RandomSource): string {
  const parts: string[] = [];
  for (const [at, [name, values]] of claims.entries()) {
    if (at < 2 ? random.below(16) === 0 : random.below(3) > 0) continue;
    const value = values[random.below(2) * random.below(values.length)]!;
    parts.push(`${random.below(2) === 0 ? " " : ""}"${name}":${value}`);
  }
  const heads = ['{"alg":"HS256"}', '{"typ":1,"alg":"HS256"}', '{"alg":"HS256","alg":"none"}'];
  const texts = [heads[random.below(2) * random.below(3)]!, `{${parts.join(",")}}`];
  const signed = texts.map((text) => Buffer.from(text).toString("base64url")).join(".");
  return `${signed}.${createHmac("sha256", fuzzedJwtKey).update(signed).digest("base64url")}`;
}

function tokenCase(seed: number): Case {
  const random = seededRandom(seed);
  const token = random.below(2) === 0 ? signedToken(random) : tokenInput(seed).token;
  const tokens = new JwtTokens({
    method: jwtMethod("HS256")!,
    signingKey: undefined,
    verifyingKey: fuzzedJwtKey,
    ttlMs: 1000,
    wallMs: () => Date.now(),
    warn: () => {},
  });
  return { target: "jwt", bytes: bytesOf(token), ours: taken(tokens.infoOf(token) !== undefined) };
}

const textCase =
  (
    target: string,
    input: (seed: number) => string,
    isTaken: (text: string) => boolean,
    encoding: "latin1" | "utf8" = "utf8",
  ): MakeCase =>
  (seed) => {
    // Go trims U+0085, JavaScript does not.
    const text = input(seed).replaceAll("\u0085", "");
    return { target, bytes: Buffer.from(text, encoding), ours: taken(isTaken(text)) };
  };

/** No line end comes as far as a header's reader. */
const headerText = (seed: number): string => head.binaryInput(seed).replaceAll(/[\r\n]/g, "");

async function yamlCase(seed: number): Promise<Case> {
  // With a wrong list of URLs in its file etcd does not refuse: it ends the process.
  const raw = config.yamlInput(seed).replaceAll(/^.*urls.*$/gim, "name: m2");
  // A file is UTF-8.
  const text = raw.replaceAll(/[\u0080-\u00ff]/g, "\u00e9");
  try {
    configFrom(await readConfigText(text));
    return { target: "yaml", bytes: Buffer.from(text), ours: "+" };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { target: "yaml", bytes: Buffer.from(text), ours: "-" };
  }
}

function blocksCase(seed: number): Case {
  const bytes = mutatedBlocks(seed);
  return { target: "hpack", bytes, ours: taken(fuzzHpackDecoder(bytes) === "fields") };
}

/** Name of the comparison, and its input for a seed. */
export const comparisons: ReadonlyMap<string, MakeCase> = new Map<string, MakeCase>([
  ...[...messageGroups.keys()].map(
    (group) => [`proto-${group}`, (seed: number) => messageCase(group, seed)] as const,
  ),
  ["gateway-json", jsonCase],
  ["wal-record", logCase],
  ["snap-file", snapCase],
  ["peer-msgapp", (seed) => streamCase("msgapp", seed)],
  ["peer-message", (seed) => streamCase("message", seed)],
  ["jwt", tokenCase],
  ["hpack", blocksCase],
  ["grpc-timeout", textCase("timeout", head.timeoutInput, head.isTimeoutAccepted, "latin1")],
  ["grpc-binary", textCase("binary", headerText, head.isBinaryAccepted, "latin1")],
  ["duration", textCase("duration", config.durationInput, config.isDurationAccepted)],
  ["urls", textCase("urls", config.urlsInput, config.isUrlsAccepted)],
  ["cluster", textCase("cluster", config.clusterInput, config.isClusterAccepted)],
  ["yaml", yamlCase],
]);
