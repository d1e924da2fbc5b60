// Requests as etcd's log lines show them: values by their size, passwords not at all
// (api/etcdserverpb/raft_internal_stringer.go). Two styles meet there: protobuf-go's text, whose spaces
// Go varies by build and which are single here, and the older compact text with octal escapes.
import { decodeUtf8, hexOf, id64Hex, type Id64 } from "../../base/index.ts";
import {
  decodeInternalRaftRequest,
  enumDescriptors,
  type FieldDescriptor,
  messageDescriptors,
} from "../../core/proto/index.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Longer ones are cut: a line must not be as long as a request. */
const textLengthMax = 4096;
const secrets = new Set(["password", "hashedPassword"]);
const named = new Map([
  [0x09, "\\t"],
  [0x0a, "\\n"],
  [0x0d, "\\r"],
  [0x22, '\\"'],
  [0x5c, "\\\\"],
]);

/** The request in an entry of the log. */
export function entryText(data: Uint8Array): string {
  const { header, ID, request } = decodeInternalRaftRequest(data);
  const head = `ID:${header?.ID ?? ID}${header?.username ? ` username:${header.username}` : ""}`;
  if (request === undefined) return `header:{${head}}`;
  const { fields } = messageDescriptors["etcdserverpb.InternalRaftRequest"]!;
  const { name, type } = fields.find(({ property }) => property === request.case)!;
  const message = fieldsOf(type, request.value);
  const special = entryTexts[type]?.(message);
  if (special !== undefined) return `header:<${head}> ${name}:<${special}>`;
  return `header:{${head}} ${name}:{${messageText(type, message)}}`;
}

/** A message of the type, or its encoding. */
export function messageText(type: string, message: Uint8Array | object): string {
  const fields = fieldsOf(type, message);
  const text = messageTexts[type]?.(fields) ?? plainText(type, fields);
  return text.length > textLengthMax ? `${text.slice(0, textLengthMax)}...` : text;
}

const fieldsOf = (type: string, message: Uint8Array | object): Fields =>
  (message instanceof Uint8Array ? messageDescriptors[type]!.decode(message) : message) as Fields;

/** What an entry shows of some requests otherwise than a request by itself. */
const entryTexts: Readonly<Record<string, (message: Fields) => string>> = {
  "etcdserverpb.LeaseGrantRequest": ({ TTL, ID }) =>
    `ttl:${String(TTL)}-second id:${id64Hex(ID as Id64).padStart(16, "0")}`,
  "etcdserverpb.LeaseRevokeRequest": ({ ID }) => `id:${id64Hex(ID as Id64).padStart(16, "0")}`,
  "etcdserverpb.InternalAuthenticateRequest": ({ name, simpleToken }) =>
    `name:${String(name)} simple_token:${String(simpleToken)}`,
  "etcdserverpb.AuthUserAddRequest": ({ name }) => `name:${String(name)}`,
  "etcdserverpb.AuthUserChangePasswordRequest": ({ name }) => `name:${String(name)}`,
  "etcdserverpb.PutRequest": (message) => messageText("etcdserverpb.PutRequest", message),
  "etcdserverpb.TxnRequest": (message) => messageText("etcdserverpb.TxnRequest", message),
};

/** Messages that carry values. */
const messageTexts: Readonly<Record<string, (message: Fields) => string | undefined>> = {
  "etcdserverpb.PutRequest": (message) => compactText("etcdserverpb.PutRequest", message),
  "etcdserverpb.Compare": (message) => {
    const { case: target } = (message["targetUnion"] ?? {}) as { case?: string };
    return target === "value" ? compactText("etcdserverpb.Compare", message) : undefined;
  },
  "etcdserverpb.RequestOp": ({ request }) => {
    const { case: kind, value } = (request ?? {}) as { case?: string; value: Uint8Array | object };
    const name = { requestPut: "put", requestTxn: "txn" }[kind ?? ""];
    if (name === undefined) return undefined;
    const type = name === "put" ? "etcdserverpb.PutRequest" : "etcdserverpb.TxnRequest";
    return `request_${name}:<${messageText(type, value)}>`;
  },
  "etcdserverpb.TxnRequest": (message) =>
    [
      ["compare", "etcdserverpb.Compare"] as const,
      ["success", "etcdserverpb.RequestOp"] as const,
      ["failure", "etcdserverpb.RequestOp"] as const,
    ]
      .map(([name, type]) => {
        const each = message[name] as readonly (Uint8Array | object)[];
        return `${name}:<${each.map((one) => messageText(type, one)).join(" ")}>`;
      })
      .join(" "),
};

/** golang/protobuf's CompactTextString, with a value's size in its place. */
function compactText(type: string, message: Fields): string {
  let text = "";
  for (const field of messageDescriptors[type]!.fields) {
    const value = valueOf(field, message);
    if (isZero(value)) continue;
    if (field.name === "value") text += `value_size:${(value as Uint8Array).length} `;
    else text += `${field.name}:${scalarText(field, value, octal)} `;
  }
  return text;
}

/** protobuf-go's text, on one line. */
function plainText(type: string, message: Fields): string {
  const parts: string[] = [];
  for (const field of messageDescriptors[type]!.fields) {
    const value = valueOf(field, message);
    const values = field.repeated ? (value as readonly unknown[]) : [value];
    for (const one of values) {
      // A member of a oneof that was chosen shows even when it is zero.
      if (one === undefined || (field.oneof === "" && isZero(one))) continue;
      parts.push(fieldText(field, one));
    }
  }
  return parts.join(" ");
}

function fieldText(field: FieldDescriptor, value: unknown): string {
  const { name, kind, type } = field;
  if (secrets.has(name)) return `${name}:<redacted>`;
  if (kind === "message" || kind === "raw") {
    return `${name}:{${messageText(type, value as Uint8Array | object)}}`;
  }
  return `${name}:${scalarText(field, value, hexadecimal)}`;
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

type Escape = (octet: number) => string;
const octal: Escape = (octet) => `\\${octet.toString(8).padStart(3, "0")}`;
const hexadecimal: Escape = (octet) => `\\x${hexOf(Uint8Array.of(octet))}`;

function scalarText({ kind, type }: FieldDescriptor, value: unknown, escape: Escape): string {
  if (value instanceof Uint8Array) return quoted(value, escape);
  if (kind === "string") return quoted(new TextEncoder().encode(String(value)), escape);
  if (kind !== "enum") return String(value);
  const values = enumDescriptors[type]?.values ?? {};
  return Object.keys(values).find((name) => values[name] === value) ?? String(value);
}

/** The newer style, of hexadecimal escapes, leaves UTF-8 beyond ASCII as it is. */
function quoted(bytes: Uint8Array, escape: Escape): string {
  if (escape === hexadecimal) {
    const text = decodeUtf8(bytes);
    if (text !== undefined && /[^\0-\u{9f}]/u.test(text)) {
      const parts = text.split(/([^\0-\u{9f}]+)/u);
      return `"${parts.map((part, at) => (at % 2 === 1 ? part : escaped(utf8(part), escape))).join("")}"`;
    }
  }
  return `"${escaped(bytes, escape)}"`;
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

function escaped(bytes: Uint8Array, escape: Escape): string {
  let text = "";
  for (const octet of bytes) {
    if (named.has(octet)) text += named.get(octet)!;
    else if (octet >= 0x20 && octet < 0x7f) text += String.fromCharCode(octet);
    else text += escape(octet);
  }
  return text;
}
