// One header field, classified once: fields from the static and dynamic tables are shared objects,
// so a request that repeats them costs no string work.

/** What a name means to HTTP/2 itself; everything else is `other`. */
export const fieldKind = {
  other: 0,
  method: 1,
  scheme: 2,
  path: 3,
  authority: 4,
  unknownPseudo: 5,
  contentLength: 6,
  te: 7,
  connectionSpecific: 8,
  host: 9,
} as const;

const kindByName = new Map<string, number>([
  [":method", fieldKind.method],
  [":scheme", fieldKind.scheme],
  [":path", fieldKind.path],
  [":authority", fieldKind.authority],
  ["content-length", fieldKind.contentLength],
  ["te", fieldKind.te],
  ["host", fieldKind.host],
  // RFC 9113 §8.2.2.
  ["connection", fieldKind.connectionSpecific],
  ["proxy-connection", fieldKind.connectionSpecific],
  ["keep-alive", fieldKind.connectionSpecific],
  ["transfer-encoding", fieldKind.connectionSpecific],
  ["upgrade", fieldKind.connectionSpecific],
]);

/** RFC 7541 §4.1: what a field counts against a table or a list beside its octets. */
const fieldOverheadBytes = 32;

export class HeaderField {
  readonly name: string;
  /** One character per octet. */
  readonly value: string;
  readonly size: number;
  readonly kind: number;
  /** Whether name and value use only what RFC 9113 §8.2.1 allows. */
  readonly wellFormed: boolean;

  constructor(name: string, value: string) {
    this.name = name;
    this.value = value;
    this.size = name.length + value.length + fieldOverheadBytes;
    const isPseudo = name.charCodeAt(0) === 0x3a;
    this.kind = kindByName.get(name) ?? (isPseudo ? fieldKind.unknownPseudo : fieldKind.other);
    this.wellFormed = isName(name, isPseudo ? 1 : 0) && isValue(value);
  }
}

/** RFC 9110 §5.1 tokens, without upper case (RFC 9113 §8.2.1). */
function isName(name: string, start: number): boolean {
  if (name.length === start) return false;
  for (let at = start; at < name.length; at++) {
    const c = name.charCodeAt(at);
    if ((c >= 0x61 && c <= 0x7a) || c === 0x2d || (c >= 0x30 && c <= 0x39)) continue;
    if (c <= 0x20 || c >= 0x7f || (c >= 0x41 && c <= 0x5a)) return false;
    if (delimiters.includes(name[at]!)) return false;
  }
  return true;
}
const delimiters = '"(),/:;<=>?@[\\]{}';

function isValue(value: string): boolean {
  const last = value.length - 1;
  if (last < 0) return true;
  if (isSpace(value.charCodeAt(0)) || isSpace(value.charCodeAt(last))) return false;
  for (let at = 0; at <= last; at++) {
    const c = value.charCodeAt(at);
    if (c === 0 || c === 0x0a || c === 0x0d) return false;
  }
  return true;
}
const isSpace = (c: number): boolean => c === 0x20 || c === 0x09;
