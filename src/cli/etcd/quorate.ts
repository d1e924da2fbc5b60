// bin/quorate: the same server under our own name, by subcommands.
import { flagsText, quorateVersion, runServer, versionText } from "../../server/embed/index.ts";

const usage = `Usage:

  quorate serve [flags]   Start one member; the flags are etcd's (quorate help).
  quorate version         Show Quorate's version and the etcd version it stands for.
  quorate help            Show every flag.
`;

const [command = "help", ...rest] = process.argv.slice(2);
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
