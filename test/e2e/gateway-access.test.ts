// Who may ask the gateway, and how, beside real etcd: origins and preflights, host names, handshakes of
// WebSockets good and bad, and every path that etcd's schemas name. Whole answers are compared, head and
// body.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { routes } from "../../src/server/gateway/index.ts";
import { projectRoot } from "../peers/peers.ts";
import { type Kind, ServerProcess } from "./server-process.ts";

const kinds: readonly Kind[] = ["etcd", "quorate"];
const servers = {} as Record<Kind, ServerProcess>;
const flags = ["--cors=https://a.example.com:443,http://b:1", "--host-whitelist=good.example.com"];

before(async () => {
  const started = await Promise.all(kinds.map((kind) => ServerProcess.start({ kind, flags })));
  for (const server of started) servers[server.kind] = server;
});
after(async () => {
  await Promise.all(Object.values(servers).map((server) => server.dispose()));
});

/** Status line, fields in order of their names without the date, and body. */
interface Answer {
  readonly status: string;
  readonly fields: readonly string[];
  readonly body: string;
}

/** A head alone, of an answer that has no end, or a head and a body of the length it tells. */
function isWhole(text: string): boolean {
  const headEnd = text.indexOf("\r\n\r\n");
  if (headEnd < 0) return false;
  if (text.startsWith("HTTP/1.1 101")) return true;
  const length = /^content-length: (\d+)\r$/im.exec(text.slice(0, headEnd + 2))?.[1];
  return length !== undefined && text.length >= headEnd + 4 + Number(length);
}

/** Sends these bytes and reads until the end, or, of an answer that has none, its head. */
function ask(kind: Kind, request: string): Promise<Answer> {
  const [host, port] = servers[kind].endpoint.split(":");
  return new Promise((resolve, reject) => {
    let text = "";
    const socket = connect(Number(port), host);
    const end = (): void => {
      socket.destroy();
      const [head = "", ...rest] = text.split("\r\n\r\n");
      const [status = "", ...fields] = head.split("\r\n");
      const kept = fields.filter((field) => !/^date:/i.test(field)).map(canonical);
      resolve(withoutBlanks({ status, fields: kept.toSorted(), body: rest.join("\r\n\r\n") }));
    };
    socket.setTimeout(30_000, () => reject(new Error(`no answer: ${request} ${text}`)));
    socket.on("data", (chunk: Buffer) => {
      text += chunk.toString("latin1");
      if (isWhole(text)) end();
    });
    socket.on("end", end);
    socket.on("error", reject);
    socket.write(request);
  });
}

/** protobuf-go puts blanks into its JSON, in every build others. */
function withoutBlanks(answer: Answer): Answer {
  if (!answer.fields.includes("content-type: application/json")) return answer;
  if (!answer.body.includes('"message"')) return answer;
  const fields = answer.fields.filter((field) => !field.startsWith("content-length"));
  return { ...answer, fields, body: JSON.stringify(JSON.parse(answer.body)) };
}

/** Names of fields may be written in any case. */
const canonical = (field: string): string => field.replace(/^[^:]+/, (name) => name.toLowerCase());

/** A connection that was to become a WebSocket is closed here when it does not, and kept by etcd. */
const withoutClose = (answer: Answer): Answer => ({
  ...answer,
  fields: answer.fields.filter((field) => field !== "connection: close"),
});

async function same(lines: readonly string[], body = ""): Promise<Answer> {
  const request = `${lines.join("\r\n")}\r\n\r\n${body}`;
  const [theirs, ours] = await Promise.all(
    kinds.map(async (kind) => withoutClose(await ask(kind, request))),
  );
  assert.deepEqual(ours, theirs, request);
  return ours!;
}

const host = "Host: good.example.com:2379";
const close = "Connection: close";

