// /health, /livez and /readyz: what probes ask (etcdserver/api/etcdhttp/health.go).
import { EtcdError } from "../../core/errors/index.ts";
import { AlarmType } from "../../core/proto/index.ts";
import type { Server } from "../member/index.ts";
import { type Handler, onlyGet, replyError } from "./reply.ts";

/** Calls back with what is wrong, or undefined. */
type Check = (server: Server, done: (failure: string | undefined) => void) => void;

const serializableRead: Check = (_server, done) => done(undefined);
const linearizableRead: Check = (server, done) =>
  server.member.readIndex((error) => done(error?.message));
const dataCorruption: Check = (server, done) =>
  done(server.alarms.isRaised(AlarmType.CORRUPT) ? "alarm activated: CORRUPT" : undefined);
const nonLearner: Check = (server, done) =>
  done(
    server.cluster.member(server.memberId)?.isLearner === true
      ? "not supported for learner"
      : undefined,
  );

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
export function healthRoutes(server: Server): [string, Handler][] {
  const routes: [string, Handler][] = [["/health", onlyGet(health(server))]];
  for (const [kind, checks] of Object.entries(checksOf)) {
    routes.push([`/${kind}`, onlyGet(probe(server, checks))]);
    for (const [name, check] of Object.entries(checks)) {
      routes.push([`/${kind}/${name}`, onlyGet(probe(server, { [name]: check }))]);
    }
  }
  return routes;
}

function probe(server: Server, checks: Readonly<Record<string, Check>>): Handler {
  return (_request, response, query) => {
    const excluded = new Set(query.getAll("exclude"));
    const chosen = Object.entries(checks).filter(([name]) => !excluded.has(name));
    runAll(server, chosen, (lines, failed) => {
      if (failed) return replyError(response, 503, lines);
      response.setHeader("Content-Type", "text/plain; charset=utf-8");
      response.setHeader("X-Content-Type-Options", "nosniff");
      response.end(`${query.has("verbose") ? lines : ""}ok\n`);
    });
  };
}

function runAll(
  server: Server,
  checks: readonly [string, Check][],
  done: (lines: string, failed: boolean) => void,
): void {
  let lines = "";
  let failed = false;
  let left = checks.length;
  if (left === 0) return done("", false);
  for (const [name, check] of checks) {
    check(server, (failure) => {
      failed ||= failure !== undefined;
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

function health(server: Server): Handler {
  return (_request, response, query) => {
    const answer = (reason: string): void => {
      const body = JSON.stringify({ health: reason === "" ? "true" : "false", reason });
      if (reason === "") {
        // etcd leaves the type to net/http, which takes this for text.
        response.setHeader("Content-Type", "text/plain; charset=utf-8");
        response.end(body);
        return;
      }
      server.log.warn("/health error", { output: body, "status-code": 503 });
      replyError(response, 503, body);
    };
    const excluded = new Set(query.getAll("exclude"));
    for (const { alarm } of server.alarms.list(AlarmType.NONE)) {
      const name = alarmNames[alarm] ?? "UNKNOWN";
      if (!excluded.has(name)) return answer(`ALARM ${name}`);
    }
    if (query.get("serializable") === "true") return answer("");
    if (server.member.lead === 0n) return answer("RAFT NO LEADER");
    server.member.readIndex((error) => {
      answer(error instanceof EtcdError ? `RANGE ERROR:${error.message}` : "");
    });
  };
}
