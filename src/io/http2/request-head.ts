// The header section that opens a request, checked as RFC 9113 §8 asks.
import { fieldKind, type HeaderField } from "./hpack/header-field.ts";

export class RequestHead {
  /** All fields in order, pseudo-header fields first. Incomplete when `truncated`. */
  readonly fields: readonly HeaderField[];
  /** The list was larger than our SETTINGS_MAX_HEADER_LIST_SIZE. */
  readonly truncated: boolean;
  method = "";
  scheme = "";
  path = "";
  authority = "";
  /** -1 when the request does not say. */
  contentLength = -1;
  /**
   * A slot for what the layer above makes of this head. Heads are shared by all requests of a
   * connection whose blocks are the same bytes, so that is worked out once.
   */
  memo: unknown = undefined;

  constructor(fields: readonly HeaderField[], truncated: boolean) {
    this.fields = fields;
    this.truncated = truncated;
  }
}

/** Fills the head from its fields; the reason when the request is malformed (RFC 9113 §8.1.1). */
export function checkRequestHead(head: RequestHead): string | undefined {
  let seen = 0;
  let regular = false;
  for (const field of head.fields) {
    const kind = field.kind;
    if (kind === fieldKind.other && field.wellFormed) {
      regular = true;
      continue;
    }
    if (!field.wellFormed) return "a malformed field name or value";
    if (kind >= fieldKind.method && kind <= fieldKind.unknownPseudo) {
      if (regular) return "a pseudo-header field after a regular one";
      if ((seen & (1 << kind)) !== 0) return "a pseudo-header field twice";
      seen |= 1 << kind;
    } else {
      regular = true;
    }
    const reason = take(head, field);
    if (reason !== undefined) return reason;
  }
  return head.truncated ? undefined : missing(head, seen);
}

/** Checks a trailer section; the reason when it is malformed. */
export function checkTrailers(fields: readonly HeaderField[]): string | undefined {
  for (const field of fields) {
    if (!field.wellFormed) return "a malformed trailer field";
    if (field.kind >= fieldKind.method && field.kind <= fieldKind.unknownPseudo) {
      return "a pseudo-header field in trailers";
    }
    if (field.kind === fieldKind.connectionSpecific) return "a connection-specific field";
  }
  return undefined;
}

function take(head: RequestHead, field: HeaderField): string | undefined {
  switch (field.kind) {
    case fieldKind.method:
      head.method = field.value;
      return undefined;
    case fieldKind.scheme:
      head.scheme = field.value;
      return undefined;
    case fieldKind.path:
      head.path = field.value;
      return undefined;
    case fieldKind.authority:
      head.authority = field.value;
      return undefined;
    case fieldKind.contentLength:
      return takeContentLength(head, field.value);
    case fieldKind.te:
      return field.value === "trailers" ? undefined : "te other than trailers";
    case fieldKind.connectionSpecific:
      return "a connection-specific field";
    case fieldKind.unknownPseudo:
      return "an unknown pseudo-header field";
    default:
      return undefined;
  }
}

function takeContentLength(head: RequestHead, value: string): string | undefined {
  if (!/^\d{1,15}$/.test(value)) return "a content-length that is not a number";
  const length = Number(value);
  if (head.contentLength >= 0 && head.contentLength !== length) return "two content-lengths";
  head.contentLength = length;
  return undefined;
}

/** RFC 9113 §8.3.1; CONNECT (§8.5) has an authority only. */
function missing(head: RequestHead, seen: number): string | undefined {
  const has = (kind: number): boolean => (seen & (1 << kind)) !== 0;
  if (!has(fieldKind.method)) return "no :method";
  if (head.method === "CONNECT") {
    const alone = !has(fieldKind.scheme) && !has(fieldKind.path) && has(fieldKind.authority);
    return alone ? undefined : "CONNECT takes :authority only";
  }
  if (!has(fieldKind.scheme)) return "no :scheme";
  return head.path === "" ? "no :path" : undefined;
}
