// bin/etcd.
import type * as commands from "./commands.ts";
import { bundled } from "./start-bundle.ts";

const { runEtcd } = bundled<typeof commands>() ?? (await import("./commands.ts"));
await runEtcd(process.argv.slice(2));
