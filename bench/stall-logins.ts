// The scenarios of bench/stalls.ts that are about strangers at the door: passwords and TLS handshakes.
import { setTimeout as pause } from "node:timers/promises";
import { connect } from "node:tls";
import { encodeAuthenticateRequest, makeAuthenticateRequest } from "../src/core/proto/index.ts";
import { callUnary, GrpcChannel, parseEndpoint } from "../src/io/grpc-client/index.ts";
import { etcdctl } from "../test/e2e/command.ts";
import { freePorts, ServerProcess } from "../test/e2e/server-process.ts";
import { CertificateFolder } from "../test/integration/tls/certificates.ts";
import { metered, type Stalls } from "./stall-meter.ts";

const patienceMs = 120_000;
const atOnce = 64;
const rounds = 5;
const handshakesPerSecond = 500;
const handshakeSeconds = 10;

/** bcrypt at etcd's own cost. */
export async function authentications(name: string): Promise<Stalls> {
  await using server = await ServerProcess.start({ kind: "quorate" });
  for (const command of ["user add root:word", "user grant-role root root", "auth enable"]) {
    const done = await etcdctl(server.endpoint, command.split(" "));
    if (done.code !== 0) throw new Error(`etcdctl ${command}: ${done.stderr}`);
  }
  const channel = new GrpcChannel({
    endpoints: [parseEndpoint(`http://${server.endpoint}`)],
    dialTimeoutMs: patienceMs,
    receiveBytesMax: 2 ** 20,
  });
  const request = makeAuthenticateRequest({ name: "root", password: "word" });
  const bytes = encodeAuthenticateRequest(request);
  const path = "/etcdserverpb.Auth/Authenticate";
  const stalls = await metered(name, server, async () => {
    for (let round = 0; round < rounds; round++) {
      const calls = Array.from({ length: atOnce }, () =>
        callUnary(channel, { path, timeoutMs: patienceMs }, bytes),
      );
      await Promise.all(calls);
    }
  });
  channel.close();
  return stalls;
}

/** One that is refused or reset counts as tried: what is measured is the server's loop. */
function handshake(port: number): Promise<void> {
  return new Promise((resolve) => {
    const options = { host: "127.0.0.1", port, rejectUnauthorized: false, ALPNProtocols: ["h2"] };
    const socket = connect(options, () => {
      socket.destroy();
      resolve();
    });
    socket.on("error", () => resolve());
  });
}

export async function handshakes(name: string): Promise<Stalls> {
  const [port = 0] = await freePorts(1);
  using folder = new CertificateFolder();
  const ca = await folder.authority("ca");
  const issued = await folder.issue("server", { hosts: ["127.0.0.1"], usages: ["serverAuth"] }, ca);
  await using server = await ServerProcess.start({
    kind: "quorate",
    flagsAt: (plainUrl) => [
      `--listen-client-urls=${plainUrl},https://127.0.0.1:${port}`,
      `--advertise-client-urls=${plainUrl},https://127.0.0.1:${port}`,
      `--cert-file=${issued.certFile}`,
      `--key-file=${issued.keyFile}`,
    ],
  });
  // Awaited here: the server is disposed of when this function is left.
  return await metered(name, server, async () => {
    const under: Promise<void>[] = [];
    let dueMs = performance.now();
    for (let at = 0; at < handshakesPerSecond * handshakeSeconds; at++) {
      under.push(handshake(port));
      dueMs += 1000 / handshakesPerSecond;
      const aheadMs = dueMs - performance.now();
      // Who is late does not catch up: that would be many at once, and this machine is the client, too.
      if (aheadMs < 0) dueMs -= aheadMs;
      if (aheadMs < 0 || aheadMs > 1) await pause(Math.max(aheadMs, 0));
    }
    await Promise.all(under);
  });
}
