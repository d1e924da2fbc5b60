// The static pod that kubeadm writes for etcd (phases/etcd/local.go of Kubernetes 1.34), with our executable
// in the place of the image's: its flags, its probes, and the apiserver's way in.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Cast, makeCast } from "../integration/tls/cast.ts";
import { CertificateFolder } from "../integration/tls/certificates.ts";
import { etcdctl } from "./command.ts";
import { freePorts, ServerProcess } from "./server-process.ts";

const folder = new CertificateFolder();
let cast: Cast;
before(async () => {
  cast = await makeCast(folder);
});
after(() => folder[Symbol.dispose]());

/** Of kubeadm now and of its older releases. */
const probes = [
  "/livez",
  "/readyz",
  "/health?exclude=NOSPACE&serializable=true",
  "/health?serializable=false",
];

test("a member starts with kubeadm's flags, answers its probes and serves the apiserver", async () => {
  const [client = 0, peer = 0, metrics = 0] = await freePorts(3);
  const { ca, server } = cast;
  const [own, others] = [`https://127.0.0.1:${client}`, `https://127.0.0.1:${peer}`];
  await using member = await ServerProcess.start({
    kind: "quorate",
    flags: [
      `--advertise-client-urls=${own}`,
      `--cert-file=${server.certFile}`,
      "--client-cert-auth=true",
      "--feature-gates=InitialCorruptCheck=true",
      `--initial-advertise-peer-urls=${others}`,
      `--initial-cluster=control-plane=${others}`,
      `--key-file=${server.keyFile}`,
      `--listen-client-urls=${own}`,
      `--listen-metrics-urls=http://127.0.0.1:${metrics}`,
      `--listen-peer-urls=${others}`,
      "--name=control-plane",
      `--peer-cert-file=${server.certFile}`,
      "--peer-client-cert-auth=true",
      `--peer-key-file=${server.keyFile}`,
      `--peer-trusted-ca-file=${ca.certFile}`,
      "--snapshot-count=10000",
      `--trusted-ca-file=${ca.certFile}`,
      "--watch-progress-notify-interval=5s",
    ],
  });
  const good = cast.clients.get("good")!;
  const tls = [`--cacert=${ca.certFile}`, `--cert=${good.certFile}`, `--key=${good.keyFile}`];
  const put = await etcdctl(own, [...tls, "put", "/registry/a", "b"]);
  assert.equal(put.stdout, "OK\n", put.stderr);
  for (const path of probes) {
    const { status } = await fetch(`http://127.0.0.1:${metrics}${path}`);
    assert.equal(status, 200, path);
  }
  const text = await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text();
  assert.match(text, /^etcd_server_has_leader 1$/m);
  // As a pod that is started again: the check before serving finds nothing wrong.
  await member.end("SIGTERM");
  await member.restart();
  const get = await etcdctl(own, [...tls, "get", "/registry/a", "--print-value-only"]);
  assert.equal(get.stdout, "b\n", get.stderr);
});
