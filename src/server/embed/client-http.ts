// What a client address answers besides gRPC: access checks first, then the JSON gateway below /v3/, then
// the paths of server/http (createMux and accessController in etcd's embed/serve.go).
import {
  type IncomingMessage,
  refuseUpgrade,
  type RequestListener,
  type ServerResponse,
  type UpgradeStream,
} from "../../io/http/index.ts";
import { type Gateway, HttpExchange, openApi, serveWebSocket } from "../gateway/index.ts";
import {
  type AccessController,
  isMalformedHost,
  malformedHostText,
  namedText,
  setFields,
} from "../http/index.ts";
import { etcdVersion } from "./version.ts";
import { redirect } from "./redirect.ts";

export interface ClientHttp {
  readonly request: RequestListener;
  /** Whether a request to upgrade is one the gateway answers. */
  readonly upgrades: (request: IncomingMessage) => boolean;
  readonly upgrade: (request: IncomingMessage, stream: UpgradeStream, first: Uint8Array) => void;
}

export interface ClientHttpParts {
  readonly access: AccessController;
  /** Undefined with --enable-grpc-gateway=false. */
  readonly gateway: Gateway | undefined;
  readonly others: RequestListener;
}

export function clientHttpOf({ access, gateway, others }: ClientHttpParts): ClientHttp {
  return {
    request: (request, response) => {
      const fields = access.admit(request, response);
      if (fields === undefined) return;
      const { method = "", url = "" } = request;
      // A path that is written as it should be: nearly every request for the gateway.
      if (gateway?.hasPath(url) === true) {
        return gateway.serve(method, url, new HttpExchange(request, response, fields));
      }
      const path = pathOf(request);
      const clean = path.replaceAll(/\/{2,}/g, "/");
      if (gateway !== undefined && clean === path && path.startsWith("/v3/")) {
        return gateway.serve(method, path, new HttpExchange(request, response, fields));
      }
      setFields(response, fields);
      if (gateway === undefined) return others(request, response);
      if (clean !== path || path === "/v3") {
        return redirect(request, response, clean === "/v3" ? "/v3/" : clean);
      }
      if (path === "/openapi.json") return describe(request, response);
      others(request, response);
    },
    upgrades: (request) =>
      gateway !== undefined &&
      request.headers.upgrade?.toLowerCase() === "websocket" &&
      pathOf(request).startsWith("/v3/"),
    upgrade: (request, stream, first) => {
      if (isMalformedHost(request)) {
        const reason = `Bad Request: ${malformedHostText}`;
        return refuseUpgrade(stream, 400, reason, `400 ${reason}`);
      }
      const refusal = access.refusalOfHost(request);
      if (refusal !== undefined) return refuseUpgrade(stream, 421, "Misdirected Request", refusal);
      if (access.refusesName(request)) return refuseUpgrade(stream, 400, "Bad Request", namedText);
      serveWebSocket(gateway!, pathOf(request), request, stream, first);
    },
  };
}

/** The gateway's description; etcd ships one in its source tree and serves none. */
function describe(request: IncomingMessage, response: ServerResponse): void {
  response.statusCode = request.method === "GET" ? 200 : 405;
  response.setHeader("Content-Type", "application/json");
  if (request.method === "GET") response.end(JSON.stringify(openApi(etcdVersion)));
  else response.end();
}

/** Paths of clients older than 3.4 mean those of today. */
function pathOf({ url = "" }: IncomingMessage): string {
  const path = url.split("?", 1)[0]!;
  return path.startsWith("/v3beta/") ? path.replace("/v3beta/", "/v3/") : path;
}
