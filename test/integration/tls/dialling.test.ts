// Our own calls to other members: whom they believe, and how they show who they are.
import assert from "node:assert/strict";
import { renameSync, writeFileSync } from "node:fs";
import { connect as connectTcp } from "node:net";
import { after, before, test, type TestContext } from "node:test";
import { connect, type PeerCertificate } from "node:tls";
import { silentLog } from "../../../src/io/host/index.ts";
import {
  clientTls,
  Mux,
  noTls,
  PeerClient,
  requireEmptyCommonName,
  type Rejection,
  ServerTls,
  type TlsInfo,
} from "../../../src/io/http/index.ts";
import { type Cast, makeCast } from "./cast.ts";
import { CertificateFolder, type Issued } from "./certificates.ts";

const folder = new CertificateFolder();
let cast: Cast;
before(async () => {
  cast = await makeCast(folder);
});
after(() => folder[Symbol.dispose]());

const infoOf = (issued: Issued, more: Partial<TlsInfo> = {}): TlsInfo => ({
  ...noTls,
  certFile: issued.certFile,
  keyFile: issued.keyFile,
  ...more,
});

interface Port {
  readonly port: number;
  readonly rejections: Rejection[];
  /** Called with the words of each. */
  readonly onRejected: ((why: string) => void)[];
}

async function listen(
  context: TestContext,
  info: TlsInfo,
  tlsHandshakeTimeoutMs = 10_000,
): Promise<Port> {
  const rejections: Rejection[] = [];
  const onRejected: Port["onRejected"] = [];
  const mux = new Mux({
    tls: await ServerTls.load(info, { log: silentLog }),
    onHttp1: (_request, response) => void response.end("ok"),
    onRejected: (rejection) => {
      rejections.push(rejection);
      for (const told of onRejected) told(rejection.error.message);
    },
    limits: { tlsHandshakeTimeoutMs },
  });
  const address = await mux.listen({ host: "127.0.0.1", port: 0 });
  context.after(() => mux.close());
  return { port: typeof address === "object" ? address.port : 0, rejections, onRejected };
}

/** "" when the call was answered, else why not. */
function dial(port: number, info: TlsInfo, host = "127.0.0.1"): Promise<string> {
  const client = new PeerClient({ dialTimeoutMs: 10_000, tls: clientTls(info, silentLog) });
  return new Promise((resolve) => {
    const end = (how: string): void => {
      client.close();
      resolve(how);
    };
    const url = `https://${host}:${port}/raft/probing`;
    client.open(
      { method: "GET", url, headers: {}, connection: "own" },
      {
        onHead: () => {},
        onBytes: () => {},
        onDrain: () => {},
        onEnd: () => end(""),
        onError: ({ message }) => end(message),
      },
    );
  });
}

test("a member believes servers by CA, name and list, as etcd's transport does", async (context) => {
  const { ca, otherCa, server, clients } = cast;
  const trust = { trustedCaFile: ca.certFile };
  const good = clients.get("good")!;
  const other = clients.get("of-another-address")!;
  const nameless = clients.get("without-names")!;
  const rows: [string, Issued, Partial<TlsInfo>, RegExp | ""][] = [
    ["its CA", server, trust, ""],
    [
      "another CA",
      server,
      { trustedCaFile: otherCa.certFile },
      /x509: certificate signed by unknown authority/,
    ],
    ["nobody is asked", server, { insecureSkipVerify: true }, ""],
    ["its own making", server, { isSelfSigned: true }, ""],
    [
      "another address",
      other,
      trust,
      /x509: certificate is valid for 10\.1\.2\.3, not 127\.0\.0\.1/,
    ],
    [
      "a common name is no name",
      nameless,
      trust,
      /x509: certificate relies on legacy Common Name field/,
    ],
    ["the name it was told", server, { ...trust, serverName: "localhost" }, ""],
    ["another name", server, { ...trust, serverName: "x.example.com" }, /not x\.example\.com/],
    ["an allowed common name", good, { ...trust, allowedCommonNames: ["client"] }, ""],
    [
      "a common name not allowed",
      good,
      { ...trust, allowedCommonNames: ["server"] },
      /client certificate authentication failed/,
    ],
    ["an allowed host", server, { ...trust, allowedHostnames: ["localhost"] }, ""],
    [
      "a host not allowed",
      server,
      { ...trust, allowedHostnames: ["10.1.2.3"] },
      /client certificate authentication failed/,
    ],
    [
      "a server's certificate alone",
      clients.get("for-clients-only")!,
      trust,
      /x509: certificate specifies an incompatible key usage/,
    ],
    ["expired", clients.get("expired")!, trust, /x509: certificate has expired/],
    ["TLS 1.3 alone", server, { ...trust, minVersion: "TLS1.3" }, ""],
  ];
  for (const [what, bearer, info, wanted] of rows) {
    const served = await listen(context, infoOf(bearer));
    const why = await dial(served.port, { ...noTls, ...info });
    if (wanted === "") assert.equal(why, "", what);
    else assert.match(why, wanted, what);
  }
});

test("a member that refuses the one it calls says so, by the alert that Go's sends", async (context) => {
  const { ca, otherCa, server, clients } = cast;
  for (const [bearer, info] of [
    [clients.get("good")!, { trustedCaFile: ca.certFile, allowedCommonNames: ["server"] }],
    [clients.get("of-another-address")!, { trustedCaFile: ca.certFile }],
    [server, { trustedCaFile: otherCa.certFile }],
  ] as const) {
    for (const demands of [{}, { trustedCaFile: ca.certFile, clientCertAuth: true }]) {
      const served = await listen(context, infoOf(bearer, demands));
      const told = new Promise<string>((resolve) => served.onRejected.push(resolve));
      assert.notEqual(await dial(served.port, infoOf(server, info)), "");
      assert.equal(await told, "remote error: tls: bad certificate");
    }
  }
});

