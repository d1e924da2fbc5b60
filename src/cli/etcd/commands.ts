// What the two programs do; each answers when it has nothing more to wait for.
import { flagsText, quorateVersion, runServer, versionText } from "../../server/embed/index.ts";

const usage = `Usage:

  quorate serve [flags]   Start one member; the flags are etcd's (quorate help).
  quorate version         Show Quorate's version and the etcd version it stands for.
  quorate help            Show every flag.
`;

/** The server under etcd's own name, flags and exit codes. */
export async function runEtcd(argv: readonly string[]): Promise<void> {
  const [command, ...rest] = argv;
  if (command === "gateway") {
    const { runGateway } = await import("../../server/tcpproxy/index.ts");
    await runGateway(rest);
  } else if (command === "grpc-proxy") {
    const { runGrpcProxy } = await import("../../server/grpcproxy/index.ts");
    await runGrpcProxy(rest);
  } else await runServer(argv);
}

/** The same server under our own name, by subcommands. */
export async function runQuorate(argv: readonly string[]): Promise<void> {
  const [command = "help", ...rest] = argv;
  switch (command) {
    case "serve":
      await runServer(rest);
      break;
    case "version":
      process.stdout.write(`quorate Version: ${quorateVersion()}\n${versionText()}`);
      break;
    case "help":
    case "--help":
    case "-h":
      process.stdout.write(usage + flagsText());
      break;
    default:
      process.stderr.write(`quorate: unknown command "${command}"\n\n${usage}`);
      process.exitCode = 2;
  }
}
