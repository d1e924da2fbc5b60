// The states of RFC 9113 §5.1 as a server meets them (nothing is ever pushed, so nothing reserved).
import { errorCode } from "./error-code.ts";

export const streamState = {
  idle: 0,
  open: 1,
  halfClosedRemote: 2,
  halfClosedLocal: 3,
  closed: 4,
} as const;

export const streamEvent = { open: 0, receiveEnd: 1, sendEnd: 2, reset: 3 } as const;
export type StreamEvent = (typeof streamEvent)[keyof typeof streamEvent];

const { open, halfClosedRemote, halfClosedLocal, closed } = streamState;
const never = -1;

/** Row: state. Column: event. */
const next: readonly (readonly number[])[] = [
  /* idle             */ [open, never, never, never],
  /* open             */ [never, halfClosedRemote, halfClosedLocal, closed],
  /* halfClosedRemote */ [never, never, closed, closed],
  /* halfClosedLocal  */ [never, closed, never, closed],
  /* closed           */ [never, never, never, closed],
];

/** The state after the event, or -1 when it cannot happen there. */
export const stateAfter = (state: number, event: number): number => next[state]![event]!;
export const isRemoteClosed = (state: number): boolean =>
  state === halfClosedRemote || state === closed;
export const isLocalClosed = (state: number): boolean =>
  state === halfClosedLocal || state === closed;

/** What a received frame is to a stream in some state. */
export type Verdict =
  | { readonly act: "accept" | "ignore" }
  | { readonly act: "reset" | "fail"; readonly code: number };

const accept: Verdict = { act: "accept" };
const ignore: Verdict = { act: "ignore" };
const resetClosed: Verdict = { act: "reset", code: errorCode.streamClosed };
const failClosed: Verdict = { act: "fail", code: errorCode.streamClosed };
const failProtocol: Verdict = { act: "fail", code: errorCode.protocolError };

/** Where a frame may arrive: live states, and what is left of a stream after its end. */
export type Place =
  | "idle"
  | "open"
  | "halfClosedRemote"
  | "halfClosedLocal"
  | "ended"
  | "ended long ago"
  | "reset by us";
export type ReceivedFrame = "data" | "headers" | "rstStream" | "windowUpdate";

/**
 * RFC 9113 §5.1. HEADERS on an idle id open a stream; ids that were skipped became closed without
 * ever being used (§5.1.1), which is what "ended long ago" means for HEADERS.
 */
export const verdicts: Readonly<Record<Place, Readonly<Record<ReceivedFrame, Verdict>>>> = {
  idle: {
    data: failProtocol,
    headers: accept,
    rstStream: failProtocol,
    windowUpdate: failProtocol,
  },
  open: { data: accept, headers: accept, rstStream: accept, windowUpdate: accept },
  halfClosedLocal: { data: accept, headers: accept, rstStream: accept, windowUpdate: accept },
  halfClosedRemote: {
    data: resetClosed,
    headers: resetClosed,
    rstStream: accept,
    windowUpdate: accept,
  },
  ended: { data: resetClosed, headers: failClosed, rstStream: ignore, windowUpdate: ignore },
  "ended long ago": {
    data: resetClosed,
    headers: failProtocol,
    rstStream: ignore,
    windowUpdate: ignore,
  },
  "reset by us": { data: ignore, headers: ignore, rstStream: ignore, windowUpdate: ignore },
};

const liveNames: readonly Place[] = [
  "idle",
  "open",
  "halfClosedRemote",
  "halfClosedLocal",
  "ended",
];
export const placeOf = (state: number): Place => liveNames[state]!;
