// Very many leases that end in one second, on ours alone: etcd revokes some hundred a second (issue 9360).
import { run } from "../test/e2e/command.ts";
import { ServerProcess } from "../test/e2e/server-process.ts";
import { peer } from "../test/peers/peers.ts";

const putMaxMsGoal = 100;
const revokesPerSecondGoal = 20_000;

/** Lines of the table of bench/coordination.ts; times in milliseconds. */
export async function leaseStorm(leases: number, parent: string): Promise<string[]> {
  await using server = await ServerProcess.start({ kind: "quorate", parent });
  const args = [`-endpoint=${server.endpoint}`, `-leases=${leases}`, "-granting=40s"];
  const done = await run(peer("leasestorm"), args, { patienceMilliseconds: 300_000 });
  if (done.code !== 0) throw new Error(`leasestorm: ${done.stdout}${done.stderr}`);
  const storm = /storm puts .* max ([\d.]+) ms/.exec(done.stdout)?.[1];
  const rate = /revoked in .*, (\d+)\/s/.exec(done.stdout)?.[1];
  const title = `${leases.toLocaleString("en")} leases end in one second`;
  const row = (figure: string, ours: number, goal: string, isMet: boolean): string =>
    `| ${title} | ${figure} | – | ${ours} | – | ${goal} ${isMet ? "yes" : "NO"} |`;
  const longest = Number(storm);
  const revoked = Number(rate);
  return [
    row("longest put", longest, `≤ ${putMaxMsGoal} ms`, longest <= putMaxMsGoal),
    row("revoked", revoked, `≥ ${revokesPerSecondGoal}/s`, revoked >= revokesPerSecondGoal),
  ];
}
