// grpc.health.v1.Health: the overall service only, by the empty name (grpc-go's health server).
import { errors } from "../../core/errors/index.ts";
import {
  decodeHealthCheckRequest,
  decodeHealthListRequest,
  encodeHealthCheckResponse,
  makeHealthCheckResponse,
  ServingStatus,
} from "../../core/proto/index.ts";
import type { MethodHandler, ServerCall } from "../../io/grpc/index.ts";
import { type RpcContext, serverStream, unary } from "./context.ts";

export class HealthService {
  readonly #context: RpcContext;
  readonly #watching = new Set<ServerCall>();
  #status: number = ServingStatus.SERVING;

  constructor(context: RpcContext) {
    this.#context = context;
    context.server.log.info("grpc service status changed", { service: "", status: "SERVING" });
  }

  methods(): [string, MethodHandler][] {
    return [
      ["/grpc.health.v1.Health/Check", this.#check()],
      ["/grpc.health.v1.Health/Watch", this.#watch()],
      ["/grpc.health.v1.Health/List", this.#list()],
    ];
  }

  /** `reason`, for the log, is why it stops. */
  setServing(serving: boolean, reason?: string): void {
    const status = serving ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
    if (status === this.#status) return;
    this.#status = status;
    const name = serving ? "SERVING" : "NOT_SERVING";
    const fields = { service: "", status: name, ...(reason !== undefined && { reason }) };
    this.#context.server.log[serving ? "info" : "warn"]("grpc service status changed", fields);
    for (const call of this.#watching) call.send(this.#message(this.#status));
  }

  #message(status: number): Uint8Array {
    return encodeHealthCheckResponse(makeHealthCheckResponse({ status }));
  }

  #check(): MethodHandler {
    return unary(this.#context, decodeHealthCheckRequest, (call, { service }) => {
      if (service !== "") throw errors.unknownService();
      call.reply(this.#message(this.#status));
    });
  }

  #list(): MethodHandler {
    return unary(this.#context, decodeHealthListRequest, (call) => {
      // One entry of `map<string, HealthCheckResponse> statuses = 1`: key "", then the status.
      const status = this.#message(this.#status);
      const entry = [0x0a, 0x00, 0x12, status.length, ...status];
      call.reply(Uint8Array.from([0x0a, entry.length, ...entry]));
    });
  }

  /** The status now, and again whenever it changes; an unknown service is told so and kept. */
  #watch(): MethodHandler {
    return serverStream(this.#context, (call, bytes) => {
      const { service } = decodeHealthCheckRequest(bytes);
      const known = service === "";
      call.send(this.#message(known ? this.#status : ServingStatus.SERVICE_UNKNOWN));
      if (known) this.#watching.add(call);
      call.onCancel = () => this.#watching.delete(call);
    });
  }
}
