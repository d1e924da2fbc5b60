// Alarms in the words of Status: protobuf's text of each.
import type { Alarms } from "../../core/apply/index.ts";
import { AlarmType } from "../../core/proto/index.ts";

const alarmName = (alarm: number): string =>
  alarm === AlarmType.NOSPACE ? "NOSPACE" : alarm === AlarmType.CORRUPT ? "CORRUPT" : String(alarm);

export const alarmTexts = (alarms: Alarms): string[] =>
  alarms
    .list(AlarmType.NONE)
    .map(({ memberID, alarm }) => `memberID:${memberID} alarm:${alarmName(alarm)}`);
