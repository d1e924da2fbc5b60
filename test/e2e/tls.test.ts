// TLS from outside: etcdctl and curl's like against our process, and what a start is refused with,
// beside real etcd.
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { request } from "node:http";
import { request as secureRequest } from "node:https";
import { after, before, test } from "node:test";
import { type Cast, makeCast } from "../integration/tls/cast.ts";
import { CertificateFolder } from "../integration/tls/certificates.ts";
import { etcdctl, run } from "./command.ts";
import { executable, freePorts, type Kind, ServerProcess } from "./server-process.ts";

const folder = new CertificateFolder();
let cast: Cast;
before(async () => {
  cast = await makeCast(folder);
});
after(() => folder[Symbol.dispose]());

/** Status and body of a GET over TCP, TLS or a unix socket. */
function ask(url: string, socketPath?: string): Promise<string> {
  const isSecure = url.startsWith("https");
  const good = cast.clients.get("good")!;
  const options = {
    ...(socketPath !== undefined && { socketPath }),
    ...(isSecure && { ca: cast.ca.cert, cert: good.cert, key: good.key }),
    agent: false as const,
  };
  return new Promise((resolve, reject) => {
    const call = (isSecure ? secureRequest : request)(url, options, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => (body += part));
      response.on("end", () => resolve(`${response.statusCode} ${body}`));
    });
    call.on("error", reject);
    call.end();
  });
}

const healthy = '200 {"health":"true","reason":""}';

test("one member on TLS, clear text, unix sockets and ports of their own", async () => {
  const [secure = 0, http = 0, metrics = 0] = await freePorts(3);
  const { server, ca, clients, files } = cast;
  const socket = `${folder.path}/client.sock`;
  const secureSocket = `${folder.path}/secure.sock`;
  const urls = [
    `https://127.0.0.1:${secure}`,
    `http://127.0.0.1:${secure}`,
    `unix://${socket}`,
    `unixs://${secureSocket}`,
  ];
  await using member = await ServerProcess.start({
    kind: "quorate",
    flags: [
      `--listen-client-urls=${urls.join(",")}`,
      `--advertise-client-urls=${urls[0]}`,
      `--listen-client-http-urls=https://127.0.0.1:${http}`,
      `--listen-metrics-urls=https://127.0.0.1:${metrics}`,
      `--cert-file=${server.certFile}`,
      `--key-file=${server.keyFile}`,
      "--client-cert-auth",
      `--trusted-ca-file=${ca.certFile}`,
      `--client-crl-file=${files["crl"]}`,
    ],
  });
  const as = (name: string): string[] => {
    const { certFile, keyFile } = clients.get(name)!;
    return [`--cacert=${ca.certFile}`, `--cert=${certFile}`, `--key=${keyFile}`];
  };
  const put = await etcdctl(`https://127.0.0.1:${secure}`, [...as("good"), "put", "a", "b"]);
  assert.equal(put.stdout, "OK\n", put.stderr);
  const inClear = await etcdctl(`http://127.0.0.1:${secure}`, ["get", "a"]);
  assert.equal(inClear.stdout, "a\nb\n", inClear.stderr);
  const overUnix = await etcdctl(`unix://${socket}`, ["get", "a", "--print-value-only"]);
  assert.equal(overUnix.stdout, "b\n", overUnix.stderr);
  for (const name of ["revoked", "expired"]) {
    const limits = ["--dial-timeout=1s", "--command-timeout=1s"];
    const refused = await etcdctl(`https://127.0.0.1:${secure}`, [
      ...as(name),
      ...limits,
      "get",
      "a",
    ]);
    assert.notEqual(refused.code, 0, name);
  }
  assert.match(
    member.log,
    /"rejected connection on client endpoint".*certificate serial 0bad5e71a1/,
  );
  assert.match(
    member.log,
    /"rejected connection on client endpoint".*has expired or is not yet valid/,
  );
  assert.equal(await ask(`https://127.0.0.1:${http}/health`), healthy);
  assert.equal(await ask(`https://127.0.0.1:${metrics}/health`), healthy);
  assert.match(await ask(`https://127.0.0.1:${metrics}/version`), /^404/);
  await assert.rejects(ask(`https://127.0.0.1:${secure}/health`), "gRPC alone");
  const securely = [
    ...member.log.matchAll(/"serving client traffic securely","traffic":"(\S+?)"/g),
  ];
  const served = securely.map(([, traffic]) => String(traffic));
  assert.deepEqual(served, ["grpc", "grpc", "http"]);
});

