// Runs Go's etcd on a data directory.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { peer } from "../peers/peers.ts";

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const listening = servers.map((server) => once(server.listen(0, "127.0.0.1"), "listening"));
  await Promise.all(listening);
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  for (const server of servers) server.close();
  return ports;
}

/** Runs Go's etcd on the data directory while `use` works with its client address. */
export async function withEtcd(data: string, use: (endpoint: string) => void): Promise<void> {
  const [client, peerPort] = await freePorts(2);
  const endpoint = `http://127.0.0.1:${client}`;
  const peerUrl = `http://127.0.0.1:${peerPort}`;
  const words = ["--data-dir", data, "--listen-client-urls", endpoint, "--log-level", "error"];
  words.push("--advertise-client-urls", endpoint, "--listen-peer-urls", peerUrl);
  words.push("--initial-advertise-peer-urls", peerUrl, "--initial-cluster", `default=${peerUrl}`);
  const server = spawn(peer("etcd"), words, { stdio: "ignore" });
  const ended = once(server, "exit");
  try {
    for (let attempt = 0; ; attempt++) {
      try {
        execFileSync(peer("etcdctl"), ["--endpoints", endpoint, "endpoint", "health"], {
          stdio: "ignore",
        });
        break;
      } catch (error) {
        if (attempt === 50) throw error;
      }
    }
    use(endpoint);
  } finally {
    server.kill("SIGTERM");
    await ended;
  }
}
