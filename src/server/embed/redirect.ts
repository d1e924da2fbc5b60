import type { IncomingMessage, ServerResponse } from "../../io/http/index.ts";

/** As Go's ServeMux sends clients to the clean form of a path: to whom may read it with a page. */
export function redirect(
  { url = "", method }: IncomingMessage,
  response: ServerResponse,
  path: string,
): void {
  const query = url.includes("?") ? url.slice(url.indexOf("?")) : "";
  const location = `${path}${query}`;
  response.statusCode = 307;
  response.setHeader("Location", location);
  if (method !== "GET" && method !== "HEAD") return void response.end();
  response.setHeader("Content-Type", "text/html; charset=utf-8");
  const escaped = location
    .replaceAll("&", "&amp;")
    .replaceAll('"', "&#34;")
    .replaceAll("<", "&lt;");
  response.end(`<a href="${escaped}">Temporary Redirect</a>.\n\n`);
}
