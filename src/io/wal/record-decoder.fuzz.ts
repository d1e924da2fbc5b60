// Any bytes at all must end in one of the four ways a log may end, without reading past the file.
import { diskHost } from "../../../sim/disk-host.ts";
import { assert, seededRandom } from "../../base/index.ts";
import { readEntry, readHardState, readSnapshot } from "./payload.ts";
import { RecordType } from "./record.ts";
import { RecordDecoder } from "./record-decoder.ts";
import { RecordEncoder } from "./record-encoder.ts";
import { WalError } from "./wal-error.ts";

/** Decodes `bytes` as a log of one file; throws only when the decoder broke a promise. */
export function fuzzRecordDecoder(bytes: Uint8Array): string {
  const { disk } = diskHost();
  const file = disk.open("/wal", { create: true });
  file.write(bytes, 0);
  const decoder = new RecordDecoder([file]);
  let last = 0;
  try {
    while (decoder.next()) {
      assert(decoder.lastOffset > last && decoder.lastOffset <= bytes.length, "records advance");
      last = decoder.lastOffset;
      if (decoder.type === RecordType.crc) decoder.acceptCrc();
      else if (decoder.type === RecordType.entry) readEntry(decoder);
      else if (decoder.type === RecordType.hardState) readHardState(decoder);
      else if (decoder.type === RecordType.snapshot) readSnapshot(decoder);
    }
    return "end";
  } catch (error) {
    if (error instanceof WalError) return error.code;
    throw error;
  }
}

const soundLogs = new Map<number, Uint8Array>();
const soundLogsMax = 256;

/** One of some small logs, made once: making them costs more than reading them. */
function soundLog(number: number, dataBytesMax: number): Uint8Array {
  const key = number * 4096 + dataBytesMax;
  const made = soundLogs.get(key);
  if (made !== undefined) return made;
  const random = seededRandom(number);
  const encoder = new RecordEncoder(0);
  encoder.appendCrc();
  encoder.appendPayload(RecordType.metadata, new Uint8Array([8, 1, 16, 2]));
  for (let index = 1; index <= 6; index++) {
    const data = new Uint8Array(random.below(dataBytesMax)).fill(index);
    encoder.appendEntry({ type: random.below(2), term: 1, index, data });
    encoder.appendHardState({ term: 1, vote: 5n, commit: index });
  }
  const log = encoder.view().slice();
  soundLogs.set(key, log);
  return log;
}

/** A small log with one to five changes that a fuzzer or a bad disk would make. */
export function mutatedLog(seed: number, dataBytesMax = 700): Uint8Array {
  const random = seededRandom(seed);
  const sound = soundLog(random.below(soundLogsMax), dataBytesMax);
  const room = random.below(3) * 300;
  let bytes = new Uint8Array(sound.length + room);
  bytes.set(sound);
  for (let change = random.below(5); change >= 0; change--) {
    const at = random.below(bytes.length);
    const kind = random.below(6);
    if (kind === 0) bytes[at]! ^= 1 << random.below(8);
    else if (kind === 1) bytes[at] = random.bits32();
    else if (kind === 2) bytes = bytes.slice(0, at + 1);
    else if (kind === 3) bytes.fill(0, at & ~511, (at & ~511) + 512);
    else if (kind === 4) bytes.fill(random.bits32(), at, at + random.below(64));
    else bytes.copyWithin(at, random.below(bytes.length), random.below(bytes.length));
  }
  return bytes;
}
