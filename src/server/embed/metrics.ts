// The metrics of a running server, put together: registry, meters and who reads them.
import { id64Hex } from "../../base/index.ts";
import type { GrpcStats, MethodCounts, ServerCall } from "../../io/grpc/index.ts";
import type { Log, StallMonitor } from "../../io/host/index.ts";
import { nodeClock, nodeProcessStats } from "../../io/host/node/index.ts";
import type { RequestListener } from "../../io/http/index.ts";
import type { HealthCounts, ProcessVariables } from "../http/index.ts";
import type { Server } from "../member/index.ts";
import {
  addGrpcMetrics,
  addHandshakeMetrics,
  addProcessMetrics,
  DiskMeters,
  etcdFamilies,
  feedServer,
  methodCounts,
  metricsListener,
  MetricsRegistry,
  NetworkMeters,
} from "../metrics/index.ts";
import type { Config } from "./config.ts";
import type { ListenContext } from "./listeners.ts";
import { type FeatureGates, type GateName, gateStage } from "./feature-gates.ts";

/** Clients choose the label: what comes after so many versions counts as unknown. */
const clientVersionsMax = 32;

export class ServerMetrics {
  readonly registry = new MetricsRegistry();
  readonly disk = new DiskMeters(nodeClock);
  readonly network = new NetworkMeters();
  readonly methods: ReadonlyMap<string, MethodCounts>;
  readonly variables: ProcessVariables;
  readonly listener: RequestListener;
  readonly #gates: FeatureGates;
  readonly #clients = new Map<string, { unary: number; stream: number }>();

  constructor(config: Config, log: Log, { handshakes }: ListenContext) {
    const { registry } = this;
    addHandshakeMetrics(registry, handshakes);
    this.#gates = config.gates;
    this.methods = methodCounts({ isTimed: config.metrics === "extensive" });
    const scrapes = { ok: 0, failed: 0 };
    const stats = nodeProcessStats();
    registry.add(etcdFamilies);
    addGrpcMetrics(registry, this.methods);
    addProcessMetrics(registry, stats, scrapes);
    this.disk.feed(registry);
    this.listener = metricsListener(registry, scrapes, log);
    this.variables = {
      commandLine: process.argv.slice(1),
      fileLimit: () => stats().fileLimit,
      memory: () => {
        const { heapUsedBytes, heapBytes, residentBytes, allocatedBytes, externalBytes } = stats();
        return {
          Alloc: heapUsedBytes,
          TotalAlloc: allocatedBytes,
          Sys: residentBytes,
          HeapAlloc: heapUsedBytes,
          HeapSys: heapBytes,
          HeapIdle: heapBytes - heapUsedBytes,
          HeapInuse: heapUsedBytes,
          OtherSys: externalBytes,
        };
      },
    };
  }

  /** Counts a call by the version its client says it speaks (newUnaryInterceptor). */
  count(call: ServerCall, kind: "unary" | "stream"): void {
    const said = call.metadata.get("client-api-version") ?? "unknown";
    let counts = this.#clients.get(said);
    if (counts === undefined) {
      const version = this.#clients.size < clientVersionsMax ? said : "unknown";
      counts = this.#clients.get(version) ?? { unary: 0, stream: 0 };
      this.#clients.set(version, counts);
    }
    counts[kind]++;
  }

  feedStalls({ delays, busy }: StallMonitor): void {
    this.registry.feedValue("quorate_event_loop_delay_seconds", () => delays);
    this.registry.feedValue("quorate_event_loop_busy_seconds", () => busy);
  }

  feed(server: Server, grpc: () => GrpcStats, health: HealthCounts): void {
    const { cluster, memberId } = server;
    const isMember = (hex: string): boolean =>
      cluster.members().some(({ id }) => id64Hex(id) === hex);
    this.network.feed(this.registry, memberId, isMember);
    feedServer(this.registry, {
      server,
      grpc,
      health,
      clients: this.#clients,
      gates: gatesOf(this.#gates),
      runtime: `node ${process.version}`,
    });
  }
}

const gatesOf = (gates: FeatureGates): Record<string, { isOn: boolean; stage: string }> =>
  Object.fromEntries(
    Object.entries(gates).map(([name, isOn]) => [
      name,
      { isOn, stage: gateStage(name as GateName) },
    ]),
  );
