import assert from "node:assert/strict";
import { test } from "node:test";
import { AlarmType } from "../../core/proto/index.ts";
import type { IncomingMessage, ServerResponse } from "../../io/http/index.ts";
import { leadingServer, type TestServer, testMemberId, testServer } from "../member/testing.ts";
import { clientHttp, HealthCounts, type HttpOptions, metricsHttp, peerHttp } from "./index.ts";

type Port = typeof clientHttp;

interface Answer {
  status: number;
  body: string | undefined;
  readonly headers: Map<string, string>;
}

function ask(test: TestServer, url: string, method = "GET", port: Port = clientHttp): Answer {
  const answer: Answer = { status: 200, body: undefined, headers: new Map() };
  const response = {
    set statusCode(status: number) {
      answer.status = status;
    },
    setHeader: (name: string, value: string) => answer.headers.set(name.toLowerCase(), value),
    end: (body: string) => {
      assert.equal(answer.body, undefined, "a request is answered once");
      answer.body = body;
    },
  };
  const request = { url, method } as IncomingMessage;
  port(test.server, options)(request, response as unknown as ServerResponse);
  test.clock.settle();
  return answer;
}

const counts = new HealthCounts();
const options: HttpOptions = {
  health: counts,
  metrics: (_request, response) => void response.end("metrics"),
  variables: { commandLine: ["etcd"], fileLimit: () => 1024, memory: () => ({ Alloc: 5 }) },
};

const leaderless = (): TestServer => testServer({}, { peerIds: [testMemberId, 2n, 3n] });

test("what nobody answers is 404 in Go's words", () => {
  const test = leadingServer();
  for (const url of ["/", "", "/healthz", "/health/", "/livez/linearizable_read", "/members"]) {
    const { status, body, headers } = ask(test, url);
    assert.deepEqual([status, body], [404, "404 page not found\n"], url);
    assert.equal(headers.get("x-content-type-options"), "nosniff");
  }
});

test("probes let only GET through", () => {
  const test = leadingServer();
  for (const url of ["/health", "/livez", "/readyz/data_corruption", "/version"]) {
    for (const method of ["POST", "HEAD", "PUT"]) {
      const { status, body, headers } = ask(test, url, method);
      assert.deepEqual([status, body], [405, "Method Not Allowed\n"], `${method} ${url}`);
      assert.equal(headers.get("allow"), "GET");
    }
  }
});

test("a member that leads is healthy", () => {
  const { status, body, headers } = ask(leadingServer(), "/health");
  assert.deepEqual([status, body], [200, `{"health":"true","reason":""}`]);
  assert.equal(headers.get("content-type"), "text/plain; charset=utf-8");
});

test("without a leader /health says so, unless the question is about this member alone", () => {
  const test = leaderless();
  const unhealthy = `{"health":"false","reason":"RAFT NO LEADER"}\n`;
  assert.deepEqual([ask(test, "/health").status, ask(test, "/health").body], [503, unhealthy]);
  assert.equal(ask(test, "/health?serializable=true").status, 200);
  assert.equal(ask(test, "/health?serializable=false").status, 503);
});

test("an alarm makes /health fail by its name, unless it is excluded", () => {
  const test = leadingServer();
  test.server.alarms.raise(AlarmType.NOSPACE, 7n);
  assert.equal(ask(test, "/health").body, `{"health":"false","reason":"ALARM NOSPACE"}\n`);
  assert.equal(ask(test, "/health?exclude=NOSPACE").status, 200);
  assert.equal(ask(test, "/health?exclude=CORRUPT").status, 503);
  test.server.alarms.raise(AlarmType.CORRUPT, 7n);
  assert.equal(
    ask(test, "/health?exclude=NOSPACE").body,
    `{"health":"false","reason":"ALARM CORRUPT"}\n`,
  );
  assert.equal(ask(test, "/health?exclude=NOSPACE&exclude=CORRUPT").status, 200);
});

test("a read that fails makes /health fail with its error", () => {
  const test = leadingServer();
  test.wal.isPrompt = false;
  test.server.member.stop();
  assert.equal(
    ask(test, "/health").body,
    `{"health":"false","reason":"RANGE ERROR:etcdserver: server stopped"}\n`,
  );
});

test("/livez and /readyz say ok; verbose ones say why", () => {
  const test = leadingServer();
  assert.deepEqual([ask(test, "/livez").status, ask(test, "/livez").body], [200, "ok\n"]);
  assert.equal(ask(test, "/readyz").body, "ok\n");
  assert.equal(ask(test, "/livez?verbose").body, "[+]serializable_read ok\nok\n");
  const lines = ask(test, "/readyz?verbose=1").body!.split("\n").toSorted();
  assert.deepEqual(lines, [
    "",
    "[+]data_corruption ok",
    "[+]linearizable_read ok",
    "[+]non_learner ok",
    "[+]serializable_read ok",
    "ok",
  ]);
});

