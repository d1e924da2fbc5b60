// SETTINGS (RFC 9113 §6.5): reading the peer's, naming ours.
import { ConnectionError, errorCode } from "./error-code.ts";
import { framePayloadBytesMax, readUint32, setting, windowBytesMax } from "./frame.ts";

/** What a peer's SETTINGS frame changes; fields it does not name stay as they were. */
export interface PeerSettings {
  headerTableSize?: number;
  initialWindowSize?: number;
  maxHeaderListSize?: number;
}

/** Reads the payload[start, end). Throws ConnectionError as RFC 9113 §6.5 asks. */
export function readSettings(payload: Uint8Array, start: number, end: number): PeerSettings {
  if ((end - start) % 6 !== 0) {
    throw new ConnectionError(errorCode.frameSizeError, "SETTINGS of a length not divisible by 6");
  }
  const settings: PeerSettings = {};
  for (let at = start; at < end; at += 6) {
    const value = readUint32(payload, at + 2);
    switch ((payload[at]! << 8) | payload[at + 1]!) {
      case setting.headerTableSize:
        settings.headerTableSize = value;
        break;
      case setting.enablePush:
        if (value > 1) throw new ConnectionError(errorCode.protocolError, "ENABLE_PUSH above 1");
        break;
      case setting.initialWindowSize:
        if (value > windowBytesMax) {
          throw new ConnectionError(errorCode.flowControlError, "INITIAL_WINDOW_SIZE too large");
        }
        settings.initialWindowSize = value;
        break;
      case setting.maxFrameSize:
        // We never send more than every peer must take, so the value only has to be legal.
        if (value < framePayloadBytesMax || value > 0xff_ffff) {
          throw new ConnectionError(errorCode.protocolError, "MAX_FRAME_SIZE out of range");
        }
        break;
      case setting.maxHeaderListSize:
        settings.maxHeaderListSize = value;
        break;
    }
  }
  return settings;
}
