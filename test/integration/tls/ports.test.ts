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

async function everybody(port: number, { accepts, refuses }: PortCase): Promise<Verdicts> {
  const verdicts: Verdicts = new Map();
  for (const one of [...accepts, ...refuses]) {
    const client: Client = typeof one === "string" ? { as: one } : one;
    const how = await probe(port, client, cast);
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
    checksRemoteAddress: one.port === "peer",
  });
  const mux = new Mux({ tls, onHttp1: (_request, response) => void response.end("{}") });
  const address = await mux.listen({ host: "127.0.0.1", port: 0 });
  try {
    return await everybody(typeof address === "object" ? address.port : 0, one);
  } finally {
    await mux.close();
  }
}

/** Real etcd with a client case and a peer case at once. */
async function etcdVerdicts(client: PortCase, peer: PortCase): Promise<Verdicts[]> {
  const [clientPort = 0, peerPort = 0] = await freePorts(2);
  const [plain = 0] = await freePorts(1);
  const data = mkdtempSync(join(tmpdir(), "quorate-tls-etcd-"));
  const clientUrls = `https://127.0.0.1:${clientPort},http://127.0.0.1:${plain}`;
  const peerUrl = `https://127.0.0.1:${peerPort}`;
  // Given last, these win over the ports the harness chose.
  const flags = [
    `--listen-client-urls=${clientUrls}`,
    `--advertise-client-urls=${clientUrls}`,
    `--listen-peer-urls=${peerUrl}`,
    `--initial-advertise-peer-urls=${peerUrl}`,
    `--initial-cluster=default=${peerUrl}`,
    ...new Set([...flagsOf(client, cast), ...flagsOf(peer, cast)]),
  ];
  try {
    await using _server = await ServerProcess.start({ kind: "etcd", flags, parent: data });
    return [await everybody(clientPort, client), await everybody(peerPort, peer)];
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}

test("every port lets in whom it should and nobody else", async (context) => {
  let cases = 0;
  for (const one of portCases(cast)) {
    cases += one.accepts.length + one.refuses.length;
    assert.deepEqual(await ourVerdicts(one), expected(one), one.name);
  }
  context.diagnostic(`${cases} cases`);
  assert.ok(cases >= 150);
});

test("real etcd lets in and refuses the same", async () => {
  const all = portCases(cast);
  const clients = all.filter(({ port, etcdDies }) => port === "client" && etcdDies !== true);
  const peers = all.filter(({ port }) => port === "peer");
  // A client case and a peer case share a start; what a flag of both sides says must not disturb.
  for (const [at, client] of clients.entries()) {
    const peer = peers[at % peers.length]!;
    const [first, second] = await etcdVerdicts(client, peer);
    assert.deepEqual(first, expected(client), client.name);
    const isPlain = client.flags.every((flag) => !/tls-|cipher/.test(flag));
    if (isPlain) assert.deepEqual(second, expected(peer), peer.name);
  }
});
