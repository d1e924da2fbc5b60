// Requests that a member refuses or answers shortly, and what it says: to be asked of Go and of us.
import { request } from "node:http";
import { encodeMessage } from "../../../src/core/proto/index.ts";
import { MessageType, newMessage } from "../../../src/core/raft/index.ts";

export interface Target {
  readonly url: string;
  readonly idHex: string;
  readonly clusterHex: string;
}

export interface Case {
  readonly what: string;
  readonly method: string;
  readonly path: string;
  readonly headers: (target: Target) => Record<string, string>;
  readonly body?: Uint8Array;
}

const identity = (target: Target): Record<string, string> => ({
  "X-Server-From": "77",
  "X-Server-Version": "3.7.3",
  "X-Min-Cluster-Version": "3.0.0",
  "X-Etcd-Cluster-ID": target.clusterHex,
  "X-Raft-To": target.idHex,
});
const without =
  (name: string) =>
  (target: Target): Record<string, string> =>
    Object.fromEntries(Object.entries(identity(target)).filter(([key]) => key !== name));
const but =
  (changes: Record<string, string>) =>
  (target: Target): Record<string, string> => ({ ...identity(target), ...changes });

const enveloped = (announced: number, body: Uint8Array): Uint8Array => {
  const bytes = new Uint8Array(8 + body.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(announced));
  bytes.set(body, 8);
  return bytes;
};
const heartbeat = newMessage(MessageType.MsgHeartbeat, 99n);
heartbeat.from = 77n;
const someMessage = encodeMessage(heartbeat);
const noMessage = new Uint8Array([0x0a, 0xff, 0xff]);

const post = { method: "POST", headers: identity };
const get = { method: "GET", headers: identity };

export const cases: readonly Case[] = [
  { what: "wrong method on /raft", ...get, path: "/raft" },
  { what: "no headers at all", method: "POST", headers: () => ({}), path: "/raft" },
  { what: "no version", ...post, headers: without("X-Server-Version"), path: "/raft" },
  { what: "an old server", ...post, headers: but({ "X-Server-Version": "2.3.8" }), path: "/raft" },
  {
    what: "a server that wants newer ones",
    ...post,
    headers: but({ "X-Min-Cluster-Version": "9.0.0" }),
    path: "/raft",
  },
  {
    what: "an old server of another cluster",
    ...post,
    headers: but({ "X-Server-Version": "2.3.8", "X-Etcd-Cluster-ID": "1" }),
    path: "/raft",
  },
  {
    what: "a newer server",
    ...post,
    headers: but({ "X-Server-Version": "3.9.1-alpha.0", "X-Etcd-Cluster-ID": "1" }),
    path: "/raft",
  },
  { what: "no cluster", ...post, headers: without("X-Etcd-Cluster-ID"), path: "/raft" },
  { what: "bytes that are no message", ...post, path: "/raft", body: noMessage },
  { what: "a message to someone else", ...post, path: "/raft", body: someMessage },
  { what: "an empty message", ...post, path: "/raft" },
  { what: "wrong method on a stream", ...post, path: "/raft/stream/message/1" },
  { what: "no kind of stream", ...get, path: "/raft/stream/" },
  { what: "an unknown kind of stream", ...get, path: "/raft/stream/msgappv2/1" },
  { what: "a stream for nobody", ...get, path: "/raft/stream/message/" },
  { what: "a stream for no id", ...get, path: "/raft/stream/message/xyz" },
  { what: "a stream for a too large id", ...get, path: "/raft/stream/message/11112222333344445" },
  { what: "a stream for a stranger", ...get, path: "/raft/stream/msgapp/77" },
  { what: "a stream with a deeper path", ...get, path: "/raft/stream/msgapp/77/88" },
  {
    what: "a stream of another cluster",
    ...get,
    headers: but({ "X-Etcd-Cluster-ID": "1" }),
    path: "/raft/stream/msgapp/77",
  },
  { what: "wrong method on a snapshot", ...get, path: "/raft/snapshot" },
  {
    what: "a snapshot of another cluster",
    ...post,
    headers: but({ "X-Etcd-Cluster-ID": "1" }),
    path: "/raft/snapshot",
  },
  { what: "an empty snapshot", ...post, path: "/raft/snapshot" },
  { what: "half a length", ...post, path: "/raft/snapshot", body: new Uint8Array(3) },
  { what: "a length alone", ...post, path: "/raft/snapshot", body: enveloped(5, new Uint8Array()) },
  { what: "half an envelope", ...post, path: "/raft/snapshot", body: enveloped(50, someMessage) },
  { what: "a huge envelope", ...post, path: "/raft/snapshot", body: enveloped(2 ** 40, noMessage) },
  { what: "no message in it", ...post, path: "/raft/snapshot", body: enveloped(3, noMessage) },
  {
    what: "no snapshot in it",
    ...post,
    path: "/raft/snapshot",
    body: enveloped(someMessage.length, someMessage),
  },
  { what: "nothing there", ...get, path: "/raft/nothing" },
  { what: "nothing below", ...get, path: "/raft/" },
];

/** For a member of the cluster that asks someone for a stream he does not mean. */
export const mismatch = (memberHex: string): Case => ({
  what: "a stream from someone else",
  method: "GET",
  path: `/raft/stream/message/${memberHex}`,
  headers: but({ "X-Raft-To": "99" }),
});

/** Status, the header fields that are etcd's, and the body, of which the end may be lost. */
export function answerOf(target: Target, one: Case): Promise<string> {
  return new Promise((resolve, reject) => {
    const { method, path, body } = one;
    const headers = one.headers(target);
    const call = request(`${target.url}${path}`, { method, headers, agent: false }, (response) => {
      const kept = ["allow", "content-type", "x-content-type-options", "x-etcd-cluster-id"];
      const fields = kept.map((name) => `${name}: ${String(response.headers[name] ?? "-")}`);
      const version = response.headers["x-server-version"] === undefined ? "no" : "a";
      let said = "";
      const done = (): void => {
        // Go's protobuf library puts one kind of space or the other into its errors, by chance.
        const text = said.replaceAll("\u00a0", " ");
        resolve([response.statusCode, ...fields, `${version} version`, text].join(" | "));
      };
      response.on("data", (chunk: Buffer) => {
        said += chunk.toString("utf8");
        // Go breaks this answer off, five seconds later.
        if (response.statusCode === 500) done();
      });
      response.on("end", done);
      response.on("error", done);
    });
    call.on("error", reject);
    call.end(body ?? (method === "POST" ? "" : undefined));
  });
}
