import { gunzipSync } from "node:zlib";

/**
 * Uncompresses one gzip body of at most `bytesMax` bytes, so that a small body cannot grow into a
 * large one. In place: requests are a few MiB at most.
 */
export function gunzip(
  bytes: Uint8Array,
  bytesMax: number,
): Uint8Array | "cut short" | "no gzip header" | "too large" | "damaged" {
  // Go reads the ten bytes of the header before it looks at them.
  if (bytes.length < 10) return "cut short";
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return "no gzip header";
  try {
    return gunzipSync(bytes, { maxOutputLength: bytesMax });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === "ERR_BUFFER_TOO_LARGE" ? "too large" : "damaged";
  }
}
