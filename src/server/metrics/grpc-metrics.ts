// grpc_server_*: what became of the calls of each method (go-grpc-middleware's prometheus provider).
import { codeName } from "../../core/errors/index.ts";
import { type MethodDescriptor, serviceDescriptors } from "../../core/proto/index.ts";
import { MethodCounts } from "../../io/grpc/index.ts";
import { counter, type Family, histogram, type Sample } from "./family.ts";
import type { MetricsRegistry } from "./registry.ts";

const labels = ["grpc_method", "grpc_service", "grpc_type"];

const families: readonly Family[] = [
  counter("grpc_server_started_total", "Calls begun.", { labels }),
  counter("grpc_server_handled_total", "Calls ended, by status.", {
    labels: ["grpc_code", ...labels],
  }),
  counter("grpc_server_msg_received_total", "Request messages.", { labels }),
  counter("grpc_server_msg_sent_total", "Response messages.", { labels }),
];
const handlingSeconds = histogram("grpc_server_handling_seconds", "How long calls took.", {
  labels,
});

/** Counters of every method of the API by path, also of those that nobody has called. */
export function methodCounts(options: { isTimed: boolean }): Map<string, MethodCounts> {
  const methods = Object.values(serviceDescriptors).flat();
  return new Map(
    methods.map((method) => {
      const type = typeOf(method);
      const kind = type === "unary" ? type : type === "bidi_stream" ? "bidi" : "other";
      return [method.path, new MethodCounts({ ...options, kind })];
    }),
  );
}

export function addGrpcMetrics(
  registry: MetricsRegistry,
  counts: ReadonlyMap<string, MethodCounts>,
): void {
  registry.add(families);
  const rows = Object.entries(serviceDescriptors).flatMap(([service, methods]) =>
    methods.map((method) => ({
      labels: [method.name, service, typeOf(method)],
      counts: counts.get(method.path)!,
    })),
  );
  const feed = (name: string, value: (counts: MethodCounts) => Sample["value"]): void =>
    registry.feed(name, () =>
      rows.map((row) => ({ labels: row.labels, value: value(row.counts) })),
    );
  feed("grpc_server_started_total", ({ started }) => started);
  feed("grpc_server_msg_received_total", ({ received }) => received);
  feed("grpc_server_msg_sent_total", ({ sent }) => sent);
  registry.feed("grpc_server_handled_total", () =>
    rows.flatMap((row) =>
      row.counts.handled.map((value, code) => ({ labels: [codeName(code), ...row.labels], value })),
    ),
  );
  if (rows[0]?.counts.seconds === undefined) return;
  registry.add([handlingSeconds]);
  feed(handlingSeconds.name, ({ seconds }) => seconds!);
}

function typeOf({ requestStream, responseStream }: MethodDescriptor): string {
  if (requestStream) return responseStream ? "bidi_stream" : "client_stream";
  return responseStream ? "server_stream" : "unary";
}
