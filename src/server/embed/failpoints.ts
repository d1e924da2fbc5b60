import type { Failpoint } from "../../io/host/index.ts";

/** gofail's runtime when the environment asks for it; else it is not even loaded. */
export async function loadFailpoint(
  environment: NodeJS.ProcessEnv,
): Promise<Failpoint | undefined> {
  const { GOFAIL_HTTP: http, GOFAIL_FAILPOINTS: initial } = environment;
  if (http === undefined && initial === undefined) return undefined;
  const { gofailFrom } = await import("./gofail.ts");
  return gofailFrom(environment);
}
