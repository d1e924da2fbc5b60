import assert from "node:assert/strict";
import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { type TestContext, test } from "node:test";
import { Code, errors } from "../../core/errors/index.ts";
import {
  decodeMemberListResponse,
  encodeMemberListResponse,
  makeMember,
  makeMemberListResponse,
} from "../../core/proto/index.ts";
import { GrpcServer, type MethodHandler } from "../../io/grpc/index.ts";
import {
  type CallStatus,
  callUnary,
  GrpcChannel,
  parseEndpoint,
} from "../../io/grpc-client/index.ts";
import { silentLog } from "../../io/host/index.ts";
import { nodeClock } from "../../io/host/node/index.ts";
import { PeerClient } from "../../io/http/index.ts";
import { syncEndpoints } from "./endpoints.ts";
import { parseProxyFlags, proxyUsage } from "./flags.ts";
import { GrpcProxy } from "./grpc-proxy.ts";
import { probes } from "./probes.ts";

const range = "/etcdserverpb.KV/Range";
const put = "/etcdserverpb.KV/Put";
const watch = "/etcdserverpb.Watch/Watch";
const snapshot = "/etcdserverpb.Maintenance/Snapshot";
const memberList = "/etcdserverpb.Cluster/MemberList";
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

function channelTo(t: TestContext, port: number): GrpcChannel {
  const endpoints = [parseEndpoint(`127.0.0.1:${port}`)];
  const channel = new GrpcChannel({ endpoints, dialTimeoutMs: 60_000, receiveBytesMax: 1 << 24 });
  t.after(() => channel.close());
  return channel;
}

