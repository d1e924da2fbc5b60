// Alarm requests: they go through the log, so that every member refuses the same writes.
import {
  AlarmAction,
  type AlarmMember,
  type AlarmRequest,
  AlarmType,
  encodeAlarmResponse,
  makeAlarmMember,
  makeAlarmResponse,
} from "../proto/index.ts";
import { type Answer, answer } from "./answer.ts";
import type { Machine } from "./machine.ts";

export function applyAlarm(machine: Machine, request: AlarmRequest): Answer {
  const alarms = changed(machine, request);
  // etcd fills no header in here; the server's is added on the way out.
  return answer(machine.store.currentRevision, (header) =>
    encodeAlarmResponse(makeAlarmResponse({ header, alarms })),
  );
}

function changed(machine: Machine, request: AlarmRequest): AlarmMember[] {
  const { alarms, records, effects } = machine;
  const { action, alarm, memberID } = request;
  const member = makeAlarmMember({ memberID, alarm });
  switch (action) {
    case AlarmAction.GET:
      return alarms.list(alarm);
    case AlarmAction.ACTIVATE:
      if (alarm === AlarmType.NONE || !alarms.raise(alarm, memberID)) return [];
      records.saveAlarm(member);
      effects.alarmChanged(member, true);
      return [member];
    case AlarmAction.DEACTIVATE:
      if (!alarms.disarm(alarm, memberID)) return [];
      records.deleteAlarm(member);
      effects.alarmChanged(member, false);
      return [member];
    default:
      return [];
  }
}
