// What the proxy answers over HTTP: probes of the cluster and of itself, and a member's metrics.
import {
  encodeRangeRequest,
  encodeWatchRequest,
  makeRangeRequest,
  makeWatchCreateRequest,
  makeWatchRequest,
} from "../../core/proto/index.ts";
import { errors } from "../../core/errors/index.ts";
import type { PeerDialer, RequestListener, ServerResponse } from "../../io/http/index.ts";
import { callUnary, type GrpcChannel } from "../../io/grpc-client/index.ts";

export interface ProbeParts {
  readonly cluster: GrpcChannel;
  /** To this proxy's own address; undefined when it has none to advertise. */
  readonly self: GrpcChannel | undefined;
  /** Asks members over HTTP. */
  readonly dialer: PeerDialer;
}

const readTimeoutMs = 1_000;
const watchTimeoutMs = 3_000;
const metricsBytesMax = 16 * 1024 * 1024;
const probeKey = new TextEncoder().encode("a");

/** `/health`, `/proxy/health` and `/metrics`; anything else is not found. */
export function probes(parts: ProbeParts): RequestListener {
  return (request, response) => {
    const [path] = (request.url ?? "").split("?", 1);
    const checks: Readonly<Record<string, () => Promise<string>>> = {
      "/health": () => readFault(parts.cluster),
      "/proxy/health": () => selfFault(parts.self),
    };
    const check = checks[path ?? ""];
    if (check !== undefined) {
      if (request.method !== "GET") return replyText(response, 405, "Method Not Allowed\n");
      return void check().then((fault) => replyHealth(response, fault));
    }
    if (path === "/metrics") return replyMetrics(response, parts, 0);
    replyText(response, 404, "404 page not found\n");
  };
}

/** Empty when a linearizable read is answered, if only by a refusal. */
async function readFault(channel: GrpcChannel): Promise<string> {
  const request = encodeRangeRequest(makeRangeRequest({ key: probeKey }));
  try {
    const call = { path: "/etcdserverpb.KV/Range", timeoutMs: readTimeoutMs };
    await callUnary(channel, call, request);
    return "";
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return message === errors.permissionDenied().message ? "" : `GET ERROR:${message}`;
  }
}

/** Whether clients of this proxy can read and watch. */
async function selfFault(channel: GrpcChannel | undefined): Promise<string> {
  if (channel === undefined) return "no connection to proxy";
  const fault = await readFault(channel);
  return fault === "" && !(await canWatch(channel)) ? "WATCH TIMEOUT" : fault;
}

function canWatch(channel: GrpcChannel): Promise<boolean> {
  return new Promise((resolve) => {
    const request = { path: "/etcdserverpb.Watch/Watch", timeoutMs: watchTimeoutMs };
    const call = channel.open(request, {
      onMessage: () => {
        resolve(true);
        call.cancel();
      },
      onEnd: () => resolve(false),
    });
    const value = makeWatchCreateRequest({ key: probeKey });
    const requestUnion = { case: "createRequest", value } as const;
    call.send(encodeWatchRequest(makeWatchRequest({ requestUnion })));
  });
}

function replyHealth(response: ServerResponse, fault: string): void {
  response.statusCode = fault === "" ? 200 : 503;
  response.setHeader("Content-Type", "application/json");
  response.end(JSON.stringify({ health: fault === "" ? "true" : "false", reason: fault }));
}

function replyText(response: ServerResponse, status: number, text: string): void {
  response.statusCode = status;
  response.setHeader("Content-Type", "text/plain; charset=utf-8");
  response.end(text);
}

/** Those of the first endpoint that answers. */
function replyMetrics(response: ServerResponse, parts: ProbeParts, at: number): void {
  const endpoint = parts.cluster.endpoints[at];
  if (endpoint === undefined) return replyText(response, 500, "no member answers\n");
  const base = endpoint.text.includes("://") ? endpoint.text : `http://${endpoint.text}`;
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  let status = 0;
  const call = parts.dialer.open(
    { method: "GET", url: `${base}/metrics`, headers: {}, connection: "pooled" },
    {
      onHead: (head) => (status = head.status),
      onBytes: (chunk) => {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes <= metricsBytesMax) return;
        call.abort();
        replyText(response, 500, "too many metrics\n");
      },
      onDrain: () => {},
      onEnd: () => {
        response.statusCode = status;
        response.setHeader("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
        response.end(Buffer.concat(chunks));
      },
      onError: () => replyMetrics(response, parts, at + 1),
    },
  );
}
