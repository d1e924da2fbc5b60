// What probes, load balancers and operators ask by plain HTTP, beside real etcd: which path answers on
// which port, with what status, type and words.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, test } from "node:test";
import { projectRoot } from "../peers/peers.ts";
import { freePorts, type Kind, ServerProcess } from "./server-process.ts";

const kinds: readonly Kind[] = ["etcd", "quorate"];
const servers = {} as Record<Kind, ServerProcess>;
/** By kind: where --listen-client-http-urls and --listen-metrics-urls listen. */
const httpPorts = {} as Record<Kind, number>;
const metricsPorts = {} as Record<Kind, number>;

before(async () => {
  const ports = await freePorts(4);
  const started = kinds.map((kind, at) => {
    httpPorts[kind] = ports[2 * at]!;
    metricsPorts[kind] = ports[2 * at + 1]!;
    const flags = [
      `--listen-client-http-urls=http://127.0.0.1:${httpPorts[kind]}`,
      `--listen-metrics-urls=http://127.0.0.1:${metricsPorts[kind]}`,
      "--enable-pprof",
    ];
    return ServerProcess.start({ kind, flags });
  });
  for (const server of await Promise.all(started)) servers[server.kind] = server;
});
after(async () => {
  await Promise.all(Object.values(servers).map((server) => server.dispose()));
});

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

async function ask(base: string, path: string, method = "GET"): Promise<Answer> {
  const response = await fetch(`${base}${path}`, {
    method,
    redirect: "manual",
    signal: AbortSignal.timeout(60_000),
  });
  const header = (name: string): string => response.headers.get(name) ?? "";
  const more = ["location", "allow", "x-content-type-options"].map(header).filter(Boolean);
  const type = [header("content-type"), ...more].join(" ");
  return { status: response.status, type, body: await response.text() };
}

/** Checks run at once in etcd: their lines come in any order. */
const sorted = ({ body, ...rest }: Answer): Answer => ({
  ...rest,
  body: body.split("\n").toSorted().join("\n"),
});

const probes = [
  "/health",
  "/health?serializable=true",
  "/health?serializable=false&exclude=NOSPACE",
  "/health?exclude=NOSPACE&exclude=CORRUPT",
  "/livez",
  "/livez?verbose",
  "/livez?exclude=serializable_read",
  "/livez?exclude=serializable_read&verbose",
  "/livez/serializable_read",
  "/livez/unknown",
  "/readyz",
  "/readyz?verbose",
  "/readyz?verbose&exclude=linearizable_read",
  "/readyz?exclude=unknown",
  "/readyz/linearizable_read",
  "/readyz/data_corruption?verbose",
  "/version",
  "/config/local/log",
  "/nothing",
];

test("probes are answered as etcd answers them, on the port for HTTP", async () => {
  for (const path of probes) {
    for (const method of ["GET", "POST"]) {
      const [theirs, ours] = await Promise.all(
        kinds.map((kind) => ask(`http://127.0.0.1:${httpPorts[kind]}`, path, method)),
      );
      assert.deepEqual(sorted(ours!), sorted(theirs!), `${method} ${path}`);
    }
  }
});

test("the port for metrics answers metrics and probes, and nothing else", async () => {
  for (const path of ["/health", "/livez", "/readyz?verbose", "/version", "/debug/vars", "/v3/x"]) {
    const [theirs, ours] = await Promise.all(
      kinds.map((kind) => ask(`http://127.0.0.1:${metricsPorts[kind]}`, path)),
    );
    assert.deepEqual(sorted(ours!), sorted(theirs!), path);
  }
  const [theirs, ours] = await Promise.all(
    kinds.map((kind) => ask(`http://127.0.0.1:${metricsPorts[kind]}`, "/metrics")),
  );
  assert.deepEqual([ours!.status, ours!.type], [theirs!.status, theirs!.type]);
});

test("with a port for HTTP the client port speaks gRPC alone", async () => {
  for (const path of ["/health", "/version", "/v3/kv/range"]) {
    for (const kind of kinds) {
      const url = `http://${servers[kind].endpoint}`;
      const answer = await ask(url, path).catch((error: unknown) => {
        assert.ok(error instanceof TypeError, String(error));
      });
      assert.notEqual(answer?.status, 200, `${kind} ${path}`);
    }
  }
  const [theirs, ours] = await Promise.all(
    kinds.map((kind) => ask(`http://127.0.0.1:${httpPorts[kind]}`, "/v3/kv/range", "POST")),
  );
  assert.equal(ours!.status, theirs!.status);
});

