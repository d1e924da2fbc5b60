// A certificate's name is a user's for gRPC and nobody's for the gateway: beside real etcd.
import assert from "node:assert/strict";
import { request } from "node:https";
import { after, before, test } from "node:test";
import { type Cast, makeCast } from "../integration/tls/cast.ts";
import { CertificateFolder } from "../integration/tls/certificates.ts";
import { etcdctl } from "./command.ts";
import { freePorts, type Kind, ServerProcess } from "./server-process.ts";

const folder = new CertificateFolder();
let cast: Cast;
before(async () => {
  cast = await makeCast(folder);
});
after(() => folder[Symbol.dispose]());

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** A range by JSON, with the certificate of this client. */
function range(port: number, client: string, path = "/v3/kv/range"): Promise<Answer> {
  const { cert, key } = cast.clients.get(client)!;
  // Without Accept real etcd takes the gateway's own certificate for the caller's.
  const headers = { Accept: "*/*" };
  const options = { method: "POST", ca: cast.ca.cert, cert, key, headers, agent: false as const };
  return new Promise((resolve, reject) => {
    const call = request(`https://127.0.0.1:${port}${path}`, options, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => (body += part));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
    });
    call.on("error", reject);
    call.end('{"key":"YQ=="}');
  });
}

async function answersOf(kind: Kind): Promise<Answer[]> {
  const { server, ca, clients } = cast;
  const [port = 0] = await freePorts(1);
  const url = `https://127.0.0.1:${port}`;
  await using member = await ServerProcess.start({
    kind,
    flags: [
      `--listen-client-urls=${url}`,
      `--advertise-client-urls=${url}`,
      `--cert-file=${server.certFile}`,
      `--key-file=${server.keyFile}`,
      "--client-cert-auth",
      `--trusted-ca-file=${ca.certFile}`,
    ],
  });
  const { certFile, keyFile } = clients.get("nameless")!;
  const tls = [`--cacert=${ca.certFile}`, `--cert=${certFile}`, `--key=${keyFile}`];
  const answers = [await range(port, "good")];
  for (const command of [
    ["user", "add", "root:root"],
    ["user", "grant-role", "root", "root"],
    ["auth", "enable"],
  ]) {
    const { code, stderr } = await etcdctl(url, [...tls, ...command]);
    assert.equal(code, 0, stderr);
  }
  for (const client of ["good", "nameless"]) answers.push(await range(port, client));
  answers.push(await range(port, "good", "/health"), await range(port, "good", "/version"));
  assert.ok(member.pid > 0);
  return answers;
}

test("with auth on the gateway refuses callers whose certificates have a name", async () => {
  const [ours, theirs] = await Promise.all([answersOf("quorate"), answersOf("etcd")]);
  const statuses = ours.map(({ status }) => status);
  assert.deepEqual(
    statuses,
    theirs.map(({ status }) => status),
  );
  assert.deepEqual(statuses.slice(0, 2), [200, 400]);
  assert.equal(ours[1]!.body, theirs[1]!.body);
  assert.match(ours[1]!.body, /^CommonName of client sending a request against gateway/);
  assert.deepEqual(JSON.parse(ours[2]!.body), JSON.parse(theirs[2]!.body));
});
