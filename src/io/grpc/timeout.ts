// The grpc-timeout header (grpc-go internal/transport/http_util.go, decodeTimeout).
import { quoted } from "./go-text.ts";

const unitMs: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1_000,
  m: 1,
  u: 1e-3,
  n: 1e-6,
};

/** Milliseconds, or grpc-go's words for what is wrong. */
export function parseTimeout(value: string): number | { readonly error: string } {
  if (value.length < 2) {
    return { error: `transport: timeout string is too short: ${quoted(value)}` };
  }
  if (value.length > 9) {
    return { error: `transport: timeout string is too long: ${quoted(value)}` };
  }
  const unit = unitMs[value.at(-1)!];
  if (unit === undefined) {
    return { error: `transport: timeout unit is not recognized: ${quoted(value)}` };
  }
  // By hand: many clients give every call a deadline, and no two are alike.
  let number = 0;
  for (let at = 0; at < value.length - 1; at++) {
    const digit = value.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) {
      const digits = quoted(value.slice(0, -1));
      return { error: `strconv.ParseUint: parsing ${digits}: invalid syntax` };
    }
    number = number * 10 + digit;
  }
  return number * unit;
}
