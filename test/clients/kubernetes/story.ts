// What programs do to a Kubernetes API server, chosen for what it asks of etcd.
import type { ApiServer, KubeObject } from "./api-server.ts";

/** What was seen, by what was asked. */
export type Seen = Record<string, unknown>;

const maps = "/api/v1/namespaces/story/configmaps";
const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const things = "/apis/example.com/v1/namespaces/story/things";
const leases = "/apis/coordination.k8s.io/v1/namespaces/story/leases";
const many = 1000;

const configMap = (name: string, data: Record<string, string>): KubeObject => ({
  metadata: { name, labels: { of: "story" } },
  data,
});

/** Calls `step` with 0 to `count` - 1, so many at a time. */
async function crowd(
  count: number,
  width: number,
  step: (at: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const one = async (): Promise<void> => {
    while (next < count) await step(next++);
  };
  await Promise.all(Array.from({ length: width }, one));
}

async function oneObject(api: ApiServer, seen: Seen): Promise<void> {
  seen["create"] = (await api.call("POST", maps, configMap("one", { a: "1" }))).status;
  seen["again"] = (await api.call("POST", maps, configMap("one", { a: "1" }))).object.reason;
  const { object } = await api.call("GET", `${maps}/one`);
  const changed = { ...object, data: { a: "2" } };
  seen["update"] = (await api.call("PUT", `${maps}/one`, changed)).status;
  seen["stale update"] = (await api.call("PUT", `${maps}/one`, changed)).object.reason;
  const patch = [{ data: { b: "2" } }, "application/merge-patch+json"] as const;
  seen["patch"] = (await api.call("PATCH", `${maps}/one`, ...patch)).object.data;
  seen["delete"] = (await api.call("DELETE", `${maps}/one`)).status;
  seen["gone"] = (await api.call("GET", `${maps}/one`)).status;
}

async function lists(api: ApiServer, seen: Seen): Promise<void> {
  const counts: number[] = [];
  for (let next: string | undefined = ""; next !== undefined;) {
    const { object }: { object: KubeObject } = await api.call(
      "GET",
      `${maps}?limit=100${next === "" ? "" : `&continue=${next}`}`,
    );
    counts.push(object.items?.length ?? 0);
    next = object.metadata.continue || undefined;
  }
  seen["pages"] = counts;
  const now = (await api.call("GET", `${maps}?limit=1`)).object.metadata.resourceVersion;
  const at = (revision = "0"): string =>
    `${maps}?resourceVersionMatch=Exact&resourceVersion=${revision}`;
  seen["exactly now"] = (await api.call("GET", at(now))).object.items?.length;
  const labels = `${maps}?labelSelector=of%3Dstory`;
  seen["by label"] = (await api.call("GET", labels)).object.items?.length;
}

/** Ten that count with optimistic updates: nothing may be counted twice or lost. */
async function counter(api: ApiServer, seen: Seen): Promise<void> {
  await api.call("POST", maps, configMap("counter", { n: "0" }));
  await crowd(200, 10, async () => {
    for (let status = 409; status === 409;) {
      const { object } = await api.call("GET", `${maps}/counter`);
      const data = { n: String(Number(object.data?.["n"]) + 1) };
      ({ status } = await api.call("PUT", `${maps}/counter`, { ...object, data }));
    }
  });
  seen["counted"] = (await api.call("GET", `${maps}/counter`)).object.data;
}

async function otherKinds(api: ApiServer, seen: Seen): Promise<void> {
  const lease = { metadata: { name: "node" }, spec: { holderIdentity: "node" } };
  seen["lease"] = (await api.call("POST", leases, lease)).status;
  const schema = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
  const v1 = { name: "v1", served: true, storage: true, schema: { openAPIV3Schema: schema } };
  const names = { plural: "things", singular: "thing", kind: "Thing" };
  const definition = {
    metadata: { name: "things.example.com" },
    spec: { group: "example.com", scope: "Namespaced", names, versions: [v1] },
  };
  seen["definition"] = (await api.call("POST", definitions, definition)).status;
  const isServed = async (): Promise<boolean> => (await api.call("GET", things)).status === 200;
  await api.until("served", isServed);
  const thing = { apiVersion: "example.com/v1", kind: "Thing", metadata: { name: "t" }, size: 3 };
  seen["thing"] = (await api.call("POST", things, thing)).object.size;
}

/** A life from an empty etcd to an emptied namespace. */
export async function story(api: ApiServer): Promise<{ seen: Seen; createsPerSecond: number }> {
  const seen: Seen = {};
  const namespaces = (await api.call("GET", "/api/v1/namespaces")).object.items ?? [];
  seen["namespaces"] = namespaces.map(({ metadata }) => metadata.name).toSorted();
  await api.call("POST", "/api/v1/namespaces", { metadata: { name: "story" } });
  const types = new Map<string, string[]>();
  const bookmarks = "allowWatchBookmarks=true";
  const stop = api.watch(`${maps}?watch=1&resourceVersion=0&${bookmarks}`, ({ type, object }) => {
    const { name } = object.metadata;
    types.set(name, [...(types.get(name) ?? []), type]);
  });
  await oneObject(api, seen);
  const began = performance.now();
  const refused: unknown[] = [];
  await crowd(many, 40, async (at) => {
    const { status, object } = await api.call(
      "POST",
      maps,
      configMap(`m${at}`, { v: "x".repeat(800) }),
    );
    if (status !== 201) refused.push(object);
  });
  const createsPerSecond = (many / (performance.now() - began)) * 1000;
  seen["refused"] = refused;
  await lists(api, seen);
  await counter(api, seen);
  await otherKinds(api, seen);
  seen["delete all"] = (await api.call("DELETE", maps)).status;
  const ends = (): number => [...types.values()].filter((each) => each.at(-1) === "DELETED").length;
  await api.until("watched to the end", async () => ends() >= many + 2);
  stop();
  seen["watched of one"] = types.get("one");
  seen["watched of another"] = types.get("m0");
  return { seen, createsPerSecond };
}
