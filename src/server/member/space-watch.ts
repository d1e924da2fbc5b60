// Takes a member's own NOSPACE alarm back when there is room again. etcd leaves that to an operator
// (etcdctl alarm disarm), and so does this unless a flag asks for it.
import {
  AlarmAction,
  type AlarmMember,
  AlarmType,
  encodeAlarmRequest,
  makeAlarmRequest,
} from "../../core/proto/index.ts";
import type { Cancel } from "../../io/host/index.ts";
import type { Server } from "./server.ts";

const intervalMs = 1000;
/** Looks in a row that must find room: a disk that fills and empties must not raise and clear in turns. */
const looksNeeded = 3;
/** The part of the quota that must be free again. */
const quotaPartFree = 0.05;

type Watched = Pick<
  Server,
  "alarms" | "clock" | "isOverQuota" | "log" | "member" | "memberId" | "options"
>;

export function watchSpace(server: Watched): Cancel {
  const { alarms, clock, log, member, memberId, options } = server;
  const alarm = AlarmType.NOSPACE;
  const isOwn = ({ memberID }: AlarmMember): boolean => memberID === memberId;
  const request = makeAlarmRequest({ action: AlarmAction.DEACTIVATE, memberID: memberId, alarm });
  const margin = Math.max(0, options.quotaBackendBytes) * quotaPartFree;
  let looks = 0;
  let isAsking = false;
  let cancel: Cancel = () => {};
  const look = (): void => {
    cancel = clock.after(intervalMs, look);
    const mayClear = alarms.list(alarm).some(isOwn) && !server.isOverQuota(margin);
    looks = mayClear ? looks + 1 : 0;
    if (looks < looksNeeded || isAsking) return;
    log.info("space is back; disarming the NOSPACE alarm of this member");
    isAsking = true;
    looks = 0;
    member.propose("alarm", encodeAlarmRequest(request), () => {
      isAsking = false;
    });
  };
  cancel = clock.after(intervalMs, look);
  return () => cancel();
}
