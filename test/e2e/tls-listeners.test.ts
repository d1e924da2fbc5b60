// The three secure listeners of one running member, side by side with real etcd: what ALPN chooses, and
// files that are exchanged without a restart.
import assert from "node:assert/strict";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { connect, type TLSSocket } from "node:tls";
import { type Cast, makeCast } from "../integration/tls/cast.ts";
import { CertificateFolder, type Issued } from "../integration/tls/certificates.ts";
import { freePorts, type Kind, ServerProcess } from "./server-process.ts";

const kinds: readonly Kind[] = ["quorate", "etcd"];
const folder = new CertificateFolder();
let cast: Cast;
before(async () => {
  cast = await makeCast(folder);
});
after(() => folder[Symbol.dispose]());

const ports = ["client", "peer", "metrics", "unixs"] as const;
type Port = (typeof ports)[number];
const paths: Record<Port, string> = {
  client: "/version",
  unixs: "/version",
  peer: "/version",
  metrics: "/metrics",
};

/** A member whose files are its own, so that they can be exchanged. */
async function secureMember(kind: Kind, more: readonly string[] = []) {
  const [client = 0, peer = 0, metrics = 0] = await freePorts(3);
  const own = (name: string): string => `${folder.path}/${kind}-${name}`;
  const socket = own("client.sock");
  const { server, ca, files } = cast;
  const copies: Record<string, string> = {
    crt: server.certFile,
    key: server.keyFile,
    crl: files["emptyCrl"]!,
  };
  for (const [name, from] of Object.entries(copies)) copyFileSync(from, own(name));
  const clientUrls = `https://127.0.0.1:${client},unixs://${socket}`;
  const peerUrl = `https://127.0.0.1:${peer}`;
  const tls = (prefix: string): string[] => [
    `--${prefix}cert-file=${own("crt")}`,
    `--${prefix}key-file=${own("key")}`,
    `--${prefix}client-cert-auth`,
    `--${prefix}trusted-ca-file=${ca.certFile}`,
  ];
  const flags = [
    `--listen-client-urls=${clientUrls}`,
    `--advertise-client-urls=https://127.0.0.1:${client}`,
    `--listen-metrics-urls=https://127.0.0.1:${metrics}`,
    `--listen-peer-urls=${peerUrl}`,
    `--initial-advertise-peer-urls=${peerUrl}`,
    `--initial-cluster=default=${peerUrl}`,
    ...tls(""),
    `--client-crl-file=${own("crl")}`,
    ...tls("peer-"),
    `--peer-crl-file=${own("crl")}`,
    ...more,
  ];
  const member = await ServerProcess.start({ kind, flags });
  const places = { client, peer, metrics, unixs: socket };
  return { member, places, own, [Symbol.asyncDispose]: () => member.dispose() };
}

interface Visit {
  readonly as?: string;
  readonly alpn?: readonly string[];
}

/** Protocol chosen, first line of the answer, and the serial number of the server's certificate. */
function visit(
  place: number | string,
  path: string,
  { as = "good", alpn }: Visit,
): Promise<{ said: string; serial: string }> {
  const { cert, key } = cast.clients.get(as)!;
  const where = typeof place === "number" ? { host: "127.0.0.1", port: place } : { path: place };
  return new Promise((resolve) => {
    const options = { ...where, cert, key, rejectUnauthorized: false };
    const socket: TLSSocket = connect({ ...options, ...(alpn && { ALPNProtocols: [...alpn] }) });
    let serial = "";
    const end = (said: string): void => {
      socket.destroy();
      resolve({ said, serial });
    };
    socket.once("secureConnect", () => {
      serial = socket.getPeerCertificate().serialNumber;
      if (socket.alpnProtocol === "h2") return end("h2");
      socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    });
    socket.once("data", (bytes: Buffer) => {
      const protocol = socket.alpnProtocol === false ? "none" : String(socket.alpnProtocol);
      end(`${protocol}: ${bytes.toString("latin1").split("\r\n")[0]}`);
    });
    socket.once("error", () => end("refused"));
    socket.once("close", () => end("refused"));
  });
}

