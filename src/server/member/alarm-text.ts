// Alarms in words: of Status, protobuf's text of each, and of the log.
import { id64Hex } from "../../base/index.ts";
import type { Alarms } from "../../core/apply/index.ts";
import { type AlarmMember, AlarmType } from "../../core/proto/index.ts";
import type { Log } from "../../io/host/index.ts";

const alarmName = (alarm: number): string =>
  alarm === AlarmType.NOSPACE ? "NOSPACE" : alarm === AlarmType.CORRUPT ? "CORRUPT" : String(alarm);

export const alarmTexts = (alarms: Alarms): string[] =>
  alarms
    .list(AlarmType.NONE)
    .map(({ memberID, alarm }) => `memberID:${memberID} alarm:${alarmName(alarm)}`);

export function logAlarm(log: Log, { alarm, memberID }: AlarmMember, raised: boolean): void {
  const fields = {
    alarm: alarm === AlarmType.NOSPACE ? "NOSPACE" : "CORRUPT",
    from: id64Hex(memberID),
  };
  if (raised) log.warn("alarm raised", fields);
  else log.warn("alarm disarmed", fields);
}
