// JSON to protobuf bytes by the message's descriptor: protojson.Unmarshal with DiscardUnknown, in its
// order of checks and its words (encoding/protojson/decode.go). The bytes are what Go would send: fields
// by number, zero values left out.
import {
  enumDescriptors,
  type FieldDescriptor,
  type MessageDescriptor,
  messageDescriptors,
} from "../../core/proto/index.ts";
import { integerOf, integerRanges } from "./json-numbers.ts";
import { JsonTokens } from "./json-tokens.ts";
import { flatten, joined, lengthField, varint, varintField, type WirePart } from "./wire-tree.ts";

const utf8 = new TextEncoder();

/** One JSON value as a message of the type; throws JsonError. */
export function fromJson(type: string, json: Uint8Array): Uint8Array {
  return flatten(readMessage(descriptorOf(type), new JsonTokens(json)));
}

export function descriptorOf(type: string): MessageDescriptor {
  const descriptor = messageDescriptors[type];
  if (descriptor === undefined) throw new Error(`there is no message ${type}`);
  return descriptor;
}

/** Fields under both names they have in JSON. */
const fieldsByName = new Map<MessageDescriptor, ReadonlyMap<string, FieldDescriptor>>();

function fieldsOf(descriptor: MessageDescriptor): ReadonlyMap<string, FieldDescriptor> {
  let fields = fieldsByName.get(descriptor);
  if (fields === undefined) {
    fields = new Map([
      ...descriptor.fields.map((field) => [field.name, field] as const),
      ...descriptor.fields.map((field) => [field.jsonName, field] as const),
    ]);
    fieldsByName.set(descriptor, fields);
  }
  return fields;
}

const snakeCase = (property: string): string =>
  property.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function readMessage(descriptor: MessageDescriptor, tokens: JsonTokens): WirePart {
  if (tokens.read() !== "{") throw tokens.unexpected();
  const fields = fieldsOf(descriptor);
  const found: FoundField[] = [];
  // A message has few fields, and each can come only once: lists are searched faster than sets are made.
  const seen: number[] = [];
  let seenOneofs: Set<string> | undefined;
  while (tokens.read() !== "}") {
    const { start } = tokens;
    const field = fields.get(tokens.text());
    if (field === undefined) {
      tokens.skip();
      continue;
    }
    if (seen.includes(field.number)) throw tokens.error(start, `duplicate field ${tokens.raw}`);
    seen.push(field.number);
    if (tokens.peek() === "null") {
      tokens.read();
      continue;
    }
    if (field.oneof !== "") {
      seenOneofs ??= new Set();
      if (seenOneofs.has(field.oneof)) {
        const oneof = `${descriptor.fullName}.${snakeCase(field.oneof)}`;
        throw tokens.error(start, `error parsing ${tokens.raw}, oneof ${oneof} is already set`);
      }
      seenOneofs.add(field.oneof);
    }
    const part = field.repeated ? readList(field, tokens) : readSingular(field, tokens);
    if (part !== undefined) found.push({ number: field.number, part });
  }
  if (found.length > 1) found.sort((a, b) => a.number - b.number);
  return joined(found.map(({ part }) => part));
}

interface FoundField {
  readonly number: number;
  readonly part: WirePart;
}

const isMessage = ({ kind }: FieldDescriptor): boolean => kind === "message" || kind === "raw";

function readSingular(field: FieldDescriptor, tokens: JsonTokens): WirePart | undefined {
  if (isMessage(field)) {
    return lengthField(field.number, readMessage(descriptorOf(field.type), tokens));
  }
  const value = readScalar(field, tokens);
  if (value === undefined) return undefined;
  const isZero = typeof value === "bigint" ? value === 0n : value.length === 0;
  if (isZero && field.oneof === "") return undefined;
  return scalarField(field.number, value);
}

const scalarField = (number: number, value: bigint | Uint8Array): WirePart =>
  typeof value === "bigint" ? varintField(number, value) : lengthField(number, value);

