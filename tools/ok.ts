// npm run ok: the fast inner loop.
import { fastStages, runStages } from "./stages.ts";

process.exitCode = runStages(fastStages()) === 0 ? 0 : 1;
