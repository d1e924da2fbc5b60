// When a call that failed is made once more without a word to its caller.
import type { PeerCallRequest } from "./peer-exchange.ts";

/**
 * Of a call that failed on a connection that was used before, and without an answer: the server may
 * have closed it just as it was used again, and then has not looked at the request. It may have died
 * after it did, too, so only questions are asked again (RFC 9110 9.2.2); a proposal would be made twice.
 */
export const isAskedAgain = ({ method }: PeerCallRequest, code: string | undefined): boolean =>
  code === "ECONNRESET" && method === "GET";
