// Short answers, as Go's http.Error writes them.
import type { HeaderFields, PeerResponse } from "../../http/index.ts";
import { encodeUtf8 } from "../../../base/index.ts";

/** `text` and a line's end, as plain text. */
export function replyError(
  response: PeerResponse,
  status: number,
  text: string,
  headers: HeaderFields = {},
): void {
  const body = encodeUtf8(`${text}\n`);
  response.head(status, {
    ...headers,
    "Content-Type": "text/plain; charset=utf-8",
    "X-Content-Type-Options": "nosniff",
    "Content-Length": String(body.length),
  });
  response.write(body);
  response.end();
}

export function replyWrongMethod(response: PeerResponse, allowed: string): void {
  replyError(response, 405, "Method Not Allowed", { Allow: allowed });
}

export function replyNoContent(response: PeerResponse, headers: HeaderFields): void {
  response.head(204, headers);
  response.end();
}