const offers: readonly (readonly string[] | undefined)[] = [
  undefined,
  ["http/1.1"],
  ["h2"],
  ["h2", "http/1.1"],
  ["http/1.1", "h2"],
  ["spdy/3"],
  ["spdy/3", "http/1.1"],
];

/** etcd names no HTTP/1.1, and speaks HTTP/2 everywhere to whom offers it; we to gRPC clients. */
function chosenBy(kind: Kind, port: Port, offered: readonly string[] | undefined): string {
  const served = "HTTP/1.1 200 OK";
  if (offered === undefined) return `none: ${served}`;
  const [isHttp1, isHttp2] = [offered.includes("http/1.1"), offered.includes("h2")];
  if (kind === "etcd") return isHttp2 ? "h2" : isHttp1 ? `none: ${served}` : "refused";
  if (isHttp1) return `http/1.1: ${served}`;
  return isHttp2 && (port === "client" || port === "unixs") ? "h2" : "refused";
}

test("each listener chooses a protocol of those that are offered, or refuses", async () => {
  for (const kind of kinds) {
    await using served = await secureMember(kind);
    for (const port of ports) {
      for (const alpn of offers) {
        const { said } = await visit(served.places[port], paths[port], { ...(alpn && { alpn }) });
        assert.equal(said, chosenBy(kind, port, alpn), `${kind} ${port} ${String(alpn)}`);
      }
    }
  }
});

test("a renewed certificate is shown, and a new CRL heeded, without a restart", async () => {
  const renewed: Issued = await folder.issue(
    "renewed",
    { hosts: ["127.0.0.1", "localhost"], usages: ["serverAuth", "clientAuth"] },
    cast.ca,
  );
  const hex = ({ serialNumber }: Issued): string => serialNumber.toString(16).toUpperCase();
  for (const kind of kinds) {
    await using served = await secureMember(kind);
    const all = async (as: string): Promise<[string, boolean, string][]> => {
      const rows: [string, boolean, string][] = [];
      for (const port of ports) {
        const { said, serial } = await visit(served.places[port], paths[port], { as });
        rows.push([port, said.endsWith("200 OK"), serial]);
      }
      return rows;
    };
    const expected = (isServed: boolean, by: Issued) =>
      ports.map((port) => [
        port,
        isServed,
        hex(by).padStart(hex(by).length + (hex(by).length % 2), "0"),
      ]);
    assert.deepEqual(await all("revoked"), expected(true, cast.server), kind);
    writeFileSync(served.own("crl"), readFileSync(cast.files["crl"]!));
    assert.deepEqual(await all("revoked"), expected(false, cast.server), kind);
    assert.deepEqual(await all("good"), expected(true, cast.server), kind);
    copyFileSync(renewed.certFile, served.own("crt"));
    copyFileSync(renewed.keyFile, served.own("key"));
    assert.deepEqual(await all("good"), expected(true, renewed), kind);
  }
});

test("--peer-auto-tls and --auto-tls serve all listeners with certificates of their own", async () => {
  for (const kind of kinds) {
    const [client = 0, peer = 0, metrics = 0] = await freePorts(3);
    const flags = [
      "--auto-tls",
      "--peer-auto-tls",
      "--self-signed-cert-validity=3",
      `--listen-client-urls=https://127.0.0.1:${client}`,
      `--advertise-client-urls=https://127.0.0.1:${client}`,
      `--listen-metrics-urls=https://127.0.0.1:${metrics}`,
      `--listen-peer-urls=https://127.0.0.1:${peer}`,
      `--initial-advertise-peer-urls=https://127.0.0.1:${peer}`,
      `--initial-cluster=default=https://127.0.0.1:${peer}`,
    ];
    await using _member = await ServerProcess.start({ kind, flags });
    const seen = new Map<string, string>();
    for (const [port, place] of Object.entries({ client, peer, metrics })) {
      const { said, serial } = await visit(place, paths[port as Port], { as: "of-other-ca" });
      assert.equal(said, "none: HTTP/1.1 200 OK", `${kind} ${port}`);
      seen.set(port, serial);
    }
    assert.equal(seen.get("metrics"), seen.get("client"), kind);
    assert.notEqual(seen.get("peer"), seen.get("client"), kind);
  }
});
