import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLog } from "../../../io/host/index.ts";
import { dnsCluster, type Resolver } from "./dns-cluster.ts";

function resolver(services: Readonly<Record<string, readonly [string, number][]>>): Resolver {
  return {
    services: (name) => {
      const found = services[name];
      if (found === undefined) return Promise.reject(new Error(`querySrv ENOTFOUND ${name}`));
      return Promise.resolve(found.map(([host, port]) => ({ name: host, port })));
    },
    address: (host) =>
      host.startsWith("gone")
        ? Promise.reject(new Error(`getaddrinfo ENOTFOUND ${host}`))
        : Promise.resolve(`10.0.0.${host.replace(/\D/g, "")}`),
  };
}

const found = (services: Parameters<typeof resolver>[0], serviceName = ""): Promise<string> =>
  dnsCluster(
    { domain: "x.io", serviceName, name: "me", advertisePeerUrls: ["http://m2.x.io:2380"] },
    resolver(services),
    silentLog,
  );

test("DNS names the members: whoever is at our address is we, others are numbered", async () => {
  const records: [string, number][] = [
    ["m1.x.io.", 2380],
    ["m2.x.io.", 2380],
    ["m2.x.io.", 2390],
  ];
  const expected = "0=http://m1.x.io:2380,me=http://m2.x.io:2380,1=http://m2.x.io:2390";
  assert.equal(await found({ "_etcd-server._tcp.x.io": records }), expected);
  assert.equal(await found({ "_etcd-server-blue._tcp.x.io": records }, "blue"), expected);
});

test("members of both services are joined; one at our address under another scheme is left out", async () => {
  assert.equal(
    await found({
      "_etcd-server-ssl._tcp.x.io": [
        ["m1.x.io", 1],
        ["m2.x.io", 2380],
      ],
      "_etcd-server._tcp.x.io": [["m2.x.io", 2380]],
    }),
    "0=https://m1.x.io:1,me=http://m2.x.io:2380",
  );
});

test("no member found, or not this one, is an error that says so", async () => {
  await assert.rejects(found({}), /error querying DNS SRV records for _etcd-server querySrv/);
  await assert.rejects(
    found({
      "_etcd-server._tcp.x.io": [
        ["m1.x.io", 1],
        ["gone.x.io", 2],
      ],
    }),
    /cannot find local etcd member "me" in SRV records/,
  );
});