test("/debug/vars has etcd's variables", async () => {
  const [theirs, ours] = await Promise.all(
    kinds.map(async (kind) => {
      const { status, type, body } = await ask(
        `http://127.0.0.1:${httpPorts[kind]}`,
        "/debug/vars",
      );
      return { status, type, names: Object.keys(JSON.parse(body) as object) };
    }),
  );
  assert.deepEqual(
    theirs!.names.filter((name) => !ours!.names.includes(name)),
    [],
  );
  assert.deepEqual([ours!.status, ours!.type], [theirs!.status, theirs!.type]);
});

/** Answered as etcd answers them, whatever they are asked by. */
const paths = [
  ..."/ /debug /debug/ /debug/vars /debug/vars/ /debug/pprof /debug/pprof/nothing".split(" "),
  ..."/config/local/log /v2/keys /v2/stats/self /metrics /metrics/ /version /version/".split(" "),
  ..."/health /health/ /livez /livez/ /readyz/ /readyz/nothing /v3 /v3/ /v3alpha/x".split(" "),
  ..."/v3beta/kv/range /raft /members /leases /favicon.ico /health?exclude=".split(" "),
  ..."/livez/?verbose /livez?exclude=a&exclude=b /readyz?verbose=false".split(" "),
  "/health?serializable=maybe",
  "/livez?allowlist=serializable_read",
];
/** Of profiles those that a Node process has; the others are unknown. */
const profiles = ["", "cmdline", "heap", "allocs", "symbol", "profile?seconds=1"];

/** What is counted and measured is each server's own; protobuf-go's blanks come and go. */
function shapeOf(path: string, { status, type, body }: Answer): Answer {
  // A cluster version may not be decided yet.
  const isOwn = /vars|metrics|pprof|version/.test(path) && status === 200;
  const text = type.startsWith("application/json") ? body.replaceAll(/,\s+/g, ",") : body;
  return sorted({ status, type, body: isOwn ? "" : text });
}

test("every path is answered by every method as etcd answers it, with pprof and without", async () => {
  const plain = {} as Record<Kind, ServerProcess>;
  const started = kinds.map((kind) => ServerProcess.start({ kind }));
  for (const server of await Promise.all(started)) plain[server.kind] = server;
  try {
    const bases = [
      (kind: Kind): string => `http://127.0.0.1:${httpPorts[kind]}`,
      (kind: Kind): string => `http://${plain[kind].endpoint}`,
    ];
    for (const base of bases) {
      const all = [...paths, ...profiles.map((name) => `/debug/pprof/${name}`)];
      for (const path of all) {
        for (const method of ["GET", "HEAD", "POST", "PUT", "DELETE"]) {
          if (path.includes("seconds") && method !== "GET") continue;
          const [theirs, ours] = await Promise.all(
            kinds.map(async (kind) => shapeOf(path, await ask(base(kind), path, method))),
          );
          assert.deepEqual(ours, theirs, `${method} ${path}`);
        }
      }
    }
  } finally {
    await Promise.all(Object.values(plain).map((server) => server.dispose()));
  }
});

test("the gateway's OpenAPI document is served as it is committed", async () => {
  const { status, type, body } = await ask(
    `http://127.0.0.1:${httpPorts.quorate}`,
    "/openapi.json",
  );
  assert.deepEqual([status, type], [200, "application/json"]);
  const committed = readFileSync(join(projectRoot, "docs/openapi.json"), "utf8");
  assert.deepEqual(JSON.parse(body), JSON.parse(committed));
});

test("a malformed Host is refused in Go's words before anything is looked at", async () => {
  const answerTo = async (kind: Kind, host: string): Promise<unknown[]> => {
    const socket = connect(httpPorts[kind], "127.0.0.1");
    socket.end(`GET /version HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    const [head = "", ...body] = (await text(socket)).split("\r\n\r\n");
    const type = /^content-type: (.*)$/im.exec(head)?.[1];
    return [head.split("\r\n")[0], type, body.join("").replaceAll(/"etcd.*?"3/g, "")];
  };
  const hosts = ["a/b", "a b", "a@b", "a<b>", 'a"b', "a\\b", "a{b}", "\u00e9", "a?b", "a#b"];
  for (const host of hosts) {
    const theirs = await answerTo("etcd", host);
    assert.deepEqual(await answerTo("quorate", host), theirs, host);
    assert.equal(theirs[0], "HTTP/1.1 400 Bad Request: malformed Host header");
  }
  for (const host of ["a~b", "a!$%&()*+,;='_b", "[::1]:2379", ""]) {
    assert.match(String((await answerTo("quorate", host))[0]), /200/, host);
    assert.match(String((await answerTo("etcd", host))[0]), /200/, host);
  }
});
