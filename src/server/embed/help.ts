// Usage and `--help`, made from the flag table.
import { flagGroups } from "./flag-table.ts";

export const usageText = `Usage:

  etcd [flags]
    Start an etcd server.

  etcd --version
    Show the version of etcd.

  etcd -h | --help
    Show the help information about etcd.

  etcd gateway start
    Hand TCP connections on to the members of a cluster.

  etcd grpc-proxy start
    Hand gRPC calls on to the members of a cluster.
`;

/** Every flag with its default and meaning, grouped as etcd groups them. */
export function flagsText(): string {
  const lines: string[] = [];
  for (const group of flagGroups) {
    lines.push("", `${group.title}:`);
    for (const spec of group.flags) {
      lines.push(`  --${spec.name} '${spec.initial}'`);
      lines.push(`    ${spec.usage}`);
    }
  }
  return `${lines.join("\n")}\n`;
}
