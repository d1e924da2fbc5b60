import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { encodeProfile } from "./profile-format.ts";
import { serveProfiles } from "./index.ts";

test("a profile names its functions, files and types", () => {
  const frame = (functionName: string) => ({ functionName, url: "file.ts", lineNumber: 6 });
  const head = {
    types: [["cpu", "nanoseconds"]],
    period: ["cpu", "nanoseconds", 5],
    takenMs: 1,
    durationMs: 2,
  } as const;
  const bytes = gunzipSync(
    encodeProfile(head, [{ stack: [frame("leaf"), frame("root")], values: [300] }]),
  );
  // sample: locations 1 and 2, value 300; function 1: name 3 in file 4 at line 7.
  assert.ok(bytes.includes(Buffer.from([0x12, 7, 8, 1, 8, 2, 0x10, 0xac, 0x02])));
  assert.ok(bytes.includes(Buffer.from([0x2a, 10, 8, 1, 16, 3, 24, 3, 32, 4, 40, 7])));
  for (const text of ["leaf", "root", "file.ts", "nanoseconds"]) assert.ok(bytes.includes(text));
});

test("profiles are served below /debug/pprof/", async () => {
  const server = createServer(await serveProfiles());
  // Of allocations one is sampled in half a megabyte or so: enough that some are.
  const kept = Array.from({ length: 300_000 }, (_, at) => ({ at }));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const get = (path: string): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}/debug/pprof/${path}`);
  try {
    assert.match(await (await get("")).text(), /heap.*profile/s);
    assert.equal((await get("goroutine")).status, 404);
    const profile = get("profile?seconds=0.3");
    const second = await get("profile?seconds=0.3");
    assert.equal(second.status, 500);
    assert.match(
      await second.text(),
      /^Could not enable cpu profiling: cpu profiling already in use/,
    );
    for (const [name, response] of [
      ["profile", await profile],
      ["heap", await get("heap")],
    ] as const) {
      assert.equal(response.status, 200);
      const bytes = Buffer.from(await response.arrayBuffer());
      assert.ok(gunzipSync(bytes).length > 100, name);
    }
    assert.equal(kept.length, 300_000);
  } finally {
    server.close();
  }
});
