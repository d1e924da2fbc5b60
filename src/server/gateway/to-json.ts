// Protobuf messages to JSON as etcd's gateway prints them: protojson with the names of the .proto files,
// zero values left out, 64-bit numbers as strings. Without the blanks Go sprinkles in per build.
import {
  enumDescriptors,
  type FieldDescriptor,
  type MessageDescriptor,
} from "../../core/proto/index.ts";
import { descriptorOf } from "./from-json.ts";

type Fields = Readonly<Record<string, unknown>>;

/** What is known of a field before any message of its kind is seen. */
interface Printed {
  readonly field: FieldDescriptor;
  /** `"create_revision":`. */
  readonly label: string;
  /** The same behind a comma. */
  readonly nextLabel: string;
}

/** The JSON of an encoded message. */
export function toJson(type: string, bytes: Uint8Array): string {
  const descriptor = descriptorOf(type);
  return messageJson(descriptor, descriptor.decode(bytes) as Fields);
}

/** The same within a stream: encoding/json goes over it once more and escapes what HTML may misread. */
export const escapeHtml = (json: string): string =>
  json.replaceAll(/[<>&\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });

const printedByDescriptor = new Map<MessageDescriptor, readonly Printed[]>();

function printedOf(descriptor: MessageDescriptor): readonly Printed[] {
  let printed = printedByDescriptor.get(descriptor);
  if (printed === undefined) {
    printed = descriptor.fields.map((field) => {
      const label = `"${field.name}":`;
      return { field, label, nextLabel: `,${label}` };
    });
    printedByDescriptor.set(descriptor, printed);
  }
  return printed;
}

function messageJson(descriptor: MessageDescriptor, message: Fields): string {
  let json = "{";
  for (const { field, label, nextLabel } of printedOf(descriptor)) {
    const value = valueOf(field, message);
    if (value === undefined || (field.oneof === "" && isZero(value))) continue;
    json += (json.length === 1 ? label : nextLabel) + fieldJson(field, value);
  }
  return `${json}}`;
}

function valueOf(field: FieldDescriptor, message: Fields): unknown {
  if (field.oneof === "") return message[field.property];
  const chosen = message[field.oneof] as { case: string; value: unknown } | undefined;
  return chosen?.case === field.property ? chosen.value : undefined;
}

/** Sub-messages are either there or undefined; empty bytes, lists and texts have no length. */
function isZero(value: unknown): boolean {
  if (value === 0 || value === 0n || value === false) return true;
  return (
    (typeof value === "string" || value instanceof Uint8Array || Array.isArray(value)) &&
    value.length === 0
  );
}

function fieldJson(field: FieldDescriptor, value: unknown): string {
  if (!field.repeated) return scalarJson(field, value);
  let json = "[";
  for (const item of value as readonly unknown[]) {
    json += (json.length === 1 ? "" : ",") + scalarJson(field, item);
  }
  return `${json}]`;
}

function scalarJson(field: FieldDescriptor, value: unknown): string {
  switch (field.kind) {
    case "message":
      return messageJson(descriptorOf(field.type), value as Fields);
    case "raw":
      return toJson(field.type, value as Uint8Array);
    case "bytes": {
      const { buffer, byteOffset, byteLength } = value as Uint8Array;
      return `"${Buffer.from(buffer, byteOffset, byteLength).toString("base64")}"`;
    }
    case "string":
      return JSON.stringify(value);
    case "enum":
      return enumJson(field.type, value as number);
    case "int64":
    case "uint64":
    case "id64":
      return `"${wholeText(value as number | bigint, field.type)}"`;
    case "bool":
    case "int32":
    case "uint32":
      return String(value);
  }
}

/** Numbers beyond our reach were taken as infinite when they were decoded. */
function wholeText(value: number | bigint, type: string): string {
  if (value === Infinity) return type === "uint64" ? "18446744073709551615" : "9223372036854775807";
  if (value === -Infinity) return "-9223372036854775808";
  return typeof value === "bigint" ? identityText(value) : String(value);
}

/** Members and clusters: every answer names the same few, and large ones take long to divide. */
const identityTexts = new Map<bigint, string>();
const identityTextsMax = 64;

function identityText(identity: bigint): string {
  let text = identityTexts.get(identity);
  if (text === undefined) {
    text = String(identity);
    if (identityTexts.size >= identityTextsMax) identityTexts.clear();
    identityTexts.set(identity, text);
  }
  return text;
}

function enumJson(type: string, number: number): string {
  const values = enumDescriptors[type]?.values ?? {};
  const name = Object.keys(values).find((key) => values[key] === number);
  return name === undefined ? String(number) : `"${name}"`;
}
