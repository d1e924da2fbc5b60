// Request metadata: header fields under lower-case names, `-bin` values in base64.
import type { HeaderField } from "../http2/index.ts";
import { quoted } from "./go-text.ts";

export interface Metadata {
  /** The first value, one character per octet; as sent, so still base64 for `-bin` names. */
  get(name: string): string | undefined;
  getAll(name: string): readonly string[];
  /** The first value of a `-bin` name, decoded. */
  getBinary(name: string): Uint8Array | undefined;
}

// grpc-go shows the application everything but these (internal/transport/http_util.go).
const hidden = new Set([
  "grpc-message-type",
  "grpc-encoding",
  "grpc-message",
  "grpc-status",
  "grpc-timeout",
  "te",
]);
const isHidden = (name: string): boolean =>
  hidden.has(name) || (name.startsWith(":") && name !== ":authority");

export class FieldMetadata implements Metadata {
  readonly #fields: readonly HeaderField[];

  constructor(fields: readonly HeaderField[]) {
    this.#fields = fields;
  }

  get(name: string): string | undefined {
    for (const field of this.#fields) {
      if (field.name === name && !isHidden(name)) return field.value;
    }
    // grpc-go renames Host when there is no :authority.
    return name === ":authority" ? this.get("host") : undefined;
  }

  getAll(name: string): readonly string[] {
    if (isHidden(name)) return [];
    return this.#fields.filter((field) => field.name === name).map((field) => field.value);
  }

  getBinary(name: string): Uint8Array | undefined {
    const value = this.get(name);
    const bytes = value === undefined ? undefined : decodeBase64(value);
    return typeof bytes === "object" ? bytes : undefined;
  }
}

/** What grpc-go says of the first `-bin` field that is not base64. */
export function binaryFault(fields: readonly HeaderField[]): string | undefined {
  for (const { name, value } of fields) {
    if (!name.endsWith("-bin") || isHidden(name)) continue;
    const at = decodeBase64(value);
    if (typeof at !== "number") continue;
    const what = `malformed binary metadata ${quoted(value)} in header ${quoted(name)}`;
    return `${what}: illegal base64 data at input byte ${at}`;
  }
  return undefined;
}

/** Padded or not, as gRPC allows; where it is malformed when it is. */
function decodeBase64(value: string): Uint8Array | number {
  const body = value.length % 4 === 0 ? value.replace(/={1,2}$/, "") : value;
  const bad = body.search(/[^A-Za-z0-9+/]/);
  if (bad >= 0) return bad;
  if (body.length % 4 === 1) return body.length;
  return Buffer.from(body, "base64");
}
