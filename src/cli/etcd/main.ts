// bin/etcd: the server under etcd's own name, flags and exit codes.
const [command, ...rest] = process.argv.slice(2);

if (command === "gateway") {
  const { parseDuration } = await import("../../server/embed/index.ts");
  const { runGateway } = await import("../../server/tcpproxy/index.ts");
  await runGateway(rest, parseDuration);
} else if (command === "grpc-proxy") {
  const { parseDuration } = await import("../../server/embed/index.ts");
  const { runGrpcProxy } = await import("../../server/grpcproxy/index.ts");
  await runGrpcProxy(rest, parseDuration);
} else {
  const { runServer } = await import("../../server/embed/index.ts");
  await runServer(process.argv.slice(2));
}