test("a check that fails is told with all others, and one that is excluded is not asked", () => {
  const test = leadingServer();
  test.server.alarms.raise(AlarmType.CORRUPT, 7n);
  const { status, body } = ask(test, "/readyz");
  assert.equal(status, 503);
  assert.match(body!, /^\[-\]data_corruption failed: alarm activated: CORRUPT$/m);
  assert.match(body!, /^\[\+\]linearizable_read ok$/m);
  assert.ok(body!.endsWith("\n\n"), "Go's http.Error adds a newline of its own");
  assert.equal(ask(test, "/readyz?exclude=data_corruption").status, 200);
  assert.equal(ask(test, "/readyz?exclude=unknown").status, 503);
  assert.equal(ask(test, "/readyz/serializable_read").status, 200);
  assert.equal(ask(test, "/readyz/data_corruption").status, 503);
  assert.equal(ask(test, "/livez").status, 200);
});

test("every check excluded is no check that fails", () => {
  assert.equal(ask(leaderless(), "/livez?exclude=serializable_read&verbose").body, "ok\n");
});

test("without a leader /readyz answers when its read has timed out", () => {
  const test = leaderless();
  test.server.start(() => {});
  const answer = ask(test, "/readyz");
  assert.equal(answer.body, undefined);
  test.clock.advance(7200);
  assert.equal(answer.status, 503);
  assert.match(answer.body!, /^\[-\]linearizable_read failed: etcdserver: request timed out$/m);
});

test("/version tells server, cluster and storage, before the cluster has decided too", () => {
  assert.equal(
    ask(leadingServer(), "/version").body,
    `{"etcdserver":"3.7.0","etcdcluster":"3.7.0","storage":"3.7.0"}`,
  );
  assert.equal(
    ask(leaderless(), "/version").body,
    `{"etcdserver":"3.7.0","etcdcluster":"not_decided","storage":"unknown"}`,
  );
});

test("peers are told the members with bare 64-bit ids, and to which cluster they belong", () => {
  const { body, headers } = ask(leadingServer(), "/members", "GET", peerHttp);
  assert.equal(
    body,
    `[{"id":10276657743932975437,"peerURLs":["http://localhost:2380"],"name":"default",` +
      `"clientURLs":["http://localhost:2379"]}]\n`,
  );
  assert.equal(headers.get("x-etcd-cluster-id"), "cdf81818e32a0f2a");
  assert.equal(headers.get("content-type"), "application/json");
});

test("/debug/vars tells the process and raft, under etcd's names", () => {
  const { body, headers } = ask(leadingServer(), "/debug/vars");
  assert.equal(headers.get("content-type"), "application/json; charset=utf-8");
  const variables = JSON.parse(body!) as Record<string, unknown>;
  assert.deepEqual(variables["cmdline"], ["etcd"]);
  assert.equal(variables["file_descriptor_limit"], 1024);
  const raft = variables["raft.status"] as Record<string, unknown>;
  assert.deepEqual(
    [raft["id"], raft["raftState"], raft["leadtransferee"]],
    ["8e9e05c52164694d", "StateLeader", "0"],
  );
  assert.deepEqual(Object.keys(raft["progress"] as object), ["8e9e05c52164694d"]);
});

test("a metrics port has probes and metrics, and nothing else", () => {
  const test = leadingServer();
  assert.equal(ask(test, "/metrics", "GET", metricsHttp).body, "metrics");
  assert.equal(ask(test, "/health", "GET", metricsHttp).status, 200);
  assert.equal(ask(test, "/version", "GET", metricsHttp).status, 404);
});

test("results of probes are counted", () => {
  const test = leadingServer();
  const { success, failures } = counts;
  ask(test, "/health");
  ask(leaderless(), "/health");
  assert.deepEqual([counts.success - success, counts.failures - failures], [1, 1]);
  ask(test, "/readyz/non_learner");
  assert.equal(counts.checks.get("readyz/non_learner")?.isOk, true);
});

test("a check that throws makes the probe fail, and it is answered all the same", () => {
  const test = leadingServer();
  Object.defineProperty(test.server, "store", {
    get: () => {
      throw new Error("planted");
    },
  });
  const { status, body } = ask(test, "/livez");
  assert.deepEqual([status, body], [503, "[-]serializable_read failed: planted\n\n"]);
  assert.match(ask(test, "/health").body!, /RANGE ERROR:planted/);
});
