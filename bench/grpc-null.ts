// What the gRPC engine alone costs: a server that knows one answer to KV.Put and KV.Range. Point
// etcd's own load tool at it:
//   node bench/grpc-null.ts [--port 2379] [--seconds 60]
//   benchmark --endpoints 127.0.0.1:2379 --conns 100 --clients 1000 put --total 300000
// After each second with calls it prints calls and CPU microseconds (user and system) per call.
import { createServer } from "node:net";
import { parseArgs } from "node:util";
import {
  encodePutResponse,
  encodeRangeResponse,
  makePutResponse,
  makeRangeResponse,
  makeResponseHeader,
} from "../src/core/proto/index.ts";
import { GrpcServer, type MethodHandler } from "../src/io/grpc/index.ts";
import { nodeClock } from "../src/io/host/node/index.ts";

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "2379" },
    seconds: { type: "string", default: "60" },
  },
});

const header = makeResponseHeader({
  clusterId: 0x1234_5678_9abc_def0n,
  memberId: 0x0fed_cba9_8765_4321n,
  revision: 1_000_000,
  raftTerm: 2,
});
const canned = (answer: Uint8Array): MethodHandler => ({
  kind: "unary",
  handle: (call) => call.reply(answer),
});
const server = new GrpcServer({
  clock: nodeClock,
  maxReceiveBytes: 2 * 1024 * 1024,
  methods: new Map([
    ["/etcdserverpb.KV/Put", canned(encodePutResponse(makePutResponse({ header })))],
    ["/etcdserverpb.KV/Range", canned(encodeRangeResponse(makeRangeResponse({ header })))],
  ]),
});

const listener = createServer({ pauseOnConnect: true, noDelay: true }, (socket) => {
  server.accept(socket, { address: socket.remoteAddress ?? "", commonName: undefined });
});
listener.listen(Number(values.port), "127.0.0.1", () => {
  console.log(`serving canned answers on 127.0.0.1:${values.port}`);
});

let callsBefore = 0;
let cpuBefore = process.cpuUsage();
const everySecond = setInterval(() => {
  const { callsStarted } = server.stats;
  const calls = callsStarted - callsBefore;
  const cpu = process.cpuUsage(cpuBefore);
  callsBefore = callsStarted;
  cpuBefore = process.cpuUsage();
  if (calls === 0) return;
  const microseconds = (cpu.user + cpu.system) / calls;
  const user = cpu.user / calls;
  console.log(`${calls} calls/s, ${microseconds.toFixed(2)} us a call (user ${user.toFixed(2)})`);
}, 1000);
setTimeout(
  () => {
    clearInterval(everySecond);
    server.close();
    listener.close();
  },
  Number(values.seconds) * 1000,
).unref();
