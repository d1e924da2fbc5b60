import assert from "node:assert/strict";
import { test } from "node:test";
import { exponentialBounds, Histogram } from "../../base/index.ts";
import { leadingServer } from "../member/testing.ts";
import { etcdFamilies } from "./etcd-families.ts";
import { counter, gauge, histogram } from "./family.ts";
import { addGrpcMetrics, methodCounts } from "./grpc-metrics.ts";
import { MetricsRegistry } from "./registry.ts";
import { feedServer } from "./server-metrics.ts";
import { familyText, floatText } from "./text-format.ts";

test("numbers are written as Go writes them", () => {
  for (const [value, text] of [
    [0, "0"],
    [1, "1"],
    [0.001, "0.001"],
    [0.0001, "0.0001"],
    [0.00005, "5e-05"],
    [123_456, "123456"],
    [1_000_000, "1e+06"],
    [2_147_483_648, "2.147483648e+09"],
    [-20.5, "-20.5"],
    [1e21, "1e+21"],
    [Infinity, "+Inf"],
    [-Infinity, "-Inf"],
    [Number.NaN, "NaN"],
  ] as const) {
    assert.equal(floatText(value), text);
  }
});

test("a histogram is written cumulatively, and labels by their names", () => {
  const seconds = new Histogram(exponentialBounds(1, 2, 2));
  for (const value of [0.5, 1, 1.5, 9]) seconds.observe(value);
  const family = histogram("x", "a\nb", { labels: ["to", "from"], bounds: [1, 2, 2] });
  const text = familyText(family, [{ labels: ['"t', "f"], value: seconds }], "prometheus");
  const labels = 'from="f",to="\\"t"';
  assert.equal(
    text,
    `# HELP x a\\nb\n# TYPE x histogram\nx_bucket{${labels},le="1"} 2\nx_bucket{${labels},le="2"} 3\n` +
      `x_bucket{${labels},le="+Inf"} 4\nx_sum{${labels}} 12\nx_count{${labels}} 4\n`,
  );
});

test("what nobody feeds is zero, or absent where it has labels", () => {
  const registry = new MetricsRegistry();
  registry.add([counter("b_total", "b"), gauge("a", "a", { labels: ["x"] })]);
  assert.equal(
    registry.text("prometheus"),
    "# HELP b_total b\n# TYPE b_total counter\nb_total 0\n",
  );
  registry.feed("a", () => [{ labels: ["1"], value: 5 }]);
  registry.feedValue("b_total", () => 3);
  assert.equal(
    registry.text("openmetrics"),
    '# HELP a a\n# TYPE a gauge\na{x="1"} 5\n# HELP b b\n# TYPE b counter\nb_total 3\n# EOF\n',
  );
});

test("a running member feeds its families, and every call is counted by its method", () => {
  const { server } = leadingServer();
  const registry = new MetricsRegistry();
  registry.add(etcdFamilies);
  const counts = methodCounts({ isTimed: true });
  addGrpcMetrics(registry, counts);
  const grpc = {
    messageBytesReceived: 7,
    messageBytesSent: 8,
  };
  feedServer(registry, {
    server,
    grpc: () => grpc as never,
    health: { success: 1, failures: 2, checks: new Map() },
    clients: new Map([["3.7", { unary: 4, stream: 5 }]]),
    gates: { AllAlpha: { isOn: false, stage: "ALPHA" } },
    runtime: "node",
  });
  counts.get("/etcdserverpb.KV/Put")!.end(0);
  counts.get("/etcdserverpb.KV/Put")!.seconds!.observe(0.3);
  const text = registry.text("prometheus");
  const put = 'grpc_method="Put",grpc_service="etcdserverpb.KV",grpc_type="unary"';
  const watch = 'grpc_method="Watch",grpc_service="etcdserverpb.Watch",grpc_type="bidi_stream"';
  for (const line of [
    "etcd_server_has_leader 1",
    "etcd_server_is_leader 1",
    "etcd_network_client_grpc_received_bytes_total 7",
    'etcd_server_client_requests_total{client_api_version="3.7",type="stream"} 5',
    'etcd_cluster_version{cluster_version="3.7"} 1',
    `grpc_server_handled_total{grpc_code="OK",${put}} 1`,
    `grpc_server_handled_total{grpc_code="Canceled",${watch}} 0`,
    `grpc_server_handling_seconds_bucket{${put},le="0.5"} 1`,
  ]) {
    assert.ok(text.includes(`\n${line}\n`), line);
  }
});
