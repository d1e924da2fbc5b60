// Kubernetes' own API server on real etcd and on ours.
//   node tools/run.mjs test/clients/kubernetes/main.ts
// One life on each must read the same; then three Go members are handed over to ours and back, one after
// the other on their own directories, while programs go on. Wants Go and openssl, and builds
// kube-apiserver first, which takes a quarter of an hour: not part of `npm test`.
import assert from "node:assert/strict";
import { type Kind, ServerProcess } from "../../e2e/server-process.ts";
import { TestCluster } from "../../e2e/test-cluster.ts";
import { ApiServer, buildApiServer } from "./api-server.ts";
import { story } from "./story.ts";

const program = await buildApiServer();

async function alone(kind: Kind): Promise<object> {
  await using server = await ServerProcess.start({ kind });
  await using api = await ApiServer.start(program, server.endpoint);
  const { seen, createsPerSecond } = await story(api);
  console.log(`${kind}: ${createsPerSecond.toFixed(0)} objects created a second`);
  return seen;
}

/** Creates objects one after another until told to end; says which were acknowledged. */
function creator(api: ApiServer, path: string): () => Promise<{ names: string[]; failed: number }> {
  const names: string[] = [];
  let [isOver, failed] = [false, 0];
  const life = (async () => {
    for (let at = 0; !isOver; at++) {
      const name = `n${at}`;
      const created = await api.call("POST", path, { metadata: { name } }).catch(() => undefined);
      if (created?.status === 201) names.push(name);
      else failed++;
    }
  })();
  return async () => {
    isOver = true;
    await life;
    return { names, failed };
  };
}

async function handedOver(): Promise<void> {
  await using cluster = await TestCluster.start(["etcd", "etcd", "etcd"]);
  await using api = await ApiServer.start(program, cluster.endpoints);
  const path = "/api/v1/namespaces/default/configmaps";
  const seen = new Set<string>();
  const stop = api.watch(`${path}?watch=1&resourceVersion=0`, ({ object }) => {
    seen.add(object.metadata.name);
  });
  const end = creator(api, path);
  for (const kind of ["quorate", "etcd"] as const) {
    for (const member of cluster.members) {
      await member.end("SIGTERM");
      await member.handOver(kind);
      const healthy = async (): Promise<boolean> =>
        (await cluster.ctl("endpoint", "health")).length >= 0;
      await api.until("healthy", healthy);
    }
    console.log(`three members are ${kind} now`);
  }
  const { names, failed } = await end();
  const list = (await api.call("GET", path)).object.items ?? [];
  const kept = new Set(list.map(({ metadata }) => metadata.name));
  assert.deepEqual(
    names.filter((name) => !kept.has(name)),
    [],
    "acknowledged, and gone",
  );
  await api.until("watched all", async () => names.every((name) => seen.has(name)));
  stop();
  console.log(`${names.length} objects created meanwhile, ${failed} refused, none lost`);
}

const theirs = await alone("etcd");
const ours = await alone("quorate");
assert.deepEqual(ours, theirs);
console.log(JSON.stringify(ours, undefined, 1));
await handedOver();
process.exit(0);