test("--auto-tls serves, and keeps its certificate", async () => {
  const [port = 0] = await freePorts(1);
  const url = `https://127.0.0.1:${port}`;
  const flags = ["--auto-tls", `--listen-client-urls=${url}`, `--advertise-client-urls=${url}`];
  await using member = await ServerProcess.start({ kind: "quorate", flags });
  const trust = [`--cacert=${member.dataDirectory}/fixtures/client/cert.pem`];
  const put = await etcdctl(url, [...trust, "put", "a", "b"]);
  assert.equal(put.stdout, "OK\n", put.stderr);
  await member.end("SIGTERM");
  await member.restart();
  const get = await etcdctl(url, [...trust, "get", "a"]);
  assert.equal(get.stdout, "a\nb\n", get.stderr);
});

test("a start is refused as by etcd, in its words and with its exit code", async () => {
  const { server, clients } = cast;
  const own = [`--cert-file=${server.certFile}`, `--key-file=${server.keyFile}`];
  const peer = [`--peer-cert-file=${server.certFile}`, `--peer-key-file=${server.keyFile}`];
  const [secure = 0, other = 0] = await freePorts(2);
  const https = [
    `--listen-client-urls=https://127.0.0.1:${secure}`,
    `--advertise-client-urls=https://127.0.0.1:${secure}`,
  ];
  const peers = [`--listen-peer-urls=https://127.0.0.1:${other}`];
  const rows: [flags: string[], words: string][] = [
    [https, "TLS key/cert (--cert-file, --key-file) must be provided for client url https://"],
    [peers, "cannot listen on TLS for 127.0.0.1:"],
    [["--tls-min-version=TLS1.1"], 'unexpected TLS version \\"TLS1.1\\" (must be one of: TLS1.2'],
    [
      ["--tls-min-version=TLS1.3", "--tls-max-version=TLS1.2"],
      "is greater than max version (TLS1.2)",
    ],
    [
      ["--tls-min-version=TLS1.3", "--cipher-suites=TLS_AES_128_GCM_SHA256"],
      "cipher suites cannot be configured when only TLS1.3 is enabled",
    ],
    [[...own, ...https, "--cipher-suites=no"], 'unexpected TLS cipher suite \\"no\\"'],
    [
      [...peers, ...peer, "--peer-cert-allowed-cn=a", "--peer-cert-allowed-hostname=b"],
      "AllowedCNs and AllowedHostnames are mutually exclusive",
    ],
    [
      [...peers, ...peer, `--peer-key-file=${clients.get("good")!.keyFile}`],
      "tls: private key does not match public key",
    ],
    [
      [...peers, ...peer, "--peer-trusted-ca-file=/none.crt"],
      "open /none.crt: no such file or directory",
    ],
    [
      [
        `--listen-client-http-urls=http://127.0.0.1:${secure}`,
        `--listen-client-urls=http://127.0.0.1:${secure}`,
        `--advertise-client-urls=http://127.0.0.1:${secure}`,
      ],
      "cannot bind both --listen-client-urls and --listen-client-http-urls on the same url",
    ],
    [["--self-signed-cert-validity=0", "--auto-tls"], "selfSignedCertValidity is invalid"],
    [["--discovery-fallback=proxy"], "v2 proxy is deprecated, and --discovery-fallback can't be"],
  ];
  for (const [flags, words] of rows) {
    for (const kind of ["etcd", "quorate"] as Kind[]) {
      const data = `${folder.path}/refused-${kind}`;
      const args = [
        `--data-dir=${data}`,
        ...(flags.some((flag) => flag.startsWith("--listen-peer"))
          ? []
          : [`--listen-peer-urls=http://127.0.0.1:${other}`]),
        ...(flags.some((flag) => flag.startsWith("--listen-client-urls"))
          ? []
          : [
              `--listen-client-urls=http://127.0.0.1:${secure}`,
              "--advertise-client-urls=http://127.0.0.1:1",
            ]),
        ...flags,
      ];
      const { code, stderr } = await run(executable(kind), args, { patienceMilliseconds: 30_000 });
      assert.ok(stderr.includes(words), `${kind} ${flags.join(" ")}: ${stderr.slice(-800)}`);
      assert.equal(code, 1, `${kind} ${flags.join(" ")}`);
      rmSync(data, { recursive: true, force: true });
    }
  }
});
