// What etcd's metrics of the transport count, as plain fields that are read when someone asks.

/** Of one other member; the names in parentheses are etcd's, under `etcd_network_`. */
export class PeerCounters {
  /** Whether it is active now (active_peers). */
  active = 0;
  /** (disconnected_peers_total) */
  disconnected = 0;
  /** (peer_sent_bytes_total) */
  sentBytes = 0;
  /** (peer_received_bytes_total) */
  receivedBytes = 0;
  /** (peer_sent_failures_total) */
  sentFailures = 0;
  /** (peer_received_failures_total) */
  receivedFailures = 0;
  /** (snapshot_send_success, snapshot_send_inflights_total, snapshot_send_failures) */
  snapshotsSent = 0;
  snapshotsBeingSent = 0;
  snapshotSendFailures = 0;
  /** (snapshot_receive_success, snapshot_receive_inflights_total, snapshot_receive_failures) */
  snapshotsReceived = 0;
  snapshotsBeingReceived = 0;
  snapshotReceiveFailures = 0;
}

/** Anyone may claim any name, so names are counted up to here and then together. */
const labelsMax = 1_024;
const otherLabel = "OTHER";

/** Counters by label: the hex id of a member, or where an unknown one calls from. */
export class TransportCounters {
  readonly #byLabel = new Map<string, PeerCounters>();

  of(label: string): PeerCounters {
    const known = this.#byLabel.get(label);
    if (known !== undefined) return known;
    if (this.#byLabel.size >= labelsMax && label !== otherLabel) return this.of(otherLabel);
    const counters = new PeerCounters();
    this.#byLabel.set(label, counters);
    return counters;
  }

  entries(): IterableIterator<[string, PeerCounters]> {
    return this.#byLabel.entries();
  }
}
