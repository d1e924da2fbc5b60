// Ties a member's transport of bytes to the world: who is told of what goes and comes.

import type { PeerTransport } from "../src/server/member/index.ts";
import { ByteNetwork } from "./rafthttp-network.ts";
import { byteTransport, type TransportPlace } from "./rafthttp-transport.ts";
import { messageText } from "./trace.ts";
import type { World } from "./world.ts";

export { ByteChecks } from "./rafthttp-checks.ts";

export function connectByBytes(world: World, place: TransportPlace): PeerTransport {
  const { network, byteChecks, checks, plan, trace, loop } = world;
  if (!(network instanceof ByteNetwork)) throw new Error("the plan has bytes");
  return byteTransport(
    {
      network,
      electionMs: plan.cluster.electionMs,
      sends: (from, message) => {
        network.counts.sent++;
        checks.sends(from.witness, message);
        byteChecks.sends(message);
      },
      brings: (to, message) => {
        network.counts.delivered++;
        byteChecks.brings(message);
        const from = world.members.find(({ id }) => id === message.from)?.index;
        const toJSON = (): string => `from m${from} ${messageText(message)}`;
        trace.line(loop.nowUs, to.name, "message", { toJSON });
      },
    },
    place,
  );
}
