// Requests as etcd's log lines show them: values by their size, passwords not at all
// (api/etcdserverpb/raft_internal_stringer.go).
import { hexOf } from "../../base/index.ts";
import {
  decodeInternalRaftRequest,
  enumDescriptors,
  type FieldDescriptor,
  messageDescriptors,
} from "../../core/proto/index.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Longer ones are cut: a line must not be as long as a request. */
const textLengthMax = 4096;
const secrets = new Set(["password", "hashedPassword", "simple_token"]);

/** The request in an entry of the log. */
export function entryText(data: Uint8Array): string {
  const { header, ID, request } = decodeInternalRaftRequest(data);
  const head = `header:<ID:${header?.ID ?? ID} >`;
  if (request === undefined) return head;
  const { fields } = messageDescriptors["etcdserverpb.InternalRaftRequest"]!;
  const field = fields.find(({ property }) => property === request.case)!;
  return `${head} ${field.name}:<${messageText(field.type, request.value)} >`;
}

/** A message of the type, or its encoding. */
export function messageText(type: string, message: Uint8Array | object): string {
  const descriptor = messageDescriptors[type]!;
  const fields = (message instanceof Uint8Array ? descriptor.decode(message) : message) as Fields;
  const parts: string[] = [];
  for (const field of descriptor.fields) {
    const value = valueOf(field, fields);
    const values = field.repeated ? (value as readonly unknown[]) : [value];
    for (const one of values) {
      if (!isZero(one)) parts.push(fieldText(field, one));
    }
  }
  const text = parts.join(" ");
  return text.length > textLengthMax ? `${text.slice(0, textLengthMax)}...` : text;
}

function valueOf(field: FieldDescriptor, fields: Fields): unknown {
  if (field.oneof === "") return fields[field.property];
  const chosen = fields[field.oneof] as { case: string; value: unknown } | undefined;
  return chosen?.case === field.property ? chosen.value : undefined;
}

const isZero = (value: unknown): boolean =>
  value === undefined ||
  value === 0 ||
  value === 0n ||
  value === false ||
  value === "" ||
  (value instanceof Uint8Array && value.length === 0);

function fieldText({ name, kind, type }: FieldDescriptor, value: unknown): string {
  if (secrets.has(name)) return `${name}:<redacted>`;
  switch (kind) {
    case "message":
    case "raw":
      return `${name}:<${messageText(type, value as Uint8Array | object)} >`;
    case "bytes": {
      const bytes = value as Uint8Array;
      return name === "value" ? `value_size:${bytes.length}` : `${name}:${quoted(bytes)}`;
    }
    case "string":
      return `${name}:${JSON.stringify(value)}`;
    case "enum": {
      const values = enumDescriptors[type]?.values ?? {};
      return `${name}:${Object.keys(values).find((key) => values[key] === value) ?? String(value)}`;
    }
    case "bool":
    case "int32":
    case "uint32":
    case "int64":
    case "uint64":
    case "id64":
      return `${name}:${String(value)}`;
  }
}

/** Printable ASCII as it is, other octets in hexadecimal. */
function quoted(bytes: Uint8Array): string {
  let text = "";
  for (const octet of bytes) {
    if (octet === 0x22 || octet === 0x5c) text += `\\${String.fromCharCode(octet)}`;
    else if (octet >= 0x20 && octet < 0x7f) text += String.fromCharCode(octet);
    else text += `\\x${hexOf(Uint8Array.of(octet))}`;
  }
  return `"${text}"`;
}
