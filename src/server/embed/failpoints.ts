import type { Clock, Failpoint } from "../../io/host/index.ts";
import type { WatchPlace } from "../rpc/index.ts";
import type { MemberHold } from "./member-hold.ts";

export interface Failpoints {
  readonly failpoint: Failpoint | undefined;
  /** The member's clock where failpoints may hold it up. */
  readonly hold: MemberHold | undefined;
  /** As the Watch service takes it: there a sleep holds up one stream. */
  readonly watchPlace: WatchPlace | undefined;
}

const none: Failpoints = { failpoint: undefined, hold: undefined, watchPlace: undefined };

/** gofail's runtime when the environment asks for it; else it is not even loaded. */
export async function loadFailpoints(
  environment: NodeJS.ProcessEnv,
  clock: Clock,
): Promise<Failpoints> {
  const { GOFAIL_HTTP: http, GOFAIL_FAILPOINTS: initial } = environment;
  if (http === undefined && initial === undefined) return none;
  const [{ gofailFrom }, { MemberHold }] = await Promise.all([
    import("./gofail.ts"),
    import("./member-hold.ts"),
  ]);
  const hold = new MemberHold(clock);
  const failpoint = gofailFrom(environment, (ms) => hold.hold(ms));
  const after = (ms: number, fn: () => void): void => void clock.after(ms, fn);
  return { failpoint, hold, watchPlace: failpoint && { reach: failpoint, after } };
}