/** A member of these methods, behind a proxy. */
async function proxied(
  t: TestContext,
  methods: Readonly<Record<string, MethodHandler>>,
  advertiseClientUrl = "",
) {
  const member = new GrpcServer({
    methods: new Map(Object.entries(methods)),
    maxReceiveBytes: 1 << 24,
    clock: nodeClock,
  });
  const server = createServer((socket) => {
    member.accept(socket, { address: "", commonName: undefined });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const channel = channelTo(t, (server.address() as AddressInfo).port);
  const dialer = new PeerClient({ dialTimeoutMs: 60_000 });
  const proxy = new GrpcProxy({
    channel,
    http: probes({ cluster: channel, self: undefined, dialer }),
    clock: nodeClock,
    advertiseClientUrl,
    sendBytesMax: 1 << 20,
    maxConcurrentStreams: 1000,
    keepalive: { minTimeMs: 5000, timeMs: Infinity, timeoutMs: 20_000 },
  });
  const port = await proxy.listen({ host: "127.0.0.1", port: 0 });
  t.after(async () => {
    member.close();
    server.close();
    await proxy.close();
  });
  return { client: channelTo(t, port), channel, port };
}

test("calls pass with metadata, errors and deadlines as they are", async (t) => {
  const handle: Extract<MethodHandler, { kind: "unary" }>["handle"] = (call, request) => {
    if (text(request) === "late") return;
    if (text(request) === "refused") return call.end(errors.permissionDenied());
    call.reply(Buffer.from(`${call.metadata.get("token")}:${text(request)}`));
  };
  const { client } = await proxied(t, { [range]: { kind: "unary", handle } });
  const ask = async (request: string, timeoutMs?: number): Promise<string> => {
    const head = { path: range, metadata: { token: "secret" }, timeoutMs };
    return text(await callUnary(client, head, Buffer.from(request)));
  };
  assert.equal(await ask("a"), "secret:a");
  await assert.rejects(ask("refused"), {
    code: Code.PermissionDenied,
    message: errors.permissionDenied().message,
  });
  await assert.rejects(ask("late", 30), { code: Code.DeadlineExceeded });
  await assert.rejects(ask("x".repeat((1 << 20) + 1)), {
    code: Code.ResourceExhausted,
    message: "trying to send message larger than max (1048577 vs. 1048576)",
  });
  const elsewhere = callUnary(client, { path: put }, Buffer.from(""));
  await assert.rejects(elsewhere, { code: Code.Unimplemented });
});

test("streams pass both ways, and their ends", async (t) => {
  const cancelled = Promise.withResolvers<void>();
  const echo: MethodHandler = {
    kind: "stream",
    open: (call) => {
      let isLasting = false;
      call.onCancel = () => cancelled.resolve();
      return {
        message: (bytes) => {
          isLasting = text(bytes) === "last";
          call.send(bytes);
        },
        halfClose: () => {
          if (!isLasting) call.end({ code: Code.OK, message: "" });
        },
      };
    },
  };
  const { client } = await proxied(t, { [watch]: echo });
  const heard: string[] = [];
  for (const what of ["end", "last"]) {
    const ended = Promise.withResolvers<CallStatus>();
    const onMessage = (bytes: Uint8Array): void => {
      heard.push(text(bytes));
      if (what === "last") call.cancel();
      else call.halfClose();
    };
    const call = client.open({ path: watch }, { onMessage, onEnd: ended.resolve });
    call.send(Buffer.from(what));
    assert.equal((await ended.promise).code, what === "last" ? Code.Canceled : Code.OK);
  }
  await cancelled.promise;
  assert.deepEqual(heard, ["end", "last"]);
});

test("a client that takes its time holds the member back, and gets everything", async (t) => {
  const [parts, partBytes] = [200, 64 * 1024];
  let waited = 0;
  const many: MethodHandler = {
    kind: "stream",
    requests: "one",
    open: (call) => {
      let sent = 0;
      const send = (): void => {
        while (sent < parts) {
          sent++;
          if (!call.send(Buffer.alloc(partBytes, sent))) {
            waited++;
            return;
          }
        }
        call.onDrain = undefined;
        call.end({ code: Code.OK, message: "" });
      };
      return {
        message: () => {
          call.onDrain = send;
          send();
        },
        halfClose: () => {},
      };
    },
  };
  const { client } = await proxied(t, { [snapshot]: many });
  const ended = Promise.withResolvers<CallStatus>();
  let got = 0;
  const call = client.open(
    { path: snapshot },
    {
      onMessage: (bytes) => {
        assert.equal(bytes[0], ++got);
        if (got !== 1) return;
        call.pause();
        setTimeout(() => call.resume(), 50);
      },
      onEnd: ended.resolve,
    },
  );
  call.send(Buffer.from(""));
  call.halfClose();
  assert.equal((await ended.promise).code, Code.OK);
  assert.equal(got, parts);
  assert.ok(waited > 0);
});

const listing = (...urls: string[]): MethodHandler => ({
  kind: "unary",
  handle: (call) => {
    const members = urls.map((url) => makeMember({ name: "m", clientURLs: [url] }));
    call.reply(encodeMemberListResponse(makeMemberListResponse({ members })));
  },
});

test("who asks for the members is told the proxy; the proxy follows the cluster's own list", async (t) => {
  const first = await proxied(t, { [memberList]: listing("http://h:1", "http://h:2") }, "proxy:1");
  const ask = callUnary(first.client, { path: memberList }, Buffer.from(""));
  const { members } = decodeMemberListResponse(await ask);
  assert.deepEqual(members[0]!.clientURLs, ["proxy:1"]);
  await syncEndpoints(first.channel, silentLog);
  const known = first.channel.endpoints.map((endpoint) => endpoint.text);
  assert.deepEqual(known, ["http://h:1", "http://h:2"]);
  const empty = await proxied(t, { [memberList]: listing() });
  const before = empty.channel.endpoints;
  await syncEndpoints(empty.channel, silentLog);
  assert.equal(empty.channel.endpoints, before);
});

const get = (port: number, path: string): Promise<{ status: number; body: string }> =>
  new Promise((resolve, reject) => {
    const request = httpRequest({ host: "127.0.0.1", port, path, agent: false }, (response) => {
      let body = "";
      response.on("data", (chunk) => (body += String(chunk)));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
    });
    request.on("error", reject);
    request.end();
  });

test("probes tell whether the cluster answers a read; a refusal is an answer", async (t) => {
  let outcome = errors.permissionDenied();
  const handler: MethodHandler = { kind: "unary", handle: (call) => call.end(outcome) };
  const { port } = await proxied(t, { [range]: handler });
  assert.deepEqual(await get(port, "/health"), {
    status: 200,
    body: '{"health":"true","reason":""}',
  });
  outcome = errors.noLeader();
  assert.deepEqual(await get(port, "/health"), {
    status: 503,
    body: '{"health":"false","reason":"GET ERROR:etcdserver: no leader"}',
  });
  assert.equal((await get(port, "/proxy/health")).status, 503);
  assert.deepEqual(await get(port, "/"), { status: 404, body: "404 page not found\n" });
});

test("flags are etcd's; what is not built is refused by name", () => {
  const flags = (...argv: string[]) => parseProxyFlags(["start", ...argv]);
  assert.equal(parseProxyFlags(["--help"]), undefined);
  assert.match(proxyUsage, /--endpoints-auto-sync-interval/);
  const given = flags("--endpoints=a:1,b:2", "--endpoints", "c:3", "--dial-keepalive-time=1s");
  assert.deepEqual(given?.endpoints, ["a:1", "b:2", "c:3"]);
  assert.deepEqual(given?.dialKeepalive, { timeMs: 1000, timeoutMs: 20_000 });
  assert.equal(flags("--listen-cipher-suites", "")?.listenTls, undefined);
  assert.equal(flags("--auto-tls=true")?.isAutoTls, true);
  assert.throws(() => flags("--namespace=x"), /^Error: --namespace is a flag of etcd's grpc-proxy/);
  assert.throws(() => flags("--tls-min-version=TLS1.1"), /tls-min-version is invalid/);
  assert.throws(() => flags("--tls-min-version=TLS1.3", "--tls-max-version=TLS1.2"), /is greater/);
  assert.throws(() => flags("--nonsense"), /nonsense/);
});
