// A gRPC server in a process of its own, so that its memory can be weighed while it is attacked.
// Run as a program it is that server; `startGrpcProcess` starts one and talks to it.
import { fork } from "node:child_process";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { GrpcServer, type GrpcStats, type MethodHandler } from "../../../src/io/grpc/index.ts";
import { gunzip, Mux } from "../../../src/io/http/index.ts";
import { nodeClock } from "../../../src/io/host/node/index.ts";
import { type ConnectionOptions, defaultConnectionOptions } from "../../../src/io/http2/index.ts";

export const maxReceiveBytes = 2 * 1024 * 1024;

/** What the server does with a call to each of its methods. */
export const echoMethods: ReadonlyMap<string, MethodHandler> = new Map<string, MethodHandler>([
  ["/test.Echo/Unary", { kind: "unary", handle: (call, request) => call.reply(request) }],
  [
    // Answers with as many bytes as the request, a decimal number, asks for.
    "/test.Echo/Sized",
    {
      kind: "unary",
      handle: (call, request) => call.reply(Buffer.alloc(Number(Buffer.from(request)), 0x61)),
    },
  ],
  ["/test.Echo/Never", { kind: "unary", handle: () => {} }],
  [
    "/test.Echo/Stream",
    {
      kind: "stream",
      open: (call) => ({
        message: (bytes) => void call.send(bytes),
        halfClose: () => call.end({ code: 0, message: "" }),
      }),
    },
  ],
]);

export interface ProcessReport {
  readonly rssBytes: number;
  readonly stats: GrpcStats;
}

export interface GrpcProcess {
  readonly port: number;
  report(): Promise<ProcessReport>;
  stop(): Promise<void>;
}

/** Starts one; `options` are those of its connections. */
export async function startGrpcProcess(
  options: Partial<ConnectionOptions> = {},
): Promise<GrpcProcess> {
  const child = fork(fileURLToPath(import.meta.url), [JSON.stringify(options)], {
    execArgv: ["--expose-gc"],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const next = <Message>(): Promise<Message> =>
    new Promise((resolve, reject) => {
      const onExit = (code: number | null): void =>
        reject(new Error(`the server ended with ${code}`));
      child.once("exit", onExit);
      child.once("message", (message) => {
        child.off("exit", onExit);
        resolve(message as Message);
      });
    });
  const port = await next<number>();
  return {
    port,
    report: () => {
      child.send("report");
      return next<ProcessReport>();
    },
    stop: () => {
      child.removeAllListeners("exit");
      const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
      child.disconnect();
      return ended;
    },
  };
}

function serve(options: Partial<ConnectionOptions>): void {
  const server = new GrpcServer({
    methods: echoMethods,
    maxReceiveBytes,
    clock: nodeClock,
    gunzip,
    connection: { ...defaultConnectionOptions, ...options },
  });
  const mux = new Mux({
    onHttp2: (stream, peer, first) => server.accept(stream, peer, first),
    limits: { sniffTimeoutMs: 1_000 },
  });
  process.on("disconnect", () => process.exit(0));
  process.on("message", () => {
    globalThis.gc?.();
    const report: ProcessReport = {
      rssBytes: process.memoryUsage.rss(),
      stats: server.stats,
    };
    process.send!(report);
  });
  void mux.listen({ host: "127.0.0.1", port: 0 }).then((address) => {
    process.send!((address as AddressInfo).port);
  });
}

if (import.meta.main) serve(JSON.parse(process.argv[2] ?? "{}") as Partial<ConnectionOptions>);
