// The feature gate InitialCorruptCheck: a member that goes on from its data directory compares its data
// with its peers' before it serves anyone (embed/etcd.go StartEtcd).
import type { Log } from "../../io/host/index.ts";
import type { Server } from "../member/index.ts";

/** @throws when a peer holds other data */
export async function checkInitially(server: Server, log: Log): Promise<void> {
  const error = await new Promise<Error | undefined>((done) => {
    server.duties.corruption.initialCheck(done);
  });
  if (error === undefined) return;
  log.error("checkInitialHashKV failed", { error });
  throw error;
}