test("origins and preflights are answered to the byte as etcd answers them", async () => {
  const origins = [
    "https://a.example.com:443",
    "http://b:1",
    "http://b",
    "https://evil",
    "null",
    "",
  ];
  for (const origin of origins) {
    for (const path of ["/v3/kv/range", "/livez", "/nothing"]) {
      for (const method of ["OPTIONS", "GET"]) {
        const asks = ["Access-Control-Request-Method: POST", "Access-Control-Request-Headers: x"];
        const more = origin === "" ? [] : [`Origin: ${origin}`, ...asks];
        await same([`${method} ${path} HTTP/1.1`, host, close, ...more]);
      }
    }
  }
});

test("host names that are not listed are refused to the byte as etcd refuses them", async () => {
  const names = ["good.example.com", "good.example.com:1", "evil:2379", "evil", "", "[::1]:2379"];
  for (const name of [...names, "GOOD.example.com", "127.0.0.1:2379"]) {
    for (const path of ["/health", "/v3/kv/range", "/v3/watch"]) {
      const method = path.startsWith("/v3") ? "POST" : "GET";
      const body = path === "/v3/kv/range" ? "{" : "";
      const length = `Content-Length: ${body.length}`;
      if (path === "/v3/watch" && name.startsWith("good")) continue;
      await same([`${method} ${path} HTTP/1.1`, `Host: ${name}`, close, length], body);
    }
  }
});

const upgrade = ["Connection: Upgrade", "Upgrade: websocket"];
const version = "Sec-WebSocket-Version: 13";
const key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";

test("handshakes of WebSockets are taken and refused as etcd takes and refuses them", async () => {
  const good = await same(["GET /v3/watch HTTP/1.1", host, ...upgrade, version, key]);
  assert.match(good.status, /^HTTP\/1.1 101 /);
  for (const more of [
    ["Sec-WebSocket-Protocol: Bearer, token"],
    ["Sec-WebSocket-Protocol: chat"],
    ["Sec-WebSocket-Extensions: permessage-deflate"],
    ["Origin: https://evil"],
    ["Cookie: token=t"],
  ]) {
    await same(["GET /v3/watch HTTP/1.1", host, ...upgrade, version, key, ...more]);
  }
  for (const bad of [
    [...upgrade, key],
    [...upgrade, "Sec-WebSocket-Version: 8", key],
    [...upgrade, version],
    [...upgrade, version, "Sec-WebSocket-Key: short"],
    [...upgrade, version, "Sec-WebSocket-Key: !!!!"],
  ]) {
    await same(["GET /v3/watch HTTP/1.1", host, ...bad]);
  }
  await same(["POST /v3/watch HTTP/1.1", host, ...upgrade, version, key, "Content-Length: 0"]);
  await same(["GET /v3/watch HTTP/1.1", "Host: evil", ...upgrade, version, key]);
});

/** The annotations of etcd's schemas: `post: "/v3/kv/range"`, in the Go module of its API. */
function annotatedPaths(): string[] {
  const listed = spawnSync("go", ["list", "-m", "-f", "{{.Dir}}", "go.etcd.io/etcd/api/v3"], {
    cwd: join(projectRoot, "test/peers"),
    encoding: "utf8",
    env: { ...process.env, GOFLAGS: "-mod=mod" },
  });
  const server = spawnSync("go", ["list", "-m", "-f", "{{.Dir}}", "go.etcd.io/etcd/server/v3"], {
    cwd: join(projectRoot, "test/peers"),
    encoding: "utf8",
    env: { ...process.env, GOFLAGS: "-mod=mod" },
  });
  return [listed, server].flatMap(({ stdout }) =>
    globSync("**/*.proto", { cwd: stdout.trim() }).flatMap((file) =>
      [...readFileSync(join(stdout.trim(), file), "utf8").matchAll(/post: "([^"]+)"/g)].map(
        ([, path]) => path!,
      ),
    ),
  );
}

test("every path of the schemas' annotations, aliases too, is a route, and there is no other", () => {
  const annotated = annotatedPaths();
  assert.ok(annotated.length > 40, `${annotated.length} annotations found`);
  assert.deepEqual([...routes.keys()].toSorted(), annotated.toSorted());
});
