import type { MethodHandler } from "../../io/grpc/index.ts";
import type { Log } from "../../io/host/index.ts";
import type { TracingOptions } from "../tracing/index.ts";

type Methods = ReadonlyMap<string, MethodHandler>;

const samplesMax = 1_000_000;

/** --enable-distributed-tracing and what belongs to it; throws with etcd's words. */
export function readTracing(text: (name: string) => string): TracingOptions | undefined {
  if (text("enable-distributed-tracing") !== "true") return undefined;
  const samplesPerMillion = Number(text("distributed-tracing-sampling-rate"));
  const refuse = (why: string): never => {
    throw new Error(`distributed tracing configurition is not valid: (${why})`);
  };
  if (samplesPerMillion < 0) refuse("tracing sampling rate must be positive");
  if (samplesPerMillion > samplesMax) {
    refuse(`tracing sampling rate must be less than ${samplesMax}`);
  }
  return {
    address: text("distributed-tracing-address"),
    serviceName: text("distributed-tracing-service-name"),
    instanceId: text("distributed-tracing-instance-id"),
    samplesPerMillion,
  };
}

export interface TracedMethods {
  readonly methods: Methods;
  readonly endTraces: () => Promise<void>;
}

/** The methods as they are; with tracing asked for, as spans. Its library is loaded only then. */
export async function traced(
  methods: Methods,
  options: TracingOptions | undefined,
  log: Log,
): Promise<TracedMethods> {
  if (options === undefined) return { methods, endTraces: () => Promise.resolve() };
  const { CallTracing } = await import("../tracing/index.ts");
  const tracing = new CallTracing(options);
  log.debug("distributed tracing enabled", {
    address: options.address,
    "service-name": options.serviceName,
    "service-instance-id": options.instanceId,
    "sampling-rate": options.samplesPerMillion,
  });
  return { methods: tracing.wrap(methods), endTraces: () => tracing.close() };
}
