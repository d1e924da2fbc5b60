import type { Clock, Failpoint } from "../../io/host/index.ts";
import type { MemberHold } from "./member-hold.ts";

export interface Failpoints {
  readonly failpoint: Failpoint | undefined;
  /** The member's clock where failpoints may hold it up. */
  readonly hold: MemberHold | undefined;
}

/** gofail's runtime when the environment asks for it; else it is not even loaded. */
export async function loadFailpoints(
  environment: NodeJS.ProcessEnv,
  clock: Clock,
): Promise<Failpoints> {
  const { GOFAIL_HTTP: http, GOFAIL_FAILPOINTS: initial } = environment;
  if (http === undefined && initial === undefined) return { failpoint: undefined, hold: undefined };
  const [{ gofailFrom }, { MemberHold }] = await Promise.all([
    import("./gofail.ts"),
    import("./member-hold.ts"),
  ]);
  const hold = new MemberHold(clock);
  return { failpoint: gofailFrom(environment, (ms) => hold.hold(ms)), hold };
}
