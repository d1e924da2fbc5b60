// Very many leases that end in one second, on ours alone: etcd revokes some hundred a second (issue 9360).
import { run } from "../test/e2e/command.ts";
import { ServerProcess } from "../test/e2e/server-process.ts";
import { peer } from "../test/peers/peers.ts";

/** The longest put meanwhile, in milliseconds, and leases revoked a second. */
export async function leaseStorm(leases: number, parent: string): Promise<Record<string, number>> {
  await using server = await ServerProcess.start({ kind: "quorate", parent });
  const args = [`-endpoint=${server.endpoint}`, `-leases=${leases}`, "-granting=40s"];
  const done = await run(peer("leasestorm"), args, { patienceMilliseconds: 300_000 });
  if (done.code !== 0) throw new Error(`leasestorm: ${done.stdout}${done.stderr}`);
  const storm = /storm puts .* max ([\d.]+) ms/.exec(done.stdout)?.[1];
  const rate = /revoked in .*, (\d+)\/s/.exec(done.stdout)?.[1];
  return { "longest put": Number(storm), "revokes/s": Number(rate) };
}
