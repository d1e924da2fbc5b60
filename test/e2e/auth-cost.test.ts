// Nobody learns who there is: a login that fails costs the server the same, whoever was named. Counted in
// processor time of the process, its threads included, which does not depend on who else is busy.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Client, credentials } from "@grpc/grpc-js";
import { etcdctl } from "./command.ts";
import { ServerProcess } from "./server-process.ts";

const same = (bytes: Buffer): Buffer => bytes;
const loginsEach = 10;

/** AuthenticateRequest: name (1) and password (2), both short. */
function login(client: Client, name: string, password: string): Promise<string> {
  const field = (tag: number, text: string): number[] => [tag, text.length, ...Buffer.from(text)];
  const message = Buffer.from([...field(0x0a, name), ...field(0x12, password)]);
  return new Promise((resolve) => {
    client.makeUnaryRequest("/etcdserverpb.Auth/Authenticate", same, same, message, (error) =>
      resolve(error === null ? "OK" : `${error.code} ${error.details}`),
    );
  });
}

test("a wrong password and an unknown user cost the server the same and are told the same", async () => {
  await using server = await ServerProcess.start({ kind: "quorate", flags: ["--bcrypt-cost=10"] });
  for (const command of [
    "user add root:secret",
    "user add alice:a",
    "user add bob --no-password",
    "user grant-role root root",
    "auth enable",
  ]) {
    const { code, stderr } = await etcdctl(server.endpoint, command.split(" "));
    assert.equal(code, 0, stderr);
  }
  const client = new Client(server.endpoint, credentials.createInsecure());
  const cost = new Map<string, number>();
  const said = new Map<string, string>();
  try {
    // In turns, so that what else the server does meanwhile falls on all.
    for (let round = 0; round < loginsEach; round++) {
      for (const name of ["alice", "mallory", "bob"]) {
        const before = server.usage().cpuMilliseconds;
        said.set(name, await login(client, name, "wrong"));
        const spent = server.usage().cpuMilliseconds - before;
        cost.set(name, (cost.get(name) ?? 0) + spent);
      }
    }
  } finally {
    client.close();
  }
  assert.equal(said.get("mallory"), said.get("alice"));
  assert.match(
    said.get("alice")!,
    /^3 etcdserver: authentication failed, invalid user ID or password/,
  );
  const [known, unknown, without] = ["alice", "mallory", "bob"].map((name) => cost.get(name)!);
  const told = `${known} ms known, ${unknown} unknown, ${without} without a password`;
  assert.ok(known! >= loginsEach * 10, `${told}: a password is work`);
  assert.ok(Math.abs(unknown! - known!) <= 0.25 * known!, told);
  assert.ok(Math.abs(without! - known!) <= 0.25 * known!, told);
});
