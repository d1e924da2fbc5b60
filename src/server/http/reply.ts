// Answers as Go's net/http gives them.
import type { IncomingMessage, ServerResponse } from "../../io/http/index.ts";

export type Handler = (
  request: IncomingMessage,
  response: ServerResponse,
  query: URLSearchParams,
) => void;

/** http.Error: text/plain, nosniff and a newline behind the text. */
export function replyError(response: ServerResponse, status: number, text: string): void {
  response.statusCode = status;
  response.setHeader("Content-Type", "text/plain; charset=utf-8");
  response.setHeader("X-Content-Type-Options", "nosniff");
  response.end(`${text}\n`);
}

export function replyJson(response: ServerResponse, body: string): void {
  response.setHeader("Content-Type", "application/json");
  response.end(body);
}

/** Lets only GET through; `refused` hears of the path of what is not. */
export const onlyGet =
  (handler: Handler, refused: (path: string) => void = () => {}): Handler =>
  (request, response, query) => {
    if (request.method === "GET") return handler(request, response, query);
    response.setHeader("Allow", "GET");
    replyError(response, 405, "Method Not Allowed");
    refused((request.url ?? "").split("?", 1)[0]!);
  };

/** Dispatches by path, as `routeOf` reads it where given; else 404 as Go words it. */
export function router(
  routes: ReadonlyMap<string, Handler>,
  routeOf: (path: string) => string = (path) => path,
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const [path = "", query = ""] = (request.url ?? "").split("?", 2);
    const handler = routes.get(routeOf(path));
    if (handler === undefined) return replyError(response, 404, "404 page not found");
    handler(request, response, new URLSearchParams(query));
  };
}
