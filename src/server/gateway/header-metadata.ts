// Request headers as the metadata etcd's gateway makes of them (grpc-gateway runtime/context.go).
import type { Metadata } from "../../io/grpc/index.ts";

export type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Headers that get a prefix of their own and keep their values (permanent HTTP headers). */
const permanent = new Set([
  "accept",
  "accept-charset",
  "accept-language",
  "accept-ranges",
  "authorization",
  "cache-control",
  "content-type",
  "cookie",
  "date",
  "expect",
  "from",
  "host",
  "if-match",
  "if-modified-since",
  "if-none-match",
  "if-schedule-tag-match",
  "if-unmodified-since",
  "max-forwards",
  "origin",
  "pragma",
  "referer",
  "user-agent",
  "via",
  "warning",
]);
const prefix = "grpcgateway-";

export class HeaderMetadata implements Metadata {
  readonly #headers: Headers;

  constructor(headers: Headers) {
    this.#headers = headers;
  }

  get(name: string): string | undefined {
    return this.getAll(name)[0];
  }

  getAll(name: string): readonly string[] {
    if (name === "authorization") return this.#header(name);
    if (name === ":authority" || name === "x-forwarded-host") return this.#header("host");
    if (name === "content-type") return ["application/grpc"];
    if (name.startsWith(prefix)) {
      const plain = name.slice(prefix.length);
      return permanent.has(plain) ? this.#header(plain) : [];
    }
    return this.#header(`grpc-metadata-${name}`);
  }

  getBinary(name: string): Uint8Array | undefined {
    const value = this.get(name);
    return value === undefined ? undefined : Buffer.from(value, "base64");
  }

  #header(name: string): readonly string[] {
    const value = this.#headers[name];
    if (value === undefined) return [];
    return typeof value === "string" ? [value] : value;
  }
}
