// Every path of etcd's gateway and the method behind it, as the annotations of etcd's .proto files say.
// RangeStream and the health service have none.
import { serviceDescriptors } from "../../core/proto/index.ts";

const servicePaths: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  "etcdserverpb.KV": {
    Range: ["kv/range"],
    Put: ["kv/put"],
    DeleteRange: ["kv/deleterange"],
    Txn: ["kv/txn"],
    Compact: ["kv/compaction"],
  },
  "etcdserverpb.Watch": { Watch: ["watch"] },
  "etcdserverpb.Lease": {
    LeaseGrant: ["lease/grant"],
    LeaseRevoke: ["lease/revoke", "kv/lease/revoke"],
    LeaseKeepAlive: ["lease/keepalive"],
    LeaseTimeToLive: ["lease/timetolive", "kv/lease/timetolive"],
    LeaseLeases: ["lease/leases", "kv/lease/leases"],
  },
  "etcdserverpb.Cluster": {
    MemberAdd: ["cluster/member/add"],
    MemberRemove: ["cluster/member/remove"],
    MemberUpdate: ["cluster/member/update"],
    MemberList: ["cluster/member/list"],
    MemberPromote: ["cluster/member/promote"],
  },
  "etcdserverpb.Maintenance": {
    Alarm: ["maintenance/alarm"],
    Status: ["maintenance/status"],
    Defragment: ["maintenance/defragment"],
    Hash: ["maintenance/hash"],
    HashKV: ["maintenance/hashkv"],
    Snapshot: ["maintenance/snapshot"],
    MoveLeader: ["maintenance/transfer-leadership"],
    Downgrade: ["maintenance/downgrade"],
  },
  "etcdserverpb.Auth": {
    AuthEnable: ["auth/enable"],
    AuthDisable: ["auth/disable"],
    AuthStatus: ["auth/status"],
    Authenticate: ["auth/authenticate"],
    UserAdd: ["auth/user/add"],
    UserGet: ["auth/user/get"],
    UserList: ["auth/user/list"],
    UserDelete: ["auth/user/delete"],
    UserChangePassword: ["auth/user/changepw"],
    UserGrantRole: ["auth/user/grant"],
    UserRevokeRole: ["auth/user/revoke"],
    RoleAdd: ["auth/role/add"],
    RoleGet: ["auth/role/get"],
    RoleList: ["auth/role/list"],
    RoleDelete: ["auth/role/delete"],
    RoleGrantPermission: ["auth/role/grant"],
    RoleRevokePermission: ["auth/role/revoke"],
  },
  "v3lockpb.Lock": { Lock: ["lock/lock"], Unlock: ["lock/unlock"] },
  "v3electionpb.Election": {
    Campaign: ["election/campaign"],
    Proclaim: ["election/proclaim"],
    Leader: ["election/leader"],
    Observe: ["election/observe"],
    Resign: ["election/resign"],
  },
};

export interface Route {
  /** `/v3/kv/range`. */
  readonly path: string;
  /** `/etcdserverpb.KV/Range`. */
  readonly method: string;
  readonly request: string;
  readonly response: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
}

/** Every route by its path. */
export const routes: ReadonlyMap<string, Route> = new Map(
  Object.entries(servicePaths).flatMap(([service, methods]) =>
    (serviceDescriptors[service] ?? []).flatMap((method) =>
      (methods[method.name] ?? []).map((path): [string, Route] => {
        const { request, response, requestStream, responseStream } = method;
        const full = `/v3/${path}`;
        const shape = { request, response, requestStream, responseStream };
        return [full, { path: full, method: method.path, ...shape }];
      }),
    ),
  ),
);
