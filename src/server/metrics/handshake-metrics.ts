// TLS handshakes by listener and end. etcd has no such metric: there they are lines of the log alone.
import { counter } from "./family.ts";
import type { MetricsRegistry } from "./registry.ts";

interface Ends {
  readonly completed: number;
  readonly failed: number;
  readonly crowdedOut: number;
}

/** Adds `quorate_tls_handshakes_total`, by the names of the listeners. */
export function addHandshakeMetrics(
  registry: MetricsRegistry,
  byListener: Readonly<Record<string, Ends>>,
): void {
  const name = "quorate_tls_handshakes_total";
  registry.add([
    counter(name, "TLS handshakes; crowded_out ones were too many for us.", {
      labels: ["listener", "result"],
    }),
  ]);
  registry.feed(name, () =>
    Object.entries(byListener).flatMap(([listener, { completed, failed, crowdedOut }]) => [
      { labels: [listener, "completed"], value: completed },
      { labels: [listener, "failed"], value: failed },
      { labels: [listener, "crowded_out"], value: crowdedOut },
    ]),
  );
}
