// /health, /livez and /readyz: what probes ask (etcdserver/api/etcdhttp/health.go).
import { InvariantError } from "../../base/index.ts";
import { AlarmType } from "../../core/proto/index.ts";
import type { Server } from "../member/index.ts";
import type { HealthCounts } from "./health-counts.ts";
import { type Handler, onlyGet, replyError } from "./reply.ts";

type Done = (failure: string | undefined) => void;

/** Calls back with what is wrong, or undefined. What it throws is wrong, too. */
type Check = (server: Server, done: Done) => void;

const serializableRead: Check = (server, done) => {
  server.probeRead(server.clock.nowMs());
  done(undefined);
};
const linearizableRead: Check = (server, done) => {
  const startedMs = server.clock.nowMs();
  server.member.readIndex((error) => {
    if (error !== undefined) return done(error.message);
    guarded(() => {
      server.probeRead(startedMs);
      done(undefined);
    })(server, done);
  });
};
const dataCorruption: Check = (server, done) =>
  done(server.alarms.isRaised(AlarmType.CORRUPT) ? "alarm activated: CORRUPT" : undefined);
const nonLearner: Check = (server, done) =>
  done(
    server.cluster.member(server.memberId)?.isLearner === true
      ? "not supported for learner"
      : undefined,
  );

/** A check that throws has failed; a probe is answered whatever happens. */
const guarded =
  (check: Check): Check =>
  (server, done) => {
    try {
      check(server, done);
    } catch (error) {
      if (error instanceof InvariantError) throw error;
      done(error instanceof Error ? error.message : String(error));
    }
  };

const checksOf: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  livez: { serializable_read: serializableRead },
  readyz: {
    data_corruption: dataCorruption,
    serializable_read: serializableRead,
    linearizable_read: linearizableRead,
    non_learner: nonLearner,
  },
};

/** Every probe's path and handler. */
export function healthRoutes(server: Server, counts: HealthCounts): [string, Handler][] {
  const refused = (path: string): void => {
    if (path === "/health") server.log.warn("/health error", { "status-code": 405 });
    else server.log.warn("Health request error", { path, "status-code": 405 });
  };
  const routes: [string, Handler][] = [["/health", onlyGet(health(server, counts), refused)]];
  for (const [kind, checks] of Object.entries(checksOf)) {
    const add = (path: string, chosen: Readonly<Record<string, Check>>): void => {
      const handler = probe({ server, counts, kind, path, checks: chosen });
      routes.push([path, onlyGet(handler, refused)]);
    };
    add(`/${kind}`, checks);
    for (const [name, check] of Object.entries(checks)) add(`/${kind}/${name}`, { [name]: check });
  }
  return routes;
}

interface Probe {
  readonly server: Server;
  readonly counts: HealthCounts;
  readonly kind: string;
  readonly path: string;
  readonly checks: Readonly<Record<string, Check>>;
}

function probe(of: Probe): Handler {
  const { log } = of.server;
  const isRoot = of.path === `/${of.kind}`;
  return (_request, response, query) => {
    const excluded = new Set(isRoot ? query.getAll("exclude").filter((name) => name !== "") : []);
    const chosen = Object.entries(of.checks).filter(([name]) => !excluded.delete(name));
    if (excluded.size > 0) {
      const missing = [...excluded].map((name) => JSON.stringify(name)).join(",");
      log.warn("some health checks cannot be excluded", { "missing-health-checks": missing });
    }
    runAll(of, chosen, (reason, failed) => {
      if (failed) {
        replyError(response, 503, reason);
        const fields = { path: of.path, reason, "status-code": 503 };
        return log.error("Health check error", fields);
      }
      response.setHeader("Content-Type", "text/plain; charset=utf-8");
      response.setHeader("X-Content-Type-Options", "nosniff");
      response.end(`${query.has("verbose") ? reason : ""}ok\n`);
      if (log.debugging) {
        log.debug("Health check OK", { path: of.path, reason, "status-code": 200 });
      }
    });
  };
}

function runAll(
  { server, counts, kind }: Probe,
  checks: readonly [string, Check][],
  done: (lines: string, failed: boolean) => void,
): void {
  let lines = "";
  let failed = false;
  let left = checks.length;
  if (left === 0) return done("", false);
  for (const [name, check] of checks) {
    guarded(check)(server, (failure) => {
      failed ||= failure !== undefined;
      counts.check(`${kind}/${name}`, failure === undefined);
      lines += failure === undefined ? `[+]${name} ok\n` : `[-]${name} failed: ${failure}\n`;
      left--;
      if (left === 0) done(lines, failed);
    });
  }
}

const alarmNames: Readonly<Record<number, string>> = {
  [AlarmType.NOSPACE]: "NOSPACE",
  [AlarmType.CORRUPT]: "CORRUPT",
};

function health(server: Server, counts: HealthCounts): Handler {
  const { log } = server;
  return (_request, response, query) => {
    const answer = (reason: string): void => {
      const body = JSON.stringify({ health: reason === "" ? "true" : "false", reason });
      counts.health(reason === "");
      if (reason === "") {
        // etcd leaves the type to net/http, which takes this for text.
        response.setHeader("Content-Type", "text/plain; charset=utf-8");
        response.end(body);
        return log.debug("/health OK", { "status-code": 200 });
      }
      replyError(response, 503, body);
      log.warn("/health error", { output: body, "status-code": 503 });
    };
    const excluded = new Set(query.getAll("exclude"));
    for (const { memberID, alarm } of server.alarms.list(AlarmType.NONE)) {
      const name = alarmNames[alarm] ?? "UNKNOWN";
      const text = `memberID:${memberID} alarm:${name}`;
      if (excluded.has(name)) {
        log.debug("/health excluded alarm", { alarm: text });
        continue;
      }
      log.warn("serving /health false due to an alarm", { alarm: text });
      return answer(`ALARM ${name}`);
    }
    const isSerializable = query.get("serializable") === "true";
    if (!isSerializable && server.member.lead === 0n) {
      log.warn("serving /health false; no leader");
      return answer("RAFT NO LEADER");
    }
    guarded(isSerializable ? serializableRead : linearizableRead)(server, (failure) => {
      if (failure === undefined) return answer("");
      log.warn("serving /health false; Range fails", { error: failure });
      answer(`RANGE ERROR:${failure}`);
    });
  };
}
