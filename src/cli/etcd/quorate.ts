// bin/quorate.
import type * as commands from "./commands.ts";
import { bundled } from "./start-bundle.ts";

const { runQuorate } = bundled<typeof commands>() ?? (await import("./commands.ts"));
await runQuorate(process.argv.slice(2));
