// Every sampled call is a span of its own, of the client's trace when it names one; what the call asks
// of the member is a span within it.
import {
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type TextMapGetter,
  trace,
  type Tracer,
} from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-grpc";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  AlwaysOffSampler,
  BasicTracerProvider,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from "@opentelemetry/sdk-trace-base";
import { Code } from "../../core/errors/index.ts";
import type { Metadata, MethodHandler, RequestSink, ServerCall } from "../../io/grpc/index.ts";
import { observeEnd } from "./call-end.ts";
import { describe } from "./request-attributes.ts";

export interface TracingOptions {
  /** Of the collector, `host:port`; without TLS. */
  readonly address: string;
  readonly serviceName: string;
  /** "" when it has none. */
  readonly instanceId: string;
  /** Traces begun here that are sampled; a client's own decision goes before. */
  readonly samplesPerMillion: number;
}

const million = 1_000_000;
/** A collector that is gone must not hold up the end of the process. */
const closePatienceMs = 2000;
const keepAlivePath = "/etcdserverpb.Lease/LeaseKeepAlive";

const fromMetadata: TextMapGetter<Metadata> = {
  get: (metadata, name) => metadata.get(name),
  keys: () => [],
};

/** Failures of the server's own (OpenTelemetry's rules for gRPC). */
const serverFaults: ReadonlySet<number> = new Set([
  Code.Unknown,
  Code.DeadlineExceeded,
  Code.Unimplemented,
  Code.Internal,
  Code.Unavailable,
  Code.DataLoss,
]);

export class CallTracing {
  readonly #provider: BasicTracerProvider;
  readonly #tracer: Tracer;
  readonly #propagator = new W3CTraceContextPropagator();

  constructor({ address, serviceName, instanceId, samplesPerMillion }: TracingOptions) {
    const root =
      samplesPerMillion === 0
        ? new AlwaysOffSampler()
        : new TraceIdRatioBasedSampler(samplesPerMillion / million);
    this.#provider = new BasicTracerProvider({
      resource: resourceFromAttributes({
        "service.name": serviceName,
        ...(instanceId !== "" && { "service.instance.id": instanceId }),
      }),
      sampler: new ParentBasedSampler({ root }),
      spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url: `http://${address}` }))],
    });
    this.#tracer = this.#provider.getTracer("quorate");
  }

  /** The same methods; those called by a sampled caller are told of. */
  wrap(methods: ReadonlyMap<string, MethodHandler>): ReadonlyMap<string, MethodHandler> {
    return new Map(
      [...methods].map(([path, handler]) => [
        path,
        handler.kind === "unary" ? this.#unary(handler) : this.#stream(handler),
      ]),
    );
  }

  /** Sends what is left, if the collector takes it soon. */
  async close(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, closePatienceMs);
    await Promise.race([this.#provider.shutdown().catch(() => {}), promise]);
    clearTimeout(timer);
  }

  #unary(handler: MethodHandler & { kind: "unary" }): MethodHandler {
    return {
      kind: "unary",
      handle: (call, request) => {
        const begun = this.#begin(call);
        if (begun !== undefined) {
          const inner = this.#inner(call.path, request, begun.context);
          observeEnd(call, (code) => {
            inner?.end();
            finish(begun.span, code);
          });
        }
        handler.handle(call, request);
      },
    };
  }

  #stream(handler: MethodHandler & { kind: "stream" }): MethodHandler {
    return {
      ...handler,
      open: (call) => {
        const begun = this.#begin(call);
        if (begun === undefined) return handler.open(call);
        const inner: Span[] = [];
        observeEnd(call, (code) => {
          for (const span of inner) span.end();
          finish(begun.span, code);
        });
        if (call.path === keepAlivePath) endAtAnswer(call, inner);
        return this.#watched(handler.open(call), call, begun.context, inner);
      },
    };
  }

  /** Requests of a stream are spans within it. */
  #watched(sink: RequestSink, call: ServerCall, context: Context, inner: Span[]): RequestSink {
    return {
      message: (bytes) => {
        const span = this.#inner(call.path, bytes, context);
        if (span !== undefined) inner.push(span);
        sink.message(bytes);
      },
      halfClose: () => sink.halfClose(),
    };
  }

  #begin(call: ServerCall): { span: Span; context: Context } | undefined {
    const parent = this.#propagator.extract(ROOT_CONTEXT, call.metadata, fromMetadata);
    const name = call.path.slice(1);
    const [service = "", method = ""] = name.split("/");
    const attributes = {
      "rpc.system": "grpc",
      "rpc.service": service,
      "rpc.method": method,
      "network.peer.address": call.peer.address,
    };
    const span = this.#tracer.startSpan(name, { kind: SpanKind.SERVER, attributes }, parent);
    return span.isRecording() ? { span, context: trace.setSpan(parent, span) } : undefined;
  }

  #inner(path: string, request: Uint8Array, context: Context): Span | undefined {
    const described = describe(path, request);
    if (described === undefined) return undefined;
    const { name, attributes } = described;
    return this.#tracer.startSpan(name, { attributes }, context);
  }
}

/** A renewal ends with the answer to it; they come in order. */
function endAtAnswer(call: ServerCall, inner: Span[]): void {
  const send = call.send.bind(call);
  call.send = (message) => {
    inner.shift()?.end();
    return send(message);
  };
}

function finish(span: Span, code: number): void {
  span.setAttribute("rpc.grpc.status_code", code);
  if (serverFaults.has(code)) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}
