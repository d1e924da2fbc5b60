// What TLS, auth and the JSON gateway cost, against etcd under the same flags and certificates.
import { etcdctl } from "../test/e2e/command.ts";
import { freePorts, type ServerProcess } from "../test/e2e/server-process.ts";
import { CertificateFolder } from "../test/integration/tls/certificates.ts";
import { fillForGet, getArgs, type Goal, putArgs, type Row, type Setting } from "./rows.ts";

const clients = 100;
const connections = 10;
const requests = 100_000;

const puts = (total: number): readonly string[] => putArgs(clients, connections, total);
const gets = (total: number): readonly string[] => getArgs(clients, connections, total);

/** A certificate for 127.0.0.1, asked of nobody but the server. */
async function withTls(): Promise<Setting> {
  const [port = 0] = await freePorts(1);
  const folder = new CertificateFolder();
  const ca = await folder.authority("ca");
  const request = { hosts: ["127.0.0.1"], usages: ["serverAuth"] } as const;
  const server = await folder.issue("server", request, ca);
  return {
    flags: (plainUrl) => [
      `--listen-client-urls=${plainUrl},https://127.0.0.1:${port}`,
      `--advertise-client-urls=${plainUrl},https://127.0.0.1:${port}`,
      `--cert-file=${server.certFile}`,
      `--key-file=${server.keyFile}`,
    ],
    endpoint: `https://127.0.0.1:${port}`,
    toolArgs: [`--cacert=${ca.certFile}`],
    end: () => folder[Symbol.dispose](),
  };
}

// The cheapest bcrypt: what is measured is a request, not logging in.
const withAuth = (): Promise<Setting> =>
  Promise.resolve({
    flags: () => ["--bcrypt-cost=4"],
    toolArgs: ["--user=load:word"],
    end: () => {},
  });

/** A user who is not root, so that every request is checked against its role. */
async function enableAuth(server: ServerProcess): Promise<void> {
  await fillForGet(server);
  for (const command of [
    "user add root:word",
    "user grant-role root root",
    "role add all",
    "role grant-permission --prefix=true all readwrite ",
    "user add load:word",
    "user grant-role load all",
    "auth enable",
  ]) {
    const done = await etcdctl(server.endpoint, command.split(" "));
    if (done.code !== 0) throw new Error(`etcdctl ${command}: ${done.stderr}`);
  }
}

interface Kind {
  readonly name: string;
  readonly title: string;
  readonly goal: Goal;
  readonly setting?: () => Promise<Setting>;
  readonly prepare: (server: ServerProcess) => Promise<void>;
  readonly args?: (total: number) => readonly string[];
  readonly tool?: "gatewayload";
}

const rowOf = (kind: Kind): Row => ({
  requests,
  warmUp: requests / 5,
  pinned: false,
  ceiling: false,
  goals: [kind.goal],
  args: kind.args ?? gets,
  ...kind,
});

const atLeast = (ratio: number): Goal => ({ figure: "requestsPerSecond", atLeast: ratio });
const load = `${clients} clients on ${connections} connections`;

export const operatorRows: readonly Row[] = [
  rowOf({
    name: "tls-put",
    title: `TLS: put 8/256 B, ${load}`,
    goal: atLeast(1.5),
    setting: withTls,
    prepare: fillForGet,
    args: puts,
  }),
  rowOf({
    name: "tls-get",
    title: `TLS: range of one key, linearizable, ${load}`,
    goal: atLeast(1.5),
    setting: withTls,
    prepare: fillForGet,
  }),
  rowOf({
    name: "auth-put",
    title: `auth, simple tokens: put 8/256 B, ${load}`,
    goal: atLeast(2),
    setting: withAuth,
    prepare: enableAuth,
    args: puts,
  }),
  rowOf({
    name: "auth-get",
    title: `auth, simple tokens: range of one key, linearizable, ${load}`,
    goal: atLeast(2),
    setting: withAuth,
    prepare: enableAuth,
  }),
  rowOf({
    name: "gateway-get",
    title: `JSON gateway: range of one key, ${clients} clients`,
    goal: atLeast(2),
    prepare: fillForGet,
    tool: "gatewayload",
    args: (total) => [`-clients=${clients}`, `-total=${total}`, "-key=bench/0000000500"],
  }),
];
