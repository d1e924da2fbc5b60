// Tells the service manager that the process is ready (sd_notify; etcdmain's notifySystemd). Node has
// no datagram sockets on files, so systemd's own program says it: a unit needs `NotifyAccess=all`.
import { execFile } from "node:child_process";
import type { Log } from "../log.ts";

const patienceMs = 10_000;

/** Without `NOTIFY_SOCKET` nobody waits to be told. */
export function notifyReady(log: Log, environment: NodeJS.ProcessEnv = process.env): void {
  log.info("notifying init daemon");
  const isAwaited = (environment["NOTIFY_SOCKET"] ?? "") !== "";
  if (!isAwaited) return log.info("successfully notified init daemon");
  const args = ["--ready", `--pid=${process.pid}`];
  execFile("systemd-notify", args, { env: environment, timeout: patienceMs }, (error) => {
    if (error === null) log.info("successfully notified init daemon");
    else log.error("failed to notify systemd for readiness", { error });
  });
}
