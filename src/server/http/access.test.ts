import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLog } from "../../io/host/index.ts";
import type { IncomingMessage, ServerResponse } from "../../io/http/index.ts";
import { AccessController, type AccessOptions, setFields } from "./access.ts";

/** What a request over clear text is answered with, and the headers set on the way. */
function ask(options: Partial<AccessOptions>, headers: Record<string, string>, method = "GET") {
  const access = new AccessController({
    corsOrigins: [],
    hostWhitelist: [],
    log: silentLog,
    ...options,
  });
  const seen = new Map<string, unknown>();
  let body = "";
  const response = {
    statusCode: 0,
    setHeader: (name: string, value: unknown) => seen.set(name, value),
    end: (text = "") => (body = String(text)),
  };
  const request = { method, url: "/v3/kv/range", headers, socket: {} };
  const fields = access.admit(
    request as unknown as IncomingMessage,
    response as unknown as ServerResponse,
  );
  setFields(response as unknown as ServerResponse, fields ?? []);
  return { isAdmitted: fields !== undefined, status: response.statusCode, body, seen };
}

test("a host name that is not ours is refused against DNS rebinding, with etcd's words", () => {
  const hostWhitelist = ["ours.example", "10.0.0.1"];
  for (const host of ["ours.example", "ours.example:2379", "10.0.0.1:2379"]) {
    assert.ok(ask({ hostWhitelist }, { host }).isAdmitted, host);
  }
  for (const host of ["evil.example", "evil.example:2379", "ours.example.evil", ""]) {
    const { isAdmitted, status, body } = ask({ hostWhitelist }, { host });
    assert.deepEqual([isAdmitted, status], [false, 421], host);
    assert.match(body, /CVE-2018-5702/);
  }
  assert.ok(ask({ hostWhitelist: ["*"] }, { host: "any" }).isAdmitted);
});

test("origins are told what they may, others nothing; a preflight is answered at once", () => {
  const corsOrigins = ["https://ours.example"];
  const name = "Access-Control-Allow-Origin";
  const ours = ask({ corsOrigins }, { origin: "https://ours.example" });
  assert.equal(ours.seen.get(name), "https://ours.example");
  const evil = ask({ corsOrigins }, { origin: "https://evil.example" });
  assert.deepEqual([evil.isAdmitted, evil.seen.has(name)], [true, false]);
  const preflight = ask({ corsOrigins }, { origin: "https://ours.example" }, "OPTIONS");
  assert.deepEqual([preflight.isAdmitted, preflight.status], [false, 200]);
});

test("without a certificate nobody has a name that the gateway could refuse", () => {
  assert.ok(ask({ knowsByCertificate: () => true }, { host: "a" }).isAdmitted);
});
