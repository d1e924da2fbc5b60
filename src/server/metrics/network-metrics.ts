// What goes between this member and the others: etcd_network_* of peers and snapshots.
import { exponentialBounds, Histogram, type Id64, id64Hex } from "../../base/index.ts";
import type {
  PeerCounters,
  TransportCounters,
  TransportObserver,
} from "../../io/rafthttp/index.ts";
import type { Sample } from "./family.ts";
import type { MetricsRegistry } from "./registry.ts";

type Field = Exclude<keyof PeerCounters, "active" | "disconnected">;

/** Metrics with one label, the other member. */
const rows: Readonly<Record<string, Field>> = {
  etcd_network_peer_sent_bytes_total: "sentBytes",
  etcd_network_peer_received_bytes_total: "receivedBytes",
  etcd_network_peer_sent_failures_total: "sentFailures",
  etcd_network_peer_received_failures_total: "receivedFailures",
  etcd_network_snapshot_send_success: "snapshotsSent",
  etcd_network_snapshot_send_inflights_total: "snapshotsBeingSent",
  etcd_network_snapshot_send_failures: "snapshotSendFailures",
  etcd_network_snapshot_receive_success: "snapshotsReceived",
  etcd_network_snapshot_receive_inflights_total: "snapshotsBeingReceived",
  etcd_network_snapshot_receive_failures: "snapshotReceiveFailures",
};

const roundTripBounds = exponentialBounds(0.0001, 2, 16);
const snapshotBounds = exponentialBounds(0.1, 2, 10);

/** Histograms by member. */
class PeerSeconds {
  readonly #bounds: readonly number[];
  readonly #byPeer = new Map<string, Histogram>();

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
  }

  observe(id: Id64, seconds: number): void {
    const hex = id64Hex(id);
    let histogram = this.#byPeer.get(hex);
    if (histogram === undefined) {
      histogram = new Histogram(this.#bounds);
      this.#byPeer.set(hex, histogram);
    }
    histogram.observe(seconds);
  }

  *samples(): Iterable<Sample> {
    for (const [hex, value] of this.#byPeer) yield { labels: [hex], value };
  }
}

/** Made before the transport, which it observes; a member alone never has one. */
export class NetworkMeters implements TransportObserver {
  readonly #roundTrips = new PeerSeconds(roundTripBounds);
  readonly #sent = new PeerSeconds(snapshotBounds);
  readonly #received = new PeerSeconds(snapshotBounds);
  #counters: TransportCounters | undefined;

  /** io/rafthttp's observer. */
  roundTrip(id: Id64, seconds: number): void {
    this.#roundTrips.observe(id, seconds);
  }

  snapshotSent(id: Id64, seconds: number): void {
    this.#sent.observe(id, seconds);
  }

  snapshotReceived(from: Id64, seconds: number): void {
    this.#received.observe(from, seconds);
  }

  attach(counters: TransportCounters): void {
    this.#counters = counters;
  }

  /** `isMember` of a hex id: their figures are there from the start, other labels' when they count. */
  feed(registry: MetricsRegistry, localId: Id64, isMember: (hex: string) => boolean): void {
    const local = id64Hex(localId);
    for (const [name, field] of Object.entries(rows)) {
      registry.feed(name, () =>
        this.#read((hex, counters) => {
          const value = counters[field];
          return value > 0 || isMember(hex) ? { labels: [hex], value } : undefined;
        }),
      );
    }
    const ofBoth = (name: string, field: "active" | "disconnected"): void =>
      registry.feed(name, () =>
        this.#read((hex, counters) => {
          const isThere = counters[field] > 0 || isMember(hex);
          return isThere ? { labels: [local, hex], value: counters[field] } : undefined;
        }),
      );
    ofBoth("etcd_network_active_peers", "active");
    ofBoth("etcd_network_disconnected_peers_total", "disconnected");
    registry.feed("etcd_network_peer_round_trip_time_seconds", () => this.#roundTrips.samples());
    registry.feed("etcd_network_snapshot_send_total_duration_seconds", () => this.#sent.samples());
    registry.feed("etcd_network_snapshot_receive_total_duration_seconds", () =>
      this.#received.samples(),
    );
  }

  *#read(sample: (hex: string, counters: PeerCounters) => Sample | undefined): Iterable<Sample> {
    if (this.#counters === undefined) return;
    for (const [hex, counters] of this.#counters.entries()) {
      const read = sample(hex, counters);
      if (read !== undefined) yield read;
    }
  }
}
