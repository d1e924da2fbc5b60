// Member ids as they come in paths and headers.
import { type Id64, id64FromHex } from "../../../base/index.ts";

/** As Go's ParseUint(text, 16, 64): either case, any number of zeros before. */
export function memberIdOf(text: string): Id64 | undefined {
  const found = /^0*([0-9a-f]{1,16})$/i.exec(text);
  return found === null ? undefined : id64FromHex(found[1]!.toLowerCase());
}
