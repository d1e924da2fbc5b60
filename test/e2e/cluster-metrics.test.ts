// /metrics of the members of a cluster, ours and real etcd's: what goes between them is counted.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { freePorts, type Kind, ServerProcess } from "./server-process.ts";

const patienceMs = 60_000;

/** A cluster of members of these kinds. */
async function cluster(kinds: readonly Kind[]): Promise<ServerProcess[]> {
  const ports = await freePorts(kinds.length);
  const initial = ports.map((port, at) => `m${at}=http://127.0.0.1:${port}`).join(",");
  return Promise.all(
    kinds.map((kind, at) => {
      const url = `http://127.0.0.1:${ports[at]}`;
      const flags = [
        `--name=m${at}`,
        `--listen-peer-urls=${url}`,
        `--initial-advertise-peer-urls=${url}`,
        `--initial-cluster=${initial}`,
        "--initial-cluster-token=metrics",
        "--election-timeout=3000",
        "--heartbeat-interval=300",
      ];
      return ServerProcess.start({ kind, flags, readyMilliseconds: patienceMs });
    }),
  );
}

async function samplesOf(server: ServerProcess): Promise<Map<string, number>> {
  const url = `http://${server.endpoint}/metrics`;
  const text = await (await fetch(url, { signal: AbortSignal.timeout(patienceMs) })).text();
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(" ");
      return [line.slice(0, at), Number(line.slice(at + 1))];
    }),
  );
}

/** Values of a metric by the member it is about. */
function byPeer(samples: ReadonlyMap<string, number>, name: string): number[] {
  return [...samples].filter(([key]) => key.startsWith(`${name}{`)).map(([, value]) => value);
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const since = performance.now();
  while (!(await holds())) {
    assert.ok(performance.now() - since < patienceMs, what);
    await pause(200);
  }
}

test("members count what goes between them, in the words of etcd", async () => {
  const servers = await cluster(["quorate", "quorate", "etcd"]);
  try {
    const ours = servers[0]!;
    await until("every round trip is measured", async () => {
      const samples = await samplesOf(ours);
      const trips = byPeer(samples, "etcd_network_peer_round_trip_time_seconds_count");
      return trips.length === 2 && trips.every((count) => count > 0);
    });
    const samples = await samplesOf(ours);
    const theirs = await samplesOf(servers[2]!);
    for (const name of ["sent_bytes_total", "received_bytes_total"]) {
      const values = byPeer(samples, `etcd_network_peer_${name}`);
      assert.equal(values.length, 2, name);
      assert.ok(values.every((value) => value > 0));
      // Real etcd counts the heartbeats of streams, which come from nobody, beside its members.
      assert.ok(byPeer(theirs, `etcd_network_peer_${name}`).length >= 2);
    }
    assert.deepEqual(byPeer(samples, "etcd_network_active_peers"), [1, 1]);
    assert.equal(byPeer(samples, "etcd_network_known_peers").length, 3);
    const everywhere = await Promise.all(servers.map(samplesOf));
    const leaders = everywhere.filter((each) => each.get("etcd_server_is_leader") === 1);
    assert.equal(leaders.length, 1);
    for (const each of everywhere) {
      assert.equal(each.get("etcd_server_has_leader"), 1);
      assert.ok(each.get("etcd_server_leader_changes_seen_total")! >= 1);
      assert.equal(each.get("etcd_server_is_learner"), 0);
    }
    await servers[1]!.kill();
    await until("one that is gone is no longer active", async () => {
      const after = await samplesOf(ours);
      const active = byPeer(after, "etcd_network_active_peers").reduce((sum, one) => sum + one, 0);
      const lost = byPeer(after, "etcd_network_disconnected_peers_total");
      return active === 1 && lost.some((count) => count > 0);
    });
  } finally {
    await Promise.all(servers.map((server) => server.dispose()));
  }
});
