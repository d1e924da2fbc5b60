// server/embed: the composition root. The only place that makes a disk, a socket or a clock, and the
// process around them: flags, log, signals, exit codes.
export { type Config, configFrom } from "./config.ts";
export { readConfigText } from "./config-file.ts";
export { type FlagKind, flagTable } from "./flag-table.ts";
export { parseFlags, UsageError } from "./flags.ts";
export { flagsText } from "./help.ts";
export { runServer } from "./run.ts";
export { etcdVersion, quorateVersion, versionText } from "./version.ts";