function readList(field: FieldDescriptor, tokens: JsonTokens): WirePart | undefined {
  if (tokens.read() !== "[") throw tokens.unexpected();
  const parts: WirePart[] = [];
  const packed: Uint8Array[] = [];
  while (tokens.peek() !== "]") {
    if (isMessage(field)) {
      parts.push(lengthField(field.number, readMessage(descriptorOf(field.type), tokens)));
      continue;
    }
    const value = readScalar(field, tokens);
    if (typeof value === "bigint") packed.push(varint(value));
    else if (value !== undefined) parts.push(lengthField(field.number, value));
  }
  tokens.read();
  if (packed.length > 0) parts.push(lengthField(field.number, joined(packed)));
  return parts.length === 0 ? undefined : joined(parts);
}

/** What protobuf calls the field's kind. */
const kindName = ({ kind, type }: FieldDescriptor): string => (kind === "enum" ? "enum" : type);

/** Numbers, enums and booleans as bigint, text and bytes as octets; undefined is to be left out. */
function readScalar(field: FieldDescriptor, tokens: JsonTokens): bigint | Uint8Array | undefined {
  const token = tokens.read();
  const value = scalarOf(field, token, tokens);
  if (value !== "invalid") return value;
  const what = `invalid value for ${kindName(field)} field ${field.jsonName}: ${tokens.raw}`;
  throw tokens.error(tokens.start, what);
}

function scalarOf(
  field: FieldDescriptor,
  token: ReturnType<JsonTokens["read"]>,
  tokens: JsonTokens,
): bigint | Uint8Array | undefined | "invalid" {
  switch (field.kind) {
    case "bool":
      return token === "bool" ? BigInt(tokens.raw === "true") : "invalid";
    case "string":
      return token === "string" ? utf8.encode(tokens.text()) : "invalid";
    case "bytes":
      if (token !== "string") return "invalid";
      return tokens.longBytes() ?? bytesOf(tokens.text()) ?? "invalid";
    case "enum": {
      if (token === "number") return integerOf(tokens.raw, integerRanges["int32"]!) ?? "invalid";
      if (token !== "string") return "invalid";
      // DiscardUnknown takes a name that is unknown for no value at all.
      const name = tokens.text();
      const { values } = enumDescriptors[field.type]!;
      return Object.hasOwn(values, name) ? BigInt(values[name]!) : undefined;
    }
    case "message":
    case "raw":
      return "invalid";
    case "int32":
    case "uint32":
    case "int64":
    case "uint64":
    case "id64": {
      const range = integerRanges[field.type]!;
      if (token === "number") return integerOf(tokens.raw, range) ?? "invalid";
      if (token !== "string") return "invalid";
      const text = tokens.text();
      return text.trim() === text ? (integerOf(text, range) ?? "invalid") : "invalid";
    }
  }
}

/**
 * Standard or URL-safe base64, padded or not (protojson's unmarshalBytes with Go's decoder). Node's
 * decoder passes over what is not of the alphabet, so that what it gives is then too short.
 */
function bytesOf(text: string): Uint8Array | undefined {
  const isUrl = text.includes("-") || text.includes("_");
  if (isUrl && (text.includes("+") || text.includes("/"))) return undefined;
  const isPadded = text.length % 4 === 0;
  // Go's decoder passes over line breaks.
  const isBroken = text.includes("\n") || text.includes("\r");
  const plain = isBroken ? text.replaceAll(/[\r\n]/g, "") : text;
  if (isPadded && plain.length % 4 !== 0) return undefined;
  const padding = isPadded ? paddingOf(plain) : 0;
  const length = plain.length - padding;
  if (length % 4 === 1) return undefined;
  const body = padding === 0 ? plain : plain.slice(0, length);
  const bytes = Buffer.from(body, "base64");
  return bytes.length === Math.floor((length * 3) / 4) ? bytes : undefined;
}

/** Signs of equality at the end: at most two. */
function paddingOf(text: string): number {
  if (!text.endsWith("=")) return 0;
  return text.endsWith("==") ? 2 : 1;
}