test("a member shows its client certificate, or else its server's", async (context) => {
  const { ca, server, clients } = cast;
  const good = clients.get("good")!;
  const auth = { trustedCaFile: ca.certFile, clientCertAuth: true };
  const served = await listen(context, infoOf(server, { ...auth, allowedCommonNames: ["client"] }));
  const separate = { clientCertFile: good.certFile, clientKeyFile: good.keyFile };
  assert.equal(await dial(served.port, infoOf(good, auth)), "");
  assert.equal(
    await dial(served.port, infoOf(server, { ...auth, ...separate, allowedHostnames: [] })),
    "",
  );
  assert.equal(await dial(served.port, infoOf(server, auth)), "remote error: tls: bad certificate");
  assert.notEqual(await dial(served.port, infoOf(server, { ...auth, maxVersion: "TLS1.2" })), "");
  assert.notEqual(await dial(served.port, { ...noTls, trustedCaFile: ca.certFile }), "");
  const words = served.rejections.map(({ error, names }) => [
    error.message,
    ...(names?.dnsNames ?? []),
  ]);
  assert.deepEqual(words, [
    ["client certificate authentication failed", "localhost"],
    ["client certificate authentication failed", "localhost"],
    ["tls: client didn't provide a certificate"],
  ]);
});

test("rejections are told in Go's words", async (context) => {
  const { ca, server, clients } = cast;
  const auth = { trustedCaFile: ca.certFile, clientCertAuth: true };
  const files = { crlFile: cast.files["crl"]! };
  const served = await listen(context, infoOf(server, { ...auth, ...files }));
  const authority = "x509: certificate signed by unknown authority";
  for (const [name, words] of [
    [
      "expired",
      "tls: failed to verify certificate: x509: certificate has expired or is not yet valid",
    ],
    ["of-other-ca", `tls: failed to verify certificate: ${authority}`],
    ["self-signed", `tls: failed to verify certificate: ${authority}`],
    [
      "for-servers-only",
      "tls: failed to verify certificate: x509: certificate specifies an incompatible key usage",
    ],
    ["revoked", "transport: certificate serial 0bad5e71a1 revoked"],
  ] as const) {
    served.rejections.length = 0;
    await dial(served.port, infoOf(clients.get(name)!, { trustedCaFile: ca.certFile }));
    assert.deepEqual(
      served.rejections.map(({ error }) => error.message),
      [words],
      name,
    );
    assert.match(served.rejections[0]!.remoteAddress, /^127\.0\.0\.1:\d+$/);
  }
  served.rejections.length = 0;
  const plain = connectTcp(served.port, "127.0.0.1");
  plain.end("GET / HTTP/1.1\r\n\r\n");
  plain.resume();
  await new Promise((resolve) => plain.once("close", resolve));
  const [first] = served.rejections;
  assert.equal(first?.error.message, "tls: first record does not look like a TLS handshake");
});

test("renewed files count at the next handshake, damaged ones never", async (context) => {
  const { ca, server } = cast;
  const certFile = folder.write("rotating.crt", server.cert);
  const keyFile = folder.write("rotating.key", server.key);
  const served = await listen(context, { ...noTls, certFile, keyFile });
  const shown = (): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect({ host: "127.0.0.1", port: served.port, ca: ca.cert }, () => {
        const { serialNumber }: PeerCertificate = socket.getPeerCertificate();
        socket.destroy();
        resolve(serialNumber.toLowerCase());
      });
      socket.once("error", reject);
    });
  const both = [server, await folder.issue("renewed", { hosts: ["127.0.0.1"] }, ca)];
  let handshakes = 0;
  for (let round = 0; round < 30; round++) {
    const now = both[round % 2]!;
    // First the certificate without its key, then half a file, then what it should be.
    writeFileSync(certFile, now.cert.slice(0, 100));
    await shown();
    writeFileSync(`${certFile}.new`, now.cert);
    renameSync(`${certFile}.new`, certFile);
    await shown();
    writeFileSync(keyFile, now.key);
    assert.equal(await shown(), now.serialNumber.toString(16));
    handshakes += 3;
  }
  assert.equal(handshakes, 90);
});

test("handshakes that stall are ended, and nobody waits for them", async (context) => {
  const served = await listen(context, infoOf(cast.server), 3_000);
  const stalled = Array.from({ length: 200 }, () => connectTcp(served.port, "127.0.0.1"));
  const ends = stalled.map(
    (socket) =>
      new Promise((resolve) => {
        socket.on("error", () => undefined);
        socket.once("close", resolve);
        socket.resume();
      }),
  );
  assert.equal(await dial(served.port, { ...noTls, trustedCaFile: cast.ca.certFile }), "");
  await Promise.all(ends);
});

test("a certificate with a common name is refused to whom speaks for others", () => {
  const { server, clients } = cast;
  requireEmptyCommonName(infoOf(server));
  const alice = clients.get("alice")!;
  assert.throws(() => requireEmptyCommonName(infoOf(alice)), {
    message: `cert has non empty Common Name (alice): ${alice.certFile}`,
  });
});
