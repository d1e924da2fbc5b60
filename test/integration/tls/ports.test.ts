// Everybody tries every port: ours in this process, and real etcd with the same files and flags.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { configFrom, parseFlags } from "../../../src/server/embed/index.ts";
import { silentLog } from "../../../src/io/host/index.ts";
import { Mux, ServerTls } from "../../../src/io/http/index.ts";
import { freePorts, ServerProcess } from "../../e2e/server-process.ts";
import { type Client, type PortCase, portCases } from "./cases.ts";
import { type Cast, makeCast } from "./cast.ts";
import { CertificateFolder } from "./certificates.ts";
import { probe } from "./probe.ts";

const folder = new CertificateFolder();
let cast: Cast;
before(async () => {
  cast = await makeCast(folder);
});
after(() => folder[Symbol.dispose]());

/** All of them, "accepted" or "refused", by what they are. */
type Verdicts = Map<string, string>;

async function everybody(port: number, one: PortCase): Promise<Verdicts> {
  const { accepts, refuses } = one;
  const path = one.port === "metrics" ? "/metrics" : "/version";
  const verdicts: Verdicts = new Map();
  for (const who of [...accepts, ...refuses]) {
    const client: Client = typeof who === "string" ? { as: who } : who;
    const how = await probe(port, path, client, cast);
    verdicts.set(JSON.stringify(client), how.startsWith("refused") ? "refused" : how);
  }
  return verdicts;
}

function expected({ accepts, refuses }: PortCase): Verdicts {
  const key = (one: string | Client): string =>
    JSON.stringify(typeof one === "string" ? { as: one } : one);
  return new Map([
    ...accepts.map((one) => [key(one), "accepted"] as const),
    ...refuses.map((one) => [key(one), "refused"] as const),
  ]);
}

const flagsOf = ({ port, flags }: PortCase, { server }: Cast): string[] => {
  const prefix = port === "peer" ? "--peer-" : "--";
  const own = [`${prefix}cert-file=${server.certFile}`, `${prefix}key-file=${server.keyFile}`];
  return flags.some((flag) => flag.startsWith(`${prefix}cert-file`))
    ? [...flags]
    : [...own, ...flags];
};

/** Our listener of this port, as server/embed makes it. */
async function ourVerdicts(one: PortCase): Promise<Verdicts> {
  const config = configFrom(parseFlags(flagsOf(one, cast), {}));
  const info = one.port === "peer" ? config.peerTls : config.clientTls;
  const tls = await ServerTls.load(info, {
    log: silentLog,
    checksRemoteAddress: one.port !== "client",
  });
  const mux = new Mux({ tls, onHttp1: (_request, response) => void response.end("{}") });
  const address = await mux.listen({ host: "127.0.0.1", port: 0 });
  try {
    return await everybody(typeof address === "object" ? address.port : 0, one);
  } finally {
    await mux.close();
  }
}

/** Real etcd with a case of the client port, or of the metrics port, and a peer case at once. */
async function etcdVerdicts(client: PortCase, peer: PortCase): Promise<Verdicts[]> {
  const [clientPort = 0, peerPort = 0, metricsPort = 0] = await freePorts(3);
  const [plain = 0] = await freePorts(1);
  const data = mkdtempSync(join(tmpdir(), "quorate-tls-etcd-"));
  const clientUrls = `https://127.0.0.1:${clientPort},http://127.0.0.1:${plain}`;
  const peerUrl = `https://127.0.0.1:${peerPort}`;
  // Given last, these win over the ports the harness chose.
  const flags = [
    `--listen-client-urls=${clientUrls}`,
    `--advertise-client-urls=${clientUrls}`,
    `--listen-metrics-urls=https://127.0.0.1:${metricsPort}`,
    `--listen-peer-urls=${peerUrl}`,
    `--initial-advertise-peer-urls=${peerUrl}`,
    `--initial-cluster=default=${peerUrl}`,
    ...new Set([...flagsOf(client, cast), ...flagsOf(peer, cast)]),
  ];
  try {
    await using _server = await ServerProcess.start({ kind: "etcd", flags, parent: data });
    const port = client.port === "metrics" ? metricsPort : clientPort;
    return [await everybody(port, client), await everybody(peerPort, peer)];
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}

test("every port lets in whom it should and nobody else", async (context) => {
  const cases = { client: 0, peer: 0, metrics: 0 };
  for (const one of portCases(cast)) {
    cases[one.port] += one.accepts.length + one.refuses.length;
    assert.deepEqual(await ourVerdicts(one), expected(one), one.name);
  }
  context.diagnostic(`cases: ${JSON.stringify(cases)}`);
  assert.ok(cases.client >= 120 && cases.peer >= 80 && cases.metrics >= 40, "none was lost");
});

test("real etcd lets in and refuses the same", async () => {
  const all = portCases(cast);
  const clients = all.filter(({ port, etcdDies }) => port !== "peer" && etcdDies !== true);
  const peers = all.filter(({ port }) => port === "peer");
  const plainPeers = peers.filter(isPlain);
  // Two cases share a start; what a flag of both sides says must not disturb the other.
  for (const [at, client] of clients.entries()) {
    const peer = plainPeers[at % plainPeers.length]!;
    const [first, second] = await etcdVerdicts(client, peer);
    assert.deepEqual(first, expected(client), client.name);
    if (isPlain(client)) assert.deepEqual(second, expected(peer), peer.name);
  }
  for (const peer of peers) {
    if (isPlain(peer)) continue;
    const [, second] = await etcdVerdicts(clients[0]!, peer);
    assert.deepEqual(second, expected(peer), peer.name);
  }
});

/** It has no flag that counts for every port. */
const isPlain = ({ flags }: PortCase): boolean => flags.every((flag) => !/tls-|cipher/.test(flag));
