import { Histogram } from "../../base/index.ts";

const codesMax = 17;
/** prometheus.DefBuckets: seconds. */
const secondsBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What became of the calls of one method: plain fields, read when somebody scrapes. */
export class MethodCounts {
  started = 0;
  /** Request and response messages. */
  received = 0;
  sent = 0;
  /** Calls that ended, by gRPC code. */
  readonly handled: number[] = Array.from({ length: codesMax }, () => 0);
  /** How long calls took; measured only where somebody wants to know. */
  readonly seconds: Histogram | undefined;

  readonly #kind: "unary" | "bidi" | "other";

  constructor(options: { isTimed: boolean; kind?: "unary" | "bidi" | "other" }) {
    this.seconds = options.isTimed ? new Histogram(secondsBounds) : undefined;
    this.#kind = options.kind ?? "other";
  }

  /**
   * A call ended. Codes outside the table count as Unknown. As go-grpc-middleware counts: the error of
   * a unary call is a message sent, and the end of a stream's requests is one received.
   */
  end(code: number): void {
    this.handled[code < codesMax ? code : 2]!++;
    if (this.#kind === "unary" && code !== 0) this.sent++;
    else if (this.#kind === "bidi") this.received++;
  }
}
