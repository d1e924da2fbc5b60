// Frames as bytes (RFC 9113 §4, §6): the fixed 9-byte header and the small frames we write.
// Nothing here knows what a stream is.

export const frameType = {
  data: 0,
  headers: 1,
  priority: 2,
  rstStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

export const frameFlag = { endStream: 1, ack: 1, endHeaders: 4, padded: 8, priority: 32 } as const;

export const setting = {
  headerTableSize: 1,
  enablePush: 2,
  maxConcurrentStreams: 3,
  initialWindowSize: 4,
  maxFrameSize: 5,
  maxHeaderListSize: 6,
} as const;

export const frameHeaderBytes = 9;
/** What we send and what we accept: nobody may send us more without our SETTINGS saying so. */
export const framePayloadBytesMax = 16_384;
export const windowBytesMax = 0x7fff_ffff;
/** RFC 9113 §6.9.2: before any SETTINGS, for streams and for the connection. */
export const defaultWindowBytes = 65_535;

const prefaceText = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/** RFC 9113 §3.4: the first 24 bytes a client sends. */
export const clientPreface: Uint8Array = Uint8Array.from(prefaceText, (c) => c.charCodeAt(0));

export const readUint32 = (bytes: Uint8Array, at: number): number =>
  ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;

/** The 31 bits of a stream id or an increment; the reserved bit is dropped. */
export const readUint31 = (bytes: Uint8Array, at: number): number =>
  ((bytes[at]! & 0x7f) << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;

export function writeUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

/** Writes a frame header at `at` and returns where the payload begins. */
export function writeFrameHeader(
  bytes: Uint8Array,
  at: number,
  length: number,
  type: number,
  flags: number,
  streamId: number,
): number {
  bytes[at] = length >>> 16;
  bytes[at + 1] = length >>> 8;
  bytes[at + 2] = length;
  bytes[at + 3] = type;
  bytes[at + 4] = flags;
  bytes[at + 5] = streamId >>> 24;
  bytes[at + 6] = streamId >>> 16;
  bytes[at + 7] = streamId >>> 8;
  bytes[at + 8] = streamId;
  return at + 9;
}
