// Ends what requires a leader once there has been none for a while (monitorLeader of
// api/v3rpc/interceptor.go): opening a stream again costs more than refusing a new one.
import type { Server } from "../member/index.ts";

/** Looks in a row, an election timeout apart. */
const looksMax = 3;

export function monitorLeader(
  server: Pick<Server, "clock" | "member" | "options">,
  services: { endStreamsRequiringLeader(): void },
): () => void {
  const { clock, member, options } = server;
  let looks = 0;
  let cancel = (): void => {};
  const look = (): void => {
    looks = member.lead === 0n ? looks + 1 : 0;
    if (looks >= looksMax) services.endStreamsRequiringLeader();
    schedule();
  };
  const schedule = (): void => {
    cancel = clock.after(options.electionMs, look);
  };
  schedule();
  return () => cancel();
}
