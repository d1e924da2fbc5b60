// Made by tools/protogen from proto/. Do not edit; run `npm run protogen`.
/* oxlint-disable */
import {
  concatBytes,
  emptyBytes,
} from "../../base/index.ts";
import {
  allocate,
} from "./allocate.ts";
import {
  type EnumDescriptor,
  field,
  type MessageDescriptor,
  type MethodDescriptor,
} from "./descriptor.ts";
import {
  joinInternalRaftRequestRequest,
} from "./dispatch-order.ts";
import {
  forcedFields,
} from "./presence.ts";
import {
  cursor,
  deeper,
  longTag,
  readBool,
  readBytes,
  readId64,
  readInt32,
  readInt64,
  readLength,
  readText,
  readUint32,
  readUint64,
  skipField,
} from "./wire-read.ts";
import {
  sizeDelimited,
  sizeId64,
  sizeInt32,
  sizeInt64,
  sizeText,
  sizeUint32,
  sizeUint64,
  writeBytes,
  writeId64,
  writeInt32,
  writeInt64,
  writeText,
  writeUint32,
  writeUint64,
} from "./wire-write.ts";

/** enum authpb.Permission.Type; fields of this type are open: any int32 may arrive. */
export const PermissionType = {
  READ: 0,
  WRITE: 1,
  READWRITE: 2,
} as const;
export type PermissionType = (typeof PermissionType)[keyof typeof PermissionType];

/** enum etcdserverpb.RangeRequest.SortOrder; fields of this type are open: any int32 may arrive. */
export const SortOrder = {
  NONE: 0,
  ASCEND: 1,
  DESCEND: 2,
} as const;
export type SortOrder = (typeof SortOrder)[keyof typeof SortOrder];

/** enum etcdserverpb.RangeRequest.SortTarget; fields of this type are open: any int32 may arrive. */
export const SortTarget = {
  KEY: 0,
  VERSION: 1,
  CREATE: 2,
  MOD: 3,
  VALUE: 4,
} as const;
export type SortTarget = (typeof SortTarget)[keyof typeof SortTarget];

/** enum etcdserverpb.Compare.CompareResult; fields of this type are open: any int32 may arrive. */
export const CompareResult = {
  EQUAL: 0,
  GREATER: 1,
  LESS: 2,
  NOT_EQUAL: 3,
} as const;
export type CompareResult = (typeof CompareResult)[keyof typeof CompareResult];

/** enum etcdserverpb.Compare.CompareTarget; fields of this type are open: any int32 may arrive. */
export const CompareTarget = {
  VERSION: 0,
  CREATE: 1,
  MOD: 2,
  VALUE: 3,
  LEASE: 4,
} as const;
export type CompareTarget = (typeof CompareTarget)[keyof typeof CompareTarget];

/** enum etcdserverpb.WatchCreateRequest.FilterType; fields of this type are open: any int32 may arrive. */
export const FilterType = {
  NOPUT: 0,
  NODELETE: 1,
} as const;
export type FilterType = (typeof FilterType)[keyof typeof FilterType];

/** enum etcdserverpb.AlarmType; fields of this type are open: any int32 may arrive. */
export const AlarmType = {
  NONE: 0,
  NOSPACE: 1,
  CORRUPT: 2,
} as const;
export type AlarmType = (typeof AlarmType)[keyof typeof AlarmType];

/** enum etcdserverpb.AlarmRequest.AlarmAction; fields of this type are open: any int32 may arrive. */
export const AlarmAction = {
  GET: 0,
  ACTIVATE: 1,
  DEACTIVATE: 2,
} as const;
export type AlarmAction = (typeof AlarmAction)[keyof typeof AlarmAction];

/** enum etcdserverpb.DowngradeRequest.DowngradeAction; fields of this type are open: any int32 may arrive. */
export const DowngradeAction = {
  VALIDATE: 0,
  ENABLE: 1,
  CANCEL: 2,
} as const;
export type DowngradeAction = (typeof DowngradeAction)[keyof typeof DowngradeAction];

/** enum grpc.health.v1.HealthCheckResponse.ServingStatus; fields of this type are open: any int32 may arrive. */
export const ServingStatus = {
  UNKNOWN: 0,
  SERVING: 1,
  NOT_SERVING: 2,
  SERVICE_UNKNOWN: 3,
} as const;
export type ServingStatus = (typeof ServingStatus)[keyof typeof ServingStatus];

/** enum mvccpb.Event.EventType; fields of this type are open: any int32 may arrive. */
export const EventType = {
  PUT: 0,
  DELETE: 1,
} as const;
export type EventType = (typeof EventType)[keyof typeof EventType];

/** enum raftpb.EntryType; fields of this type are open: any int32 may arrive. */
export const EntryType = {
  EntryNormal: 0,
  EntryConfChange: 1,
  EntryConfChangeV2: 2,
} as const;
export type EntryType = (typeof EntryType)[keyof typeof EntryType];

/** enum raftpb.MessageType; fields of this type are open: any int32 may arrive. */
export const MessageType = {
  MsgHup: 0,
  MsgBeat: 1,
  MsgProp: 2,
  MsgApp: 3,
  MsgAppResp: 4,
  MsgVote: 5,
  MsgVoteResp: 6,
  MsgSnap: 7,
  MsgHeartbeat: 8,
  MsgHeartbeatResp: 9,
  MsgUnreachable: 10,
  MsgSnapStatus: 11,
  MsgCheckQuorum: 12,
  MsgTransferLeader: 13,
  MsgTimeoutNow: 14,
  MsgReadIndex: 15,
  MsgReadIndexResp: 16,
  MsgPreVote: 17,
  MsgPreVoteResp: 18,
  MsgStorageAppend: 19,
  MsgStorageAppendResp: 20,
  MsgStorageApply: 21,
  MsgStorageApplyResp: 22,
  MsgForgetLeader: 23,
} as const;
export type MessageType = (typeof MessageType)[keyof typeof MessageType];

/** enum raftpb.ConfChangeTransition; fields of this type are open: any int32 may arrive. */
export const ConfChangeTransition = {
  ConfChangeTransitionAuto: 0,
  ConfChangeTransitionJointImplicit: 1,
  ConfChangeTransitionJointExplicit: 2,
} as const;
export type ConfChangeTransition = (typeof ConfChangeTransition)[keyof typeof ConfChangeTransition];

/** enum raftpb.ConfChangeType; fields of this type are open: any int32 may arrive. */
export const ConfChangeType = {
  ConfChangeAddNode: 0,
  ConfChangeRemoveNode: 1,
  ConfChangeUpdateNode: 2,
  ConfChangeAddLearnerNode: 3,
} as const;
export type ConfChangeType = (typeof ConfChangeType)[keyof typeof ConfChangeType];

/** message authpb.UserAddOptions */
export interface UserAddOptions {
  noPassword: boolean;
}
export function makeUserAddOptions(init: Partial<UserAddOptions> = {}): UserAddOptions {
  return {
    noPassword: init.noPassword ?? false,
  };
}

export function decodeUserAddOptions(bytes: Uint8Array, start = 0, end = bytes.length): UserAddOptions {
  return readUserAddOptions(bytes, start, end, undefined);
}

function readUserAddOptions(
  bytes: Uint8Array,
  start: number,
  end: number,
  first: UserAddOptions | undefined,
): UserAddOptions {
  let at = start;
  let noPassword_: boolean = false;
  if (first !== undefined) {
    noPassword_ = first.noPassword;
  }
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 8: // no_password
        noPassword_ = readBool(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    noPassword: noPassword_,
  };
}

export function sizeUserAddOptions(m: UserAddOptions): number {
  let size = 0;
  if (m.noPassword) size += 2;
  return size;
}
export function writeUserAddOptions(m: UserAddOptions, target: Uint8Array, start: number): number {
  let at = start;
  if (m.noPassword) {
    target[at++] = 8;
    target[at++] = m.noPassword ? 1 : 0;
  }
  return at;
}
export function encodeUserAddOptions(m: UserAddOptions): Uint8Array {
  const bytes = allocate(sizeUserAddOptions(m));
  writeUserAddOptions(m, bytes, 0);
  return bytes;
}

/** message authpb.User */
export interface User {
  name: Uint8Array;
  password: Uint8Array;
  roles: string[];
  options: UserAddOptions | undefined;
}
export function makeUser(init: Partial<User> = {}): User {
  return {
    name: init.name ?? emptyBytes,
    password: init.password ?? emptyBytes,
    roles: init.roles ?? [],
    options: init.options,
  };
}

export function decodeUser(bytes: Uint8Array, start = 0, end = bytes.length): User {
  let at = start;
  let name_ = emptyBytes;
  let password_ = emptyBytes;
  const roles_: string[] = [];
  let options_: UserAddOptions | undefined;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: // name
        name_ = readBytes(bytes, at, end);
        at = cursor;
        break;
      case 18: // password
        password_ = readBytes(bytes, at, end);
        at = cursor;
        break;
      case 26: // roles
        roles_.push(readText(bytes, at, end));
        at = cursor;
        break;
      case 34: { // options
        const to = readLength(bytes, at, end);
        options_ = readUserAddOptions(bytes, cursor, to, options_);
        at = to;
        break;
      }
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    name: name_,
    password: password_,
    roles: roles_,
    options: options_,
  };
}

export function sizeUser(m: User): number {
  let size = 0;
  if (m.name.length !== 0) size += 1 + sizeDelimited(m.name.length);
  if (m.password.length !== 0) size += 1 + sizeDelimited(m.password.length);
  for (const value of m.roles) size += 1 + sizeText(value);
  if (m.options !== undefined) size += 1 + 1 + sizeUserAddOptions(m.options);
  return size;
}
export function writeUser(m: User, target: Uint8Array, start: number): number {
  let at = start;
  if (m.name.length !== 0) {
    target[at++] = 10;
    at = writeBytes(m.name, target, at);
  }
  if (m.password.length !== 0) {
    target[at++] = 18;
    at = writeBytes(m.password, target, at);
  }
  for (const value of m.roles) {
    target[at++] = 26;
    at = writeText(value, target, at);
  }
  if (m.options !== undefined) {
    target[at++] = 34;
    const lengthAt = at++;
    at = writeUserAddOptions(m.options, target, at);
    target[lengthAt] = at - lengthAt - 1;
  }
  return at;
}
export function encodeUser(m: User): Uint8Array {
  const bytes = allocate(sizeUser(m));
  writeUser(m, bytes, 0);
  return bytes;
}

/** message authpb.Permission */
export interface Permission {
  permType: number; // PermissionType
  key: Uint8Array;
  rangeEnd: Uint8Array;
}
export function makePermission(init: Partial<Permission> = {}): Permission {
  return {
    permType: init.permType ?? 0,
    key: init.key ?? emptyBytes,
    rangeEnd: init.rangeEnd ?? emptyBytes,
  };
}

export function decodePermission(bytes: Uint8Array, start = 0, end = bytes.length): Permission {
  return readPermission(bytes, start, end, undefined);
}

function readPermission(
  bytes: Uint8Array,
  start: number,
  end: number,
  first: Permission | undefined,
): Permission {
  let at = start;
  let permType_: number = 0;
  let key_ = emptyBytes;
  let rangeEnd_ = emptyBytes;
  if (first !== undefined) {
    permType_ = first.permType;
    key_ = first.key;
    rangeEnd_ = first.rangeEnd;
  }
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 8: // permType
        permType_ = readInt32(bytes, at, end);
        at = cursor;
        break;
      case 18: // key
        key_ = readBytes(bytes, at, end);
        at = cursor;
        break;
      case 26: // range_end
        rangeEnd_ = readBytes(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    permType: permType_,
    key: key_,
    rangeEnd: rangeEnd_,
  };
}

export function sizePermission(m: Permission): number {
  let size = 0;
  if (m.permType !== 0) size += 1 + sizeInt32(m.permType);
  if (m.key.length !== 0) size += 1 + sizeDelimited(m.key.length);
  if (m.rangeEnd.length !== 0) size += 1 + sizeDelimited(m.rangeEnd.length);
  return size;
}
export function writePermission(m: Permission, target: Uint8Array, start: number): number {
  let at = start;
  if (m.permType !== 0) {
    target[at++] = 8;
    at = writeInt32(m.permType, target, at);
  }
  if (m.key.length !== 0) {
    target[at++] = 18;
    at = writeBytes(m.key, target, at);
  }
  if (m.rangeEnd.length !== 0) {
    target[at++] = 26;
    at = writeBytes(m.rangeEnd, target, at);
  }
  return at;
}
export function encodePermission(m: Permission): Uint8Array {
  const bytes = allocate(sizePermission(m));
  writePermission(m, bytes, 0);
  return bytes;
}

/** message authpb.Role */
export interface Role {
  name: Uint8Array;
  keyPermission: Permission[];
}
export function makeRole(init: Partial<Role> = {}): Role {
  return {
    name: init.name ?? emptyBytes,
    keyPermission: init.keyPermission ?? [],
  };
}

export function decodeRole(bytes: Uint8Array, start = 0, end = bytes.length): Role {
  let at = start;
  let name_ = emptyBytes;
  const keyPermission_: Permission[] = [];
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: // name
        name_ = readBytes(bytes, at, end);
        at = cursor;
        break;
      case 18: { // keyPermission
        const to = readLength(bytes, at, end);
        keyPermission_.push(readPermission(bytes, cursor, to, undefined));
        at = to;
        break;
      }
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    name: name_,
    keyPermission: keyPermission_,
  };
}

export function sizeRole(m: Role): number {
  let size = 0;
  if (m.name.length !== 0) size += 1 + sizeDelimited(m.name.length);
  for (const value of m.keyPermission) size += 1 + sizeDelimited(sizePermission(value));
  return size;
}
export function writeRole(m: Role, target: Uint8Array, start: number): number {
  let at = start;
  if (m.name.length !== 0) {
    target[at++] = 10;
    at = writeBytes(m.name, target, at);
  }
  for (const value of m.keyPermission) {
    target[at++] = 18;
    at = writeUint32(sizePermission(value), target, at);
    at = writePermission(value, target, at);
  }
  return at;
}
export function encodeRole(m: Role): Uint8Array {
  const bytes = allocate(sizeRole(m));
  writeRole(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.Metadata */
export interface Metadata {
  nodeID: bigint;
  clusterID: bigint;
}
export function makeMetadata(init: Partial<Metadata> = {}): Metadata {
  return {
    nodeID: init.nodeID ?? 0n,
    clusterID: init.clusterID ?? 0n,
  };
}

export function decodeMetadata(bytes: Uint8Array, start = 0, end = bytes.length): Metadata {
  let at = start;
  let nodeID_: bigint = 0n;
  let clusterID_: bigint = 0n;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 8: // NodeID
        nodeID_ = readId64(bytes, at, end);
        at = cursor;
        break;
      case 16: // ClusterID
        clusterID_ = readId64(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    nodeID: nodeID_,
    clusterID: clusterID_,
  };
}

export function sizeMetadata(m: Metadata): number {
  let size = 0;
  size += 1 + sizeId64(m.nodeID);
  size += 1 + sizeId64(m.clusterID);
  return size;
}
export function writeMetadata(m: Metadata, target: Uint8Array, start: number): number {
  let at = start;
  target[at++] = 8;
  at = writeId64(m.nodeID, target, at);
  target[at++] = 16;
  at = writeId64(m.clusterID, target, at);
  return at;
}
export function encodeMetadata(m: Metadata): Uint8Array {
  const bytes = allocate(sizeMetadata(m));
  writeMetadata(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.RequestHeader */
export interface RequestHeader {
  ID: bigint;
  username: string;
  authRevision: number;
}
export function makeRequestHeader(init: Partial<RequestHeader> = {}): RequestHeader {
  return {
    ID: init.ID ?? 0n,
    username: init.username ?? "",
    authRevision: init.authRevision ?? 0,
  };
}

export function decodeRequestHeader(bytes: Uint8Array, start = 0, end = bytes.length): RequestHeader {
  return readRequestHeader(bytes, start, end, undefined);
}

function readRequestHeader(
  bytes: Uint8Array,
  start: number,
  end: number,
  first: RequestHeader | undefined,
): RequestHeader {
  let at = start;
  let ID_: bigint = 0n;
  let username_: string = "";
  let authRevision_: number = 0;
  if (first !== undefined) {
    ID_ = first.ID;
    username_ = first.username;
    authRevision_ = first.authRevision;
  }
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 8: // ID
        ID_ = readId64(bytes, at, end);
        at = cursor;
        break;
      case 18: // username
        username_ = readText(bytes, at, end);
        at = cursor;
        break;
      case 24: // auth_revision
        authRevision_ = readUint64(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    ID: ID_,
    username: username_,
    authRevision: authRevision_,
  };
}

export function sizeRequestHeader(m: RequestHeader): number {
  let size = 0;
  if (m.ID !== 0n) size += 1 + sizeId64(m.ID);
  if (m.username !== "") size += 1 + sizeText(m.username);
  if (m.authRevision !== 0) size += 1 + sizeUint64(m.authRevision);
  return size;
}
export function writeRequestHeader(m: RequestHeader, target: Uint8Array, start: number): number {
  let at = start;
  if (m.ID !== 0n) {
    target[at++] = 8;
    at = writeId64(m.ID, target, at);
  }
  if (m.username !== "") {
    target[at++] = 18;
    at = writeText(m.username, target, at);
  }
  if (m.authRevision !== 0) {
    target[at++] = 24;
    at = writeUint64(m.authRevision, target, at);
  }
  return at;
}
export function encodeRequestHeader(m: RequestHeader): Uint8Array {
  const bytes = allocate(sizeRequestHeader(m));
  writeRequestHeader(m, bytes, 0);
  return bytes;
}

export type InternalRaftRequestRequestCase =
  | "range"
  | "put"
  | "deleteRange"
  | "txn"
  | "compaction"
  | "leaseGrant"
  | "leaseRevoke"
  | "alarm"
  | "leaseCheckpoint"
  | "authEnable"
  | "authDisable"
  | "authStatus"
  | "authenticate"
  | "authUserAdd"
  | "authUserDelete"
  | "authUserGet"
  | "authUserChangePassword"
  | "authUserGrantRole"
  | "authUserRevokeRole"
  | "authUserList"
  | "authRoleList"
  | "authRoleAdd"
  | "authRoleDelete"
  | "authRoleGet"
  | "authRoleGrantPermission"
  | "authRoleRevokePermission"
  | "clusterVersionSet"
  | "clusterMemberAttrSet"
  | "downgradeInfoSet"
  | "downgradeVersionTest";
/** One sub-message of InternalRaftRequest, still encoded. */
export interface InternalRaftRequestRequest {
  case: InternalRaftRequestRequestCase;
  value: Uint8Array;
}

/** message etcdserverpb.InternalRaftRequest */
export interface InternalRaftRequest {
  header: RequestHeader | undefined;
  ID: bigint;
  request: InternalRaftRequestRequest | undefined;
}
export function makeInternalRaftRequest(init: Partial<InternalRaftRequest> = {}): InternalRaftRequest {
  return {
    header: init.header,
    ID: init.ID ?? 0n,
    request: init.request,
  };
}

export function decodeInternalRaftRequest(bytes: Uint8Array, start = 0, end = bytes.length): InternalRaftRequest {
  let at = start;
  let header_: RequestHeader | undefined;
  let ID_: bigint = 0n;
  let request_: InternalRaftRequestRequest | undefined;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 8: // ID
        ID_ = readId64(bytes, at, end);
        at = cursor;
        break;
      case 802: { // header
        const to = readLength(bytes, at, end);
        header_ = readRequestHeader(bytes, cursor, to, header_);
        at = to;
        break;
      }
      case 26: // range
        request_ = joinInternalRaftRequestRequest(request_, "range", readBytes(bytes, at, end));
        at = cursor;
        break;
      case 34: // put
        request_ = joinInternalRaftRequestRequest(request_, "put", readBytes(bytes, at, end));
        at = cursor;
        break;
      case 42: // delete_range
        request_ = joinInternalRaftRequestRequest(request_, "deleteRange", readBytes(bytes, at, end));
        at = cursor;
        break;
      case 50: // txn
        request_ = joinInternalRaftRequestRequest(request_, "txn", readBytes(bytes, at, end));
        at = cursor;
        break;
      case 58: // compaction
        request_ = joinInternalRaftRequestRequest(request_, "compaction", readBytes(bytes, at, end));
        at = cursor;
        break;
      case 66: // lease_grant
        request_ = joinInternalRaftRequestRequest(request_, "leaseGrant", readBytes(bytes, at, end));
        at = cursor;
        break;
      case 74: // lease_revoke
        request_ = joinInternalRaftRequestRequest(request_, "leaseRevoke", readBytes(bytes, at, end));
        at = cursor;
        break;
      case 82: // alarm
        request_ = joinInternalRaftRequestRequest(request_, "alarm", readBytes(bytes, at, end));
        at = cursor;
        break;
      case 90: // lease_checkpoint
        request_ = joinInternalRaftRequestRequest(request_, "leaseCheckpoint", readBytes(bytes, at, end));
        at = cursor;
        break;
      case 8002: // auth_enable
        request_ = joinInternalRaftRequestRequest(request_, "authEnable", readBytes(bytes, at, end));
        at = cursor;
        break;
      case 8090: // auth_disable
        request_ = joinInternalRaftRequestRequest(request_, "authDisable", readBytes(bytes, at, end));
        at = cursor;
        break;
      case 8098: // authenticate
        request_ = joinInternalRaftRequestRequest(request_, "authenticate", readBytes(bytes, at, end));
        at = cursor;
        break;
      case 8106: // auth_status
        request_ = joinInternalRaftRequestRequest(request_, "authStatus", readBytes(bytes, at, end));
        at = cursor;
        break;
      case 8802: // auth_user_add
        request_ = joinInternalRaftRequestRequest(request_, "authUserAdd", readBytes(bytes, at, end));
        at = cursor;
        break;
      case 8810: // auth_user_delete
        request_ = joinInternalRaftRequestRequest(request_, "authUserDelete", readBytes(bytes, at, end));
        at = cursor;
        break;
      case 8818: // auth_user_get
        request_ = joinInternalRaftRequestRequest(request_, "authUserGet", readBytes(bytes, at, end));
        at = cursor;
        break;
      case 8826: // auth_user_change_password
        request_ = joinInternalRaftRequestRequest(request_, "authUserChangePassword", readBytes(bytes, at, end));
        at = cursor;
        break;
      case 8834: // auth_user_grant_role
        request_ = joinInternalRaftRequestRequest(request_, "authUserGrantRole", readBytes(bytes, at, end));
        at = cursor;
        break;
      case 8842: // auth_user_revoke_role
        request_ = joinInternalRaftRequestRequest(request_, "authUserRevokeRole", readBytes(bytes, at, end));
        at = cursor;
        break;
      case 8850: // auth_user_list
        request_ = joinInternalRaftRequestRequest(request_, "authUserList", readBytes(bytes, at, end));
        at = cursor;
        break;
      case 8858: // auth_role_list
        request_ = joinInternalRaftRequestRequest(request_, "authRoleList", readBytes(bytes, at, end));
        at = cursor;
        break;
      case 9602: // auth_role_add
        request_ = joinInternalRaftRequestRequest(request_, "authRoleAdd", readBytes(bytes, at, end));
        at = cursor;
        break;
      case 9610: // auth_role_delete
        request_ = joinInternalRaftRequestRequest(request_, "authRoleDelete", readBytes(bytes, at, end));
        at = cursor;
        break;
      case 9618: // auth_role_get
        request_ = joinInternalRaftRequestRequest(request_, "authRoleGet", readBytes(bytes, at, end));
        at = cursor;
        break;
      case 9626: // auth_role_grant_permission
        request_ = joinInternalRaftRequestRequest(request_, "authRoleGrantPermission", readBytes(bytes, at, end));
        at = cursor;
        break;
      case 9634: // auth_role_revoke_permission
        request_ = joinInternalRaftRequestRequest(request_, "authRoleRevokePermission", readBytes(bytes, at, end));
        at = cursor;
        break;
      case 10402: // cluster_version_set
        request_ = joinInternalRaftRequestRequest(request_, "clusterVersionSet", readBytes(bytes, at, end));
        at = cursor;
        break;
      case 10410: // cluster_member_attr_set
        request_ = joinInternalRaftRequestRequest(request_, "clusterMemberAttrSet", readBytes(bytes, at, end));
        at = cursor;
        break;
      case 10418: // downgrade_info_set
        request_ = joinInternalRaftRequestRequest(request_, "downgradeInfoSet", readBytes(bytes, at, end));
        at = cursor;
        break;
      case 79202: // downgrade_version_test
        request_ = joinInternalRaftRequestRequest(request_, "downgradeVersionTest", readBytes(bytes, at, end));
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    header: header_,
    ID: ID_,
    request: request_,
  };
}

/** The field number under which the request travels. */
export function internalRaftRequestNumber(of: InternalRaftRequestRequestCase): number {
  switch (of) {
    case "range":
      return 3;
    case "put":
      return 4;
    case "deleteRange":
      return 5;
    case "txn":
      return 6;
    case "compaction":
      return 7;
    case "leaseGrant":
      return 8;
    case "leaseRevoke":
      return 9;
    case "alarm":
      return 10;
    case "leaseCheckpoint":
      return 11;
    case "authEnable":
      return 1000;
    case "authDisable":
      return 1011;
    case "authStatus":
      return 1013;
    case "authenticate":
      return 1012;
    case "authUserAdd":
      return 1100;
    case "authUserDelete":
      return 1101;
    case "authUserGet":
      return 1102;
    case "authUserChangePassword":
      return 1103;
    case "authUserGrantRole":
      return 1104;
    case "authUserRevokeRole":
      return 1105;
    case "authUserList":
      return 1106;
    case "authRoleList":
      return 1107;
    case "authRoleAdd":
      return 1200;
    case "authRoleDelete":
      return 1201;
    case "authRoleGet":
      return 1202;
    case "authRoleGrantPermission":
      return 1203;
    case "authRoleRevokePermission":
      return 1204;
    case "clusterVersionSet":
      return 1300;
    case "clusterMemberAttrSet":
      return 1301;
    case "downgradeInfoSet":
      return 1302;
    case "downgradeVersionTest":
      return 9900;
  }
}
export function sizeInternalRaftRequest(m: InternalRaftRequest): number {
  let size = 0;
  if (m.ID !== 0n) size += 1 + sizeId64(m.ID);
  if (m.header !== undefined) size += 2 + sizeDelimited(sizeRequestHeader(m.header));
  if (m.request !== undefined) {
    const number = internalRaftRequestNumber(m.request.case);
    size += sizeUint32(((number << 3) | 2) >>> 0);
    size += sizeDelimited(m.request.value.length);
  }
  return size;
}
export function writeInternalRaftRequest(m: InternalRaftRequest, target: Uint8Array, start: number): number {
  let at = start;
  const number = m.request === undefined ? 0 : internalRaftRequestNumber(m.request.case);
  if (m.ID !== 0n) {
    target[at++] = 8;
    at = writeId64(m.ID, target, at);
  }
  if (number > 0 && number < 100) {
    at = writeUint32(((number << 3) | 2) >>> 0, target, at);
    at = writeBytes(m.request!.value, target, at);
  }
  if (m.header !== undefined) {
    target[at++] = 162;
    target[at++] = 6;
    at = writeUint32(sizeRequestHeader(m.header), target, at);
    at = writeRequestHeader(m.header, target, at);
  }
  if (number > 100) {
    at = writeUint32(((number << 3) | 2) >>> 0, target, at);
    at = writeBytes(m.request!.value, target, at);
  }
  return at;
}
export function encodeInternalRaftRequest(m: InternalRaftRequest): Uint8Array {
  const bytes = allocate(sizeInternalRaftRequest(m));
  writeInternalRaftRequest(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.EmptyResponse */
export type EmptyResponse = Record<never, never>;
export function makeEmptyResponse(_init: Partial<EmptyResponse> = {}): EmptyResponse {
  return {};
}

export function decodeEmptyResponse(bytes: Uint8Array, start = 0, end = bytes.length): EmptyResponse {
  let at = start;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    at = skipField(bytes, at, end, tag);
  }
  return {};
}

export function sizeEmptyResponse(_m: EmptyResponse): number {
  return 0;
}
export function writeEmptyResponse(_m: EmptyResponse, _target: Uint8Array, at: number): number {
  return at;
}
export function encodeEmptyResponse(m: EmptyResponse): Uint8Array {
  const bytes = allocate(sizeEmptyResponse(m));
  writeEmptyResponse(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.InternalAuthenticateRequest */
export interface InternalAuthenticateRequest {
  name: string;
  password: string;
  simpleToken: string;
}
export function makeInternalAuthenticateRequest(init: Partial<InternalAuthenticateRequest> = {}): InternalAuthenticateRequest {
  return {
    name: init.name ?? "",
    password: init.password ?? "",
    simpleToken: init.simpleToken ?? "",
  };
}

export function decodeInternalAuthenticateRequest(bytes: Uint8Array, start = 0, end = bytes.length): InternalAuthenticateRequest {
  let at = start;
  let name_: string = "";
  let password_: string = "";
  let simpleToken_: string = "";
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: // name
        name_ = readText(bytes, at, end);
        at = cursor;
        break;
      case 18: // password
        password_ = readText(bytes, at, end);
        at = cursor;
        break;
      case 26: // simple_token
        simpleToken_ = readText(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    name: name_,
    password: password_,
    simpleToken: simpleToken_,
  };
}

export function sizeInternalAuthenticateRequest(m: InternalAuthenticateRequest): number {
  let size = 0;
  if (m.name !== "") size += 1 + sizeText(m.name);
  if (m.password !== "") size += 1 + sizeText(m.password);
  if (m.simpleToken !== "") size += 1 + sizeText(m.simpleToken);
  return size;
}
export function writeInternalAuthenticateRequest(m: InternalAuthenticateRequest, target: Uint8Array, start: number): number {
  let at = start;
  if (m.name !== "") {
    target[at++] = 10;
    at = writeText(m.name, target, at);
  }
  if (m.password !== "") {
    target[at++] = 18;
    at = writeText(m.password, target, at);
  }
  if (m.simpleToken !== "") {
    target[at++] = 26;
    at = writeText(m.simpleToken, target, at);
  }
  return at;
}
export function encodeInternalAuthenticateRequest(m: InternalAuthenticateRequest): Uint8Array {
  const bytes = allocate(sizeInternalAuthenticateRequest(m));
  writeInternalAuthenticateRequest(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.ResponseHeader */
export interface ResponseHeader {
  clusterId: bigint;
  memberId: bigint;
  revision: number;
  raftTerm: number;
}
export function makeResponseHeader(init: Partial<ResponseHeader> = {}): ResponseHeader {
  return {
    clusterId: init.clusterId ?? 0n,
    memberId: init.memberId ?? 0n,
    revision: init.revision ?? 0,
    raftTerm: init.raftTerm ?? 0,
  };
}

export function decodeResponseHeader(bytes: Uint8Array, start = 0, end = bytes.length): ResponseHeader {
  return readResponseHeader(bytes, start, end, undefined);
}

function readResponseHeader(
  bytes: Uint8Array,
  start: number,
  end: number,
  first: ResponseHeader | undefined,
): ResponseHeader {
  let at = start;
  let clusterId_: bigint = 0n;
  let memberId_: bigint = 0n;
  let revision_: number = 0;
  let raftTerm_: number = 0;
  if (first !== undefined) {
    clusterId_ = first.clusterId;
    memberId_ = first.memberId;
    revision_ = first.revision;
    raftTerm_ = first.raftTerm;
  }
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 8: // cluster_id
        clusterId_ = readId64(bytes, at, end);
        at = cursor;
        break;
      case 16: // member_id
        memberId_ = readId64(bytes, at, end);
        at = cursor;
        break;
      case 24: // revision
        revision_ = readInt64(bytes, at, end);
        at = cursor;
        break;
      case 32: // raft_term
        raftTerm_ = readUint64(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    clusterId: clusterId_,
    memberId: memberId_,
    revision: revision_,
    raftTerm: raftTerm_,
  };
}

export function sizeResponseHeader(m: ResponseHeader): number {
  let size = 0;
  if (m.clusterId !== 0n) size += 1 + sizeId64(m.clusterId);
  if (m.memberId !== 0n) size += 1 + sizeId64(m.memberId);
  if (m.revision !== 0) size += 1 + sizeInt64(m.revision);
  if (m.raftTerm !== 0) size += 1 + sizeUint64(m.raftTerm);
  return size;
}
export function writeResponseHeader(m: ResponseHeader, target: Uint8Array, start: number): number {
  let at = start;
  if (m.clusterId !== 0n) {
    target[at++] = 8;
    at = writeId64(m.clusterId, target, at);
  }
  if (m.memberId !== 0n) {
    target[at++] = 16;
    at = writeId64(m.memberId, target, at);
  }
  if (m.revision !== 0) {
    target[at++] = 24;
    at = writeInt64(m.revision, target, at);
  }
  if (m.raftTerm !== 0) {
    target[at++] = 32;
    at = writeUint64(m.raftTerm, target, at);
  }
  return at;
}
export function encodeResponseHeader(m: ResponseHeader): Uint8Array {
  const bytes = allocate(sizeResponseHeader(m));
  writeResponseHeader(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.RangeRequest */
export interface RangeRequest {
  key: Uint8Array;
  rangeEnd: Uint8Array;
  limit: number;
  revision: number;
  sortOrder: number; // SortOrder
  sortTarget: number; // SortTarget
  serializable: boolean;
  keysOnly: boolean;
  countOnly: boolean;
  minModRevision: number;
  maxModRevision: number;
  minCreateRevision: number;
  maxCreateRevision: number;
}
export function makeRangeRequest(init: Partial<RangeRequest> = {}): RangeRequest {
  return {
    key: init.key ?? emptyBytes,
    rangeEnd: init.rangeEnd ?? emptyBytes,
    limit: init.limit ?? 0,
    revision: init.revision ?? 0,
    sortOrder: init.sortOrder ?? 0,
    sortTarget: init.sortTarget ?? 0,
    serializable: init.serializable ?? false,
    keysOnly: init.keysOnly ?? false,
    countOnly: init.countOnly ?? false,
    minModRevision: init.minModRevision ?? 0,
    maxModRevision: init.maxModRevision ?? 0,
    minCreateRevision: init.minCreateRevision ?? 0,
    maxCreateRevision: init.maxCreateRevision ?? 0,
  };
}

export function decodeRangeRequest(bytes: Uint8Array, start = 0, end = bytes.length): RangeRequest {
  return readRangeRequest(bytes, start, end, undefined);
}

function readRangeRequest(
  bytes: Uint8Array,
  start: number,
  end: number,
  first: RangeRequest | undefined,
): RangeRequest {
  let at = start;
  let key_ = emptyBytes;
  let rangeEnd_ = emptyBytes;
  let limit_: number = 0;
  let revision_: number = 0;
  let sortOrder_: number = 0;
  let sortTarget_: number = 0;
  let serializable_: boolean = false;
  let keysOnly_: boolean = false;
  let countOnly_: boolean = false;
  let minModRevision_: number = 0;
  let maxModRevision_: number = 0;
  let minCreateRevision_: number = 0;
  let maxCreateRevision_: number = 0;
  if (first !== undefined) {
    key_ = first.key;
    rangeEnd_ = first.rangeEnd;
    limit_ = first.limit;
    revision_ = first.revision;
    sortOrder_ = first.sortOrder;
    sortTarget_ = first.sortTarget;
    serializable_ = first.serializable;
    keysOnly_ = first.keysOnly;
    countOnly_ = first.countOnly;
    minModRevision_ = first.minModRevision;
    maxModRevision_ = first.maxModRevision;
    minCreateRevision_ = first.minCreateRevision;
    maxCreateRevision_ = first.maxCreateRevision;
  }
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: // key
        key_ = readBytes(bytes, at, end);
        at = cursor;
        break;
      case 18: // range_end
        rangeEnd_ = readBytes(bytes, at, end);
        at = cursor;
        break;
      case 24: // limit
        limit_ = readInt64(bytes, at, end);
        at = cursor;
        break;
      case 32: // revision
        revision_ = readInt64(bytes, at, end);
        at = cursor;
        break;
      case 40: // sort_order
        sortOrder_ = readInt32(bytes, at, end);
        at = cursor;
        break;
      case 48: // sort_target
        sortTarget_ = readInt32(bytes, at, end);
        at = cursor;
        break;
      case 56: // serializable
        serializable_ = readBool(bytes, at, end);
        at = cursor;
        break;
      case 64: // keys_only
        keysOnly_ = readBool(bytes, at, end);
        at = cursor;
        break;
      case 72: // count_only
        countOnly_ = readBool(bytes, at, end);
        at = cursor;
        break;
      case 80: // min_mod_revision
        minModRevision_ = readInt64(bytes, at, end);
        at = cursor;
        break;
      case 88: // max_mod_revision
        maxModRevision_ = readInt64(bytes, at, end);
        at = cursor;
        break;
      case 96: // min_create_revision
        minCreateRevision_ = readInt64(bytes, at, end);
        at = cursor;
        break;
      case 104: // max_create_revision
        maxCreateRevision_ = readInt64(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    key: key_,
    rangeEnd: rangeEnd_,
    limit: limit_,
    revision: revision_,
    sortOrder: sortOrder_,
    sortTarget: sortTarget_,
    serializable: serializable_,
    keysOnly: keysOnly_,
    countOnly: countOnly_,
    minModRevision: minModRevision_,
    maxModRevision: maxModRevision_,
    minCreateRevision: minCreateRevision_,
    maxCreateRevision: maxCreateRevision_,
  };
}

export function sizeRangeRequest(m: RangeRequest): number {
  let size = 0;
  if (m.key.length !== 0) size += 1 + sizeDelimited(m.key.length);
  if (m.rangeEnd.length !== 0) size += 1 + sizeDelimited(m.rangeEnd.length);
  if (m.limit !== 0) size += 1 + sizeInt64(m.limit);
  if (m.revision !== 0) size += 1 + sizeInt64(m.revision);
  if (m.sortOrder !== 0) size += 1 + sizeInt32(m.sortOrder);
  if (m.sortTarget !== 0) size += 1 + sizeInt32(m.sortTarget);
  if (m.serializable) size += 2;
  if (m.keysOnly) size += 2;
  if (m.countOnly) size += 2;
  if (m.minModRevision !== 0) size += 1 + sizeInt64(m.minModRevision);
  if (m.maxModRevision !== 0) size += 1 + sizeInt64(m.maxModRevision);
  if (m.minCreateRevision !== 0) size += 1 + sizeInt64(m.minCreateRevision);
  if (m.maxCreateRevision !== 0) size += 1 + sizeInt64(m.maxCreateRevision);
  return size;
}
export function writeRangeRequest(m: RangeRequest, target: Uint8Array, start: number): number {
  let at = start;
  if (m.key.length !== 0) {
    target[at++] = 10;
    at = writeBytes(m.key, target, at);
  }
  if (m.rangeEnd.length !== 0) {
    target[at++] = 18;
    at = writeBytes(m.rangeEnd, target, at);
  }
  if (m.limit !== 0) {
    target[at++] = 24;
    at = writeInt64(m.limit, target, at);
  }
  if (m.revision !== 0) {
    target[at++] = 32;
    at = writeInt64(m.revision, target, at);
  }
  if (m.sortOrder !== 0) {
    target[at++] = 40;
    at = writeInt32(m.sortOrder, target, at);
  }
  if (m.sortTarget !== 0) {
    target[at++] = 48;
    at = writeInt32(m.sortTarget, target, at);
  }
  if (m.serializable) {
    target[at++] = 56;
    target[at++] = m.serializable ? 1 : 0;
  }
  if (m.keysOnly) {
    target[at++] = 64;
    target[at++] = m.keysOnly ? 1 : 0;
  }
  if (m.countOnly) {
    target[at++] = 72;
    target[at++] = m.countOnly ? 1 : 0;
  }
  if (m.minModRevision !== 0) {
    target[at++] = 80;
    at = writeInt64(m.minModRevision, target, at);
  }
  if (m.maxModRevision !== 0) {
    target[at++] = 88;
    at = writeInt64(m.maxModRevision, target, at);
  }
  if (m.minCreateRevision !== 0) {
    target[at++] = 96;
    at = writeInt64(m.minCreateRevision, target, at);
  }
  if (m.maxCreateRevision !== 0) {
    target[at++] = 104;
    at = writeInt64(m.maxCreateRevision, target, at);
  }
  return at;
}
export function encodeRangeRequest(m: RangeRequest): Uint8Array {
  const bytes = allocate(sizeRangeRequest(m));
  writeRangeRequest(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.RangeResponse */
export interface RangeResponse {
  header: ResponseHeader | undefined;
  kvs: Uint8Array[]; // KeyValue, encoded
  more: boolean;
  count: number;
}
export function makeRangeResponse(init: Partial<RangeResponse> = {}): RangeResponse {
  return {
    header: init.header,
    kvs: init.kvs ?? [],
    more: init.more ?? false,
    count: init.count ?? 0,
  };
}

export function decodeRangeResponse(bytes: Uint8Array, start = 0, end = bytes.length): RangeResponse {
  return readRangeResponse(bytes, start, end, undefined);
}

function readRangeResponse(
  bytes: Uint8Array,
  start: number,
  end: number,
  first: RangeResponse | undefined,
): RangeResponse {
  let at = start;
  let header_: ResponseHeader | undefined;
  let kvs_: Uint8Array[] = [];
  let more_: boolean = false;
  let count_: number = 0;
  if (first !== undefined) {
    header_ = first.header;
    kvs_ = first.kvs;
    more_ = first.more;
    count_ = first.count;
  }
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // header
        const to = readLength(bytes, at, end);
        header_ = readResponseHeader(bytes, cursor, to, header_);
        at = to;
        break;
      }
      case 18: // kvs
        kvs_.push(readBytes(bytes, at, end));
        at = cursor;
        break;
      case 24: // more
        more_ = readBool(bytes, at, end);
        at = cursor;
        break;
      case 32: // count
        count_ = readInt64(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    header: header_,
    kvs: kvs_,
    more: more_,
    count: count_,
  };
}

export function sizeRangeResponse(m: RangeResponse): number {
  let size = 0;
  if (m.header !== undefined) size += 1 + 1 + sizeResponseHeader(m.header);
  for (const value of m.kvs) size += 1 + sizeDelimited(value.length);
  if (m.more) size += 2;
  if (m.count !== 0) size += 1 + sizeInt64(m.count);
  return size;
}
export function writeRangeResponse(m: RangeResponse, target: Uint8Array, start: number): number {
  let at = start;
  if (m.header !== undefined) {
    target[at++] = 10;
    const lengthAt = at++;
    at = writeResponseHeader(m.header, target, at);
    target[lengthAt] = at - lengthAt - 1;
  }
  for (const value of m.kvs) {
    target[at++] = 18;
    at = writeBytes(value, target, at);
  }
  if (m.more) {
    target[at++] = 24;
    target[at++] = m.more ? 1 : 0;
  }
  if (m.count !== 0) {
    target[at++] = 32;
    at = writeInt64(m.count, target, at);
  }
  return at;
}
export function encodeRangeResponse(m: RangeResponse): Uint8Array {
  const bytes = allocate(sizeRangeResponse(m));
  writeRangeResponse(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.PutRequest */
export interface PutRequest {
  key: Uint8Array;
  value: Uint8Array;
  lease: bigint;
  prevKv: boolean;
  ignoreValue: boolean;
  ignoreLease: boolean;
}
export function makePutRequest(init: Partial<PutRequest> = {}): PutRequest {
  return {
    key: init.key ?? emptyBytes,
    value: init.value ?? emptyBytes,
    lease: init.lease ?? 0n,
    prevKv: init.prevKv ?? false,
    ignoreValue: init.ignoreValue ?? false,
    ignoreLease: init.ignoreLease ?? false,
  };
}

export function decodePutRequest(bytes: Uint8Array, start = 0, end = bytes.length): PutRequest {
  return readPutRequest(bytes, start, end, undefined);
}

function readPutRequest(
  bytes: Uint8Array,
  start: number,
  end: number,
  first: PutRequest | undefined,
): PutRequest {
  let at = start;
  let key_ = emptyBytes;
  let value_ = emptyBytes;
  let lease_: bigint = 0n;
  let prevKv_: boolean = false;
  let ignoreValue_: boolean = false;
  let ignoreLease_: boolean = false;
  if (first !== undefined) {
    key_ = first.key;
    value_ = first.value;
    lease_ = first.lease;
    prevKv_ = first.prevKv;
    ignoreValue_ = first.ignoreValue;
    ignoreLease_ = first.ignoreLease;
  }
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: // key
        key_ = readBytes(bytes, at, end);
        at = cursor;
        break;
      case 18: // value
        value_ = readBytes(bytes, at, end);
        at = cursor;
        break;
      case 24: // lease
        lease_ = readId64(bytes, at, end);
        at = cursor;
        break;
      case 32: // prev_kv
        prevKv_ = readBool(bytes, at, end);
        at = cursor;
        break;
      case 40: // ignore_value
        ignoreValue_ = readBool(bytes, at, end);
        at = cursor;
        break;
      case 48: // ignore_lease
        ignoreLease_ = readBool(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    key: key_,
    value: value_,
    lease: lease_,
    prevKv: prevKv_,
    ignoreValue: ignoreValue_,
    ignoreLease: ignoreLease_,
  };
}

export function sizePutRequest(m: PutRequest): number {
  let size = 0;
  if (m.key.length !== 0) size += 1 + sizeDelimited(m.key.length);
  if (m.value.length !== 0) size += 1 + sizeDelimited(m.value.length);
  if (m.lease !== 0n) size += 1 + sizeId64(m.lease);
  if (m.prevKv) size += 2;
  if (m.ignoreValue) size += 2;
  if (m.ignoreLease) size += 2;
  return size;
}
export function writePutRequest(m: PutRequest, target: Uint8Array, start: number): number {
  let at = start;
  if (m.key.length !== 0) {
    target[at++] = 10;
    at = writeBytes(m.key, target, at);
  }
  if (m.value.length !== 0) {
    target[at++] = 18;
    at = writeBytes(m.value, target, at);
  }
  if (m.lease !== 0n) {
    target[at++] = 24;
    at = writeId64(m.lease, target, at);
  }
  if (m.prevKv) {
    target[at++] = 32;
    target[at++] = m.prevKv ? 1 : 0;
  }
  if (m.ignoreValue) {
    target[at++] = 40;
    target[at++] = m.ignoreValue ? 1 : 0;
  }
  if (m.ignoreLease) {
    target[at++] = 48;
    target[at++] = m.ignoreLease ? 1 : 0;
  }
  return at;
}
export function encodePutRequest(m: PutRequest): Uint8Array {
  const bytes = allocate(sizePutRequest(m));
  writePutRequest(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.PutResponse */
export interface PutResponse {
  header: ResponseHeader | undefined;
  prevKv: Uint8Array | undefined; // KeyValue, encoded
}
export function makePutResponse(init: Partial<PutResponse> = {}): PutResponse {
  return {
    header: init.header,
    prevKv: init.prevKv,
  };
}

export function decodePutResponse(bytes: Uint8Array, start = 0, end = bytes.length): PutResponse {
  return readPutResponse(bytes, start, end, undefined);
}

function readPutResponse(
  bytes: Uint8Array,
  start: number,
  end: number,
  first: PutResponse | undefined,
): PutResponse {
  let at = start;
  let header_: ResponseHeader | undefined;
  let prevKv_: Uint8Array | undefined;
  let prevKv_More: Uint8Array[] | undefined;
  if (first !== undefined) {
    header_ = first.header;
    prevKv_ = first.prevKv;
  }
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // header
        const to = readLength(bytes, at, end);
        header_ = readResponseHeader(bytes, cursor, to, header_);
        at = to;
        break;
      }
      case 18: { // prev_kv
        const view = readBytes(bytes, at, end);
        at = cursor;
        if (prevKv_ === undefined) prevKv_ = view;
        else (prevKv_More ??= [prevKv_]).push(view);
        break;
      }
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  if (prevKv_More !== undefined) prevKv_ = concatBytes(prevKv_More);
  return {
    header: header_,
    prevKv: prevKv_,
  };
}

export function sizePutResponse(m: PutResponse): number {
  let size = 0;
  if (m.header !== undefined) size += 1 + 1 + sizeResponseHeader(m.header);
  if (m.prevKv !== undefined) size += 1 + sizeDelimited(m.prevKv.length);
  return size;
}
export function writePutResponse(m: PutResponse, target: Uint8Array, start: number): number {
  let at = start;
  if (m.header !== undefined) {
    target[at++] = 10;
    const lengthAt = at++;
    at = writeResponseHeader(m.header, target, at);
    target[lengthAt] = at - lengthAt - 1;
  }
  if (m.prevKv !== undefined) {
    target[at++] = 18;
    at = writeBytes(m.prevKv, target, at);
  }
  return at;
}
export function encodePutResponse(m: PutResponse): Uint8Array {
  const bytes = allocate(sizePutResponse(m));
  writePutResponse(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.DeleteRangeRequest */
export interface DeleteRangeRequest {
  key: Uint8Array;
  rangeEnd: Uint8Array;
  prevKv: boolean;
}
export function makeDeleteRangeRequest(init: Partial<DeleteRangeRequest> = {}): DeleteRangeRequest {
  return {
    key: init.key ?? emptyBytes,
    rangeEnd: init.rangeEnd ?? emptyBytes,
    prevKv: init.prevKv ?? false,
  };
}

export function decodeDeleteRangeRequest(bytes: Uint8Array, start = 0, end = bytes.length): DeleteRangeRequest {
  return readDeleteRangeRequest(bytes, start, end, undefined);
}

function readDeleteRangeRequest(
  bytes: Uint8Array,
  start: number,
  end: number,
  first: DeleteRangeRequest | undefined,
): DeleteRangeRequest {
  let at = start;
  let key_ = emptyBytes;
  let rangeEnd_ = emptyBytes;
  let prevKv_: boolean = false;
  if (first !== undefined) {
    key_ = first.key;
    rangeEnd_ = first.rangeEnd;
    prevKv_ = first.prevKv;
  }
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: // key
        key_ = readBytes(bytes, at, end);
        at = cursor;
        break;
      case 18: // range_end
        rangeEnd_ = readBytes(bytes, at, end);
        at = cursor;
        break;
      case 24: // prev_kv
        prevKv_ = readBool(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    key: key_,
    rangeEnd: rangeEnd_,
    prevKv: prevKv_,
  };
}

export function sizeDeleteRangeRequest(m: DeleteRangeRequest): number {
  let size = 0;
  if (m.key.length !== 0) size += 1 + sizeDelimited(m.key.length);
  if (m.rangeEnd.length !== 0) size += 1 + sizeDelimited(m.rangeEnd.length);
  if (m.prevKv) size += 2;
  return size;
}
export function writeDeleteRangeRequest(m: DeleteRangeRequest, target: Uint8Array, start: number): number {
  let at = start;
  if (m.key.length !== 0) {
    target[at++] = 10;
    at = writeBytes(m.key, target, at);
  }
  if (m.rangeEnd.length !== 0) {
    target[at++] = 18;
    at = writeBytes(m.rangeEnd, target, at);
  }
  if (m.prevKv) {
    target[at++] = 24;
    target[at++] = m.prevKv ? 1 : 0;
  }
  return at;
}
export function encodeDeleteRangeRequest(m: DeleteRangeRequest): Uint8Array {
  const bytes = allocate(sizeDeleteRangeRequest(m));
  writeDeleteRangeRequest(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.DeleteRangeResponse */
export interface DeleteRangeResponse {
  header: ResponseHeader | undefined;
  deleted: number;
  prevKvs: Uint8Array[]; // KeyValue, encoded
}
export function makeDeleteRangeResponse(init: Partial<DeleteRangeResponse> = {}): DeleteRangeResponse {
  return {
    header: init.header,
    deleted: init.deleted ?? 0,
    prevKvs: init.prevKvs ?? [],
  };
}

export function decodeDeleteRangeResponse(bytes: Uint8Array, start = 0, end = bytes.length): DeleteRangeResponse {
  return readDeleteRangeResponse(bytes, start, end, undefined);
}

function readDeleteRangeResponse(
  bytes: Uint8Array,
  start: number,
  end: number,
  first: DeleteRangeResponse | undefined,
): DeleteRangeResponse {
  let at = start;
  let header_: ResponseHeader | undefined;
  let deleted_: number = 0;
  let prevKvs_: Uint8Array[] = [];
  if (first !== undefined) {
    header_ = first.header;
    deleted_ = first.deleted;
    prevKvs_ = first.prevKvs;
  }
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // header
        const to = readLength(bytes, at, end);
        header_ = readResponseHeader(bytes, cursor, to, header_);
        at = to;
        break;
      }
      case 16: // deleted
        deleted_ = readInt64(bytes, at, end);
        at = cursor;
        break;
      case 26: // prev_kvs
        prevKvs_.push(readBytes(bytes, at, end));
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    header: header_,
    deleted: deleted_,
    prevKvs: prevKvs_,
  };
}

export function sizeDeleteRangeResponse(m: DeleteRangeResponse): number {
  let size = 0;
  if (m.header !== undefined) size += 1 + 1 + sizeResponseHeader(m.header);
  if (m.deleted !== 0) size += 1 + sizeInt64(m.deleted);
  for (const value of m.prevKvs) size += 1 + sizeDelimited(value.length);
  return size;
}
export function writeDeleteRangeResponse(m: DeleteRangeResponse, target: Uint8Array, start: number): number {
  let at = start;
  if (m.header !== undefined) {
    target[at++] = 10;
    const lengthAt = at++;
    at = writeResponseHeader(m.header, target, at);
    target[lengthAt] = at - lengthAt - 1;
  }
  if (m.deleted !== 0) {
    target[at++] = 16;
    at = writeInt64(m.deleted, target, at);
  }
  for (const value of m.prevKvs) {
    target[at++] = 26;
    at = writeBytes(value, target, at);
  }
  return at;
}
export function encodeDeleteRangeResponse(m: DeleteRangeResponse): Uint8Array {
  const bytes = allocate(sizeDeleteRangeResponse(m));
  writeDeleteRangeResponse(m, bytes, 0);
  return bytes;
}

/** The oneof request of etcdserverpb.RequestOp. */
export type RequestOpRequest =
  | { case: "requestRange"; value: RangeRequest }
  | { case: "requestPut"; value: PutRequest }
  | { case: "requestDeleteRange"; value: DeleteRangeRequest }
  | { case: "requestTxn"; value: TxnRequest };

/** message etcdserverpb.RequestOp */
export interface RequestOp {
  request: RequestOpRequest | undefined;
}
export function makeRequestOp(init: Partial<RequestOp> = {}): RequestOp {
  return {
    request: init.request,
  };
}

export function decodeRequestOp(bytes: Uint8Array, start = 0, end = bytes.length): RequestOp {
  return readRequestOp(bytes, start, end, undefined, 0);
}

function readRequestOp(
  bytes: Uint8Array,
  start: number,
  end: number,
  _first: RequestOp | undefined,
  depth: number,
): RequestOp {
  let at = start;
  let request_: RequestOpRequest | undefined;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // request_range
        const to = readLength(bytes, at, end);
        const into: RangeRequest | undefined =
          request_?.case === "requestRange" ? request_.value : undefined;
        request_ = { case: "requestRange", value: readRangeRequest(bytes, cursor, to, into) };
        at = to;
        break;
      }
      case 18: { // request_put
        const to = readLength(bytes, at, end);
        const into: PutRequest | undefined =
          request_?.case === "requestPut" ? request_.value : undefined;
        request_ = { case: "requestPut", value: readPutRequest(bytes, cursor, to, into) };
        at = to;
        break;
      }
      case 26: { // request_delete_range
        const to = readLength(bytes, at, end);
        const into: DeleteRangeRequest | undefined =
          request_?.case === "requestDeleteRange" ? request_.value : undefined;
        request_ = { case: "requestDeleteRange", value: readDeleteRangeRequest(bytes, cursor, to, into) };
        at = to;
        break;
      }
      case 34: { // request_txn
        const to = readLength(bytes, at, end);
        const into: TxnRequest | undefined =
          request_?.case === "requestTxn" ? request_.value : undefined;
        request_ = { case: "requestTxn", value: readTxnRequest(bytes, cursor, to, into, deeper(depth)) };
        at = to;
        break;
      }
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    request: request_,
  };
}

export function sizeRequestOp(m: RequestOp): number {
  let size = 0;
  const request = m.request;
  if (request !== undefined) {
    switch (request.case) {
      case "requestRange":
        size += 1 + sizeDelimited(sizeRangeRequest(request.value));
        break;
      case "requestPut":
        size += 1 + sizeDelimited(sizePutRequest(request.value));
        break;
      case "requestDeleteRange":
        size += 1 + sizeDelimited(sizeDeleteRangeRequest(request.value));
        break;
      case "requestTxn":
        size += 1 + sizeDelimited(sizeTxnRequest(request.value));
        break;
    }
  }
  return size;
}
export function writeRequestOp(m: RequestOp, target: Uint8Array, start: number): number {
  let at = start;
  const request = m.request;
  if (request !== undefined) {
    switch (request.case) {
      case "requestRange":
        target[at++] = 10;
        at = writeUint32(sizeRangeRequest(request.value), target, at);
        at = writeRangeRequest(request.value, target, at);
        break;
      case "requestPut":
        target[at++] = 18;
        at = writeUint32(sizePutRequest(request.value), target, at);
        at = writePutRequest(request.value, target, at);
        break;
      case "requestDeleteRange":
        target[at++] = 26;
        at = writeUint32(sizeDeleteRangeRequest(request.value), target, at);
        at = writeDeleteRangeRequest(request.value, target, at);
        break;
      case "requestTxn":
        target[at++] = 34;
        at = writeUint32(sizeTxnRequest(request.value), target, at);
        at = writeTxnRequest(request.value, target, at);
        break;
    }
  }
  return at;
}
export function encodeRequestOp(m: RequestOp): Uint8Array {
  const bytes = allocate(sizeRequestOp(m));
  writeRequestOp(m, bytes, 0);
  return bytes;
}

/** The oneof response of etcdserverpb.ResponseOp. */
export type ResponseOpResponse =
  | { case: "responseRange"; value: RangeResponse }
  | { case: "responsePut"; value: PutResponse }
  | { case: "responseDeleteRange"; value: DeleteRangeResponse }
  | { case: "responseTxn"; value: TxnResponse };

/** message etcdserverpb.ResponseOp */
export interface ResponseOp {
  response: ResponseOpResponse | undefined;
}
export function makeResponseOp(init: Partial<ResponseOp> = {}): ResponseOp {
  return {
    response: init.response,
  };
}

export function decodeResponseOp(bytes: Uint8Array, start = 0, end = bytes.length): ResponseOp {
  return readResponseOp(bytes, start, end, undefined, 0);
}

function readResponseOp(
  bytes: Uint8Array,
  start: number,
  end: number,
  _first: ResponseOp | undefined,
  depth: number,
): ResponseOp {
  let at = start;
  let response_: ResponseOpResponse | undefined;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // response_range
        const to = readLength(bytes, at, end);
        const into: RangeResponse | undefined =
          response_?.case === "responseRange" ? response_.value : undefined;
        response_ = { case: "responseRange", value: readRangeResponse(bytes, cursor, to, into) };
        at = to;
        break;
      }
      case 18: { // response_put
        const to = readLength(bytes, at, end);
        const into: PutResponse | undefined =
          response_?.case === "responsePut" ? response_.value : undefined;
        response_ = { case: "responsePut", value: readPutResponse(bytes, cursor, to, into) };
        at = to;
        break;
      }
      case 26: { // response_delete_range
        const to = readLength(bytes, at, end);
        const into: DeleteRangeResponse | undefined =
          response_?.case === "responseDeleteRange" ? response_.value : undefined;
        response_ = { case: "responseDeleteRange", value: readDeleteRangeResponse(bytes, cursor, to, into) };
        at = to;
        break;
      }
      case 34: { // response_txn
        const to = readLength(bytes, at, end);
        const into: TxnResponse | undefined =
          response_?.case === "responseTxn" ? response_.value : undefined;
        response_ = { case: "responseTxn", value: readTxnResponse(bytes, cursor, to, into, deeper(depth)) };
        at = to;
        break;
      }
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    response: response_,
  };
}

export function sizeResponseOp(m: ResponseOp): number {
  let size = 0;
  const response = m.response;
  if (response !== undefined) {
    switch (response.case) {
      case "responseRange":
        size += 1 + sizeDelimited(sizeRangeResponse(response.value));
        break;
      case "responsePut":
        size += 1 + sizeDelimited(sizePutResponse(response.value));
        break;
      case "responseDeleteRange":
        size += 1 + sizeDelimited(sizeDeleteRangeResponse(response.value));
        break;
      case "responseTxn":
        size += 1 + sizeDelimited(sizeTxnResponse(response.value));
        break;
    }
  }
  return size;
}
export function writeResponseOp(m: ResponseOp, target: Uint8Array, start: number): number {
  let at = start;
  const response = m.response;
  if (response !== undefined) {
    switch (response.case) {
      case "responseRange":
        target[at++] = 10;
        at = writeUint32(sizeRangeResponse(response.value), target, at);
        at = writeRangeResponse(response.value, target, at);
        break;
      case "responsePut":
        target[at++] = 18;
        at = writeUint32(sizePutResponse(response.value), target, at);
        at = writePutResponse(response.value, target, at);
        break;
      case "responseDeleteRange":
        target[at++] = 26;
        at = writeUint32(sizeDeleteRangeResponse(response.value), target, at);
        at = writeDeleteRangeResponse(response.value, target, at);
        break;
      case "responseTxn":
        target[at++] = 34;
        at = writeUint32(sizeTxnResponse(response.value), target, at);
        at = writeTxnResponse(response.value, target, at);
        break;
    }
  }
  return at;
}
export function encodeResponseOp(m: ResponseOp): Uint8Array {
  const bytes = allocate(sizeResponseOp(m));
  writeResponseOp(m, bytes, 0);
  return bytes;
}

/** The oneof targetUnion of etcdserverpb.Compare. */
export type CompareTargetUnion =
  | { case: "version"; value: number }
  | { case: "createRevision"; value: number }
  | { case: "modRevision"; value: number }
  | { case: "value"; value: Uint8Array }
  | { case: "lease"; value: bigint };

/** message etcdserverpb.Compare */
export interface Compare {
  result: number; // CompareResult
  target: number; // CompareTarget
  key: Uint8Array;
  targetUnion: CompareTargetUnion | undefined;
  rangeEnd: Uint8Array;
}
export function makeCompare(init: Partial<Compare> = {}): Compare {
  return {
    result: init.result ?? 0,
    target: init.target ?? 0,
    key: init.key ?? emptyBytes,
    targetUnion: init.targetUnion,
    rangeEnd: init.rangeEnd ?? emptyBytes,
  };
}

export function decodeCompare(bytes: Uint8Array, start = 0, end = bytes.length): Compare {
  let at = start;
  let result_: number = 0;
  let target_: number = 0;
  let key_ = emptyBytes;
  let targetUnion_: CompareTargetUnion | undefined;
  let rangeEnd_ = emptyBytes;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 8: // result
        result_ = readInt32(bytes, at, end);
        at = cursor;
        break;
      case 16: // target
        target_ = readInt32(bytes, at, end);
        at = cursor;
        break;
      case 26: // key
        key_ = readBytes(bytes, at, end);
        at = cursor;
        break;
      case 514: // range_end
        rangeEnd_ = readBytes(bytes, at, end);
        at = cursor;
        break;
      case 32: // version
        targetUnion_ = { case: "version", value: readInt64(bytes, at, end) };
        at = cursor;
        break;
      case 40: // create_revision
        targetUnion_ = { case: "createRevision", value: readInt64(bytes, at, end) };
        at = cursor;
        break;
      case 48: // mod_revision
        targetUnion_ = { case: "modRevision", value: readInt64(bytes, at, end) };
        at = cursor;
        break;
      case 58: // value
        targetUnion_ = { case: "value", value: readBytes(bytes, at, end) };
        at = cursor;
        break;
      case 64: // lease
        targetUnion_ = { case: "lease", value: readId64(bytes, at, end) };
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    result: result_,
    target: target_,
    key: key_,
    targetUnion: targetUnion_,
    rangeEnd: rangeEnd_,
  };
}

export function sizeCompare(m: Compare): number {
  let size = 0;
  if (m.result !== 0) size += 1 + sizeInt32(m.result);
  if (m.target !== 0) size += 1 + sizeInt32(m.target);
  if (m.key.length !== 0) size += 1 + sizeDelimited(m.key.length);
  if (m.rangeEnd.length !== 0) size += 2 + sizeDelimited(m.rangeEnd.length);
  const targetUnion = m.targetUnion;
  if (targetUnion !== undefined) {
    switch (targetUnion.case) {
      case "version":
        size += 1 + sizeInt64(targetUnion.value);
        break;
      case "createRevision":
        size += 1 + sizeInt64(targetUnion.value);
        break;
      case "modRevision":
        size += 1 + sizeInt64(targetUnion.value);
        break;
      case "value":
        size += 1 + sizeDelimited(targetUnion.value.length);
        break;
      case "lease":
        size += 1 + sizeId64(targetUnion.value);
        break;
    }
  }
  return size;
}
export function writeCompare(m: Compare, target: Uint8Array, start: number): number {
  let at = start;
  if (m.result !== 0) {
    target[at++] = 8;
    at = writeInt32(m.result, target, at);
  }
  if (m.target !== 0) {
    target[at++] = 16;
    at = writeInt32(m.target, target, at);
  }
  if (m.key.length !== 0) {
    target[at++] = 26;
    at = writeBytes(m.key, target, at);
  }
  if (m.rangeEnd.length !== 0) {
    target[at++] = 130;
    target[at++] = 4;
    at = writeBytes(m.rangeEnd, target, at);
  }
  const targetUnion = m.targetUnion;
  if (targetUnion !== undefined) {
    switch (targetUnion.case) {
      case "version":
        target[at++] = 32;
        at = writeInt64(targetUnion.value, target, at);
        break;
      case "createRevision":
        target[at++] = 40;
        at = writeInt64(targetUnion.value, target, at);
        break;
      case "modRevision":
        target[at++] = 48;
        at = writeInt64(targetUnion.value, target, at);
        break;
      case "value":
        target[at++] = 58;
        at = writeBytes(targetUnion.value, target, at);
        break;
      case "lease":
        target[at++] = 64;
        at = writeId64(targetUnion.value, target, at);
        break;
    }
  }
  return at;
}
export function encodeCompare(m: Compare): Uint8Array {
  const bytes = allocate(sizeCompare(m));
  writeCompare(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.TxnRequest */
export interface TxnRequest {
  compare: Compare[];
  success: RequestOp[];
  failure: RequestOp[];
}
export function makeTxnRequest(init: Partial<TxnRequest> = {}): TxnRequest {
  return {
    compare: init.compare ?? [],
    success: init.success ?? [],
    failure: init.failure ?? [],
  };
}

export function decodeTxnRequest(bytes: Uint8Array, start = 0, end = bytes.length): TxnRequest {
  return readTxnRequest(bytes, start, end, undefined, 0);
}

function readTxnRequest(
  bytes: Uint8Array,
  start: number,
  end: number,
  first: TxnRequest | undefined,
  depth: number,
): TxnRequest {
  let at = start;
  let compare_: Compare[] = [];
  let success_: RequestOp[] = [];
  let failure_: RequestOp[] = [];
  if (first !== undefined) {
    compare_ = first.compare;
    success_ = first.success;
    failure_ = first.failure;
  }
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // compare
        const to = readLength(bytes, at, end);
        compare_.push(decodeCompare(bytes, cursor, to));
        at = to;
        break;
      }
      case 18: { // success
        const to = readLength(bytes, at, end);
        success_.push(readRequestOp(bytes, cursor, to, undefined, deeper(depth)));
        at = to;
        break;
      }
      case 26: { // failure
        const to = readLength(bytes, at, end);
        failure_.push(readRequestOp(bytes, cursor, to, undefined, deeper(depth)));
        at = to;
        break;
      }
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    compare: compare_,
    success: success_,
    failure: failure_,
  };
}

export function sizeTxnRequest(m: TxnRequest): number {
  let size = 0;
  for (const value of m.compare) size += 1 + sizeDelimited(sizeCompare(value));
  for (const value of m.success) size += 1 + sizeDelimited(sizeRequestOp(value));
  for (const value of m.failure) size += 1 + sizeDelimited(sizeRequestOp(value));
  return size;
}
export function writeTxnRequest(m: TxnRequest, target: Uint8Array, start: number): number {
  let at = start;
  for (const value of m.compare) {
    target[at++] = 10;
    at = writeUint32(sizeCompare(value), target, at);
    at = writeCompare(value, target, at);
  }
  for (const value of m.success) {
    target[at++] = 18;
    at = writeUint32(sizeRequestOp(value), target, at);
    at = writeRequestOp(value, target, at);
  }
  for (const value of m.failure) {
    target[at++] = 26;
    at = writeUint32(sizeRequestOp(value), target, at);
    at = writeRequestOp(value, target, at);
  }
  return at;
}
export function encodeTxnRequest(m: TxnRequest): Uint8Array {
  const bytes = allocate(sizeTxnRequest(m));
  writeTxnRequest(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.TxnResponse */
export interface TxnResponse {
  header: ResponseHeader | undefined;
  succeeded: boolean;
  responses: ResponseOp[];
}
export function makeTxnResponse(init: Partial<TxnResponse> = {}): TxnResponse {
  return {
    header: init.header,
    succeeded: init.succeeded ?? false,
    responses: init.responses ?? [],
  };
}

export function decodeTxnResponse(bytes: Uint8Array, start = 0, end = bytes.length): TxnResponse {
  return readTxnResponse(bytes, start, end, undefined, 0);
}

function readTxnResponse(
  bytes: Uint8Array,
  start: number,
  end: number,
  first: TxnResponse | undefined,
  depth: number,
): TxnResponse {
  let at = start;
  let header_: ResponseHeader | undefined;
  let succeeded_: boolean = false;
  let responses_: ResponseOp[] = [];
  if (first !== undefined) {
    header_ = first.header;
    succeeded_ = first.succeeded;
    responses_ = first.responses;
  }
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // header
        const to = readLength(bytes, at, end);
        header_ = readResponseHeader(bytes, cursor, to, header_);
        at = to;
        break;
      }
      case 16: // succeeded
        succeeded_ = readBool(bytes, at, end);
        at = cursor;
        break;
      case 26: { // responses
        const to = readLength(bytes, at, end);
        responses_.push(readResponseOp(bytes, cursor, to, undefined, deeper(depth)));
        at = to;
        break;
      }
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    header: header_,
    succeeded: succeeded_,
    responses: responses_,
  };
}

export function sizeTxnResponse(m: TxnResponse): number {
  let size = 0;
  if (m.header !== undefined) size += 1 + 1 + sizeResponseHeader(m.header);
  if (m.succeeded) size += 2;
  for (const value of m.responses) size += 1 + sizeDelimited(sizeResponseOp(value));
  return size;
}
export function writeTxnResponse(m: TxnResponse, target: Uint8Array, start: number): number {
  let at = start;
  if (m.header !== undefined) {
    target[at++] = 10;
    const lengthAt = at++;
    at = writeResponseHeader(m.header, target, at);
    target[lengthAt] = at - lengthAt - 1;
  }
  if (m.succeeded) {
    target[at++] = 16;
    target[at++] = m.succeeded ? 1 : 0;
  }
  for (const value of m.responses) {
    target[at++] = 26;
    at = writeUint32(sizeResponseOp(value), target, at);
    at = writeResponseOp(value, target, at);
  }
  return at;
}
export function encodeTxnResponse(m: TxnResponse): Uint8Array {
  const bytes = allocate(sizeTxnResponse(m));
  writeTxnResponse(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.CompactionRequest */
export interface CompactionRequest {
  revision: number;
  physical: boolean;
}
export function makeCompactionRequest(init: Partial<CompactionRequest> = {}): CompactionRequest {
  return {
    revision: init.revision ?? 0,
    physical: init.physical ?? false,
  };
}

export function decodeCompactionRequest(bytes: Uint8Array, start = 0, end = bytes.length): CompactionRequest {
  let at = start;
  let revision_: number = 0;
  let physical_: boolean = false;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 8: // revision
        revision_ = readInt64(bytes, at, end);
        at = cursor;
        break;
      case 16: // physical
        physical_ = readBool(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    revision: revision_,
    physical: physical_,
  };
}

export function sizeCompactionRequest(m: CompactionRequest): number {
  let size = 0;
  if (m.revision !== 0) size += 1 + sizeInt64(m.revision);
  if (m.physical) size += 2;
  return size;
}
export function writeCompactionRequest(m: CompactionRequest, target: Uint8Array, start: number): number {
  let at = start;
  if (m.revision !== 0) {
    target[at++] = 8;
    at = writeInt64(m.revision, target, at);
  }
  if (m.physical) {
    target[at++] = 16;
    target[at++] = m.physical ? 1 : 0;
  }
  return at;
}
export function encodeCompactionRequest(m: CompactionRequest): Uint8Array {
  const bytes = allocate(sizeCompactionRequest(m));
  writeCompactionRequest(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.CompactionResponse */
export interface CompactionResponse {
  header: ResponseHeader | undefined;
}
export function makeCompactionResponse(init: Partial<CompactionResponse> = {}): CompactionResponse {
  return {
    header: init.header,
  };
}

export function decodeCompactionResponse(bytes: Uint8Array, start = 0, end = bytes.length): CompactionResponse {
  let at = start;
  let header_: ResponseHeader | undefined;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // header
        const to = readLength(bytes, at, end);
        header_ = readResponseHeader(bytes, cursor, to, header_);
        at = to;
        break;
      }
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    header: header_,
  };
}

export function sizeCompactionResponse(m: CompactionResponse): number {
  let size = 0;
  if (m.header !== undefined) size += 1 + 1 + sizeResponseHeader(m.header);
  return size;
}
export function writeCompactionResponse(m: CompactionResponse, target: Uint8Array, start: number): number {
  let at = start;
  if (m.header !== undefined) {
    target[at++] = 10;
    const lengthAt = at++;
    at = writeResponseHeader(m.header, target, at);
    target[lengthAt] = at - lengthAt - 1;
  }
  return at;
}
export function encodeCompactionResponse(m: CompactionResponse): Uint8Array {
  const bytes = allocate(sizeCompactionResponse(m));
  writeCompactionResponse(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.HashRequest */
export type HashRequest = Record<never, never>;
export function makeHashRequest(_init: Partial<HashRequest> = {}): HashRequest {
  return {};
}

export function decodeHashRequest(bytes: Uint8Array, start = 0, end = bytes.length): HashRequest {
  let at = start;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    at = skipField(bytes, at, end, tag);
  }
  return {};
}

export function sizeHashRequest(_m: HashRequest): number {
  return 0;
}
export function writeHashRequest(_m: HashRequest, _target: Uint8Array, at: number): number {
  return at;
}
export function encodeHashRequest(m: HashRequest): Uint8Array {
  const bytes = allocate(sizeHashRequest(m));
  writeHashRequest(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.HashKVRequest */
export interface HashKVRequest {
  revision: number;
}
export function makeHashKVRequest(init: Partial<HashKVRequest> = {}): HashKVRequest {
  return {
    revision: init.revision ?? 0,
  };
}

export function decodeHashKVRequest(bytes: Uint8Array, start = 0, end = bytes.length): HashKVRequest {
  let at = start;
  let revision_: number = 0;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 8: // revision
        revision_ = readInt64(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    revision: revision_,
  };
}

export function sizeHashKVRequest(m: HashKVRequest): number {
  let size = 0;
  if (m.revision !== 0) size += 1 + sizeInt64(m.revision);
  return size;
}
export function writeHashKVRequest(m: HashKVRequest, target: Uint8Array, start: number): number {
  let at = start;
  if (m.revision !== 0) {
    target[at++] = 8;
    at = writeInt64(m.revision, target, at);
  }
  return at;
}
export function encodeHashKVRequest(m: HashKVRequest): Uint8Array {
  const bytes = allocate(sizeHashKVRequest(m));
  writeHashKVRequest(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.HashKVResponse */
export interface HashKVResponse {
  header: ResponseHeader | undefined;
  hash: number;
  compactRevision: number;
  hashRevision: number;
}
export function makeHashKVResponse(init: Partial<HashKVResponse> = {}): HashKVResponse {
  return {
    header: init.header,
    hash: init.hash ?? 0,
    compactRevision: init.compactRevision ?? 0,
    hashRevision: init.hashRevision ?? 0,
  };
}

export function decodeHashKVResponse(bytes: Uint8Array, start = 0, end = bytes.length): HashKVResponse {
  let at = start;
  let header_: ResponseHeader | undefined;
  let hash_: number = 0;
  let compactRevision_: number = 0;
  let hashRevision_: number = 0;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // header
        const to = readLength(bytes, at, end);
        header_ = readResponseHeader(bytes, cursor, to, header_);
        at = to;
        break;
      }
      case 16: // hash
        hash_ = readUint32(bytes, at, end);
        at = cursor;
        break;
      case 24: // compact_revision
        compactRevision_ = readInt64(bytes, at, end);
        at = cursor;
        break;
      case 32: // hash_revision
        hashRevision_ = readInt64(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    header: header_,
    hash: hash_,
    compactRevision: compactRevision_,
    hashRevision: hashRevision_,
  };
}

export function sizeHashKVResponse(m: HashKVResponse): number {
  let size = 0;
  if (m.header !== undefined) size += 1 + 1 + sizeResponseHeader(m.header);
  if (m.hash !== 0) size += 1 + sizeUint32(m.hash);
  if (m.compactRevision !== 0) size += 1 + sizeInt64(m.compactRevision);
  if (m.hashRevision !== 0) size += 1 + sizeInt64(m.hashRevision);
  return size;
}
export function writeHashKVResponse(m: HashKVResponse, target: Uint8Array, start: number): number {
  let at = start;
  if (m.header !== undefined) {
    target[at++] = 10;
    const lengthAt = at++;
    at = writeResponseHeader(m.header, target, at);
    target[lengthAt] = at - lengthAt - 1;
  }
  if (m.hash !== 0) {
    target[at++] = 16;
    at = writeUint32(m.hash, target, at);
  }
  if (m.compactRevision !== 0) {
    target[at++] = 24;
    at = writeInt64(m.compactRevision, target, at);
  }
  if (m.hashRevision !== 0) {
    target[at++] = 32;
    at = writeInt64(m.hashRevision, target, at);
  }
  return at;
}
export function encodeHashKVResponse(m: HashKVResponse): Uint8Array {
  const bytes = allocate(sizeHashKVResponse(m));
  writeHashKVResponse(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.HashResponse */
export interface HashResponse {
  header: ResponseHeader | undefined;
  hash: number;
}
export function makeHashResponse(init: Partial<HashResponse> = {}): HashResponse {
  return {
    header: init.header,
    hash: init.hash ?? 0,
  };
}

export function decodeHashResponse(bytes: Uint8Array, start = 0, end = bytes.length): HashResponse {
  let at = start;
  let header_: ResponseHeader | undefined;
  let hash_: number = 0;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // header
        const to = readLength(bytes, at, end);
        header_ = readResponseHeader(bytes, cursor, to, header_);
        at = to;
        break;
      }
      case 16: // hash
        hash_ = readUint32(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    header: header_,
    hash: hash_,
  };
}

export function sizeHashResponse(m: HashResponse): number {
  let size = 0;
  if (m.header !== undefined) size += 1 + 1 + sizeResponseHeader(m.header);
  if (m.hash !== 0) size += 1 + sizeUint32(m.hash);
  return size;
}
export function writeHashResponse(m: HashResponse, target: Uint8Array, start: number): number {
  let at = start;
  if (m.header !== undefined) {
    target[at++] = 10;
    const lengthAt = at++;
    at = writeResponseHeader(m.header, target, at);
    target[lengthAt] = at - lengthAt - 1;
  }
  if (m.hash !== 0) {
    target[at++] = 16;
    at = writeUint32(m.hash, target, at);
  }
  return at;
}
export function encodeHashResponse(m: HashResponse): Uint8Array {
  const bytes = allocate(sizeHashResponse(m));
  writeHashResponse(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.SnapshotRequest */
export type SnapshotRequest = Record<never, never>;
export function makeSnapshotRequest(_init: Partial<SnapshotRequest> = {}): SnapshotRequest {
  return {};
}

export function decodeSnapshotRequest(bytes: Uint8Array, start = 0, end = bytes.length): SnapshotRequest {
  let at = start;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    at = skipField(bytes, at, end, tag);
  }
  return {};
}

export function sizeSnapshotRequest(_m: SnapshotRequest): number {
  return 0;
}
export function writeSnapshotRequest(_m: SnapshotRequest, _target: Uint8Array, at: number): number {
  return at;
}
export function encodeSnapshotRequest(m: SnapshotRequest): Uint8Array {
  const bytes = allocate(sizeSnapshotRequest(m));
  writeSnapshotRequest(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.SnapshotResponse */
export interface SnapshotResponse {
  header: ResponseHeader | undefined;
  remainingBytes: number;
  blob: Uint8Array;
  version: string;
}
export function makeSnapshotResponse(init: Partial<SnapshotResponse> = {}): SnapshotResponse {
  return {
    header: init.header,
    remainingBytes: init.remainingBytes ?? 0,
    blob: init.blob ?? emptyBytes,
    version: init.version ?? "",
  };
}

export function decodeSnapshotResponse(bytes: Uint8Array, start = 0, end = bytes.length): SnapshotResponse {
  let at = start;
  let header_: ResponseHeader | undefined;
  let remainingBytes_: number = 0;
  let blob_ = emptyBytes;
  let version_: string = "";
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // header
        const to = readLength(bytes, at, end);
        header_ = readResponseHeader(bytes, cursor, to, header_);
        at = to;
        break;
      }
      case 16: // remaining_bytes
        remainingBytes_ = readUint64(bytes, at, end);
        at = cursor;
        break;
      case 26: // blob
        blob_ = readBytes(bytes, at, end);
        at = cursor;
        break;
      case 34: // version
        version_ = readText(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    header: header_,
    remainingBytes: remainingBytes_,
    blob: blob_,
    version: version_,
  };
}

export function sizeSnapshotResponse(m: SnapshotResponse): number {
  let size = 0;
  if (m.header !== undefined) size += 1 + 1 + sizeResponseHeader(m.header);
  if (m.remainingBytes !== 0) size += 1 + sizeUint64(m.remainingBytes);
  if (m.blob.length !== 0) size += 1 + sizeDelimited(m.blob.length);
  if (m.version !== "") size += 1 + sizeText(m.version);
  return size;
}
export function writeSnapshotResponse(m: SnapshotResponse, target: Uint8Array, start: number): number {
  let at = start;
  if (m.header !== undefined) {
    target[at++] = 10;
    const lengthAt = at++;
    at = writeResponseHeader(m.header, target, at);
    target[lengthAt] = at - lengthAt - 1;
  }
  if (m.remainingBytes !== 0) {
    target[at++] = 16;
    at = writeUint64(m.remainingBytes, target, at);
  }
  if (m.blob.length !== 0) {
    target[at++] = 26;
    at = writeBytes(m.blob, target, at);
  }
  if (m.version !== "") {
    target[at++] = 34;
    at = writeText(m.version, target, at);
  }
  return at;
}
export function encodeSnapshotResponse(m: SnapshotResponse): Uint8Array {
  const bytes = allocate(sizeSnapshotResponse(m));
  writeSnapshotResponse(m, bytes, 0);
  return bytes;
}

/** The oneof requestUnion of etcdserverpb.WatchRequest. */
export type WatchRequestRequestUnion =
  | { case: "createRequest"; value: WatchCreateRequest }
  | { case: "cancelRequest"; value: WatchCancelRequest }
  | { case: "progressRequest"; value: WatchProgressRequest };

/** message etcdserverpb.WatchRequest */
export interface WatchRequest {
  requestUnion: WatchRequestRequestUnion | undefined;
}
export function makeWatchRequest(init: Partial<WatchRequest> = {}): WatchRequest {
  return {
    requestUnion: init.requestUnion,
  };
}

export function decodeWatchRequest(bytes: Uint8Array, start = 0, end = bytes.length): WatchRequest {
  let at = start;
  let requestUnion_: WatchRequestRequestUnion | undefined;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // create_request
        const to = readLength(bytes, at, end);
        const into: WatchCreateRequest | undefined =
          requestUnion_?.case === "createRequest" ? requestUnion_.value : undefined;
        requestUnion_ = { case: "createRequest", value: readWatchCreateRequest(bytes, cursor, to, into) };
        at = to;
        break;
      }
      case 18: { // cancel_request
        const to = readLength(bytes, at, end);
        const into: WatchCancelRequest | undefined =
          requestUnion_?.case === "cancelRequest" ? requestUnion_.value : undefined;
        requestUnion_ = { case: "cancelRequest", value: readWatchCancelRequest(bytes, cursor, to, into) };
        at = to;
        break;
      }
      case 26: { // progress_request
        const to = readLength(bytes, at, end);
        const into: WatchProgressRequest | undefined =
          requestUnion_?.case === "progressRequest" ? requestUnion_.value : undefined;
        requestUnion_ = { case: "progressRequest", value: readWatchProgressRequest(bytes, cursor, to, into) };
        at = to;
        break;
      }
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    requestUnion: requestUnion_,
  };
}

export function sizeWatchRequest(m: WatchRequest): number {
  let size = 0;
  const requestUnion = m.requestUnion;
  if (requestUnion !== undefined) {
    switch (requestUnion.case) {
      case "createRequest":
        size += 1 + sizeDelimited(sizeWatchCreateRequest(requestUnion.value));
        break;
      case "cancelRequest":
        size += 1 + 1 + sizeWatchCancelRequest(requestUnion.value);
        break;
      case "progressRequest":
        size += 1 + 1 + sizeWatchProgressRequest(requestUnion.value);
        break;
    }
  }
  return size;
}
export function writeWatchRequest(m: WatchRequest, target: Uint8Array, start: number): number {
  let at = start;
  const requestUnion = m.requestUnion;
  if (requestUnion !== undefined) {
    switch (requestUnion.case) {
      case "createRequest":
        target[at++] = 10;
        at = writeUint32(sizeWatchCreateRequest(requestUnion.value), target, at);
        at = writeWatchCreateRequest(requestUnion.value, target, at);
        break;
      case "cancelRequest": {
        target[at++] = 18;
        const lengthAt = at++;
        at = writeWatchCancelRequest(requestUnion.value, target, at);
        target[lengthAt] = at - lengthAt - 1;
        break;
      }
      case "progressRequest": {
        target[at++] = 26;
        const lengthAt = at++;
        at = writeWatchProgressRequest(requestUnion.value, target, at);
        target[lengthAt] = at - lengthAt - 1;
        break;
      }
    }
  }
  return at;
}
export function encodeWatchRequest(m: WatchRequest): Uint8Array {
  const bytes = allocate(sizeWatchRequest(m));
  writeWatchRequest(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.WatchCreateRequest */
export interface WatchCreateRequest {
  key: Uint8Array;
  rangeEnd: Uint8Array;
  startRevision: number;
  progressNotify: boolean;
  filters: number[]; // FilterType
  prevKv: boolean;
  watchId: number;
  fragment: boolean;
}
export function makeWatchCreateRequest(init: Partial<WatchCreateRequest> = {}): WatchCreateRequest {
  return {
    key: init.key ?? emptyBytes,
    rangeEnd: init.rangeEnd ?? emptyBytes,
    startRevision: init.startRevision ?? 0,
    progressNotify: init.progressNotify ?? false,
    filters: init.filters ?? [],
    prevKv: init.prevKv ?? false,
    watchId: init.watchId ?? 0,
    fragment: init.fragment ?? false,
  };
}

export function decodeWatchCreateRequest(bytes: Uint8Array, start = 0, end = bytes.length): WatchCreateRequest {
  return readWatchCreateRequest(bytes, start, end, undefined);
}

function readWatchCreateRequest(
  bytes: Uint8Array,
  start: number,
  end: number,
  first: WatchCreateRequest | undefined,
): WatchCreateRequest {
  let at = start;
  let key_ = emptyBytes;
  let rangeEnd_ = emptyBytes;
  let startRevision_: number = 0;
  let progressNotify_: boolean = false;
  let filters_: number[] = [];
  let prevKv_: boolean = false;
  let watchId_: number = 0;
  let fragment_: boolean = false;
  if (first !== undefined) {
    key_ = first.key;
    rangeEnd_ = first.rangeEnd;
    startRevision_ = first.startRevision;
    progressNotify_ = first.progressNotify;
    filters_ = first.filters;
    prevKv_ = first.prevKv;
    watchId_ = first.watchId;
    fragment_ = first.fragment;
  }
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: // key
        key_ = readBytes(bytes, at, end);
        at = cursor;
        break;
      case 18: // range_end
        rangeEnd_ = readBytes(bytes, at, end);
        at = cursor;
        break;
      case 24: // start_revision
        startRevision_ = readInt64(bytes, at, end);
        at = cursor;
        break;
      case 32: // progress_notify
        progressNotify_ = readBool(bytes, at, end);
        at = cursor;
        break;
      case 40: // filters
        filters_.push(readInt32(bytes, at, end));
        at = cursor;
        break;
      case 42: { // filters, packed
        const to = readLength(bytes, at, end);
        at = cursor;
        while (at < to) {
          filters_.push(readInt32(bytes, at, to));
          at = cursor;
        }
        break;
      }
      case 48: // prev_kv
        prevKv_ = readBool(bytes, at, end);
        at = cursor;
        break;
      case 56: // watch_id
        watchId_ = readInt64(bytes, at, end);
        at = cursor;
        break;
      case 64: // fragment
        fragment_ = readBool(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    key: key_,
    rangeEnd: rangeEnd_,
    startRevision: startRevision_,
    progressNotify: progressNotify_,
    filters: filters_,
    prevKv: prevKv_,
    watchId: watchId_,
    fragment: fragment_,
  };
}

export function sizeWatchCreateRequest(m: WatchCreateRequest): number {
  let size = 0;
  if (m.key.length !== 0) size += 1 + sizeDelimited(m.key.length);
  if (m.rangeEnd.length !== 0) size += 1 + sizeDelimited(m.rangeEnd.length);
  if (m.startRevision !== 0) size += 1 + sizeInt64(m.startRevision);
  if (m.progressNotify) size += 2;
  if (m.filters.length !== 0) {
    let packed = 0;
    for (const value of m.filters) packed += sizeInt32(value);
    size += 1 + sizeDelimited(packed);
  }
  if (m.prevKv) size += 2;
  if (m.watchId !== 0) size += 1 + sizeInt64(m.watchId);
  if (m.fragment) size += 2;
  return size;
}
export function writeWatchCreateRequest(m: WatchCreateRequest, target: Uint8Array, start: number): number {
  let at = start;
  if (m.key.length !== 0) {
    target[at++] = 10;
    at = writeBytes(m.key, target, at);
  }
  if (m.rangeEnd.length !== 0) {
    target[at++] = 18;
    at = writeBytes(m.rangeEnd, target, at);
  }
  if (m.startRevision !== 0) {
    target[at++] = 24;
    at = writeInt64(m.startRevision, target, at);
  }
  if (m.progressNotify) {
    target[at++] = 32;
    target[at++] = m.progressNotify ? 1 : 0;
  }
  if (m.filters.length !== 0) {
    target[at++] = 42;
    let packed = 0;
    for (const value of m.filters) packed += sizeInt32(value);
    at = writeUint32(packed, target, at);
    for (const value of m.filters) at = writeInt32(value, target, at);
  }
  if (m.prevKv) {
    target[at++] = 48;
    target[at++] = m.prevKv ? 1 : 0;
  }
  if (m.watchId !== 0) {
    target[at++] = 56;
    at = writeInt64(m.watchId, target, at);
  }
  if (m.fragment) {
    target[at++] = 64;
    target[at++] = m.fragment ? 1 : 0;
  }
  return at;
}
export function encodeWatchCreateRequest(m: WatchCreateRequest): Uint8Array {
  const bytes = allocate(sizeWatchCreateRequest(m));
  writeWatchCreateRequest(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.WatchCancelRequest */
export interface WatchCancelRequest {
  watchId: number;
}
export function makeWatchCancelRequest(init: Partial<WatchCancelRequest> = {}): WatchCancelRequest {
  return {
    watchId: init.watchId ?? 0,
  };
}

export function decodeWatchCancelRequest(bytes: Uint8Array, start = 0, end = bytes.length): WatchCancelRequest {
  return readWatchCancelRequest(bytes, start, end, undefined);
}

function readWatchCancelRequest(
  bytes: Uint8Array,
  start: number,
  end: number,
  first: WatchCancelRequest | undefined,
): WatchCancelRequest {
  let at = start;
  let watchId_: number = 0;
  if (first !== undefined) {
    watchId_ = first.watchId;
  }
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 8: // watch_id
        watchId_ = readInt64(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    watchId: watchId_,
  };
}

export function sizeWatchCancelRequest(m: WatchCancelRequest): number {
  let size = 0;
  if (m.watchId !== 0) size += 1 + sizeInt64(m.watchId);
  return size;
}
export function writeWatchCancelRequest(m: WatchCancelRequest, target: Uint8Array, start: number): number {
  let at = start;
  if (m.watchId !== 0) {
    target[at++] = 8;
    at = writeInt64(m.watchId, target, at);
  }
  return at;
}
export function encodeWatchCancelRequest(m: WatchCancelRequest): Uint8Array {
  const bytes = allocate(sizeWatchCancelRequest(m));
  writeWatchCancelRequest(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.WatchProgressRequest */
export type WatchProgressRequest = Record<never, never>;
export function makeWatchProgressRequest(_init: Partial<WatchProgressRequest> = {}): WatchProgressRequest {
  return {};
}

export function decodeWatchProgressRequest(bytes: Uint8Array, start = 0, end = bytes.length): WatchProgressRequest {
  return readWatchProgressRequest(bytes, start, end, undefined);
}

function readWatchProgressRequest(
  bytes: Uint8Array,
  start: number,
  end: number,
  _first: WatchProgressRequest | undefined,
): WatchProgressRequest {
  let at = start;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    at = skipField(bytes, at, end, tag);
  }
  return {};
}

export function sizeWatchProgressRequest(_m: WatchProgressRequest): number {
  return 0;
}
export function writeWatchProgressRequest(_m: WatchProgressRequest, _target: Uint8Array, at: number): number {
  return at;
}
export function encodeWatchProgressRequest(m: WatchProgressRequest): Uint8Array {
  const bytes = allocate(sizeWatchProgressRequest(m));
  writeWatchProgressRequest(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.WatchResponse */
export interface WatchResponse {
  header: ResponseHeader | undefined;
  watchId: number;
  created: boolean;
  canceled: boolean;
  compactRevision: number;
  cancelReason: string;
  fragment: boolean;
  events: Uint8Array[]; // Event, encoded
}
export function makeWatchResponse(init: Partial<WatchResponse> = {}): WatchResponse {
  return {
    header: init.header,
    watchId: init.watchId ?? 0,
    created: init.created ?? false,
    canceled: init.canceled ?? false,
    compactRevision: init.compactRevision ?? 0,
    cancelReason: init.cancelReason ?? "",
    fragment: init.fragment ?? false,
    events: init.events ?? [],
  };
}

export function decodeWatchResponse(bytes: Uint8Array, start = 0, end = bytes.length): WatchResponse {
  let at = start;
  let header_: ResponseHeader | undefined;
  let watchId_: number = 0;
  let created_: boolean = false;
  let canceled_: boolean = false;
  let compactRevision_: number = 0;
  let cancelReason_: string = "";
  let fragment_: boolean = false;
  const events_: Uint8Array[] = [];
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // header
        const to = readLength(bytes, at, end);
        header_ = readResponseHeader(bytes, cursor, to, header_);
        at = to;
        break;
      }
      case 16: // watch_id
        watchId_ = readInt64(bytes, at, end);
        at = cursor;
        break;
      case 24: // created
        created_ = readBool(bytes, at, end);
        at = cursor;
        break;
      case 32: // canceled
        canceled_ = readBool(bytes, at, end);
        at = cursor;
        break;
      case 40: // compact_revision
        compactRevision_ = readInt64(bytes, at, end);
        at = cursor;
        break;
      case 50: // cancel_reason
        cancelReason_ = readText(bytes, at, end);
        at = cursor;
        break;
      case 56: // fragment
        fragment_ = readBool(bytes, at, end);
        at = cursor;
        break;
      case 90: // events
        events_.push(readBytes(bytes, at, end));
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    header: header_,
    watchId: watchId_,
    created: created_,
    canceled: canceled_,
    compactRevision: compactRevision_,
    cancelReason: cancelReason_,
    fragment: fragment_,
    events: events_,
  };
}

export function sizeWatchResponse(m: WatchResponse): number {
  let size = 0;
  if (m.header !== undefined) size += 1 + 1 + sizeResponseHeader(m.header);
  if (m.watchId !== 0) size += 1 + sizeInt64(m.watchId);
  if (m.created) size += 2;
  if (m.canceled) size += 2;
  if (m.compactRevision !== 0) size += 1 + sizeInt64(m.compactRevision);
  if (m.cancelReason !== "") size += 1 + sizeText(m.cancelReason);
  if (m.fragment) size += 2;
  for (const value of m.events) size += 1 + sizeDelimited(value.length);
  return size;
}
export function writeWatchResponse(m: WatchResponse, target: Uint8Array, start: number): number {
  let at = start;
  if (m.header !== undefined) {
    target[at++] = 10;
    const lengthAt = at++;
    at = writeResponseHeader(m.header, target, at);
    target[lengthAt] = at - lengthAt - 1;
  }
  if (m.watchId !== 0) {
    target[at++] = 16;
    at = writeInt64(m.watchId, target, at);
  }
  if (m.created) {
    target[at++] = 24;
    target[at++] = m.created ? 1 : 0;
  }
  if (m.canceled) {
    target[at++] = 32;
    target[at++] = m.canceled ? 1 : 0;
  }
  if (m.compactRevision !== 0) {
    target[at++] = 40;
    at = writeInt64(m.compactRevision, target, at);
  }
  if (m.cancelReason !== "") {
    target[at++] = 50;
    at = writeText(m.cancelReason, target, at);
  }
  if (m.fragment) {
    target[at++] = 56;
    target[at++] = m.fragment ? 1 : 0;
  }
  for (const value of m.events) {
    target[at++] = 90;
    at = writeBytes(value, target, at);
  }
  return at;
}
export function encodeWatchResponse(m: WatchResponse): Uint8Array {
  const bytes = allocate(sizeWatchResponse(m));
  writeWatchResponse(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.LeaseGrantRequest */
export interface LeaseGrantRequest {
  TTL: number;
  ID: bigint;
}
export function makeLeaseGrantRequest(init: Partial<LeaseGrantRequest> = {}): LeaseGrantRequest {
  return {
    TTL: init.TTL ?? 0,
    ID: init.ID ?? 0n,
  };
}

export function decodeLeaseGrantRequest(bytes: Uint8Array, start = 0, end = bytes.length): LeaseGrantRequest {
  let at = start;
  let TTL_: number = 0;
  let ID_: bigint = 0n;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 8: // TTL
        TTL_ = readInt64(bytes, at, end);
        at = cursor;
        break;
      case 16: // ID
        ID_ = readId64(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    TTL: TTL_,
    ID: ID_,
  };
}

export function sizeLeaseGrantRequest(m: LeaseGrantRequest): number {
  let size = 0;
  if (m.TTL !== 0) size += 1 + sizeInt64(m.TTL);
  if (m.ID !== 0n) size += 1 + sizeId64(m.ID);
  return size;
}
export function writeLeaseGrantRequest(m: LeaseGrantRequest, target: Uint8Array, start: number): number {
  let at = start;
  if (m.TTL !== 0) {
    target[at++] = 8;
    at = writeInt64(m.TTL, target, at);
  }
  if (m.ID !== 0n) {
    target[at++] = 16;
    at = writeId64(m.ID, target, at);
  }
  return at;
}
export function encodeLeaseGrantRequest(m: LeaseGrantRequest): Uint8Array {
  const bytes = allocate(sizeLeaseGrantRequest(m));
  writeLeaseGrantRequest(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.LeaseGrantResponse */
export interface LeaseGrantResponse {
  header: ResponseHeader | undefined;
  ID: bigint;
  TTL: number;
  error: string;
}
export function makeLeaseGrantResponse(init: Partial<LeaseGrantResponse> = {}): LeaseGrantResponse {
  return {
    header: init.header,
    ID: init.ID ?? 0n,
    TTL: init.TTL ?? 0,
    error: init.error ?? "",
  };
}

export function decodeLeaseGrantResponse(bytes: Uint8Array, start = 0, end = bytes.length): LeaseGrantResponse {
  let at = start;
  let header_: ResponseHeader | undefined;
  let ID_: bigint = 0n;
  let TTL_: number = 0;
  let error_: string = "";
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // header
        const to = readLength(bytes, at, end);
        header_ = readResponseHeader(bytes, cursor, to, header_);
        at = to;
        break;
      }
      case 16: // ID
        ID_ = readId64(bytes, at, end);
        at = cursor;
        break;
      case 24: // TTL
        TTL_ = readInt64(bytes, at, end);
        at = cursor;
        break;
      case 34: // error
        error_ = readText(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    header: header_,
    ID: ID_,
    TTL: TTL_,
    error: error_,
  };
}

export function sizeLeaseGrantResponse(m: LeaseGrantResponse): number {
  let size = 0;
  if (m.header !== undefined) size += 1 + 1 + sizeResponseHeader(m.header);
  if (m.ID !== 0n) size += 1 + sizeId64(m.ID);
  if (m.TTL !== 0) size += 1 + sizeInt64(m.TTL);
  if (m.error !== "") size += 1 + sizeText(m.error);
  return size;
}
export function writeLeaseGrantResponse(m: LeaseGrantResponse, target: Uint8Array, start: number): number {
  let at = start;
  if (m.header !== undefined) {
    target[at++] = 10;
    const lengthAt = at++;
    at = writeResponseHeader(m.header, target, at);
    target[lengthAt] = at - lengthAt - 1;
  }
  if (m.ID !== 0n) {
    target[at++] = 16;
    at = writeId64(m.ID, target, at);
  }
  if (m.TTL !== 0) {
    target[at++] = 24;
    at = writeInt64(m.TTL, target, at);
  }
  if (m.error !== "") {
    target[at++] = 34;
    at = writeText(m.error, target, at);
  }
  return at;
}
export function encodeLeaseGrantResponse(m: LeaseGrantResponse): Uint8Array {
  const bytes = allocate(sizeLeaseGrantResponse(m));
  writeLeaseGrantResponse(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.LeaseRevokeRequest */
export interface LeaseRevokeRequest {
  ID: bigint;
}
export function makeLeaseRevokeRequest(init: Partial<LeaseRevokeRequest> = {}): LeaseRevokeRequest {
  return {
    ID: init.ID ?? 0n,
  };
}

export function decodeLeaseRevokeRequest(bytes: Uint8Array, start = 0, end = bytes.length): LeaseRevokeRequest {
  let at = start;
  let ID_: bigint = 0n;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 8: // ID
        ID_ = readId64(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    ID: ID_,
  };
}

export function sizeLeaseRevokeRequest(m: LeaseRevokeRequest): number {
  let size = 0;
  if (m.ID !== 0n) size += 1 + sizeId64(m.ID);
  return size;
}
export function writeLeaseRevokeRequest(m: LeaseRevokeRequest, target: Uint8Array, start: number): number {
  let at = start;
  if (m.ID !== 0n) {
    target[at++] = 8;
    at = writeId64(m.ID, target, at);
  }
  return at;
}
export function encodeLeaseRevokeRequest(m: LeaseRevokeRequest): Uint8Array {
  const bytes = allocate(sizeLeaseRevokeRequest(m));
  writeLeaseRevokeRequest(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.LeaseRevokeResponse */
export interface LeaseRevokeResponse {
  header: ResponseHeader | undefined;
}
export function makeLeaseRevokeResponse(init: Partial<LeaseRevokeResponse> = {}): LeaseRevokeResponse {
  return {
    header: init.header,
  };
}

export function decodeLeaseRevokeResponse(bytes: Uint8Array, start = 0, end = bytes.length): LeaseRevokeResponse {
  let at = start;
  let header_: ResponseHeader | undefined;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // header
        const to = readLength(bytes, at, end);
        header_ = readResponseHeader(bytes, cursor, to, header_);
        at = to;
        break;
      }
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    header: header_,
  };
}

export function sizeLeaseRevokeResponse(m: LeaseRevokeResponse): number {
  let size = 0;
  if (m.header !== undefined) size += 1 + 1 + sizeResponseHeader(m.header);
  return size;
}
export function writeLeaseRevokeResponse(m: LeaseRevokeResponse, target: Uint8Array, start: number): number {
  let at = start;
  if (m.header !== undefined) {
    target[at++] = 10;
    const lengthAt = at++;
    at = writeResponseHeader(m.header, target, at);
    target[lengthAt] = at - lengthAt - 1;
  }
  return at;
}
export function encodeLeaseRevokeResponse(m: LeaseRevokeResponse): Uint8Array {
  const bytes = allocate(sizeLeaseRevokeResponse(m));
  writeLeaseRevokeResponse(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.LeaseCheckpoint */
export interface LeaseCheckpoint {
  ID: bigint;
  remainingTTL: number;
}
export function makeLeaseCheckpoint(init: Partial<LeaseCheckpoint> = {}): LeaseCheckpoint {
  return {
    ID: init.ID ?? 0n,
    remainingTTL: init.remainingTTL ?? 0,
  };
}

export function decodeLeaseCheckpoint(bytes: Uint8Array, start = 0, end = bytes.length): LeaseCheckpoint {
  let at = start;
  let ID_: bigint = 0n;
  let remainingTTL_: number = 0;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 8: // ID
        ID_ = readId64(bytes, at, end);
        at = cursor;
        break;
      case 16: // remaining_TTL
        remainingTTL_ = readInt64(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    ID: ID_,
    remainingTTL: remainingTTL_,
  };
}

export function sizeLeaseCheckpoint(m: LeaseCheckpoint): number {
  let size = 0;
  if (m.ID !== 0n) size += 1 + sizeId64(m.ID);
  if (m.remainingTTL !== 0) size += 1 + sizeInt64(m.remainingTTL);
  return size;
}
export function writeLeaseCheckpoint(m: LeaseCheckpoint, target: Uint8Array, start: number): number {
  let at = start;
  if (m.ID !== 0n) {
    target[at++] = 8;
    at = writeId64(m.ID, target, at);
  }
  if (m.remainingTTL !== 0) {
    target[at++] = 16;
    at = writeInt64(m.remainingTTL, target, at);
  }
  return at;
}
export function encodeLeaseCheckpoint(m: LeaseCheckpoint): Uint8Array {
  const bytes = allocate(sizeLeaseCheckpoint(m));
  writeLeaseCheckpoint(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.LeaseCheckpointRequest */
export interface LeaseCheckpointRequest {
  checkpoints: LeaseCheckpoint[];
}
export function makeLeaseCheckpointRequest(init: Partial<LeaseCheckpointRequest> = {}): LeaseCheckpointRequest {
  return {
    checkpoints: init.checkpoints ?? [],
  };
}

export function decodeLeaseCheckpointRequest(bytes: Uint8Array, start = 0, end = bytes.length): LeaseCheckpointRequest {
  let at = start;
  const checkpoints_: LeaseCheckpoint[] = [];
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // checkpoints
        const to = readLength(bytes, at, end);
        checkpoints_.push(decodeLeaseCheckpoint(bytes, cursor, to));
        at = to;
        break;
      }
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    checkpoints: checkpoints_,
  };
}

export function sizeLeaseCheckpointRequest(m: LeaseCheckpointRequest): number {
  let size = 0;
  for (const value of m.checkpoints) size += 1 + 1 + sizeLeaseCheckpoint(value);
  return size;
}
export function writeLeaseCheckpointRequest(m: LeaseCheckpointRequest, target: Uint8Array, start: number): number {
  let at = start;
  for (const value of m.checkpoints) {
    target[at++] = 10;
    const lengthAt = at++;
    at = writeLeaseCheckpoint(value, target, at);
    target[lengthAt] = at - lengthAt - 1;
  }
  return at;
}
export function encodeLeaseCheckpointRequest(m: LeaseCheckpointRequest): Uint8Array {
  const bytes = allocate(sizeLeaseCheckpointRequest(m));
  writeLeaseCheckpointRequest(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.LeaseCheckpointResponse */
export interface LeaseCheckpointResponse {
  header: ResponseHeader | undefined;
}
export function makeLeaseCheckpointResponse(init: Partial<LeaseCheckpointResponse> = {}): LeaseCheckpointResponse {
  return {
    header: init.header,
  };
}

export function decodeLeaseCheckpointResponse(bytes: Uint8Array, start = 0, end = bytes.length): LeaseCheckpointResponse {
  let at = start;
  let header_: ResponseHeader | undefined;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // header
        const to = readLength(bytes, at, end);
        header_ = readResponseHeader(bytes, cursor, to, header_);
        at = to;
        break;
      }
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    header: header_,
  };
}

export function sizeLeaseCheckpointResponse(m: LeaseCheckpointResponse): number {
  let size = 0;
  if (m.header !== undefined) size += 1 + 1 + sizeResponseHeader(m.header);
  return size;
}
export function writeLeaseCheckpointResponse(m: LeaseCheckpointResponse, target: Uint8Array, start: number): number {
  let at = start;
  if (m.header !== undefined) {
    target[at++] = 10;
    const lengthAt = at++;
    at = writeResponseHeader(m.header, target, at);
    target[lengthAt] = at - lengthAt - 1;
  }
  return at;
}
export function encodeLeaseCheckpointResponse(m: LeaseCheckpointResponse): Uint8Array {
  const bytes = allocate(sizeLeaseCheckpointResponse(m));
  writeLeaseCheckpointResponse(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.LeaseKeepAliveRequest */
export interface LeaseKeepAliveRequest {
  ID: bigint;
}
export function makeLeaseKeepAliveRequest(init: Partial<LeaseKeepAliveRequest> = {}): LeaseKeepAliveRequest {
  return {
    ID: init.ID ?? 0n,
  };
}

export function decodeLeaseKeepAliveRequest(bytes: Uint8Array, start = 0, end = bytes.length): LeaseKeepAliveRequest {
  let at = start;
  let ID_: bigint = 0n;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 8: // ID
        ID_ = readId64(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    ID: ID_,
  };
}

export function sizeLeaseKeepAliveRequest(m: LeaseKeepAliveRequest): number {
  let size = 0;
  if (m.ID !== 0n) size += 1 + sizeId64(m.ID);
  return size;
}
export function writeLeaseKeepAliveRequest(m: LeaseKeepAliveRequest, target: Uint8Array, start: number): number {
  let at = start;
  if (m.ID !== 0n) {
    target[at++] = 8;
    at = writeId64(m.ID, target, at);
  }
  return at;
}
export function encodeLeaseKeepAliveRequest(m: LeaseKeepAliveRequest): Uint8Array {
  const bytes = allocate(sizeLeaseKeepAliveRequest(m));
  writeLeaseKeepAliveRequest(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.LeaseKeepAliveResponse */
export interface LeaseKeepAliveResponse {
  header: ResponseHeader | undefined;
  ID: bigint;
  TTL: number;
}
export function makeLeaseKeepAliveResponse(init: Partial<LeaseKeepAliveResponse> = {}): LeaseKeepAliveResponse {
  return {
    header: init.header,
    ID: init.ID ?? 0n,
    TTL: init.TTL ?? 0,
  };
}

export function decodeLeaseKeepAliveResponse(bytes: Uint8Array, start = 0, end = bytes.length): LeaseKeepAliveResponse {
  let at = start;
  let header_: ResponseHeader | undefined;
  let ID_: bigint = 0n;
  let TTL_: number = 0;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // header
        const to = readLength(bytes, at, end);
        header_ = readResponseHeader(bytes, cursor, to, header_);
        at = to;
        break;
      }
      case 16: // ID
        ID_ = readId64(bytes, at, end);
        at = cursor;
        break;
      case 24: // TTL
        TTL_ = readInt64(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    header: header_,
    ID: ID_,
    TTL: TTL_,
  };
}

export function sizeLeaseKeepAliveResponse(m: LeaseKeepAliveResponse): number {
  let size = 0;
  if (m.header !== undefined) size += 1 + 1 + sizeResponseHeader(m.header);
  if (m.ID !== 0n) size += 1 + sizeId64(m.ID);
  if (m.TTL !== 0) size += 1 + sizeInt64(m.TTL);
  return size;
}
export function writeLeaseKeepAliveResponse(m: LeaseKeepAliveResponse, target: Uint8Array, start: number): number {
  let at = start;
  if (m.header !== undefined) {
    target[at++] = 10;
    const lengthAt = at++;
    at = writeResponseHeader(m.header, target, at);
    target[lengthAt] = at - lengthAt - 1;
  }
  if (m.ID !== 0n) {
    target[at++] = 16;
    at = writeId64(m.ID, target, at);
  }
  if (m.TTL !== 0) {
    target[at++] = 24;
    at = writeInt64(m.TTL, target, at);
  }
  return at;
}
export function encodeLeaseKeepAliveResponse(m: LeaseKeepAliveResponse): Uint8Array {
  const bytes = allocate(sizeLeaseKeepAliveResponse(m));
  writeLeaseKeepAliveResponse(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.LeaseTimeToLiveRequest */
export interface LeaseTimeToLiveRequest {
  ID: bigint;
  keys: boolean;
}
export function makeLeaseTimeToLiveRequest(init: Partial<LeaseTimeToLiveRequest> = {}): LeaseTimeToLiveRequest {
  return {
    ID: init.ID ?? 0n,
    keys: init.keys ?? false,
  };
}

export function decodeLeaseTimeToLiveRequest(bytes: Uint8Array, start = 0, end = bytes.length): LeaseTimeToLiveRequest {
  return readLeaseTimeToLiveRequest(bytes, start, end, undefined);
}

function readLeaseTimeToLiveRequest(
  bytes: Uint8Array,
  start: number,
  end: number,
  first: LeaseTimeToLiveRequest | undefined,
): LeaseTimeToLiveRequest {
  let at = start;
  let ID_: bigint = 0n;
  let keys_: boolean = false;
  if (first !== undefined) {
    ID_ = first.ID;
    keys_ = first.keys;
  }
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 8: // ID
        ID_ = readId64(bytes, at, end);
        at = cursor;
        break;
      case 16: // keys
        keys_ = readBool(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    ID: ID_,
    keys: keys_,
  };
}

export function sizeLeaseTimeToLiveRequest(m: LeaseTimeToLiveRequest): number {
  let size = 0;
  if (m.ID !== 0n) size += 1 + sizeId64(m.ID);
  if (m.keys) size += 2;
  return size;
}
export function writeLeaseTimeToLiveRequest(m: LeaseTimeToLiveRequest, target: Uint8Array, start: number): number {
  let at = start;
  if (m.ID !== 0n) {
    target[at++] = 8;
    at = writeId64(m.ID, target, at);
  }
  if (m.keys) {
    target[at++] = 16;
    target[at++] = m.keys ? 1 : 0;
  }
  return at;
}
export function encodeLeaseTimeToLiveRequest(m: LeaseTimeToLiveRequest): Uint8Array {
  const bytes = allocate(sizeLeaseTimeToLiveRequest(m));
  writeLeaseTimeToLiveRequest(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.LeaseTimeToLiveResponse */
export interface LeaseTimeToLiveResponse {
  header: ResponseHeader | undefined;
  ID: bigint;
  TTL: number;
  grantedTTL: number;
  keys: Uint8Array[];
}
export function makeLeaseTimeToLiveResponse(init: Partial<LeaseTimeToLiveResponse> = {}): LeaseTimeToLiveResponse {
  return {
    header: init.header,
    ID: init.ID ?? 0n,
    TTL: init.TTL ?? 0,
    grantedTTL: init.grantedTTL ?? 0,
    keys: init.keys ?? [],
  };
}

export function decodeLeaseTimeToLiveResponse(bytes: Uint8Array, start = 0, end = bytes.length): LeaseTimeToLiveResponse {
  return readLeaseTimeToLiveResponse(bytes, start, end, undefined);
}

function readLeaseTimeToLiveResponse(
  bytes: Uint8Array,
  start: number,
  end: number,
  first: LeaseTimeToLiveResponse | undefined,
): LeaseTimeToLiveResponse {
  let at = start;
  let header_: ResponseHeader | undefined;
  let ID_: bigint = 0n;
  let TTL_: number = 0;
  let grantedTTL_: number = 0;
  let keys_: Uint8Array[] = [];
  if (first !== undefined) {
    header_ = first.header;
    ID_ = first.ID;
    TTL_ = first.TTL;
    grantedTTL_ = first.grantedTTL;
    keys_ = first.keys;
  }
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // header
        const to = readLength(bytes, at, end);
        header_ = readResponseHeader(bytes, cursor, to, header_);
        at = to;
        break;
      }
      case 16: // ID
        ID_ = readId64(bytes, at, end);
        at = cursor;
        break;
      case 24: // TTL
        TTL_ = readInt64(bytes, at, end);
        at = cursor;
        break;
      case 32: // grantedTTL
        grantedTTL_ = readInt64(bytes, at, end);
        at = cursor;
        break;
      case 42: // keys
        keys_.push(readBytes(bytes, at, end));
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    header: header_,
    ID: ID_,
    TTL: TTL_,
    grantedTTL: grantedTTL_,
    keys: keys_,
  };
}

export function sizeLeaseTimeToLiveResponse(m: LeaseTimeToLiveResponse): number {
  let size = 0;
  if (m.header !== undefined) size += 1 + 1 + sizeResponseHeader(m.header);
  if (m.ID !== 0n) size += 1 + sizeId64(m.ID);
  if (m.TTL !== 0) size += 1 + sizeInt64(m.TTL);
  if (m.grantedTTL !== 0) size += 1 + sizeInt64(m.grantedTTL);
  for (const value of m.keys) size += 1 + sizeDelimited(value.length);
  return size;
}
export function writeLeaseTimeToLiveResponse(m: LeaseTimeToLiveResponse, target: Uint8Array, start: number): number {
  let at = start;
  if (m.header !== undefined) {
    target[at++] = 10;
    const lengthAt = at++;
    at = writeResponseHeader(m.header, target, at);
    target[lengthAt] = at - lengthAt - 1;
  }
  if (m.ID !== 0n) {
    target[at++] = 16;
    at = writeId64(m.ID, target, at);
  }
  if (m.TTL !== 0) {
    target[at++] = 24;
    at = writeInt64(m.TTL, target, at);
  }
  if (m.grantedTTL !== 0) {
    target[at++] = 32;
    at = writeInt64(m.grantedTTL, target, at);
  }
  for (const value of m.keys) {
    target[at++] = 42;
    at = writeBytes(value, target, at);
  }
  return at;
}
export function encodeLeaseTimeToLiveResponse(m: LeaseTimeToLiveResponse): Uint8Array {
  const bytes = allocate(sizeLeaseTimeToLiveResponse(m));
  writeLeaseTimeToLiveResponse(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.LeaseLeasesRequest */
export type LeaseLeasesRequest = Record<never, never>;
export function makeLeaseLeasesRequest(_init: Partial<LeaseLeasesRequest> = {}): LeaseLeasesRequest {
  return {};
}

export function decodeLeaseLeasesRequest(bytes: Uint8Array, start = 0, end = bytes.length): LeaseLeasesRequest {
  let at = start;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    at = skipField(bytes, at, end, tag);
  }
  return {};
}

export function sizeLeaseLeasesRequest(_m: LeaseLeasesRequest): number {
  return 0;
}
export function writeLeaseLeasesRequest(_m: LeaseLeasesRequest, _target: Uint8Array, at: number): number {
  return at;
}
export function encodeLeaseLeasesRequest(m: LeaseLeasesRequest): Uint8Array {
  const bytes = allocate(sizeLeaseLeasesRequest(m));
  writeLeaseLeasesRequest(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.LeaseStatus */
export interface LeaseStatus {
  ID: bigint;
}
export function makeLeaseStatus(init: Partial<LeaseStatus> = {}): LeaseStatus {
  return {
    ID: init.ID ?? 0n,
  };
}

export function decodeLeaseStatus(bytes: Uint8Array, start = 0, end = bytes.length): LeaseStatus {
  let at = start;
  let ID_: bigint = 0n;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 8: // ID
        ID_ = readId64(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    ID: ID_,
  };
}

export function sizeLeaseStatus(m: LeaseStatus): number {
  let size = 0;
  if (m.ID !== 0n) size += 1 + sizeId64(m.ID);
  return size;
}
export function writeLeaseStatus(m: LeaseStatus, target: Uint8Array, start: number): number {
  let at = start;
  if (m.ID !== 0n) {
    target[at++] = 8;
    at = writeId64(m.ID, target, at);
  }
  return at;
}
export function encodeLeaseStatus(m: LeaseStatus): Uint8Array {
  const bytes = allocate(sizeLeaseStatus(m));
  writeLeaseStatus(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.LeaseLeasesResponse */
export interface LeaseLeasesResponse {
  header: ResponseHeader | undefined;
  leases: LeaseStatus[];
}
export function makeLeaseLeasesResponse(init: Partial<LeaseLeasesResponse> = {}): LeaseLeasesResponse {
  return {
    header: init.header,
    leases: init.leases ?? [],
  };
}

export function decodeLeaseLeasesResponse(bytes: Uint8Array, start = 0, end = bytes.length): LeaseLeasesResponse {
  let at = start;
  let header_: ResponseHeader | undefined;
  const leases_: LeaseStatus[] = [];
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // header
        const to = readLength(bytes, at, end);
        header_ = readResponseHeader(bytes, cursor, to, header_);
        at = to;
        break;
      }
      case 18: { // leases
        const to = readLength(bytes, at, end);
        leases_.push(decodeLeaseStatus(bytes, cursor, to));
        at = to;
        break;
      }
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    header: header_,
    leases: leases_,
  };
}

export function sizeLeaseLeasesResponse(m: LeaseLeasesResponse): number {
  let size = 0;
  if (m.header !== undefined) size += 1 + 1 + sizeResponseHeader(m.header);
  for (const value of m.leases) size += 1 + 1 + sizeLeaseStatus(value);
  return size;
}
export function writeLeaseLeasesResponse(m: LeaseLeasesResponse, target: Uint8Array, start: number): number {
  let at = start;
  if (m.header !== undefined) {
    target[at++] = 10;
    const lengthAt = at++;
    at = writeResponseHeader(m.header, target, at);
    target[lengthAt] = at - lengthAt - 1;
  }
  for (const value of m.leases) {
    target[at++] = 18;
    const lengthAt = at++;
    at = writeLeaseStatus(value, target, at);
    target[lengthAt] = at - lengthAt - 1;
  }
  return at;
}
export function encodeLeaseLeasesResponse(m: LeaseLeasesResponse): Uint8Array {
  const bytes = allocate(sizeLeaseLeasesResponse(m));
  writeLeaseLeasesResponse(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.Member */
export interface Member {
  ID: bigint;
  name: string;
  peerURLs: string[];
  clientURLs: string[];
  isLearner: boolean;
}
export function makeMember(init: Partial<Member> = {}): Member {
  return {
    ID: init.ID ?? 0n,
    name: init.name ?? "",
    peerURLs: init.peerURLs ?? [],
    clientURLs: init.clientURLs ?? [],
    isLearner: init.isLearner ?? false,
  };
}

export function decodeMember(bytes: Uint8Array, start = 0, end = bytes.length): Member {
  return readMember(bytes, start, end, undefined);
}

function readMember(
  bytes: Uint8Array,
  start: number,
  end: number,
  first: Member | undefined,
): Member {
  let at = start;
  let ID_: bigint = 0n;
  let name_: string = "";
  let peerURLs_: string[] = [];
  let clientURLs_: string[] = [];
  let isLearner_: boolean = false;
  if (first !== undefined) {
    ID_ = first.ID;
    name_ = first.name;
    peerURLs_ = first.peerURLs;
    clientURLs_ = first.clientURLs;
    isLearner_ = first.isLearner;
  }
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 8: // ID
        ID_ = readId64(bytes, at, end);
        at = cursor;
        break;
      case 18: // name
        name_ = readText(bytes, at, end);
        at = cursor;
        break;
      case 26: // peerURLs
        peerURLs_.push(readText(bytes, at, end));
        at = cursor;
        break;
      case 34: // clientURLs
        clientURLs_.push(readText(bytes, at, end));
        at = cursor;
        break;
      case 40: // isLearner
        isLearner_ = readBool(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    ID: ID_,
    name: name_,
    peerURLs: peerURLs_,
    clientURLs: clientURLs_,
    isLearner: isLearner_,
  };
}

export function sizeMember(m: Member): number {
  let size = 0;
  if (m.ID !== 0n) size += 1 + sizeId64(m.ID);
  if (m.name !== "") size += 1 + sizeText(m.name);
  for (const value of m.peerURLs) size += 1 + sizeText(value);
  for (const value of m.clientURLs) size += 1 + sizeText(value);
  if (m.isLearner) size += 2;
  return size;
}
export function writeMember(m: Member, target: Uint8Array, start: number): number {
  let at = start;
  if (m.ID !== 0n) {
    target[at++] = 8;
    at = writeId64(m.ID, target, at);
  }
  if (m.name !== "") {
    target[at++] = 18;
    at = writeText(m.name, target, at);
  }
  for (const value of m.peerURLs) {
    target[at++] = 26;
    at = writeText(value, target, at);
  }
  for (const value of m.clientURLs) {
    target[at++] = 34;
    at = writeText(value, target, at);
  }
  if (m.isLearner) {
    target[at++] = 40;
    target[at++] = m.isLearner ? 1 : 0;
  }
  return at;
}
export function encodeMember(m: Member): Uint8Array {
  const bytes = allocate(sizeMember(m));
  writeMember(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.MemberAddRequest */
export interface MemberAddRequest {
  peerURLs: string[];
  isLearner: boolean;
}
export function makeMemberAddRequest(init: Partial<MemberAddRequest> = {}): MemberAddRequest {
  return {
    peerURLs: init.peerURLs ?? [],
    isLearner: init.isLearner ?? false,
  };
}

export function decodeMemberAddRequest(bytes: Uint8Array, start = 0, end = bytes.length): MemberAddRequest {
  let at = start;
  const peerURLs_: string[] = [];
  let isLearner_: boolean = false;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: // peerURLs
        peerURLs_.push(readText(bytes, at, end));
        at = cursor;
        break;
      case 16: // isLearner
        isLearner_ = readBool(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    peerURLs: peerURLs_,
    isLearner: isLearner_,
  };
}

export function sizeMemberAddRequest(m: MemberAddRequest): number {
  let size = 0;
  for (const value of m.peerURLs) size += 1 + sizeText(value);
  if (m.isLearner) size += 2;
  return size;
}
export function writeMemberAddRequest(m: MemberAddRequest, target: Uint8Array, start: number): number {
  let at = start;
  for (const value of m.peerURLs) {
    target[at++] = 10;
    at = writeText(value, target, at);
  }
  if (m.isLearner) {
    target[at++] = 16;
    target[at++] = m.isLearner ? 1 : 0;
  }
  return at;
}
export function encodeMemberAddRequest(m: MemberAddRequest): Uint8Array {
  const bytes = allocate(sizeMemberAddRequest(m));
  writeMemberAddRequest(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.MemberAddResponse */
export interface MemberAddResponse {
  header: ResponseHeader | undefined;
  member: Member | undefined;
  members: Member[];
}
export function makeMemberAddResponse(init: Partial<MemberAddResponse> = {}): MemberAddResponse {
  return {
    header: init.header,
    member: init.member,
    members: init.members ?? [],
  };
}

export function decodeMemberAddResponse(bytes: Uint8Array, start = 0, end = bytes.length): MemberAddResponse {
  let at = start;
  let header_: ResponseHeader | undefined;
  let member_: Member | undefined;
  const members_: Member[] = [];
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // header
        const to = readLength(bytes, at, end);
        header_ = readResponseHeader(bytes, cursor, to, header_);
        at = to;
        break;
      }
      case 18: { // member
        const to = readLength(bytes, at, end);
        member_ = readMember(bytes, cursor, to, member_);
        at = to;
        break;
      }
      case 26: { // members
        const to = readLength(bytes, at, end);
        members_.push(readMember(bytes, cursor, to, undefined));
        at = to;
        break;
      }
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    header: header_,
    member: member_,
    members: members_,
  };
}

export function sizeMemberAddResponse(m: MemberAddResponse): number {
  let size = 0;
  if (m.header !== undefined) size += 1 + 1 + sizeResponseHeader(m.header);
  if (m.member !== undefined) size += 1 + sizeDelimited(sizeMember(m.member));
  for (const value of m.members) size += 1 + sizeDelimited(sizeMember(value));
  return size;
}
export function writeMemberAddResponse(m: MemberAddResponse, target: Uint8Array, start: number): number {
  let at = start;
  if (m.header !== undefined) {
    target[at++] = 10;
    const lengthAt = at++;
    at = writeResponseHeader(m.header, target, at);
    target[lengthAt] = at - lengthAt - 1;
  }
  if (m.member !== undefined) {
    target[at++] = 18;
    at = writeUint32(sizeMember(m.member), target, at);
    at = writeMember(m.member, target, at);
  }
  for (const value of m.members) {
    target[at++] = 26;
    at = writeUint32(sizeMember(value), target, at);
    at = writeMember(value, target, at);
  }
  return at;
}
export function encodeMemberAddResponse(m: MemberAddResponse): Uint8Array {
  const bytes = allocate(sizeMemberAddResponse(m));
  writeMemberAddResponse(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.MemberRemoveRequest */
export interface MemberRemoveRequest {
  ID: bigint;
}
export function makeMemberRemoveRequest(init: Partial<MemberRemoveRequest> = {}): MemberRemoveRequest {
  return {
    ID: init.ID ?? 0n,
  };
}

export function decodeMemberRemoveRequest(bytes: Uint8Array, start = 0, end = bytes.length): MemberRemoveRequest {
  let at = start;
  let ID_: bigint = 0n;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 8: // ID
        ID_ = readId64(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    ID: ID_,
  };
}

export function sizeMemberRemoveRequest(m: MemberRemoveRequest): number {
  let size = 0;
  if (m.ID !== 0n) size += 1 + sizeId64(m.ID);
  return size;
}
export function writeMemberRemoveRequest(m: MemberRemoveRequest, target: Uint8Array, start: number): number {
  let at = start;
  if (m.ID !== 0n) {
    target[at++] = 8;
    at = writeId64(m.ID, target, at);
  }
  return at;
}
export function encodeMemberRemoveRequest(m: MemberRemoveRequest): Uint8Array {
  const bytes = allocate(sizeMemberRemoveRequest(m));
  writeMemberRemoveRequest(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.MemberRemoveResponse */
export interface MemberRemoveResponse {
  header: ResponseHeader | undefined;
  members: Member[];
}
export function makeMemberRemoveResponse(init: Partial<MemberRemoveResponse> = {}): MemberRemoveResponse {
  return {
    header: init.header,
    members: init.members ?? [],
  };
}

export function decodeMemberRemoveResponse(bytes: Uint8Array, start = 0, end = bytes.length): MemberRemoveResponse {
  let at = start;
  let header_: ResponseHeader | undefined;
  const members_: Member[] = [];
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // header
        const to = readLength(bytes, at, end);
        header_ = readResponseHeader(bytes, cursor, to, header_);
        at = to;
        break;
      }
      case 18: { // members
        const to = readLength(bytes, at, end);
        members_.push(readMember(bytes, cursor, to, undefined));
        at = to;
        break;
      }
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    header: header_,
    members: members_,
  };
}

export function sizeMemberRemoveResponse(m: MemberRemoveResponse): number {
  let size = 0;
  if (m.header !== undefined) size += 1 + 1 + sizeResponseHeader(m.header);
  for (const value of m.members) size += 1 + sizeDelimited(sizeMember(value));
  return size;
}
export function writeMemberRemoveResponse(m: MemberRemoveResponse, target: Uint8Array, start: number): number {
  let at = start;
  if (m.header !== undefined) {
    target[at++] = 10;
    const lengthAt = at++;
    at = writeResponseHeader(m.header, target, at);
    target[lengthAt] = at - lengthAt - 1;
  }
  for (const value of m.members) {
    target[at++] = 18;
    at = writeUint32(sizeMember(value), target, at);
    at = writeMember(value, target, at);
  }
  return at;
}
export function encodeMemberRemoveResponse(m: MemberRemoveResponse): Uint8Array {
  const bytes = allocate(sizeMemberRemoveResponse(m));
  writeMemberRemoveResponse(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.MemberUpdateRequest */
export interface MemberUpdateRequest {
  ID: bigint;
  peerURLs: string[];
}
export function makeMemberUpdateRequest(init: Partial<MemberUpdateRequest> = {}): MemberUpdateRequest {
  return {
    ID: init.ID ?? 0n,
    peerURLs: init.peerURLs ?? [],
  };
}

export function decodeMemberUpdateRequest(bytes: Uint8Array, start = 0, end = bytes.length): MemberUpdateRequest {
  let at = start;
  let ID_: bigint = 0n;
  const peerURLs_: string[] = [];
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 8: // ID
        ID_ = readId64(bytes, at, end);
        at = cursor;
        break;
      case 18: // peerURLs
        peerURLs_.push(readText(bytes, at, end));
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    ID: ID_,
    peerURLs: peerURLs_,
  };
}

export function sizeMemberUpdateRequest(m: MemberUpdateRequest): number {
  let size = 0;
  if (m.ID !== 0n) size += 1 + sizeId64(m.ID);
  for (const value of m.peerURLs) size += 1 + sizeText(value);
  return size;
}
export function writeMemberUpdateRequest(m: MemberUpdateRequest, target: Uint8Array, start: number): number {
  let at = start;
  if (m.ID !== 0n) {
    target[at++] = 8;
    at = writeId64(m.ID, target, at);
  }
  for (const value of m.peerURLs) {
    target[at++] = 18;
    at = writeText(value, target, at);
  }
  return at;
}
export function encodeMemberUpdateRequest(m: MemberUpdateRequest): Uint8Array {
  const bytes = allocate(sizeMemberUpdateRequest(m));
  writeMemberUpdateRequest(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.MemberUpdateResponse */
export interface MemberUpdateResponse {
  header: ResponseHeader | undefined;
  members: Member[];
}
export function makeMemberUpdateResponse(init: Partial<MemberUpdateResponse> = {}): MemberUpdateResponse {
  return {
    header: init.header,
    members: init.members ?? [],
  };
}

export function decodeMemberUpdateResponse(bytes: Uint8Array, start = 0, end = bytes.length): MemberUpdateResponse {
  let at = start;
  let header_: ResponseHeader | undefined;
  const members_: Member[] = [];
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // header
        const to = readLength(bytes, at, end);
        header_ = readResponseHeader(bytes, cursor, to, header_);
        at = to;
        break;
      }
      case 18: { // members
        const to = readLength(bytes, at, end);
        members_.push(readMember(bytes, cursor, to, undefined));
        at = to;
        break;
      }
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    header: header_,
    members: members_,
  };
}

export function sizeMemberUpdateResponse(m: MemberUpdateResponse): number {
  let size = 0;
  if (m.header !== undefined) size += 1 + 1 + sizeResponseHeader(m.header);
  for (const value of m.members) size += 1 + sizeDelimited(sizeMember(value));
  return size;
}
export function writeMemberUpdateResponse(m: MemberUpdateResponse, target: Uint8Array, start: number): number {
  let at = start;
  if (m.header !== undefined) {
    target[at++] = 10;
    const lengthAt = at++;
    at = writeResponseHeader(m.header, target, at);
    target[lengthAt] = at - lengthAt - 1;
  }
  for (const value of m.members) {
    target[at++] = 18;
    at = writeUint32(sizeMember(value), target, at);
    at = writeMember(value, target, at);
  }
  return at;
}
export function encodeMemberUpdateResponse(m: MemberUpdateResponse): Uint8Array {
  const bytes = allocate(sizeMemberUpdateResponse(m));
  writeMemberUpdateResponse(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.MemberListRequest */
export interface MemberListRequest {
  linearizable: boolean;
}
export function makeMemberListRequest(init: Partial<MemberListRequest> = {}): MemberListRequest {
  return {
    linearizable: init.linearizable ?? false,
  };
}

export function decodeMemberListRequest(bytes: Uint8Array, start = 0, end = bytes.length): MemberListRequest {
  let at = start;
  let linearizable_: boolean = false;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 8: // linearizable
        linearizable_ = readBool(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    linearizable: linearizable_,
  };
}

export function sizeMemberListRequest(m: MemberListRequest): number {
  let size = 0;
  if (m.linearizable) size += 2;
  return size;
}
export function writeMemberListRequest(m: MemberListRequest, target: Uint8Array, start: number): number {
  let at = start;
  if (m.linearizable) {
    target[at++] = 8;
    target[at++] = m.linearizable ? 1 : 0;
  }
  return at;
}
export function encodeMemberListRequest(m: MemberListRequest): Uint8Array {
  const bytes = allocate(sizeMemberListRequest(m));
  writeMemberListRequest(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.MemberListResponse */
export interface MemberListResponse {
  header: ResponseHeader | undefined;
  members: Member[];
}
export function makeMemberListResponse(init: Partial<MemberListResponse> = {}): MemberListResponse {
  return {
    header: init.header,
    members: init.members ?? [],
  };
}

export function decodeMemberListResponse(bytes: Uint8Array, start = 0, end = bytes.length): MemberListResponse {
  let at = start;
  let header_: ResponseHeader | undefined;
  const members_: Member[] = [];
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // header
        const to = readLength(bytes, at, end);
        header_ = readResponseHeader(bytes, cursor, to, header_);
        at = to;
        break;
      }
      case 18: { // members
        const to = readLength(bytes, at, end);
        members_.push(readMember(bytes, cursor, to, undefined));
        at = to;
        break;
      }
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    header: header_,
    members: members_,
  };
}

export function sizeMemberListResponse(m: MemberListResponse): number {
  let size = 0;
  if (m.header !== undefined) size += 1 + 1 + sizeResponseHeader(m.header);
  for (const value of m.members) size += 1 + sizeDelimited(sizeMember(value));
  return size;
}
export function writeMemberListResponse(m: MemberListResponse, target: Uint8Array, start: number): number {
  let at = start;
  if (m.header !== undefined) {
    target[at++] = 10;
    const lengthAt = at++;
    at = writeResponseHeader(m.header, target, at);
    target[lengthAt] = at - lengthAt - 1;
  }
  for (const value of m.members) {
    target[at++] = 18;
    at = writeUint32(sizeMember(value), target, at);
    at = writeMember(value, target, at);
  }
  return at;
}
export function encodeMemberListResponse(m: MemberListResponse): Uint8Array {
  const bytes = allocate(sizeMemberListResponse(m));
  writeMemberListResponse(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.MemberPromoteRequest */
export interface MemberPromoteRequest {
  ID: bigint;
}
export function makeMemberPromoteRequest(init: Partial<MemberPromoteRequest> = {}): MemberPromoteRequest {
  return {
    ID: init.ID ?? 0n,
  };
}

export function decodeMemberPromoteRequest(bytes: Uint8Array, start = 0, end = bytes.length): MemberPromoteRequest {
  let at = start;
  let ID_: bigint = 0n;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 8: // ID
        ID_ = readId64(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    ID: ID_,
  };
}

export function sizeMemberPromoteRequest(m: MemberPromoteRequest): number {
  let size = 0;
  if (m.ID !== 0n) size += 1 + sizeId64(m.ID);
  return size;
}
export function writeMemberPromoteRequest(m: MemberPromoteRequest, target: Uint8Array, start: number): number {
  let at = start;
  if (m.ID !== 0n) {
    target[at++] = 8;
    at = writeId64(m.ID, target, at);
  }
  return at;
}
export function encodeMemberPromoteRequest(m: MemberPromoteRequest): Uint8Array {
  const bytes = allocate(sizeMemberPromoteRequest(m));
  writeMemberPromoteRequest(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.MemberPromoteResponse */
export interface MemberPromoteResponse {
  header: ResponseHeader | undefined;
  members: Member[];
}
export function makeMemberPromoteResponse(init: Partial<MemberPromoteResponse> = {}): MemberPromoteResponse {
  return {
    header: init.header,
    members: init.members ?? [],
  };
}

export function decodeMemberPromoteResponse(bytes: Uint8Array, start = 0, end = bytes.length): MemberPromoteResponse {
  let at = start;
  let header_: ResponseHeader | undefined;
  const members_: Member[] = [];
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // header
        const to = readLength(bytes, at, end);
        header_ = readResponseHeader(bytes, cursor, to, header_);
        at = to;
        break;
      }
      case 18: { // members
        const to = readLength(bytes, at, end);
        members_.push(readMember(bytes, cursor, to, undefined));
        at = to;
        break;
      }
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    header: header_,
    members: members_,
  };
}

export function sizeMemberPromoteResponse(m: MemberPromoteResponse): number {
  let size = 0;
  if (m.header !== undefined) size += 1 + 1 + sizeResponseHeader(m.header);
  for (const value of m.members) size += 1 + sizeDelimited(sizeMember(value));
  return size;
}
export function writeMemberPromoteResponse(m: MemberPromoteResponse, target: Uint8Array, start: number): number {
  let at = start;
  if (m.header !== undefined) {
    target[at++] = 10;
    const lengthAt = at++;
    at = writeResponseHeader(m.header, target, at);
    target[lengthAt] = at - lengthAt - 1;
  }
  for (const value of m.members) {
    target[at++] = 18;
    at = writeUint32(sizeMember(value), target, at);
    at = writeMember(value, target, at);
  }
  return at;
}
export function encodeMemberPromoteResponse(m: MemberPromoteResponse): Uint8Array {
  const bytes = allocate(sizeMemberPromoteResponse(m));
  writeMemberPromoteResponse(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.DefragmentRequest */
export type DefragmentRequest = Record<never, never>;
export function makeDefragmentRequest(_init: Partial<DefragmentRequest> = {}): DefragmentRequest {
  return {};
}

export function decodeDefragmentRequest(bytes: Uint8Array, start = 0, end = bytes.length): DefragmentRequest {
  let at = start;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    at = skipField(bytes, at, end, tag);
  }
  return {};
}

export function sizeDefragmentRequest(_m: DefragmentRequest): number {
  return 0;
}
export function writeDefragmentRequest(_m: DefragmentRequest, _target: Uint8Array, at: number): number {
  return at;
}
export function encodeDefragmentRequest(m: DefragmentRequest): Uint8Array {
  const bytes = allocate(sizeDefragmentRequest(m));
  writeDefragmentRequest(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.DefragmentResponse */
export interface DefragmentResponse {
  header: ResponseHeader | undefined;
}
export function makeDefragmentResponse(init: Partial<DefragmentResponse> = {}): DefragmentResponse {
  return {
    header: init.header,
  };
}

export function decodeDefragmentResponse(bytes: Uint8Array, start = 0, end = bytes.length): DefragmentResponse {
  let at = start;
  let header_: ResponseHeader | undefined;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // header
        const to = readLength(bytes, at, end);
        header_ = readResponseHeader(bytes, cursor, to, header_);
        at = to;
        break;
      }
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    header: header_,
  };
}

export function sizeDefragmentResponse(m: DefragmentResponse): number {
  let size = 0;
  if (m.header !== undefined) size += 1 + 1 + sizeResponseHeader(m.header);
  return size;
}
export function writeDefragmentResponse(m: DefragmentResponse, target: Uint8Array, start: number): number {
  let at = start;
  if (m.header !== undefined) {
    target[at++] = 10;
    const lengthAt = at++;
    at = writeResponseHeader(m.header, target, at);
    target[lengthAt] = at - lengthAt - 1;
  }
  return at;
}
export function encodeDefragmentResponse(m: DefragmentResponse): Uint8Array {
  const bytes = allocate(sizeDefragmentResponse(m));
  writeDefragmentResponse(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.MoveLeaderRequest */
export interface MoveLeaderRequest {
  targetID: bigint;
}
export function makeMoveLeaderRequest(init: Partial<MoveLeaderRequest> = {}): MoveLeaderRequest {
  return {
    targetID: init.targetID ?? 0n,
  };
}

export function decodeMoveLeaderRequest(bytes: Uint8Array, start = 0, end = bytes.length): MoveLeaderRequest {
  let at = start;
  let targetID_: bigint = 0n;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 8: // targetID
        targetID_ = readId64(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    targetID: targetID_,
  };
}

export function sizeMoveLeaderRequest(m: MoveLeaderRequest): number {
  let size = 0;
  if (m.targetID !== 0n) size += 1 + sizeId64(m.targetID);
  return size;
}
export function writeMoveLeaderRequest(m: MoveLeaderRequest, target: Uint8Array, start: number): number {
  let at = start;
  if (m.targetID !== 0n) {
    target[at++] = 8;
    at = writeId64(m.targetID, target, at);
  }
  return at;
}
export function encodeMoveLeaderRequest(m: MoveLeaderRequest): Uint8Array {
  const bytes = allocate(sizeMoveLeaderRequest(m));
  writeMoveLeaderRequest(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.MoveLeaderResponse */
export interface MoveLeaderResponse {
  header: ResponseHeader | undefined;
}
export function makeMoveLeaderResponse(init: Partial<MoveLeaderResponse> = {}): MoveLeaderResponse {
  return {
    header: init.header,
  };
}

export function decodeMoveLeaderResponse(bytes: Uint8Array, start = 0, end = bytes.length): MoveLeaderResponse {
  let at = start;
  let header_: ResponseHeader | undefined;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // header
        const to = readLength(bytes, at, end);
        header_ = readResponseHeader(bytes, cursor, to, header_);
        at = to;
        break;
      }
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    header: header_,
  };
}

export function sizeMoveLeaderResponse(m: MoveLeaderResponse): number {
  let size = 0;
  if (m.header !== undefined) size += 1 + 1 + sizeResponseHeader(m.header);
  return size;
}
export function writeMoveLeaderResponse(m: MoveLeaderResponse, target: Uint8Array, start: number): number {
  let at = start;
  if (m.header !== undefined) {
    target[at++] = 10;
    const lengthAt = at++;
    at = writeResponseHeader(m.header, target, at);
    target[lengthAt] = at - lengthAt - 1;
  }
  return at;
}
export function encodeMoveLeaderResponse(m: MoveLeaderResponse): Uint8Array {
  const bytes = allocate(sizeMoveLeaderResponse(m));
  writeMoveLeaderResponse(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.AlarmRequest */
export interface AlarmRequest {
  action: number; // AlarmAction
  memberID: bigint;
  alarm: number; // AlarmType
}
export function makeAlarmRequest(init: Partial<AlarmRequest> = {}): AlarmRequest {
  return {
    action: init.action ?? 0,
    memberID: init.memberID ?? 0n,
    alarm: init.alarm ?? 0,
  };
}

export function decodeAlarmRequest(bytes: Uint8Array, start = 0, end = bytes.length): AlarmRequest {
  let at = start;
  let action_: number = 0;
  let memberID_: bigint = 0n;
  let alarm_: number = 0;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 8: // action
        action_ = readInt32(bytes, at, end);
        at = cursor;
        break;
      case 16: // memberID
        memberID_ = readId64(bytes, at, end);
        at = cursor;
        break;
      case 24: // alarm
        alarm_ = readInt32(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    action: action_,
    memberID: memberID_,
    alarm: alarm_,
  };
}

export function sizeAlarmRequest(m: AlarmRequest): number {
  let size = 0;
  if (m.action !== 0) size += 1 + sizeInt32(m.action);
  if (m.memberID !== 0n) size += 1 + sizeId64(m.memberID);
  if (m.alarm !== 0) size += 1 + sizeInt32(m.alarm);
  return size;
}
export function writeAlarmRequest(m: AlarmRequest, target: Uint8Array, start: number): number {
  let at = start;
  if (m.action !== 0) {
    target[at++] = 8;
    at = writeInt32(m.action, target, at);
  }
  if (m.memberID !== 0n) {
    target[at++] = 16;
    at = writeId64(m.memberID, target, at);
  }
  if (m.alarm !== 0) {
    target[at++] = 24;
    at = writeInt32(m.alarm, target, at);
  }
  return at;
}
export function encodeAlarmRequest(m: AlarmRequest): Uint8Array {
  const bytes = allocate(sizeAlarmRequest(m));
  writeAlarmRequest(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.AlarmMember */
export interface AlarmMember {
  memberID: bigint;
  alarm: number; // AlarmType
}
export function makeAlarmMember(init: Partial<AlarmMember> = {}): AlarmMember {
  return {
    memberID: init.memberID ?? 0n,
    alarm: init.alarm ?? 0,
  };
}

export function decodeAlarmMember(bytes: Uint8Array, start = 0, end = bytes.length): AlarmMember {
  let at = start;
  let memberID_: bigint = 0n;
  let alarm_: number = 0;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 8: // memberID
        memberID_ = readId64(bytes, at, end);
        at = cursor;
        break;
      case 16: // alarm
        alarm_ = readInt32(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    memberID: memberID_,
    alarm: alarm_,
  };
}

export function sizeAlarmMember(m: AlarmMember): number {
  let size = 0;
  if (m.memberID !== 0n) size += 1 + sizeId64(m.memberID);
  if (m.alarm !== 0) size += 1 + sizeInt32(m.alarm);
  return size;
}
export function writeAlarmMember(m: AlarmMember, target: Uint8Array, start: number): number {
  let at = start;
  if (m.memberID !== 0n) {
    target[at++] = 8;
    at = writeId64(m.memberID, target, at);
  }
  if (m.alarm !== 0) {
    target[at++] = 16;
    at = writeInt32(m.alarm, target, at);
  }
  return at;
}
export function encodeAlarmMember(m: AlarmMember): Uint8Array {
  const bytes = allocate(sizeAlarmMember(m));
  writeAlarmMember(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.AlarmResponse */
export interface AlarmResponse {
  header: ResponseHeader | undefined;
  alarms: AlarmMember[];
}
export function makeAlarmResponse(init: Partial<AlarmResponse> = {}): AlarmResponse {
  return {
    header: init.header,
    alarms: init.alarms ?? [],
  };
}

export function decodeAlarmResponse(bytes: Uint8Array, start = 0, end = bytes.length): AlarmResponse {
  let at = start;
  let header_: ResponseHeader | undefined;
  const alarms_: AlarmMember[] = [];
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // header
        const to = readLength(bytes, at, end);
        header_ = readResponseHeader(bytes, cursor, to, header_);
        at = to;
        break;
      }
      case 18: { // alarms
        const to = readLength(bytes, at, end);
        alarms_.push(decodeAlarmMember(bytes, cursor, to));
        at = to;
        break;
      }
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    header: header_,
    alarms: alarms_,
  };
}

export function sizeAlarmResponse(m: AlarmResponse): number {
  let size = 0;
  if (m.header !== undefined) size += 1 + 1 + sizeResponseHeader(m.header);
  for (const value of m.alarms) size += 1 + 1 + sizeAlarmMember(value);
  return size;
}
export function writeAlarmResponse(m: AlarmResponse, target: Uint8Array, start: number): number {
  let at = start;
  if (m.header !== undefined) {
    target[at++] = 10;
    const lengthAt = at++;
    at = writeResponseHeader(m.header, target, at);
    target[lengthAt] = at - lengthAt - 1;
  }
  for (const value of m.alarms) {
    target[at++] = 18;
    const lengthAt = at++;
    at = writeAlarmMember(value, target, at);
    target[lengthAt] = at - lengthAt - 1;
  }
  return at;
}
export function encodeAlarmResponse(m: AlarmResponse): Uint8Array {
  const bytes = allocate(sizeAlarmResponse(m));
  writeAlarmResponse(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.DowngradeRequest */
export interface DowngradeRequest {
  action: number; // DowngradeAction
  version: string;
}
export function makeDowngradeRequest(init: Partial<DowngradeRequest> = {}): DowngradeRequest {
  return {
    action: init.action ?? 0,
    version: init.version ?? "",
  };
}

export function decodeDowngradeRequest(bytes: Uint8Array, start = 0, end = bytes.length): DowngradeRequest {
  let at = start;
  let action_: number = 0;
  let version_: string = "";
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 8: // action
        action_ = readInt32(bytes, at, end);
        at = cursor;
        break;
      case 18: // version
        version_ = readText(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    action: action_,
    version: version_,
  };
}

export function sizeDowngradeRequest(m: DowngradeRequest): number {
  let size = 0;
  if (m.action !== 0) size += 1 + sizeInt32(m.action);
  if (m.version !== "") size += 1 + sizeText(m.version);
  return size;
}
export function writeDowngradeRequest(m: DowngradeRequest, target: Uint8Array, start: number): number {
  let at = start;
  if (m.action !== 0) {
    target[at++] = 8;
    at = writeInt32(m.action, target, at);
  }
  if (m.version !== "") {
    target[at++] = 18;
    at = writeText(m.version, target, at);
  }
  return at;
}
export function encodeDowngradeRequest(m: DowngradeRequest): Uint8Array {
  const bytes = allocate(sizeDowngradeRequest(m));
  writeDowngradeRequest(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.DowngradeResponse */
export interface DowngradeResponse {
  header: ResponseHeader | undefined;
  version: string;
}
export function makeDowngradeResponse(init: Partial<DowngradeResponse> = {}): DowngradeResponse {
  return {
    header: init.header,
    version: init.version ?? "",
  };
}

export function decodeDowngradeResponse(bytes: Uint8Array, start = 0, end = bytes.length): DowngradeResponse {
  let at = start;
  let header_: ResponseHeader | undefined;
  let version_: string = "";
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // header
        const to = readLength(bytes, at, end);
        header_ = readResponseHeader(bytes, cursor, to, header_);
        at = to;
        break;
      }
      case 18: // version
        version_ = readText(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    header: header_,
    version: version_,
  };
}

export function sizeDowngradeResponse(m: DowngradeResponse): number {
  let size = 0;
  if (m.header !== undefined) size += 1 + 1 + sizeResponseHeader(m.header);
  if (m.version !== "") size += 1 + sizeText(m.version);
  return size;
}
export function writeDowngradeResponse(m: DowngradeResponse, target: Uint8Array, start: number): number {
  let at = start;
  if (m.header !== undefined) {
    target[at++] = 10;
    const lengthAt = at++;
    at = writeResponseHeader(m.header, target, at);
    target[lengthAt] = at - lengthAt - 1;
  }
  if (m.version !== "") {
    target[at++] = 18;
    at = writeText(m.version, target, at);
  }
  return at;
}
export function encodeDowngradeResponse(m: DowngradeResponse): Uint8Array {
  const bytes = allocate(sizeDowngradeResponse(m));
  writeDowngradeResponse(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.DowngradeVersionTestRequest */
export interface DowngradeVersionTestRequest {
  ver: string;
}
export function makeDowngradeVersionTestRequest(init: Partial<DowngradeVersionTestRequest> = {}): DowngradeVersionTestRequest {
  return {
    ver: init.ver ?? "",
  };
}

export function decodeDowngradeVersionTestRequest(bytes: Uint8Array, start = 0, end = bytes.length): DowngradeVersionTestRequest {
  let at = start;
  let ver_: string = "";
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: // ver
        ver_ = readText(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    ver: ver_,
  };
}

export function sizeDowngradeVersionTestRequest(m: DowngradeVersionTestRequest): number {
  let size = 0;
  if (m.ver !== "") size += 1 + sizeText(m.ver);
  return size;
}
export function writeDowngradeVersionTestRequest(m: DowngradeVersionTestRequest, target: Uint8Array, start: number): number {
  let at = start;
  if (m.ver !== "") {
    target[at++] = 10;
    at = writeText(m.ver, target, at);
  }
  return at;
}
export function encodeDowngradeVersionTestRequest(m: DowngradeVersionTestRequest): Uint8Array {
  const bytes = allocate(sizeDowngradeVersionTestRequest(m));
  writeDowngradeVersionTestRequest(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.StatusRequest */
export type StatusRequest = Record<never, never>;
export function makeStatusRequest(_init: Partial<StatusRequest> = {}): StatusRequest {
  return {};
}

export function decodeStatusRequest(bytes: Uint8Array, start = 0, end = bytes.length): StatusRequest {
  let at = start;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    at = skipField(bytes, at, end, tag);
  }
  return {};
}

export function sizeStatusRequest(_m: StatusRequest): number {
  return 0;
}
export function writeStatusRequest(_m: StatusRequest, _target: Uint8Array, at: number): number {
  return at;
}
export function encodeStatusRequest(m: StatusRequest): Uint8Array {
  const bytes = allocate(sizeStatusRequest(m));
  writeStatusRequest(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.StatusResponse */
export interface StatusResponse {
  header: ResponseHeader | undefined;
  version: string;
  dbSize: number;
  leader: bigint;
  raftIndex: number;
  raftTerm: number;
  raftAppliedIndex: number;
  errors: string[];
  dbSizeInUse: number;
  isLearner: boolean;
  storageVersion: string;
  dbSizeQuota: number;
  downgradeInfo: DowngradeInfo | undefined;
}
export function makeStatusResponse(init: Partial<StatusResponse> = {}): StatusResponse {
  return {
    header: init.header,
    version: init.version ?? "",
    dbSize: init.dbSize ?? 0,
    leader: init.leader ?? 0n,
    raftIndex: init.raftIndex ?? 0,
    raftTerm: init.raftTerm ?? 0,
    raftAppliedIndex: init.raftAppliedIndex ?? 0,
    errors: init.errors ?? [],
    dbSizeInUse: init.dbSizeInUse ?? 0,
    isLearner: init.isLearner ?? false,
    storageVersion: init.storageVersion ?? "",
    dbSizeQuota: init.dbSizeQuota ?? 0,
    downgradeInfo: init.downgradeInfo,
  };
}

export function decodeStatusResponse(bytes: Uint8Array, start = 0, end = bytes.length): StatusResponse {
  let at = start;
  let header_: ResponseHeader | undefined;
  let version_: string = "";
  let dbSize_: number = 0;
  let leader_: bigint = 0n;
  let raftIndex_: number = 0;
  let raftTerm_: number = 0;
  let raftAppliedIndex_: number = 0;
  const errors_: string[] = [];
  let dbSizeInUse_: number = 0;
  let isLearner_: boolean = false;
  let storageVersion_: string = "";
  let dbSizeQuota_: number = 0;
  let downgradeInfo_: DowngradeInfo | undefined;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // header
        const to = readLength(bytes, at, end);
        header_ = readResponseHeader(bytes, cursor, to, header_);
        at = to;
        break;
      }
      case 18: // version
        version_ = readText(bytes, at, end);
        at = cursor;
        break;
      case 24: // dbSize
        dbSize_ = readInt64(bytes, at, end);
        at = cursor;
        break;
      case 32: // leader
        leader_ = readId64(bytes, at, end);
        at = cursor;
        break;
      case 40: // raftIndex
        raftIndex_ = readUint64(bytes, at, end);
        at = cursor;
        break;
      case 48: // raftTerm
        raftTerm_ = readUint64(bytes, at, end);
        at = cursor;
        break;
      case 56: // raftAppliedIndex
        raftAppliedIndex_ = readUint64(bytes, at, end);
        at = cursor;
        break;
      case 66: // errors
        errors_.push(readText(bytes, at, end));
        at = cursor;
        break;
      case 72: // dbSizeInUse
        dbSizeInUse_ = readInt64(bytes, at, end);
        at = cursor;
        break;
      case 80: // isLearner
        isLearner_ = readBool(bytes, at, end);
        at = cursor;
        break;
      case 90: // storageVersion
        storageVersion_ = readText(bytes, at, end);
        at = cursor;
        break;
      case 96: // dbSizeQuota
        dbSizeQuota_ = readInt64(bytes, at, end);
        at = cursor;
        break;
      case 106: { // downgradeInfo
        const to = readLength(bytes, at, end);
        downgradeInfo_ = readDowngradeInfo(bytes, cursor, to, downgradeInfo_);
        at = to;
        break;
      }
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    header: header_,
    version: version_,
    dbSize: dbSize_,
    leader: leader_,
    raftIndex: raftIndex_,
    raftTerm: raftTerm_,
    raftAppliedIndex: raftAppliedIndex_,
    errors: errors_,
    dbSizeInUse: dbSizeInUse_,
    isLearner: isLearner_,
    storageVersion: storageVersion_,
    dbSizeQuota: dbSizeQuota_,
    downgradeInfo: downgradeInfo_,
  };
}

export function sizeStatusResponse(m: StatusResponse): number {
  let size = 0;
  if (m.header !== undefined) size += 1 + 1 + sizeResponseHeader(m.header);
  if (m.version !== "") size += 1 + sizeText(m.version);
  if (m.dbSize !== 0) size += 1 + sizeInt64(m.dbSize);
  if (m.leader !== 0n) size += 1 + sizeId64(m.leader);
  if (m.raftIndex !== 0) size += 1 + sizeUint64(m.raftIndex);
  if (m.raftTerm !== 0) size += 1 + sizeUint64(m.raftTerm);
  if (m.raftAppliedIndex !== 0) size += 1 + sizeUint64(m.raftAppliedIndex);
  for (const value of m.errors) size += 1 + sizeText(value);
  if (m.dbSizeInUse !== 0) size += 1 + sizeInt64(m.dbSizeInUse);
  if (m.isLearner) size += 2;
  if (m.storageVersion !== "") size += 1 + sizeText(m.storageVersion);
  if (m.dbSizeQuota !== 0) size += 1 + sizeInt64(m.dbSizeQuota);
  if (m.downgradeInfo !== undefined) size += 1 + sizeDelimited(sizeDowngradeInfo(m.downgradeInfo));
  return size;
}
export function writeStatusResponse(m: StatusResponse, target: Uint8Array, start: number): number {
  let at = start;
  if (m.header !== undefined) {
    target[at++] = 10;
    const lengthAt = at++;
    at = writeResponseHeader(m.header, target, at);
    target[lengthAt] = at - lengthAt - 1;
  }
  if (m.version !== "") {
    target[at++] = 18;
    at = writeText(m.version, target, at);
  }
  if (m.dbSize !== 0) {
    target[at++] = 24;
    at = writeInt64(m.dbSize, target, at);
  }
  if (m.leader !== 0n) {
    target[at++] = 32;
    at = writeId64(m.leader, target, at);
  }
  if (m.raftIndex !== 0) {
    target[at++] = 40;
    at = writeUint64(m.raftIndex, target, at);
  }
  if (m.raftTerm !== 0) {
    target[at++] = 48;
    at = writeUint64(m.raftTerm, target, at);
  }
  if (m.raftAppliedIndex !== 0) {
    target[at++] = 56;
    at = writeUint64(m.raftAppliedIndex, target, at);
  }
  for (const value of m.errors) {
    target[at++] = 66;
    at = writeText(value, target, at);
  }
  if (m.dbSizeInUse !== 0) {
    target[at++] = 72;
    at = writeInt64(m.dbSizeInUse, target, at);
  }
  if (m.isLearner) {
    target[at++] = 80;
    target[at++] = m.isLearner ? 1 : 0;
  }
  if (m.storageVersion !== "") {
    target[at++] = 90;
    at = writeText(m.storageVersion, target, at);
  }
  if (m.dbSizeQuota !== 0) {
    target[at++] = 96;
    at = writeInt64(m.dbSizeQuota, target, at);
  }
  if (m.downgradeInfo !== undefined) {
    target[at++] = 106;
    at = writeUint32(sizeDowngradeInfo(m.downgradeInfo), target, at);
    at = writeDowngradeInfo(m.downgradeInfo, target, at);
  }
  return at;
}
export function encodeStatusResponse(m: StatusResponse): Uint8Array {
  const bytes = allocate(sizeStatusResponse(m));
  writeStatusResponse(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.DowngradeInfo */
export interface DowngradeInfo {
  enabled: boolean;
  targetVersion: string;
}
export function makeDowngradeInfo(init: Partial<DowngradeInfo> = {}): DowngradeInfo {
  return {
    enabled: init.enabled ?? false,
    targetVersion: init.targetVersion ?? "",
  };
}

export function decodeDowngradeInfo(bytes: Uint8Array, start = 0, end = bytes.length): DowngradeInfo {
  return readDowngradeInfo(bytes, start, end, undefined);
}

function readDowngradeInfo(
  bytes: Uint8Array,
  start: number,
  end: number,
  first: DowngradeInfo | undefined,
): DowngradeInfo {
  let at = start;
  let enabled_: boolean = false;
  let targetVersion_: string = "";
  if (first !== undefined) {
    enabled_ = first.enabled;
    targetVersion_ = first.targetVersion;
  }
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 8: // enabled
        enabled_ = readBool(bytes, at, end);
        at = cursor;
        break;
      case 18: // targetVersion
        targetVersion_ = readText(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    enabled: enabled_,
    targetVersion: targetVersion_,
  };
}

export function sizeDowngradeInfo(m: DowngradeInfo): number {
  let size = 0;
  if (m.enabled) size += 2;
  if (m.targetVersion !== "") size += 1 + sizeText(m.targetVersion);
  return size;
}
export function writeDowngradeInfo(m: DowngradeInfo, target: Uint8Array, start: number): number {
  let at = start;
  if (m.enabled) {
    target[at++] = 8;
    target[at++] = m.enabled ? 1 : 0;
  }
  if (m.targetVersion !== "") {
    target[at++] = 18;
    at = writeText(m.targetVersion, target, at);
  }
  return at;
}
export function encodeDowngradeInfo(m: DowngradeInfo): Uint8Array {
  const bytes = allocate(sizeDowngradeInfo(m));
  writeDowngradeInfo(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.AuthEnableRequest */
export type AuthEnableRequest = Record<never, never>;
export function makeAuthEnableRequest(_init: Partial<AuthEnableRequest> = {}): AuthEnableRequest {
  return {};
}

export function decodeAuthEnableRequest(bytes: Uint8Array, start = 0, end = bytes.length): AuthEnableRequest {
  let at = start;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    at = skipField(bytes, at, end, tag);
  }
  return {};
}

export function sizeAuthEnableRequest(_m: AuthEnableRequest): number {
  return 0;
}
export function writeAuthEnableRequest(_m: AuthEnableRequest, _target: Uint8Array, at: number): number {
  return at;
}
export function encodeAuthEnableRequest(m: AuthEnableRequest): Uint8Array {
  const bytes = allocate(sizeAuthEnableRequest(m));
  writeAuthEnableRequest(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.AuthDisableRequest */
export type AuthDisableRequest = Record<never, never>;
export function makeAuthDisableRequest(_init: Partial<AuthDisableRequest> = {}): AuthDisableRequest {
  return {};
}

export function decodeAuthDisableRequest(bytes: Uint8Array, start = 0, end = bytes.length): AuthDisableRequest {
  let at = start;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    at = skipField(bytes, at, end, tag);
  }
  return {};
}

export function sizeAuthDisableRequest(_m: AuthDisableRequest): number {
  return 0;
}
export function writeAuthDisableRequest(_m: AuthDisableRequest, _target: Uint8Array, at: number): number {
  return at;
}
export function encodeAuthDisableRequest(m: AuthDisableRequest): Uint8Array {
  const bytes = allocate(sizeAuthDisableRequest(m));
  writeAuthDisableRequest(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.AuthStatusRequest */
export type AuthStatusRequest = Record<never, never>;
export function makeAuthStatusRequest(_init: Partial<AuthStatusRequest> = {}): AuthStatusRequest {
  return {};
}

export function decodeAuthStatusRequest(bytes: Uint8Array, start = 0, end = bytes.length): AuthStatusRequest {
  let at = start;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    at = skipField(bytes, at, end, tag);
  }
  return {};
}

export function sizeAuthStatusRequest(_m: AuthStatusRequest): number {
  return 0;
}
export function writeAuthStatusRequest(_m: AuthStatusRequest, _target: Uint8Array, at: number): number {
  return at;
}
export function encodeAuthStatusRequest(m: AuthStatusRequest): Uint8Array {
  const bytes = allocate(sizeAuthStatusRequest(m));
  writeAuthStatusRequest(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.AuthenticateRequest */
export interface AuthenticateRequest {
  name: string;
  password: string;
}
export function makeAuthenticateRequest(init: Partial<AuthenticateRequest> = {}): AuthenticateRequest {
  return {
    name: init.name ?? "",
    password: init.password ?? "",
  };
}

export function decodeAuthenticateRequest(bytes: Uint8Array, start = 0, end = bytes.length): AuthenticateRequest {
  let at = start;
  let name_: string = "";
  let password_: string = "";
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: // name
        name_ = readText(bytes, at, end);
        at = cursor;
        break;
      case 18: // password
        password_ = readText(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    name: name_,
    password: password_,
  };
}

export function sizeAuthenticateRequest(m: AuthenticateRequest): number {
  let size = 0;
  if (m.name !== "") size += 1 + sizeText(m.name);
  if (m.password !== "") size += 1 + sizeText(m.password);
  return size;
}
export function writeAuthenticateRequest(m: AuthenticateRequest, target: Uint8Array, start: number): number {
  let at = start;
  if (m.name !== "") {
    target[at++] = 10;
    at = writeText(m.name, target, at);
  }
  if (m.password !== "") {
    target[at++] = 18;
    at = writeText(m.password, target, at);
  }
  return at;
}
export function encodeAuthenticateRequest(m: AuthenticateRequest): Uint8Array {
  const bytes = allocate(sizeAuthenticateRequest(m));
  writeAuthenticateRequest(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.AuthUserAddRequest */
export interface AuthUserAddRequest {
  name: string;
  password: string;
  options: UserAddOptions | undefined;
  hashedPassword: string;
}
export function makeAuthUserAddRequest(init: Partial<AuthUserAddRequest> = {}): AuthUserAddRequest {
  return {
    name: init.name ?? "",
    password: init.password ?? "",
    options: init.options,
    hashedPassword: init.hashedPassword ?? "",
  };
}

export function decodeAuthUserAddRequest(bytes: Uint8Array, start = 0, end = bytes.length): AuthUserAddRequest {
  let at = start;
  let name_: string = "";
  let password_: string = "";
  let options_: UserAddOptions | undefined;
  let hashedPassword_: string = "";
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: // name
        name_ = readText(bytes, at, end);
        at = cursor;
        break;
      case 18: // password
        password_ = readText(bytes, at, end);
        at = cursor;
        break;
      case 26: { // options
        const to = readLength(bytes, at, end);
        options_ = readUserAddOptions(bytes, cursor, to, options_);
        at = to;
        break;
      }
      case 34: // hashedPassword
        hashedPassword_ = readText(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    name: name_,
    password: password_,
    options: options_,
    hashedPassword: hashedPassword_,
  };
}

export function sizeAuthUserAddRequest(m: AuthUserAddRequest): number {
  let size = 0;
  if (m.name !== "") size += 1 + sizeText(m.name);
  if (m.password !== "") size += 1 + sizeText(m.password);
  if (m.options !== undefined) size += 1 + 1 + sizeUserAddOptions(m.options);
  if (m.hashedPassword !== "") size += 1 + sizeText(m.hashedPassword);
  return size;
}
export function writeAuthUserAddRequest(m: AuthUserAddRequest, target: Uint8Array, start: number): number {
  let at = start;
  if (m.name !== "") {
    target[at++] = 10;
    at = writeText(m.name, target, at);
  }
  if (m.password !== "") {
    target[at++] = 18;
    at = writeText(m.password, target, at);
  }
  if (m.options !== undefined) {
    target[at++] = 26;
    const lengthAt = at++;
    at = writeUserAddOptions(m.options, target, at);
    target[lengthAt] = at - lengthAt - 1;
  }
  if (m.hashedPassword !== "") {
    target[at++] = 34;
    at = writeText(m.hashedPassword, target, at);
  }
  return at;
}
export function encodeAuthUserAddRequest(m: AuthUserAddRequest): Uint8Array {
  const bytes = allocate(sizeAuthUserAddRequest(m));
  writeAuthUserAddRequest(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.AuthUserGetRequest */
export interface AuthUserGetRequest {
  name: string;
}
export function makeAuthUserGetRequest(init: Partial<AuthUserGetRequest> = {}): AuthUserGetRequest {
  return {
    name: init.name ?? "",
  };
}

export function decodeAuthUserGetRequest(bytes: Uint8Array, start = 0, end = bytes.length): AuthUserGetRequest {
  let at = start;
  let name_: string = "";
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: // name
        name_ = readText(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    name: name_,
  };
}

export function sizeAuthUserGetRequest(m: AuthUserGetRequest): number {
  let size = 0;
  if (m.name !== "") size += 1 + sizeText(m.name);
  return size;
}
export function writeAuthUserGetRequest(m: AuthUserGetRequest, target: Uint8Array, start: number): number {
  let at = start;
  if (m.name !== "") {
    target[at++] = 10;
    at = writeText(m.name, target, at);
  }
  return at;
}
export function encodeAuthUserGetRequest(m: AuthUserGetRequest): Uint8Array {
  const bytes = allocate(sizeAuthUserGetRequest(m));
  writeAuthUserGetRequest(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.AuthUserDeleteRequest */
export interface AuthUserDeleteRequest {
  name: string;
}
export function makeAuthUserDeleteRequest(init: Partial<AuthUserDeleteRequest> = {}): AuthUserDeleteRequest {
  return {
    name: init.name ?? "",
  };
}

export function decodeAuthUserDeleteRequest(bytes: Uint8Array, start = 0, end = bytes.length): AuthUserDeleteRequest {
  let at = start;
  let name_: string = "";
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: // name
        name_ = readText(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    name: name_,
  };
}

export function sizeAuthUserDeleteRequest(m: AuthUserDeleteRequest): number {
  let size = 0;
  if (m.name !== "") size += 1 + sizeText(m.name);
  return size;
}
export function writeAuthUserDeleteRequest(m: AuthUserDeleteRequest, target: Uint8Array, start: number): number {
  let at = start;
  if (m.name !== "") {
    target[at++] = 10;
    at = writeText(m.name, target, at);
  }
  return at;
}
export function encodeAuthUserDeleteRequest(m: AuthUserDeleteRequest): Uint8Array {
  const bytes = allocate(sizeAuthUserDeleteRequest(m));
  writeAuthUserDeleteRequest(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.AuthUserChangePasswordRequest */
export interface AuthUserChangePasswordRequest {
  name: string;
  password: string;
  hashedPassword: string;
}
export function makeAuthUserChangePasswordRequest(init: Partial<AuthUserChangePasswordRequest> = {}): AuthUserChangePasswordRequest {
  return {
    name: init.name ?? "",
    password: init.password ?? "",
    hashedPassword: init.hashedPassword ?? "",
  };
}

export function decodeAuthUserChangePasswordRequest(bytes: Uint8Array, start = 0, end = bytes.length): AuthUserChangePasswordRequest {
  let at = start;
  let name_: string = "";
  let password_: string = "";
  let hashedPassword_: string = "";
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: // name
        name_ = readText(bytes, at, end);
        at = cursor;
        break;
      case 18: // password
        password_ = readText(bytes, at, end);
        at = cursor;
        break;
      case 26: // hashedPassword
        hashedPassword_ = readText(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    name: name_,
    password: password_,
    hashedPassword: hashedPassword_,
  };
}

export function sizeAuthUserChangePasswordRequest(m: AuthUserChangePasswordRequest): number {
  let size = 0;
  if (m.name !== "") size += 1 + sizeText(m.name);
  if (m.password !== "") size += 1 + sizeText(m.password);
  if (m.hashedPassword !== "") size += 1 + sizeText(m.hashedPassword);
  return size;
}
export function writeAuthUserChangePasswordRequest(m: AuthUserChangePasswordRequest, target: Uint8Array, start: number): number {
  let at = start;
  if (m.name !== "") {
    target[at++] = 10;
    at = writeText(m.name, target, at);
  }
  if (m.password !== "") {
    target[at++] = 18;
    at = writeText(m.password, target, at);
  }
  if (m.hashedPassword !== "") {
    target[at++] = 26;
    at = writeText(m.hashedPassword, target, at);
  }
  return at;
}
export function encodeAuthUserChangePasswordRequest(m: AuthUserChangePasswordRequest): Uint8Array {
  const bytes = allocate(sizeAuthUserChangePasswordRequest(m));
  writeAuthUserChangePasswordRequest(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.AuthUserGrantRoleRequest */
export interface AuthUserGrantRoleRequest {
  user: string;
  role: string;
}
export function makeAuthUserGrantRoleRequest(init: Partial<AuthUserGrantRoleRequest> = {}): AuthUserGrantRoleRequest {
  return {
    user: init.user ?? "",
    role: init.role ?? "",
  };
}

export function decodeAuthUserGrantRoleRequest(bytes: Uint8Array, start = 0, end = bytes.length): AuthUserGrantRoleRequest {
  let at = start;
  let user_: string = "";
  let role_: string = "";
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: // user
        user_ = readText(bytes, at, end);
        at = cursor;
        break;
      case 18: // role
        role_ = readText(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    user: user_,
    role: role_,
  };
}

export function sizeAuthUserGrantRoleRequest(m: AuthUserGrantRoleRequest): number {
  let size = 0;
  if (m.user !== "") size += 1 + sizeText(m.user);
  if (m.role !== "") size += 1 + sizeText(m.role);
  return size;
}
export function writeAuthUserGrantRoleRequest(m: AuthUserGrantRoleRequest, target: Uint8Array, start: number): number {
  let at = start;
  if (m.user !== "") {
    target[at++] = 10;
    at = writeText(m.user, target, at);
  }
  if (m.role !== "") {
    target[at++] = 18;
    at = writeText(m.role, target, at);
  }
  return at;
}
export function encodeAuthUserGrantRoleRequest(m: AuthUserGrantRoleRequest): Uint8Array {
  const bytes = allocate(sizeAuthUserGrantRoleRequest(m));
  writeAuthUserGrantRoleRequest(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.AuthUserRevokeRoleRequest */
export interface AuthUserRevokeRoleRequest {
  name: string;
  role: string;
}
export function makeAuthUserRevokeRoleRequest(init: Partial<AuthUserRevokeRoleRequest> = {}): AuthUserRevokeRoleRequest {
  return {
    name: init.name ?? "",
    role: init.role ?? "",
  };
}

export function decodeAuthUserRevokeRoleRequest(bytes: Uint8Array, start = 0, end = bytes.length): AuthUserRevokeRoleRequest {
  let at = start;
  let name_: string = "";
  let role_: string = "";
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: // name
        name_ = readText(bytes, at, end);
        at = cursor;
        break;
      case 18: // role
        role_ = readText(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    name: name_,
    role: role_,
  };
}

export function sizeAuthUserRevokeRoleRequest(m: AuthUserRevokeRoleRequest): number {
  let size = 0;
  if (m.name !== "") size += 1 + sizeText(m.name);
  if (m.role !== "") size += 1 + sizeText(m.role);
  return size;
}
export function writeAuthUserRevokeRoleRequest(m: AuthUserRevokeRoleRequest, target: Uint8Array, start: number): number {
  let at = start;
  if (m.name !== "") {
    target[at++] = 10;
    at = writeText(m.name, target, at);
  }
  if (m.role !== "") {
    target[at++] = 18;
    at = writeText(m.role, target, at);
  }
  return at;
}
export function encodeAuthUserRevokeRoleRequest(m: AuthUserRevokeRoleRequest): Uint8Array {
  const bytes = allocate(sizeAuthUserRevokeRoleRequest(m));
  writeAuthUserRevokeRoleRequest(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.AuthRoleAddRequest */
export interface AuthRoleAddRequest {
  name: string;
}
export function makeAuthRoleAddRequest(init: Partial<AuthRoleAddRequest> = {}): AuthRoleAddRequest {
  return {
    name: init.name ?? "",
  };
}

export function decodeAuthRoleAddRequest(bytes: Uint8Array, start = 0, end = bytes.length): AuthRoleAddRequest {
  let at = start;
  let name_: string = "";
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: // name
        name_ = readText(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    name: name_,
  };
}

export function sizeAuthRoleAddRequest(m: AuthRoleAddRequest): number {
  let size = 0;
  if (m.name !== "") size += 1 + sizeText(m.name);
  return size;
}
export function writeAuthRoleAddRequest(m: AuthRoleAddRequest, target: Uint8Array, start: number): number {
  let at = start;
  if (m.name !== "") {
    target[at++] = 10;
    at = writeText(m.name, target, at);
  }
  return at;
}
export function encodeAuthRoleAddRequest(m: AuthRoleAddRequest): Uint8Array {
  const bytes = allocate(sizeAuthRoleAddRequest(m));
  writeAuthRoleAddRequest(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.AuthRoleGetRequest */
export interface AuthRoleGetRequest {
  role: string;
}
export function makeAuthRoleGetRequest(init: Partial<AuthRoleGetRequest> = {}): AuthRoleGetRequest {
  return {
    role: init.role ?? "",
  };
}

export function decodeAuthRoleGetRequest(bytes: Uint8Array, start = 0, end = bytes.length): AuthRoleGetRequest {
  let at = start;
  let role_: string = "";
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: // role
        role_ = readText(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    role: role_,
  };
}

export function sizeAuthRoleGetRequest(m: AuthRoleGetRequest): number {
  let size = 0;
  if (m.role !== "") size += 1 + sizeText(m.role);
  return size;
}
export function writeAuthRoleGetRequest(m: AuthRoleGetRequest, target: Uint8Array, start: number): number {
  let at = start;
  if (m.role !== "") {
    target[at++] = 10;
    at = writeText(m.role, target, at);
  }
  return at;
}
export function encodeAuthRoleGetRequest(m: AuthRoleGetRequest): Uint8Array {
  const bytes = allocate(sizeAuthRoleGetRequest(m));
  writeAuthRoleGetRequest(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.AuthUserListRequest */
export type AuthUserListRequest = Record<never, never>;
export function makeAuthUserListRequest(_init: Partial<AuthUserListRequest> = {}): AuthUserListRequest {
  return {};
}

export function decodeAuthUserListRequest(bytes: Uint8Array, start = 0, end = bytes.length): AuthUserListRequest {
  let at = start;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    at = skipField(bytes, at, end, tag);
  }
  return {};
}

export function sizeAuthUserListRequest(_m: AuthUserListRequest): number {
  return 0;
}
export function writeAuthUserListRequest(_m: AuthUserListRequest, _target: Uint8Array, at: number): number {
  return at;
}
export function encodeAuthUserListRequest(m: AuthUserListRequest): Uint8Array {
  const bytes = allocate(sizeAuthUserListRequest(m));
  writeAuthUserListRequest(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.AuthRoleListRequest */
export type AuthRoleListRequest = Record<never, never>;
export function makeAuthRoleListRequest(_init: Partial<AuthRoleListRequest> = {}): AuthRoleListRequest {
  return {};
}

export function decodeAuthRoleListRequest(bytes: Uint8Array, start = 0, end = bytes.length): AuthRoleListRequest {
  let at = start;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    at = skipField(bytes, at, end, tag);
  }
  return {};
}

export function sizeAuthRoleListRequest(_m: AuthRoleListRequest): number {
  return 0;
}
export function writeAuthRoleListRequest(_m: AuthRoleListRequest, _target: Uint8Array, at: number): number {
  return at;
}
export function encodeAuthRoleListRequest(m: AuthRoleListRequest): Uint8Array {
  const bytes = allocate(sizeAuthRoleListRequest(m));
  writeAuthRoleListRequest(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.AuthRoleDeleteRequest */
export interface AuthRoleDeleteRequest {
  role: string;
}
export function makeAuthRoleDeleteRequest(init: Partial<AuthRoleDeleteRequest> = {}): AuthRoleDeleteRequest {
  return {
    role: init.role ?? "",
  };
}

export function decodeAuthRoleDeleteRequest(bytes: Uint8Array, start = 0, end = bytes.length): AuthRoleDeleteRequest {
  let at = start;
  let role_: string = "";
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: // role
        role_ = readText(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    role: role_,
  };
}

export function sizeAuthRoleDeleteRequest(m: AuthRoleDeleteRequest): number {
  let size = 0;
  if (m.role !== "") size += 1 + sizeText(m.role);
  return size;
}
export function writeAuthRoleDeleteRequest(m: AuthRoleDeleteRequest, target: Uint8Array, start: number): number {
  let at = start;
  if (m.role !== "") {
    target[at++] = 10;
    at = writeText(m.role, target, at);
  }
  return at;
}
export function encodeAuthRoleDeleteRequest(m: AuthRoleDeleteRequest): Uint8Array {
  const bytes = allocate(sizeAuthRoleDeleteRequest(m));
  writeAuthRoleDeleteRequest(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.AuthRoleGrantPermissionRequest */
export interface AuthRoleGrantPermissionRequest {
  name: string;
  perm: Permission | undefined;
}
export function makeAuthRoleGrantPermissionRequest(init: Partial<AuthRoleGrantPermissionRequest> = {}): AuthRoleGrantPermissionRequest {
  return {
    name: init.name ?? "",
    perm: init.perm,
  };
}

export function decodeAuthRoleGrantPermissionRequest(bytes: Uint8Array, start = 0, end = bytes.length): AuthRoleGrantPermissionRequest {
  let at = start;
  let name_: string = "";
  let perm_: Permission | undefined;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: // name
        name_ = readText(bytes, at, end);
        at = cursor;
        break;
      case 18: { // perm
        const to = readLength(bytes, at, end);
        perm_ = readPermission(bytes, cursor, to, perm_);
        at = to;
        break;
      }
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    name: name_,
    perm: perm_,
  };
}

export function sizeAuthRoleGrantPermissionRequest(m: AuthRoleGrantPermissionRequest): number {
  let size = 0;
  if (m.name !== "") size += 1 + sizeText(m.name);
  if (m.perm !== undefined) size += 1 + sizeDelimited(sizePermission(m.perm));
  return size;
}
export function writeAuthRoleGrantPermissionRequest(m: AuthRoleGrantPermissionRequest, target: Uint8Array, start: number): number {
  let at = start;
  if (m.name !== "") {
    target[at++] = 10;
    at = writeText(m.name, target, at);
  }
  if (m.perm !== undefined) {
    target[at++] = 18;
    at = writeUint32(sizePermission(m.perm), target, at);
    at = writePermission(m.perm, target, at);
  }
  return at;
}
export function encodeAuthRoleGrantPermissionRequest(m: AuthRoleGrantPermissionRequest): Uint8Array {
  const bytes = allocate(sizeAuthRoleGrantPermissionRequest(m));
  writeAuthRoleGrantPermissionRequest(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.AuthRoleRevokePermissionRequest */
export interface AuthRoleRevokePermissionRequest {
  role: string;
  key: Uint8Array;
  rangeEnd: Uint8Array;
}
export function makeAuthRoleRevokePermissionRequest(init: Partial<AuthRoleRevokePermissionRequest> = {}): AuthRoleRevokePermissionRequest {
  return {
    role: init.role ?? "",
    key: init.key ?? emptyBytes,
    rangeEnd: init.rangeEnd ?? emptyBytes,
  };
}

export function decodeAuthRoleRevokePermissionRequest(bytes: Uint8Array, start = 0, end = bytes.length): AuthRoleRevokePermissionRequest {
  let at = start;
  let role_: string = "";
  let key_ = emptyBytes;
  let rangeEnd_ = emptyBytes;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: // role
        role_ = readText(bytes, at, end);
        at = cursor;
        break;
      case 18: // key
        key_ = readBytes(bytes, at, end);
        at = cursor;
        break;
      case 26: // range_end
        rangeEnd_ = readBytes(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    role: role_,
    key: key_,
    rangeEnd: rangeEnd_,
  };
}

export function sizeAuthRoleRevokePermissionRequest(m: AuthRoleRevokePermissionRequest): number {
  let size = 0;
  if (m.role !== "") size += 1 + sizeText(m.role);
  if (m.key.length !== 0) size += 1 + sizeDelimited(m.key.length);
  if (m.rangeEnd.length !== 0) size += 1 + sizeDelimited(m.rangeEnd.length);
  return size;
}
export function writeAuthRoleRevokePermissionRequest(m: AuthRoleRevokePermissionRequest, target: Uint8Array, start: number): number {
  let at = start;
  if (m.role !== "") {
    target[at++] = 10;
    at = writeText(m.role, target, at);
  }
  if (m.key.length !== 0) {
    target[at++] = 18;
    at = writeBytes(m.key, target, at);
  }
  if (m.rangeEnd.length !== 0) {
    target[at++] = 26;
    at = writeBytes(m.rangeEnd, target, at);
  }
  return at;
}
export function encodeAuthRoleRevokePermissionRequest(m: AuthRoleRevokePermissionRequest): Uint8Array {
  const bytes = allocate(sizeAuthRoleRevokePermissionRequest(m));
  writeAuthRoleRevokePermissionRequest(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.AuthEnableResponse */
export interface AuthEnableResponse {
  header: ResponseHeader | undefined;
}
export function makeAuthEnableResponse(init: Partial<AuthEnableResponse> = {}): AuthEnableResponse {
  return {
    header: init.header,
  };
}

export function decodeAuthEnableResponse(bytes: Uint8Array, start = 0, end = bytes.length): AuthEnableResponse {
  let at = start;
  let header_: ResponseHeader | undefined;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // header
        const to = readLength(bytes, at, end);
        header_ = readResponseHeader(bytes, cursor, to, header_);
        at = to;
        break;
      }
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    header: header_,
  };
}

export function sizeAuthEnableResponse(m: AuthEnableResponse): number {
  let size = 0;
  if (m.header !== undefined) size += 1 + 1 + sizeResponseHeader(m.header);
  return size;
}
export function writeAuthEnableResponse(m: AuthEnableResponse, target: Uint8Array, start: number): number {
  let at = start;
  if (m.header !== undefined) {
    target[at++] = 10;
    const lengthAt = at++;
    at = writeResponseHeader(m.header, target, at);
    target[lengthAt] = at - lengthAt - 1;
  }
  return at;
}
export function encodeAuthEnableResponse(m: AuthEnableResponse): Uint8Array {
  const bytes = allocate(sizeAuthEnableResponse(m));
  writeAuthEnableResponse(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.AuthDisableResponse */
export interface AuthDisableResponse {
  header: ResponseHeader | undefined;
}
export function makeAuthDisableResponse(init: Partial<AuthDisableResponse> = {}): AuthDisableResponse {
  return {
    header: init.header,
  };
}

export function decodeAuthDisableResponse(bytes: Uint8Array, start = 0, end = bytes.length): AuthDisableResponse {
  let at = start;
  let header_: ResponseHeader | undefined;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // header
        const to = readLength(bytes, at, end);
        header_ = readResponseHeader(bytes, cursor, to, header_);
        at = to;
        break;
      }
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    header: header_,
  };
}

export function sizeAuthDisableResponse(m: AuthDisableResponse): number {
  let size = 0;
  if (m.header !== undefined) size += 1 + 1 + sizeResponseHeader(m.header);
  return size;
}
export function writeAuthDisableResponse(m: AuthDisableResponse, target: Uint8Array, start: number): number {
  let at = start;
  if (m.header !== undefined) {
    target[at++] = 10;
    const lengthAt = at++;
    at = writeResponseHeader(m.header, target, at);
    target[lengthAt] = at - lengthAt - 1;
  }
  return at;
}
export function encodeAuthDisableResponse(m: AuthDisableResponse): Uint8Array {
  const bytes = allocate(sizeAuthDisableResponse(m));
  writeAuthDisableResponse(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.AuthStatusResponse */
export interface AuthStatusResponse {
  header: ResponseHeader | undefined;
  enabled: boolean;
  authRevision: number;
}
export function makeAuthStatusResponse(init: Partial<AuthStatusResponse> = {}): AuthStatusResponse {
  return {
    header: init.header,
    enabled: init.enabled ?? false,
    authRevision: init.authRevision ?? 0,
  };
}

export function decodeAuthStatusResponse(bytes: Uint8Array, start = 0, end = bytes.length): AuthStatusResponse {
  let at = start;
  let header_: ResponseHeader | undefined;
  let enabled_: boolean = false;
  let authRevision_: number = 0;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // header
        const to = readLength(bytes, at, end);
        header_ = readResponseHeader(bytes, cursor, to, header_);
        at = to;
        break;
      }
      case 16: // enabled
        enabled_ = readBool(bytes, at, end);
        at = cursor;
        break;
      case 24: // authRevision
        authRevision_ = readUint64(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    header: header_,
    enabled: enabled_,
    authRevision: authRevision_,
  };
}

export function sizeAuthStatusResponse(m: AuthStatusResponse): number {
  let size = 0;
  if (m.header !== undefined) size += 1 + 1 + sizeResponseHeader(m.header);
  if (m.enabled) size += 2;
  if (m.authRevision !== 0) size += 1 + sizeUint64(m.authRevision);
  return size;
}
export function writeAuthStatusResponse(m: AuthStatusResponse, target: Uint8Array, start: number): number {
  let at = start;
  if (m.header !== undefined) {
    target[at++] = 10;
    const lengthAt = at++;
    at = writeResponseHeader(m.header, target, at);
    target[lengthAt] = at - lengthAt - 1;
  }
  if (m.enabled) {
    target[at++] = 16;
    target[at++] = m.enabled ? 1 : 0;
  }
  if (m.authRevision !== 0) {
    target[at++] = 24;
    at = writeUint64(m.authRevision, target, at);
  }
  return at;
}
export function encodeAuthStatusResponse(m: AuthStatusResponse): Uint8Array {
  const bytes = allocate(sizeAuthStatusResponse(m));
  writeAuthStatusResponse(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.AuthenticateResponse */
export interface AuthenticateResponse {
  header: ResponseHeader | undefined;
  token: string;
}
export function makeAuthenticateResponse(init: Partial<AuthenticateResponse> = {}): AuthenticateResponse {
  return {
    header: init.header,
    token: init.token ?? "",
  };
}

export function decodeAuthenticateResponse(bytes: Uint8Array, start = 0, end = bytes.length): AuthenticateResponse {
  let at = start;
  let header_: ResponseHeader | undefined;
  let token_: string = "";
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // header
        const to = readLength(bytes, at, end);
        header_ = readResponseHeader(bytes, cursor, to, header_);
        at = to;
        break;
      }
      case 18: // token
        token_ = readText(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    header: header_,
    token: token_,
  };
}

export function sizeAuthenticateResponse(m: AuthenticateResponse): number {
  let size = 0;
  if (m.header !== undefined) size += 1 + 1 + sizeResponseHeader(m.header);
  if (m.token !== "") size += 1 + sizeText(m.token);
  return size;
}
export function writeAuthenticateResponse(m: AuthenticateResponse, target: Uint8Array, start: number): number {
  let at = start;
  if (m.header !== undefined) {
    target[at++] = 10;
    const lengthAt = at++;
    at = writeResponseHeader(m.header, target, at);
    target[lengthAt] = at - lengthAt - 1;
  }
  if (m.token !== "") {
    target[at++] = 18;
    at = writeText(m.token, target, at);
  }
  return at;
}
export function encodeAuthenticateResponse(m: AuthenticateResponse): Uint8Array {
  const bytes = allocate(sizeAuthenticateResponse(m));
  writeAuthenticateResponse(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.AuthUserAddResponse */
export interface AuthUserAddResponse {
  header: ResponseHeader | undefined;
}
export function makeAuthUserAddResponse(init: Partial<AuthUserAddResponse> = {}): AuthUserAddResponse {
  return {
    header: init.header,
  };
}

export function decodeAuthUserAddResponse(bytes: Uint8Array, start = 0, end = bytes.length): AuthUserAddResponse {
  let at = start;
  let header_: ResponseHeader | undefined;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // header
        const to = readLength(bytes, at, end);
        header_ = readResponseHeader(bytes, cursor, to, header_);
        at = to;
        break;
      }
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    header: header_,
  };
}

export function sizeAuthUserAddResponse(m: AuthUserAddResponse): number {
  let size = 0;
  if (m.header !== undefined) size += 1 + 1 + sizeResponseHeader(m.header);
  return size;
}
export function writeAuthUserAddResponse(m: AuthUserAddResponse, target: Uint8Array, start: number): number {
  let at = start;
  if (m.header !== undefined) {
    target[at++] = 10;
    const lengthAt = at++;
    at = writeResponseHeader(m.header, target, at);
    target[lengthAt] = at - lengthAt - 1;
  }
  return at;
}
export function encodeAuthUserAddResponse(m: AuthUserAddResponse): Uint8Array {
  const bytes = allocate(sizeAuthUserAddResponse(m));
  writeAuthUserAddResponse(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.AuthUserGetResponse */
export interface AuthUserGetResponse {
  header: ResponseHeader | undefined;
  roles: string[];
}
export function makeAuthUserGetResponse(init: Partial<AuthUserGetResponse> = {}): AuthUserGetResponse {
  return {
    header: init.header,
    roles: init.roles ?? [],
  };
}

export function decodeAuthUserGetResponse(bytes: Uint8Array, start = 0, end = bytes.length): AuthUserGetResponse {
  let at = start;
  let header_: ResponseHeader | undefined;
  const roles_: string[] = [];
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // header
        const to = readLength(bytes, at, end);
        header_ = readResponseHeader(bytes, cursor, to, header_);
        at = to;
        break;
      }
      case 18: // roles
        roles_.push(readText(bytes, at, end));
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    header: header_,
    roles: roles_,
  };
}

export function sizeAuthUserGetResponse(m: AuthUserGetResponse): number {
  let size = 0;
  if (m.header !== undefined) size += 1 + 1 + sizeResponseHeader(m.header);
  for (const value of m.roles) size += 1 + sizeText(value);
  return size;
}
export function writeAuthUserGetResponse(m: AuthUserGetResponse, target: Uint8Array, start: number): number {
  let at = start;
  if (m.header !== undefined) {
    target[at++] = 10;
    const lengthAt = at++;
    at = writeResponseHeader(m.header, target, at);
    target[lengthAt] = at - lengthAt - 1;
  }
  for (const value of m.roles) {
    target[at++] = 18;
    at = writeText(value, target, at);
  }
  return at;
}
export function encodeAuthUserGetResponse(m: AuthUserGetResponse): Uint8Array {
  const bytes = allocate(sizeAuthUserGetResponse(m));
  writeAuthUserGetResponse(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.AuthUserDeleteResponse */
export interface AuthUserDeleteResponse {
  header: ResponseHeader | undefined;
}
export function makeAuthUserDeleteResponse(init: Partial<AuthUserDeleteResponse> = {}): AuthUserDeleteResponse {
  return {
    header: init.header,
  };
}

export function decodeAuthUserDeleteResponse(bytes: Uint8Array, start = 0, end = bytes.length): AuthUserDeleteResponse {
  let at = start;
  let header_: ResponseHeader | undefined;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // header
        const to = readLength(bytes, at, end);
        header_ = readResponseHeader(bytes, cursor, to, header_);
        at = to;
        break;
      }
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    header: header_,
  };
}

export function sizeAuthUserDeleteResponse(m: AuthUserDeleteResponse): number {
  let size = 0;
  if (m.header !== undefined) size += 1 + 1 + sizeResponseHeader(m.header);
  return size;
}
export function writeAuthUserDeleteResponse(m: AuthUserDeleteResponse, target: Uint8Array, start: number): number {
  let at = start;
  if (m.header !== undefined) {
    target[at++] = 10;
    const lengthAt = at++;
    at = writeResponseHeader(m.header, target, at);
    target[lengthAt] = at - lengthAt - 1;
  }
  return at;
}
export function encodeAuthUserDeleteResponse(m: AuthUserDeleteResponse): Uint8Array {
  const bytes = allocate(sizeAuthUserDeleteResponse(m));
  writeAuthUserDeleteResponse(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.AuthUserChangePasswordResponse */
export interface AuthUserChangePasswordResponse {
  header: ResponseHeader | undefined;
}
export function makeAuthUserChangePasswordResponse(init: Partial<AuthUserChangePasswordResponse> = {}): AuthUserChangePasswordResponse {
  return {
    header: init.header,
  };
}

export function decodeAuthUserChangePasswordResponse(bytes: Uint8Array, start = 0, end = bytes.length): AuthUserChangePasswordResponse {
  let at = start;
  let header_: ResponseHeader | undefined;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // header
        const to = readLength(bytes, at, end);
        header_ = readResponseHeader(bytes, cursor, to, header_);
        at = to;
        break;
      }
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    header: header_,
  };
}

export function sizeAuthUserChangePasswordResponse(m: AuthUserChangePasswordResponse): number {
  let size = 0;
  if (m.header !== undefined) size += 1 + 1 + sizeResponseHeader(m.header);
  return size;
}
export function writeAuthUserChangePasswordResponse(m: AuthUserChangePasswordResponse, target: Uint8Array, start: number): number {
  let at = start;
  if (m.header !== undefined) {
    target[at++] = 10;
    const lengthAt = at++;
    at = writeResponseHeader(m.header, target, at);
    target[lengthAt] = at - lengthAt - 1;
  }
  return at;
}
export function encodeAuthUserChangePasswordResponse(m: AuthUserChangePasswordResponse): Uint8Array {
  const bytes = allocate(sizeAuthUserChangePasswordResponse(m));
  writeAuthUserChangePasswordResponse(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.AuthUserGrantRoleResponse */
export interface AuthUserGrantRoleResponse {
  header: ResponseHeader | undefined;
}
export function makeAuthUserGrantRoleResponse(init: Partial<AuthUserGrantRoleResponse> = {}): AuthUserGrantRoleResponse {
  return {
    header: init.header,
  };
}

export function decodeAuthUserGrantRoleResponse(bytes: Uint8Array, start = 0, end = bytes.length): AuthUserGrantRoleResponse {
  let at = start;
  let header_: ResponseHeader | undefined;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // header
        const to = readLength(bytes, at, end);
        header_ = readResponseHeader(bytes, cursor, to, header_);
        at = to;
        break;
      }
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    header: header_,
  };
}

export function sizeAuthUserGrantRoleResponse(m: AuthUserGrantRoleResponse): number {
  let size = 0;
  if (m.header !== undefined) size += 1 + 1 + sizeResponseHeader(m.header);
  return size;
}
export function writeAuthUserGrantRoleResponse(m: AuthUserGrantRoleResponse, target: Uint8Array, start: number): number {
  let at = start;
  if (m.header !== undefined) {
    target[at++] = 10;
    const lengthAt = at++;
    at = writeResponseHeader(m.header, target, at);
    target[lengthAt] = at - lengthAt - 1;
  }
  return at;
}
export function encodeAuthUserGrantRoleResponse(m: AuthUserGrantRoleResponse): Uint8Array {
  const bytes = allocate(sizeAuthUserGrantRoleResponse(m));
  writeAuthUserGrantRoleResponse(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.AuthUserRevokeRoleResponse */
export interface AuthUserRevokeRoleResponse {
  header: ResponseHeader | undefined;
}
export function makeAuthUserRevokeRoleResponse(init: Partial<AuthUserRevokeRoleResponse> = {}): AuthUserRevokeRoleResponse {
  return {
    header: init.header,
  };
}

export function decodeAuthUserRevokeRoleResponse(bytes: Uint8Array, start = 0, end = bytes.length): AuthUserRevokeRoleResponse {
  let at = start;
  let header_: ResponseHeader | undefined;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // header
        const to = readLength(bytes, at, end);
        header_ = readResponseHeader(bytes, cursor, to, header_);
        at = to;
        break;
      }
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    header: header_,
  };
}

export function sizeAuthUserRevokeRoleResponse(m: AuthUserRevokeRoleResponse): number {
  let size = 0;
  if (m.header !== undefined) size += 1 + 1 + sizeResponseHeader(m.header);
  return size;
}
export function writeAuthUserRevokeRoleResponse(m: AuthUserRevokeRoleResponse, target: Uint8Array, start: number): number {
  let at = start;
  if (m.header !== undefined) {
    target[at++] = 10;
    const lengthAt = at++;
    at = writeResponseHeader(m.header, target, at);
    target[lengthAt] = at - lengthAt - 1;
  }
  return at;
}
export function encodeAuthUserRevokeRoleResponse(m: AuthUserRevokeRoleResponse): Uint8Array {
  const bytes = allocate(sizeAuthUserRevokeRoleResponse(m));
  writeAuthUserRevokeRoleResponse(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.AuthRoleAddResponse */
export interface AuthRoleAddResponse {
  header: ResponseHeader | undefined;
}
export function makeAuthRoleAddResponse(init: Partial<AuthRoleAddResponse> = {}): AuthRoleAddResponse {
  return {
    header: init.header,
  };
}

export function decodeAuthRoleAddResponse(bytes: Uint8Array, start = 0, end = bytes.length): AuthRoleAddResponse {
  let at = start;
  let header_: ResponseHeader | undefined;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // header
        const to = readLength(bytes, at, end);
        header_ = readResponseHeader(bytes, cursor, to, header_);
        at = to;
        break;
      }
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    header: header_,
  };
}

export function sizeAuthRoleAddResponse(m: AuthRoleAddResponse): number {
  let size = 0;
  if (m.header !== undefined) size += 1 + 1 + sizeResponseHeader(m.header);
  return size;
}
export function writeAuthRoleAddResponse(m: AuthRoleAddResponse, target: Uint8Array, start: number): number {
  let at = start;
  if (m.header !== undefined) {
    target[at++] = 10;
    const lengthAt = at++;
    at = writeResponseHeader(m.header, target, at);
    target[lengthAt] = at - lengthAt - 1;
  }
  return at;
}
export function encodeAuthRoleAddResponse(m: AuthRoleAddResponse): Uint8Array {
  const bytes = allocate(sizeAuthRoleAddResponse(m));
  writeAuthRoleAddResponse(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.AuthRoleGetResponse */
export interface AuthRoleGetResponse {
  header: ResponseHeader | undefined;
  perm: Permission[];
}
export function makeAuthRoleGetResponse(init: Partial<AuthRoleGetResponse> = {}): AuthRoleGetResponse {
  return {
    header: init.header,
    perm: init.perm ?? [],
  };
}

export function decodeAuthRoleGetResponse(bytes: Uint8Array, start = 0, end = bytes.length): AuthRoleGetResponse {
  let at = start;
  let header_: ResponseHeader | undefined;
  const perm_: Permission[] = [];
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // header
        const to = readLength(bytes, at, end);
        header_ = readResponseHeader(bytes, cursor, to, header_);
        at = to;
        break;
      }
      case 18: { // perm
        const to = readLength(bytes, at, end);
        perm_.push(readPermission(bytes, cursor, to, undefined));
        at = to;
        break;
      }
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    header: header_,
    perm: perm_,
  };
}

export function sizeAuthRoleGetResponse(m: AuthRoleGetResponse): number {
  let size = 0;
  if (m.header !== undefined) size += 1 + 1 + sizeResponseHeader(m.header);
  for (const value of m.perm) size += 1 + sizeDelimited(sizePermission(value));
  return size;
}
export function writeAuthRoleGetResponse(m: AuthRoleGetResponse, target: Uint8Array, start: number): number {
  let at = start;
  if (m.header !== undefined) {
    target[at++] = 10;
    const lengthAt = at++;
    at = writeResponseHeader(m.header, target, at);
    target[lengthAt] = at - lengthAt - 1;
  }
  for (const value of m.perm) {
    target[at++] = 18;
    at = writeUint32(sizePermission(value), target, at);
    at = writePermission(value, target, at);
  }
  return at;
}
export function encodeAuthRoleGetResponse(m: AuthRoleGetResponse): Uint8Array {
  const bytes = allocate(sizeAuthRoleGetResponse(m));
  writeAuthRoleGetResponse(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.AuthRoleListResponse */
export interface AuthRoleListResponse {
  header: ResponseHeader | undefined;
  roles: string[];
}
export function makeAuthRoleListResponse(init: Partial<AuthRoleListResponse> = {}): AuthRoleListResponse {
  return {
    header: init.header,
    roles: init.roles ?? [],
  };
}

export function decodeAuthRoleListResponse(bytes: Uint8Array, start = 0, end = bytes.length): AuthRoleListResponse {
  let at = start;
  let header_: ResponseHeader | undefined;
  const roles_: string[] = [];
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // header
        const to = readLength(bytes, at, end);
        header_ = readResponseHeader(bytes, cursor, to, header_);
        at = to;
        break;
      }
      case 18: // roles
        roles_.push(readText(bytes, at, end));
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    header: header_,
    roles: roles_,
  };
}

export function sizeAuthRoleListResponse(m: AuthRoleListResponse): number {
  let size = 0;
  if (m.header !== undefined) size += 1 + 1 + sizeResponseHeader(m.header);
  for (const value of m.roles) size += 1 + sizeText(value);
  return size;
}
export function writeAuthRoleListResponse(m: AuthRoleListResponse, target: Uint8Array, start: number): number {
  let at = start;
  if (m.header !== undefined) {
    target[at++] = 10;
    const lengthAt = at++;
    at = writeResponseHeader(m.header, target, at);
    target[lengthAt] = at - lengthAt - 1;
  }
  for (const value of m.roles) {
    target[at++] = 18;
    at = writeText(value, target, at);
  }
  return at;
}
export function encodeAuthRoleListResponse(m: AuthRoleListResponse): Uint8Array {
  const bytes = allocate(sizeAuthRoleListResponse(m));
  writeAuthRoleListResponse(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.AuthUserListResponse */
export interface AuthUserListResponse {
  header: ResponseHeader | undefined;
  users: string[];
}
export function makeAuthUserListResponse(init: Partial<AuthUserListResponse> = {}): AuthUserListResponse {
  return {
    header: init.header,
    users: init.users ?? [],
  };
}

export function decodeAuthUserListResponse(bytes: Uint8Array, start = 0, end = bytes.length): AuthUserListResponse {
  let at = start;
  let header_: ResponseHeader | undefined;
  const users_: string[] = [];
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // header
        const to = readLength(bytes, at, end);
        header_ = readResponseHeader(bytes, cursor, to, header_);
        at = to;
        break;
      }
      case 18: // users
        users_.push(readText(bytes, at, end));
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    header: header_,
    users: users_,
  };
}

export function sizeAuthUserListResponse(m: AuthUserListResponse): number {
  let size = 0;
  if (m.header !== undefined) size += 1 + 1 + sizeResponseHeader(m.header);
  for (const value of m.users) size += 1 + sizeText(value);
  return size;
}
export function writeAuthUserListResponse(m: AuthUserListResponse, target: Uint8Array, start: number): number {
  let at = start;
  if (m.header !== undefined) {
    target[at++] = 10;
    const lengthAt = at++;
    at = writeResponseHeader(m.header, target, at);
    target[lengthAt] = at - lengthAt - 1;
  }
  for (const value of m.users) {
    target[at++] = 18;
    at = writeText(value, target, at);
  }
  return at;
}
export function encodeAuthUserListResponse(m: AuthUserListResponse): Uint8Array {
  const bytes = allocate(sizeAuthUserListResponse(m));
  writeAuthUserListResponse(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.AuthRoleDeleteResponse */
export interface AuthRoleDeleteResponse {
  header: ResponseHeader | undefined;
}
export function makeAuthRoleDeleteResponse(init: Partial<AuthRoleDeleteResponse> = {}): AuthRoleDeleteResponse {
  return {
    header: init.header,
  };
}

export function decodeAuthRoleDeleteResponse(bytes: Uint8Array, start = 0, end = bytes.length): AuthRoleDeleteResponse {
  let at = start;
  let header_: ResponseHeader | undefined;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // header
        const to = readLength(bytes, at, end);
        header_ = readResponseHeader(bytes, cursor, to, header_);
        at = to;
        break;
      }
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    header: header_,
  };
}

export function sizeAuthRoleDeleteResponse(m: AuthRoleDeleteResponse): number {
  let size = 0;
  if (m.header !== undefined) size += 1 + 1 + sizeResponseHeader(m.header);
  return size;
}
export function writeAuthRoleDeleteResponse(m: AuthRoleDeleteResponse, target: Uint8Array, start: number): number {
  let at = start;
  if (m.header !== undefined) {
    target[at++] = 10;
    const lengthAt = at++;
    at = writeResponseHeader(m.header, target, at);
    target[lengthAt] = at - lengthAt - 1;
  }
  return at;
}
export function encodeAuthRoleDeleteResponse(m: AuthRoleDeleteResponse): Uint8Array {
  const bytes = allocate(sizeAuthRoleDeleteResponse(m));
  writeAuthRoleDeleteResponse(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.AuthRoleGrantPermissionResponse */
export interface AuthRoleGrantPermissionResponse {
  header: ResponseHeader | undefined;
}
export function makeAuthRoleGrantPermissionResponse(init: Partial<AuthRoleGrantPermissionResponse> = {}): AuthRoleGrantPermissionResponse {
  return {
    header: init.header,
  };
}

export function decodeAuthRoleGrantPermissionResponse(bytes: Uint8Array, start = 0, end = bytes.length): AuthRoleGrantPermissionResponse {
  let at = start;
  let header_: ResponseHeader | undefined;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // header
        const to = readLength(bytes, at, end);
        header_ = readResponseHeader(bytes, cursor, to, header_);
        at = to;
        break;
      }
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    header: header_,
  };
}

export function sizeAuthRoleGrantPermissionResponse(m: AuthRoleGrantPermissionResponse): number {
  let size = 0;
  if (m.header !== undefined) size += 1 + 1 + sizeResponseHeader(m.header);
  return size;
}
export function writeAuthRoleGrantPermissionResponse(m: AuthRoleGrantPermissionResponse, target: Uint8Array, start: number): number {
  let at = start;
  if (m.header !== undefined) {
    target[at++] = 10;
    const lengthAt = at++;
    at = writeResponseHeader(m.header, target, at);
    target[lengthAt] = at - lengthAt - 1;
  }
  return at;
}
export function encodeAuthRoleGrantPermissionResponse(m: AuthRoleGrantPermissionResponse): Uint8Array {
  const bytes = allocate(sizeAuthRoleGrantPermissionResponse(m));
  writeAuthRoleGrantPermissionResponse(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.AuthRoleRevokePermissionResponse */
export interface AuthRoleRevokePermissionResponse {
  header: ResponseHeader | undefined;
}
export function makeAuthRoleRevokePermissionResponse(init: Partial<AuthRoleRevokePermissionResponse> = {}): AuthRoleRevokePermissionResponse {
  return {
    header: init.header,
  };
}

export function decodeAuthRoleRevokePermissionResponse(bytes: Uint8Array, start = 0, end = bytes.length): AuthRoleRevokePermissionResponse {
  let at = start;
  let header_: ResponseHeader | undefined;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // header
        const to = readLength(bytes, at, end);
        header_ = readResponseHeader(bytes, cursor, to, header_);
        at = to;
        break;
      }
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    header: header_,
  };
}

export function sizeAuthRoleRevokePermissionResponse(m: AuthRoleRevokePermissionResponse): number {
  let size = 0;
  if (m.header !== undefined) size += 1 + 1 + sizeResponseHeader(m.header);
  return size;
}
export function writeAuthRoleRevokePermissionResponse(m: AuthRoleRevokePermissionResponse, target: Uint8Array, start: number): number {
  let at = start;
  if (m.header !== undefined) {
    target[at++] = 10;
    const lengthAt = at++;
    at = writeResponseHeader(m.header, target, at);
    target[lengthAt] = at - lengthAt - 1;
  }
  return at;
}
export function encodeAuthRoleRevokePermissionResponse(m: AuthRoleRevokePermissionResponse): Uint8Array {
  const bytes = allocate(sizeAuthRoleRevokePermissionResponse(m));
  writeAuthRoleRevokePermissionResponse(m, bytes, 0);
  return bytes;
}

/** message etcdserverpb.RangeStreamResponse */
export interface RangeStreamResponse {
  rangeResponse: RangeResponse | undefined;
}
export function makeRangeStreamResponse(init: Partial<RangeStreamResponse> = {}): RangeStreamResponse {
  return {
    rangeResponse: init.rangeResponse,
  };
}

export function decodeRangeStreamResponse(bytes: Uint8Array, start = 0, end = bytes.length): RangeStreamResponse {
  let at = start;
  let rangeResponse_: RangeResponse | undefined;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // range_response
        const to = readLength(bytes, at, end);
        rangeResponse_ = readRangeResponse(bytes, cursor, to, rangeResponse_);
        at = to;
        break;
      }
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    rangeResponse: rangeResponse_,
  };
}

export function sizeRangeStreamResponse(m: RangeStreamResponse): number {
  let size = 0;
  if (m.rangeResponse !== undefined) size += 1 + sizeDelimited(sizeRangeResponse(m.rangeResponse));
  return size;
}
export function writeRangeStreamResponse(m: RangeStreamResponse, target: Uint8Array, start: number): number {
  let at = start;
  if (m.rangeResponse !== undefined) {
    target[at++] = 10;
    at = writeUint32(sizeRangeResponse(m.rangeResponse), target, at);
    at = writeRangeResponse(m.rangeResponse, target, at);
  }
  return at;
}
export function encodeRangeStreamResponse(m: RangeStreamResponse): Uint8Array {
  const bytes = allocate(sizeRangeStreamResponse(m));
  writeRangeStreamResponse(m, bytes, 0);
  return bytes;
}

/** message grpc.health.v1.HealthCheckRequest */
export interface HealthCheckRequest {
  service: string;
}
export function makeHealthCheckRequest(init: Partial<HealthCheckRequest> = {}): HealthCheckRequest {
  return {
    service: init.service ?? "",
  };
}

export function decodeHealthCheckRequest(bytes: Uint8Array, start = 0, end = bytes.length): HealthCheckRequest {
  let at = start;
  let service_: string = "";
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: // service
        service_ = readText(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    service: service_,
  };
}

export function sizeHealthCheckRequest(m: HealthCheckRequest): number {
  let size = 0;
  if (m.service !== "") size += 1 + sizeText(m.service);
  return size;
}
export function writeHealthCheckRequest(m: HealthCheckRequest, target: Uint8Array, start: number): number {
  let at = start;
  if (m.service !== "") {
    target[at++] = 10;
    at = writeText(m.service, target, at);
  }
  return at;
}
export function encodeHealthCheckRequest(m: HealthCheckRequest): Uint8Array {
  const bytes = allocate(sizeHealthCheckRequest(m));
  writeHealthCheckRequest(m, bytes, 0);
  return bytes;
}

/** message grpc.health.v1.HealthCheckResponse */
export interface HealthCheckResponse {
  status: number; // ServingStatus
}
export function makeHealthCheckResponse(init: Partial<HealthCheckResponse> = {}): HealthCheckResponse {
  return {
    status: init.status ?? 0,
  };
}

export function decodeHealthCheckResponse(bytes: Uint8Array, start = 0, end = bytes.length): HealthCheckResponse {
  return readHealthCheckResponse(bytes, start, end, undefined);
}

function readHealthCheckResponse(
  bytes: Uint8Array,
  start: number,
  end: number,
  first: HealthCheckResponse | undefined,
): HealthCheckResponse {
  let at = start;
  let status_: number = 0;
  if (first !== undefined) {
    status_ = first.status;
  }
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 8: // status
        status_ = readInt32(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    status: status_,
  };
}

export function sizeHealthCheckResponse(m: HealthCheckResponse): number {
  let size = 0;
  if (m.status !== 0) size += 1 + sizeInt32(m.status);
  return size;
}
export function writeHealthCheckResponse(m: HealthCheckResponse, target: Uint8Array, start: number): number {
  let at = start;
  if (m.status !== 0) {
    target[at++] = 8;
    at = writeInt32(m.status, target, at);
  }
  return at;
}
export function encodeHealthCheckResponse(m: HealthCheckResponse): Uint8Array {
  const bytes = allocate(sizeHealthCheckResponse(m));
  writeHealthCheckResponse(m, bytes, 0);
  return bytes;
}

/** message grpc.health.v1.HealthListRequest */
export type HealthListRequest = Record<never, never>;
export function makeHealthListRequest(_init: Partial<HealthListRequest> = {}): HealthListRequest {
  return {};
}

export function decodeHealthListRequest(bytes: Uint8Array, start = 0, end = bytes.length): HealthListRequest {
  let at = start;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    at = skipField(bytes, at, end, tag);
  }
  return {};
}

export function sizeHealthListRequest(_m: HealthListRequest): number {
  return 0;
}
export function writeHealthListRequest(_m: HealthListRequest, _target: Uint8Array, at: number): number {
  return at;
}
export function encodeHealthListRequest(m: HealthListRequest): Uint8Array {
  const bytes = allocate(sizeHealthListRequest(m));
  writeHealthListRequest(m, bytes, 0);
  return bytes;
}

/** message grpc.health.v1.HealthListResponse */
export interface HealthListResponse {
  statuses: HealthStatusesEntry[];
}
export function makeHealthListResponse(init: Partial<HealthListResponse> = {}): HealthListResponse {
  return {
    statuses: init.statuses ?? [],
  };
}

export function decodeHealthListResponse(bytes: Uint8Array, start = 0, end = bytes.length): HealthListResponse {
  let at = start;
  const statuses_: HealthStatusesEntry[] = [];
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // statuses
        const to = readLength(bytes, at, end);
        statuses_.push(decodeHealthStatusesEntry(bytes, cursor, to));
        at = to;
        break;
      }
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    statuses: statuses_,
  };
}

export function sizeHealthListResponse(m: HealthListResponse): number {
  let size = 0;
  for (const value of m.statuses) size += 1 + sizeDelimited(sizeHealthStatusesEntry(value));
  return size;
}
export function writeHealthListResponse(m: HealthListResponse, target: Uint8Array, start: number): number {
  let at = start;
  for (const value of m.statuses) {
    target[at++] = 10;
    at = writeUint32(sizeHealthStatusesEntry(value), target, at);
    at = writeHealthStatusesEntry(value, target, at);
  }
  return at;
}
export function encodeHealthListResponse(m: HealthListResponse): Uint8Array {
  const bytes = allocate(sizeHealthListResponse(m));
  writeHealthListResponse(m, bytes, 0);
  return bytes;
}

/** message grpc.health.v1.HealthListResponse.StatusesEntry */
export interface HealthStatusesEntry {
  key: string;
  value: HealthCheckResponse | undefined;
}
export function makeHealthStatusesEntry(init: Partial<HealthStatusesEntry> = {}): HealthStatusesEntry {
  return {
    key: init.key ?? "",
    value: init.value,
  };
}

export function decodeHealthStatusesEntry(bytes: Uint8Array, start = 0, end = bytes.length): HealthStatusesEntry {
  let at = start;
  let key_: string = "";
  let value_: HealthCheckResponse | undefined;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: // key
        key_ = readText(bytes, at, end);
        at = cursor;
        break;
      case 18: { // value
        const to = readLength(bytes, at, end);
        value_ = readHealthCheckResponse(bytes, cursor, to, value_);
        at = to;
        break;
      }
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    key: key_,
    value: value_,
  };
}

export function sizeHealthStatusesEntry(m: HealthStatusesEntry): number {
  let size = 0;
  if (m.key !== "") size += 1 + sizeText(m.key);
  if (m.value !== undefined) size += 1 + 1 + sizeHealthCheckResponse(m.value);
  return size;
}
export function writeHealthStatusesEntry(m: HealthStatusesEntry, target: Uint8Array, start: number): number {
  let at = start;
  if (m.key !== "") {
    target[at++] = 10;
    at = writeText(m.key, target, at);
  }
  if (m.value !== undefined) {
    target[at++] = 18;
    const lengthAt = at++;
    at = writeHealthCheckResponse(m.value, target, at);
    target[lengthAt] = at - lengthAt - 1;
  }
  return at;
}
export function encodeHealthStatusesEntry(m: HealthStatusesEntry): Uint8Array {
  const bytes = allocate(sizeHealthStatusesEntry(m));
  writeHealthStatusesEntry(m, bytes, 0);
  return bytes;
}

/** message leasepb.Lease */
export interface Lease {
  ID: bigint;
  TTL: number;
  remainingTTL: number;
}
export function makeLease(init: Partial<Lease> = {}): Lease {
  return {
    ID: init.ID ?? 0n,
    TTL: init.TTL ?? 0,
    remainingTTL: init.remainingTTL ?? 0,
  };
}

export function decodeLease(bytes: Uint8Array, start = 0, end = bytes.length): Lease {
  let at = start;
  let ID_: bigint = 0n;
  let TTL_: number = 0;
  let remainingTTL_: number = 0;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 8: // ID
        ID_ = readId64(bytes, at, end);
        at = cursor;
        break;
      case 16: // TTL
        TTL_ = readInt64(bytes, at, end);
        at = cursor;
        break;
      case 24: // RemainingTTL
        remainingTTL_ = readInt64(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    ID: ID_,
    TTL: TTL_,
    remainingTTL: remainingTTL_,
  };
}

export function sizeLease(m: Lease): number {
  let size = 0;
  if (m.ID !== 0n) size += 1 + sizeId64(m.ID);
  if (m.TTL !== 0) size += 1 + sizeInt64(m.TTL);
  if (m.remainingTTL !== 0) size += 1 + sizeInt64(m.remainingTTL);
  return size;
}
export function writeLease(m: Lease, target: Uint8Array, start: number): number {
  let at = start;
  if (m.ID !== 0n) {
    target[at++] = 8;
    at = writeId64(m.ID, target, at);
  }
  if (m.TTL !== 0) {
    target[at++] = 16;
    at = writeInt64(m.TTL, target, at);
  }
  if (m.remainingTTL !== 0) {
    target[at++] = 24;
    at = writeInt64(m.remainingTTL, target, at);
  }
  return at;
}
export function encodeLease(m: Lease): Uint8Array {
  const bytes = allocate(sizeLease(m));
  writeLease(m, bytes, 0);
  return bytes;
}

/** message leasepb.LeaseInternalRequest */
export interface LeaseInternalRequest {
  leaseTimeToLiveRequest: LeaseTimeToLiveRequest | undefined;
}
export function makeLeaseInternalRequest(init: Partial<LeaseInternalRequest> = {}): LeaseInternalRequest {
  return {
    leaseTimeToLiveRequest: init.leaseTimeToLiveRequest,
  };
}

export function decodeLeaseInternalRequest(bytes: Uint8Array, start = 0, end = bytes.length): LeaseInternalRequest {
  let at = start;
  let leaseTimeToLiveRequest_: LeaseTimeToLiveRequest | undefined;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // LeaseTimeToLiveRequest
        const to = readLength(bytes, at, end);
        leaseTimeToLiveRequest_ = readLeaseTimeToLiveRequest(bytes, cursor, to, leaseTimeToLiveRequest_);
        at = to;
        break;
      }
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    leaseTimeToLiveRequest: leaseTimeToLiveRequest_,
  };
}

export function sizeLeaseInternalRequest(m: LeaseInternalRequest): number {
  let size = 0;
  if (m.leaseTimeToLiveRequest !== undefined) size += 1 + 1 + sizeLeaseTimeToLiveRequest(m.leaseTimeToLiveRequest);
  return size;
}
export function writeLeaseInternalRequest(m: LeaseInternalRequest, target: Uint8Array, start: number): number {
  let at = start;
  if (m.leaseTimeToLiveRequest !== undefined) {
    target[at++] = 10;
    const lengthAt = at++;
    at = writeLeaseTimeToLiveRequest(m.leaseTimeToLiveRequest, target, at);
    target[lengthAt] = at - lengthAt - 1;
  }
  return at;
}
export function encodeLeaseInternalRequest(m: LeaseInternalRequest): Uint8Array {
  const bytes = allocate(sizeLeaseInternalRequest(m));
  writeLeaseInternalRequest(m, bytes, 0);
  return bytes;
}

/** message leasepb.LeaseInternalResponse */
export interface LeaseInternalResponse {
  leaseTimeToLiveResponse: LeaseTimeToLiveResponse | undefined;
}
export function makeLeaseInternalResponse(init: Partial<LeaseInternalResponse> = {}): LeaseInternalResponse {
  return {
    leaseTimeToLiveResponse: init.leaseTimeToLiveResponse,
  };
}

export function decodeLeaseInternalResponse(bytes: Uint8Array, start = 0, end = bytes.length): LeaseInternalResponse {
  let at = start;
  let leaseTimeToLiveResponse_: LeaseTimeToLiveResponse | undefined;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // LeaseTimeToLiveResponse
        const to = readLength(bytes, at, end);
        leaseTimeToLiveResponse_ = readLeaseTimeToLiveResponse(bytes, cursor, to, leaseTimeToLiveResponse_);
        at = to;
        break;
      }
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    leaseTimeToLiveResponse: leaseTimeToLiveResponse_,
  };
}

export function sizeLeaseInternalResponse(m: LeaseInternalResponse): number {
  let size = 0;
  if (m.leaseTimeToLiveResponse !== undefined) size += 1 + sizeDelimited(sizeLeaseTimeToLiveResponse(m.leaseTimeToLiveResponse));
  return size;
}
export function writeLeaseInternalResponse(m: LeaseInternalResponse, target: Uint8Array, start: number): number {
  let at = start;
  if (m.leaseTimeToLiveResponse !== undefined) {
    target[at++] = 10;
    at = writeUint32(sizeLeaseTimeToLiveResponse(m.leaseTimeToLiveResponse), target, at);
    at = writeLeaseTimeToLiveResponse(m.leaseTimeToLiveResponse, target, at);
  }
  return at;
}
export function encodeLeaseInternalResponse(m: LeaseInternalResponse): Uint8Array {
  const bytes = allocate(sizeLeaseInternalResponse(m));
  writeLeaseInternalResponse(m, bytes, 0);
  return bytes;
}

/** message membershippb.RaftAttributes */
export interface RaftAttributes {
  peerUrls: string[];
  isLearner: boolean;
}
export function makeRaftAttributes(init: Partial<RaftAttributes> = {}): RaftAttributes {
  return {
    peerUrls: init.peerUrls ?? [],
    isLearner: init.isLearner ?? false,
  };
}

export function decodeRaftAttributes(bytes: Uint8Array, start = 0, end = bytes.length): RaftAttributes {
  return readRaftAttributes(bytes, start, end, undefined);
}

function readRaftAttributes(
  bytes: Uint8Array,
  start: number,
  end: number,
  first: RaftAttributes | undefined,
): RaftAttributes {
  let at = start;
  let peerUrls_: string[] = [];
  let isLearner_: boolean = false;
  if (first !== undefined) {
    peerUrls_ = first.peerUrls;
    isLearner_ = first.isLearner;
  }
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: // peer_urls
        peerUrls_.push(readText(bytes, at, end));
        at = cursor;
        break;
      case 16: // is_learner
        isLearner_ = readBool(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    peerUrls: peerUrls_,
    isLearner: isLearner_,
  };
}

export function sizeRaftAttributes(m: RaftAttributes): number {
  let size = 0;
  for (const value of m.peerUrls) size += 1 + sizeText(value);
  if (m.isLearner) size += 2;
  return size;
}
export function writeRaftAttributes(m: RaftAttributes, target: Uint8Array, start: number): number {
  let at = start;
  for (const value of m.peerUrls) {
    target[at++] = 10;
    at = writeText(value, target, at);
  }
  if (m.isLearner) {
    target[at++] = 16;
    target[at++] = m.isLearner ? 1 : 0;
  }
  return at;
}
export function encodeRaftAttributes(m: RaftAttributes): Uint8Array {
  const bytes = allocate(sizeRaftAttributes(m));
  writeRaftAttributes(m, bytes, 0);
  return bytes;
}

/** message membershippb.Attributes */
export interface Attributes {
  name: string;
  clientUrls: string[];
}
export function makeAttributes(init: Partial<Attributes> = {}): Attributes {
  return {
    name: init.name ?? "",
    clientUrls: init.clientUrls ?? [],
  };
}

export function decodeAttributes(bytes: Uint8Array, start = 0, end = bytes.length): Attributes {
  return readAttributes(bytes, start, end, undefined);
}

function readAttributes(
  bytes: Uint8Array,
  start: number,
  end: number,
  first: Attributes | undefined,
): Attributes {
  let at = start;
  let name_: string = "";
  let clientUrls_: string[] = [];
  if (first !== undefined) {
    name_ = first.name;
    clientUrls_ = first.clientUrls;
  }
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: // name
        name_ = readText(bytes, at, end);
        at = cursor;
        break;
      case 18: // client_urls
        clientUrls_.push(readText(bytes, at, end));
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    name: name_,
    clientUrls: clientUrls_,
  };
}

export function sizeAttributes(m: Attributes): number {
  let size = 0;
  if (m.name !== "") size += 1 + sizeText(m.name);
  for (const value of m.clientUrls) size += 1 + sizeText(value);
  return size;
}
export function writeAttributes(m: Attributes, target: Uint8Array, start: number): number {
  let at = start;
  if (m.name !== "") {
    target[at++] = 10;
    at = writeText(m.name, target, at);
  }
  for (const value of m.clientUrls) {
    target[at++] = 18;
    at = writeText(value, target, at);
  }
  return at;
}
export function encodeAttributes(m: Attributes): Uint8Array {
  const bytes = allocate(sizeAttributes(m));
  writeAttributes(m, bytes, 0);
  return bytes;
}

/** message membershippb.Member */
export interface MembershipMember {
  ID: bigint;
  raftAttributes: RaftAttributes | undefined;
  memberAttributes: Attributes | undefined;
}
export function makeMembershipMember(init: Partial<MembershipMember> = {}): MembershipMember {
  return {
    ID: init.ID ?? 0n,
    raftAttributes: init.raftAttributes,
    memberAttributes: init.memberAttributes,
  };
}

export function decodeMembershipMember(bytes: Uint8Array, start = 0, end = bytes.length): MembershipMember {
  let at = start;
  let ID_: bigint = 0n;
  let raftAttributes_: RaftAttributes | undefined;
  let memberAttributes_: Attributes | undefined;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 8: // ID
        ID_ = readId64(bytes, at, end);
        at = cursor;
        break;
      case 18: { // raft_attributes
        const to = readLength(bytes, at, end);
        raftAttributes_ = readRaftAttributes(bytes, cursor, to, raftAttributes_);
        at = to;
        break;
      }
      case 26: { // member_attributes
        const to = readLength(bytes, at, end);
        memberAttributes_ = readAttributes(bytes, cursor, to, memberAttributes_);
        at = to;
        break;
      }
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    ID: ID_,
    raftAttributes: raftAttributes_,
    memberAttributes: memberAttributes_,
  };
}

export function sizeMembershipMember(m: MembershipMember): number {
  let size = 0;
  if (m.ID !== 0n) size += 1 + sizeId64(m.ID);
  if (m.raftAttributes !== undefined) size += 1 + sizeDelimited(sizeRaftAttributes(m.raftAttributes));
  if (m.memberAttributes !== undefined) size += 1 + sizeDelimited(sizeAttributes(m.memberAttributes));
  return size;
}
export function writeMembershipMember(m: MembershipMember, target: Uint8Array, start: number): number {
  let at = start;
  if (m.ID !== 0n) {
    target[at++] = 8;
    at = writeId64(m.ID, target, at);
  }
  if (m.raftAttributes !== undefined) {
    target[at++] = 18;
    at = writeUint32(sizeRaftAttributes(m.raftAttributes), target, at);
    at = writeRaftAttributes(m.raftAttributes, target, at);
  }
  if (m.memberAttributes !== undefined) {
    target[at++] = 26;
    at = writeUint32(sizeAttributes(m.memberAttributes), target, at);
    at = writeAttributes(m.memberAttributes, target, at);
  }
  return at;
}
export function encodeMembershipMember(m: MembershipMember): Uint8Array {
  const bytes = allocate(sizeMembershipMember(m));
  writeMembershipMember(m, bytes, 0);
  return bytes;
}

/** message membershippb.ClusterVersionSetRequest */
export interface ClusterVersionSetRequest {
  ver: string;
}
export function makeClusterVersionSetRequest(init: Partial<ClusterVersionSetRequest> = {}): ClusterVersionSetRequest {
  return {
    ver: init.ver ?? "",
  };
}

export function decodeClusterVersionSetRequest(bytes: Uint8Array, start = 0, end = bytes.length): ClusterVersionSetRequest {
  let at = start;
  let ver_: string = "";
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: // ver
        ver_ = readText(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    ver: ver_,
  };
}

export function sizeClusterVersionSetRequest(m: ClusterVersionSetRequest): number {
  let size = 0;
  if (m.ver !== "") size += 1 + sizeText(m.ver);
  return size;
}
export function writeClusterVersionSetRequest(m: ClusterVersionSetRequest, target: Uint8Array, start: number): number {
  let at = start;
  if (m.ver !== "") {
    target[at++] = 10;
    at = writeText(m.ver, target, at);
  }
  return at;
}
export function encodeClusterVersionSetRequest(m: ClusterVersionSetRequest): Uint8Array {
  const bytes = allocate(sizeClusterVersionSetRequest(m));
  writeClusterVersionSetRequest(m, bytes, 0);
  return bytes;
}

/** message membershippb.ClusterMemberAttrSetRequest */
export interface ClusterMemberAttrSetRequest {
  memberID: bigint;
  memberAttributes: Attributes | undefined;
}
export function makeClusterMemberAttrSetRequest(init: Partial<ClusterMemberAttrSetRequest> = {}): ClusterMemberAttrSetRequest {
  return {
    memberID: init.memberID ?? 0n,
    memberAttributes: init.memberAttributes,
  };
}

export function decodeClusterMemberAttrSetRequest(bytes: Uint8Array, start = 0, end = bytes.length): ClusterMemberAttrSetRequest {
  let at = start;
  let memberID_: bigint = 0n;
  let memberAttributes_: Attributes | undefined;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 8: // member_ID
        memberID_ = readId64(bytes, at, end);
        at = cursor;
        break;
      case 18: { // member_attributes
        const to = readLength(bytes, at, end);
        memberAttributes_ = readAttributes(bytes, cursor, to, memberAttributes_);
        at = to;
        break;
      }
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    memberID: memberID_,
    memberAttributes: memberAttributes_,
  };
}

export function sizeClusterMemberAttrSetRequest(m: ClusterMemberAttrSetRequest): number {
  let size = 0;
  if (m.memberID !== 0n) size += 1 + sizeId64(m.memberID);
  if (m.memberAttributes !== undefined) size += 1 + sizeDelimited(sizeAttributes(m.memberAttributes));
  return size;
}
export function writeClusterMemberAttrSetRequest(m: ClusterMemberAttrSetRequest, target: Uint8Array, start: number): number {
  let at = start;
  if (m.memberID !== 0n) {
    target[at++] = 8;
    at = writeId64(m.memberID, target, at);
  }
  if (m.memberAttributes !== undefined) {
    target[at++] = 18;
    at = writeUint32(sizeAttributes(m.memberAttributes), target, at);
    at = writeAttributes(m.memberAttributes, target, at);
  }
  return at;
}
export function encodeClusterMemberAttrSetRequest(m: ClusterMemberAttrSetRequest): Uint8Array {
  const bytes = allocate(sizeClusterMemberAttrSetRequest(m));
  writeClusterMemberAttrSetRequest(m, bytes, 0);
  return bytes;
}

/** message membershippb.DowngradeInfoSetRequest */
export interface DowngradeInfoSetRequest {
  enabled: boolean;
  ver: string;
}
export function makeDowngradeInfoSetRequest(init: Partial<DowngradeInfoSetRequest> = {}): DowngradeInfoSetRequest {
  return {
    enabled: init.enabled ?? false,
    ver: init.ver ?? "",
  };
}

export function decodeDowngradeInfoSetRequest(bytes: Uint8Array, start = 0, end = bytes.length): DowngradeInfoSetRequest {
  let at = start;
  let enabled_: boolean = false;
  let ver_: string = "";
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 8: // enabled
        enabled_ = readBool(bytes, at, end);
        at = cursor;
        break;
      case 18: // ver
        ver_ = readText(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    enabled: enabled_,
    ver: ver_,
  };
}

export function sizeDowngradeInfoSetRequest(m: DowngradeInfoSetRequest): number {
  let size = 0;
  if (m.enabled) size += 2;
  if (m.ver !== "") size += 1 + sizeText(m.ver);
  return size;
}
export function writeDowngradeInfoSetRequest(m: DowngradeInfoSetRequest, target: Uint8Array, start: number): number {
  let at = start;
  if (m.enabled) {
    target[at++] = 8;
    target[at++] = m.enabled ? 1 : 0;
  }
  if (m.ver !== "") {
    target[at++] = 18;
    at = writeText(m.ver, target, at);
  }
  return at;
}
export function encodeDowngradeInfoSetRequest(m: DowngradeInfoSetRequest): Uint8Array {
  const bytes = allocate(sizeDowngradeInfoSetRequest(m));
  writeDowngradeInfoSetRequest(m, bytes, 0);
  return bytes;
}

/** message mvccpb.KeyValue */
export interface KeyValue {
  key: Uint8Array;
  createRevision: number;
  modRevision: number;
  version: number;
  value: Uint8Array;
  lease: bigint;
}
export function makeKeyValue(init: Partial<KeyValue> = {}): KeyValue {
  return {
    key: init.key ?? emptyBytes,
    createRevision: init.createRevision ?? 0,
    modRevision: init.modRevision ?? 0,
    version: init.version ?? 0,
    value: init.value ?? emptyBytes,
    lease: init.lease ?? 0n,
  };
}

export function decodeKeyValue(bytes: Uint8Array, start = 0, end = bytes.length): KeyValue {
  let at = start;
  let key_ = emptyBytes;
  let createRevision_: number = 0;
  let modRevision_: number = 0;
  let version_: number = 0;
  let value_ = emptyBytes;
  let lease_: bigint = 0n;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: // key
        key_ = readBytes(bytes, at, end);
        at = cursor;
        break;
      case 16: // create_revision
        createRevision_ = readInt64(bytes, at, end);
        at = cursor;
        break;
      case 24: // mod_revision
        modRevision_ = readInt64(bytes, at, end);
        at = cursor;
        break;
      case 32: // version
        version_ = readInt64(bytes, at, end);
        at = cursor;
        break;
      case 42: // value
        value_ = readBytes(bytes, at, end);
        at = cursor;
        break;
      case 48: // lease
        lease_ = readId64(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    key: key_,
    createRevision: createRevision_,
    modRevision: modRevision_,
    version: version_,
    value: value_,
    lease: lease_,
  };
}

export function sizeKeyValue(m: KeyValue): number {
  let size = 0;
  if (m.key.length !== 0) size += 1 + sizeDelimited(m.key.length);
  if (m.createRevision !== 0) size += 1 + sizeInt64(m.createRevision);
  if (m.modRevision !== 0) size += 1 + sizeInt64(m.modRevision);
  if (m.version !== 0) size += 1 + sizeInt64(m.version);
  if (m.value.length !== 0) size += 1 + sizeDelimited(m.value.length);
  if (m.lease !== 0n) size += 1 + sizeId64(m.lease);
  return size;
}
export function writeKeyValue(m: KeyValue, target: Uint8Array, start: number): number {
  let at = start;
  if (m.key.length !== 0) {
    target[at++] = 10;
    at = writeBytes(m.key, target, at);
  }
  if (m.createRevision !== 0) {
    target[at++] = 16;
    at = writeInt64(m.createRevision, target, at);
  }
  if (m.modRevision !== 0) {
    target[at++] = 24;
    at = writeInt64(m.modRevision, target, at);
  }
  if (m.version !== 0) {
    target[at++] = 32;
    at = writeInt64(m.version, target, at);
  }
  if (m.value.length !== 0) {
    target[at++] = 42;
    at = writeBytes(m.value, target, at);
  }
  if (m.lease !== 0n) {
    target[at++] = 48;
    at = writeId64(m.lease, target, at);
  }
  return at;
}
export function encodeKeyValue(m: KeyValue): Uint8Array {
  const bytes = allocate(sizeKeyValue(m));
  writeKeyValue(m, bytes, 0);
  return bytes;
}

/** message mvccpb.Event */
export interface Event {
  type: number; // EventType
  kv: Uint8Array | undefined; // KeyValue, encoded
  prevKv: Uint8Array | undefined; // KeyValue, encoded
}
export function makeEvent(init: Partial<Event> = {}): Event {
  return {
    type: init.type ?? 0,
    kv: init.kv,
    prevKv: init.prevKv,
  };
}

export function decodeEvent(bytes: Uint8Array, start = 0, end = bytes.length): Event {
  let at = start;
  let type_: number = 0;
  let kv_: Uint8Array | undefined;
  let kv_More: Uint8Array[] | undefined;
  let prevKv_: Uint8Array | undefined;
  let prevKv_More: Uint8Array[] | undefined;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 8: // type
        type_ = readInt32(bytes, at, end);
        at = cursor;
        break;
      case 18: { // kv
        const view = readBytes(bytes, at, end);
        at = cursor;
        if (kv_ === undefined) kv_ = view;
        else (kv_More ??= [kv_]).push(view);
        break;
      }
      case 26: { // prev_kv
        const view = readBytes(bytes, at, end);
        at = cursor;
        if (prevKv_ === undefined) prevKv_ = view;
        else (prevKv_More ??= [prevKv_]).push(view);
        break;
      }
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  if (kv_More !== undefined) kv_ = concatBytes(kv_More);
  if (prevKv_More !== undefined) prevKv_ = concatBytes(prevKv_More);
  return {
    type: type_,
    kv: kv_,
    prevKv: prevKv_,
  };
}

export function sizeEvent(m: Event): number {
  let size = 0;
  if (m.type !== 0) size += 1 + sizeInt32(m.type);
  if (m.kv !== undefined) size += 1 + sizeDelimited(m.kv.length);
  if (m.prevKv !== undefined) size += 1 + sizeDelimited(m.prevKv.length);
  return size;
}
export function writeEvent(m: Event, target: Uint8Array, start: number): number {
  let at = start;
  if (m.type !== 0) {
    target[at++] = 8;
    at = writeInt32(m.type, target, at);
  }
  if (m.kv !== undefined) {
    target[at++] = 18;
    at = writeBytes(m.kv, target, at);
  }
  if (m.prevKv !== undefined) {
    target[at++] = 26;
    at = writeBytes(m.prevKv, target, at);
  }
  return at;
}
export function encodeEvent(m: Event): Uint8Array {
  const bytes = allocate(sizeEvent(m));
  writeEvent(m, bytes, 0);
  return bytes;
}

/** message raftpb.Entry */
export interface Entry {
  term: number;
  index: number;
  type: number; // EntryType
  data: Uint8Array;
}
export function makeEntry(init: Partial<Entry> = {}): Entry {
  return {
    term: init.term ?? 0,
    index: init.index ?? 0,
    type: init.type ?? 0,
    data: init.data ?? emptyBytes,
  };
}

export function decodeEntry(bytes: Uint8Array, start = 0, end = bytes.length): Entry {
  let at = start;
  let term_: number = 0;
  let index_: number = 0;
  let type_: number = 0;
  let data_ = emptyBytes;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 8: // Type
        type_ = readInt32(bytes, at, end);
        at = cursor;
        break;
      case 16: // Term
        term_ = readUint64(bytes, at, end);
        at = cursor;
        break;
      case 24: // Index
        index_ = readUint64(bytes, at, end);
        at = cursor;
        break;
      case 34: // Data
        data_ = readBytes(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    term: term_,
    index: index_,
    type: type_,
    data: data_,
  };
}

export function sizeEntry(m: Entry): number {
  let size = 0;
  if (m.type !== 0) size += 1 + sizeInt32(m.type);
  if (m.term !== 0) size += 1 + sizeUint64(m.term);
  if (m.index !== 0) size += 1 + sizeUint64(m.index);
  if (m.data.length !== 0) size += 1 + sizeDelimited(m.data.length);
  return size;
}
export function writeEntry(m: Entry, target: Uint8Array, start: number): number {
  let at = start;
  if (m.type !== 0) {
    target[at++] = 8;
    at = writeInt32(m.type, target, at);
  }
  if (m.term !== 0) {
    target[at++] = 16;
    at = writeUint64(m.term, target, at);
  }
  if (m.index !== 0) {
    target[at++] = 24;
    at = writeUint64(m.index, target, at);
  }
  if (m.data.length !== 0) {
    target[at++] = 34;
    at = writeBytes(m.data, target, at);
  }
  return at;
}
export function encodeEntry(m: Entry): Uint8Array {
  const bytes = allocate(sizeEntry(m));
  writeEntry(m, bytes, 0);
  return bytes;
}

/** message raftpb.SnapshotMetadata */
export interface SnapshotMetadata {
  confState: ConfState | undefined;
  index: number;
  term: number;
}
export function makeSnapshotMetadata(init: Partial<SnapshotMetadata> = {}): SnapshotMetadata {
  return {
    confState: init.confState,
    index: init.index ?? 0,
    term: init.term ?? 0,
  };
}

export function decodeSnapshotMetadata(bytes: Uint8Array, start = 0, end = bytes.length): SnapshotMetadata {
  return readSnapshotMetadata(bytes, start, end, undefined);
}

function readSnapshotMetadata(
  bytes: Uint8Array,
  start: number,
  end: number,
  first: SnapshotMetadata | undefined,
): SnapshotMetadata {
  let at = start;
  let confState_: ConfState | undefined;
  let index_: number = 0;
  let term_: number = 0;
  if (first !== undefined) {
    confState_ = first.confState;
    index_ = first.index;
    term_ = first.term;
  }
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // conf_state
        const to = readLength(bytes, at, end);
        confState_ = readConfState(bytes, cursor, to, confState_);
        at = to;
        break;
      }
      case 16: // index
        index_ = readUint64(bytes, at, end);
        at = cursor;
        break;
      case 24: // term
        term_ = readUint64(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    confState: confState_,
    index: index_,
    term: term_,
  };
}

export function sizeSnapshotMetadata(m: SnapshotMetadata): number {
  let size = 0;
  if (m.confState !== undefined) size += 1 + sizeDelimited(sizeConfState(m.confState));
  size += 1 + sizeUint64(m.index);
  size += 1 + sizeUint64(m.term);
  return size;
}
export function writeSnapshotMetadata(m: SnapshotMetadata, target: Uint8Array, start: number): number {
  let at = start;
  if (m.confState !== undefined) {
    target[at++] = 10;
    at = writeUint32(sizeConfState(m.confState), target, at);
    at = writeConfState(m.confState, target, at);
  }
  target[at++] = 16;
  at = writeUint64(m.index, target, at);
  target[at++] = 24;
  at = writeUint64(m.term, target, at);
  return at;
}
export function encodeSnapshotMetadata(m: SnapshotMetadata): Uint8Array {
  const bytes = allocate(sizeSnapshotMetadata(m));
  writeSnapshotMetadata(m, bytes, 0);
  return bytes;
}

/** message raftpb.Snapshot */
export interface Snapshot {
  data: Uint8Array;
  metadata: SnapshotMetadata | undefined;
}
export function makeSnapshot(init: Partial<Snapshot> = {}): Snapshot {
  return {
    data: init.data ?? emptyBytes,
    metadata: init.metadata,
  };
}

export function decodeSnapshot(bytes: Uint8Array, start = 0, end = bytes.length): Snapshot {
  return readSnapshot(bytes, start, end, undefined);
}

function readSnapshot(
  bytes: Uint8Array,
  start: number,
  end: number,
  first: Snapshot | undefined,
): Snapshot {
  let at = start;
  let data_ = emptyBytes;
  let metadata_: SnapshotMetadata | undefined;
  if (first !== undefined) {
    data_ = first.data;
    metadata_ = first.metadata;
  }
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: // data
        data_ = readBytes(bytes, at, end);
        at = cursor;
        break;
      case 18: { // metadata
        const to = readLength(bytes, at, end);
        metadata_ = readSnapshotMetadata(bytes, cursor, to, metadata_);
        at = to;
        break;
      }
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    data: data_,
    metadata: metadata_,
  };
}

export function sizeSnapshot(m: Snapshot): number {
  let size = 0;
  if (m.data.length !== 0) size += 1 + sizeDelimited(m.data.length);
  if (m.metadata !== undefined) size += 1 + sizeDelimited(sizeSnapshotMetadata(m.metadata));
  return size;
}
export function writeSnapshot(m: Snapshot, target: Uint8Array, start: number): number {
  let at = start;
  if (m.data.length !== 0) {
    target[at++] = 10;
    at = writeBytes(m.data, target, at);
  }
  if (m.metadata !== undefined) {
    target[at++] = 18;
    at = writeUint32(sizeSnapshotMetadata(m.metadata), target, at);
    at = writeSnapshotMetadata(m.metadata, target, at);
  }
  return at;
}
export function encodeSnapshot(m: Snapshot): Uint8Array {
  const bytes = allocate(sizeSnapshot(m));
  writeSnapshot(m, bytes, 0);
  return bytes;
}

/** message raftpb.Message */
export interface Message {
  type: number; // MessageType
  to: bigint;
  from: bigint;
  term: number;
  logTerm: number;
  index: number;
  entries: Entry[];
  commit: number;
  vote: bigint;
  snapshot: Snapshot | undefined;
  reject: boolean;
  rejectHint: number;
  context: Uint8Array;
  responses: Message[];
}
export function makeMessage(init: Partial<Message> = {}): Message {
  return {
    type: init.type ?? 0,
    to: init.to ?? 0n,
    from: init.from ?? 0n,
    term: init.term ?? 0,
    logTerm: init.logTerm ?? 0,
    index: init.index ?? 0,
    entries: init.entries ?? [],
    commit: init.commit ?? 0,
    vote: init.vote ?? 0n,
    snapshot: init.snapshot,
    reject: init.reject ?? false,
    rejectHint: init.rejectHint ?? 0,
    context: init.context ?? emptyBytes,
    responses: init.responses ?? [],
  };
}

export function decodeMessage(bytes: Uint8Array, start = 0, end = bytes.length): Message {
  return readMessage(bytes, start, end, undefined, 0);
}

function readMessage(
  bytes: Uint8Array,
  start: number,
  end: number,
  _first: Message | undefined,
  depth: number,
): Message {
  let at = start;
  let type_: number = 0;
  let to_: bigint = 0n;
  let from_: bigint = 0n;
  let term_: number = 0;
  let logTerm_: number = 0;
  let index_: number = 0;
  const entries_: Entry[] = [];
  let commit_: number = 0;
  let vote_: bigint = 0n;
  let snapshot_: Snapshot | undefined;
  let reject_: boolean = false;
  let rejectHint_: number = 0;
  let context_ = emptyBytes;
  const responses_: Message[] = [];
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 8: // type
        type_ = readInt32(bytes, at, end);
        at = cursor;
        break;
      case 16: // to
        to_ = readId64(bytes, at, end);
        at = cursor;
        break;
      case 24: // from
        from_ = readId64(bytes, at, end);
        at = cursor;
        break;
      case 32: // term
        term_ = readUint64(bytes, at, end);
        at = cursor;
        break;
      case 40: // logTerm
        logTerm_ = readUint64(bytes, at, end);
        at = cursor;
        break;
      case 48: // index
        index_ = readUint64(bytes, at, end);
        at = cursor;
        break;
      case 58: { // entries
        const to = readLength(bytes, at, end);
        entries_.push(decodeEntry(bytes, cursor, to));
        at = to;
        break;
      }
      case 64: // commit
        commit_ = readUint64(bytes, at, end);
        at = cursor;
        break;
      case 74: { // snapshot
        const to = readLength(bytes, at, end);
        snapshot_ = readSnapshot(bytes, cursor, to, snapshot_);
        at = to;
        break;
      }
      case 80: // reject
        reject_ = readBool(bytes, at, end);
        at = cursor;
        break;
      case 88: // rejectHint
        rejectHint_ = readUint64(bytes, at, end);
        at = cursor;
        break;
      case 98: // context
        context_ = readBytes(bytes, at, end);
        at = cursor;
        break;
      case 104: // vote
        vote_ = readId64(bytes, at, end);
        at = cursor;
        break;
      case 114: { // responses
        const to = readLength(bytes, at, end);
        responses_.push(readMessage(bytes, cursor, to, undefined, deeper(depth)));
        at = to;
        break;
      }
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    type: type_,
    to: to_,
    from: from_,
    term: term_,
    logTerm: logTerm_,
    index: index_,
    entries: entries_,
    commit: commit_,
    vote: vote_,
    snapshot: snapshot_,
    reject: reject_,
    rejectHint: rejectHint_,
    context: context_,
    responses: responses_,
  };
}

export function sizeMessage(m: Message): number {
  const forced = forcedFields(m);
  let size = 0;
  size += 1 + sizeInt32(m.type);
  if (m.to !== 0n) size += 1 + sizeId64(m.to);
  if (m.from !== 0n) size += 1 + sizeId64(m.from);
  if (m.term !== 0) size += 1 + sizeUint64(m.term);
  if (m.logTerm !== 0 || (forced & 32) !== 0) size += 1 + sizeUint64(m.logTerm);
  if (m.index !== 0 || (forced & 64) !== 0) size += 1 + sizeUint64(m.index);
  for (const value of m.entries) size += 1 + sizeDelimited(sizeEntry(value));
  if (m.commit !== 0 || (forced & 256) !== 0) size += 1 + sizeUint64(m.commit);
  if (m.snapshot !== undefined) size += 1 + sizeDelimited(sizeSnapshot(m.snapshot));
  if (m.reject) size += 2;
  if (m.rejectHint !== 0 || (forced & 2048) !== 0) size += 1 + sizeUint64(m.rejectHint);
  if (m.context.length !== 0) size += 1 + sizeDelimited(m.context.length);
  if (m.vote !== 0n) size += 1 + sizeId64(m.vote);
  for (const value of m.responses) size += 1 + sizeDelimited(sizeMessage(value));
  return size;
}
export function writeMessage(m: Message, target: Uint8Array, start: number): number {
  const forced = forcedFields(m);
  let at = start;
  target[at++] = 8;
  at = writeInt32(m.type, target, at);
  if (m.to !== 0n) {
    target[at++] = 16;
    at = writeId64(m.to, target, at);
  }
  if (m.from !== 0n) {
    target[at++] = 24;
    at = writeId64(m.from, target, at);
  }
  if (m.term !== 0) {
    target[at++] = 32;
    at = writeUint64(m.term, target, at);
  }
  if (m.logTerm !== 0 || (forced & 32) !== 0) {
    target[at++] = 40;
    at = writeUint64(m.logTerm, target, at);
  }
  if (m.index !== 0 || (forced & 64) !== 0) {
    target[at++] = 48;
    at = writeUint64(m.index, target, at);
  }
  for (const value of m.entries) {
    target[at++] = 58;
    at = writeUint32(sizeEntry(value), target, at);
    at = writeEntry(value, target, at);
  }
  if (m.commit !== 0 || (forced & 256) !== 0) {
    target[at++] = 64;
    at = writeUint64(m.commit, target, at);
  }
  if (m.snapshot !== undefined) {
    target[at++] = 74;
    at = writeUint32(sizeSnapshot(m.snapshot), target, at);
    at = writeSnapshot(m.snapshot, target, at);
  }
  if (m.reject) {
    target[at++] = 80;
    target[at++] = m.reject ? 1 : 0;
  }
  if (m.rejectHint !== 0 || (forced & 2048) !== 0) {
    target[at++] = 88;
    at = writeUint64(m.rejectHint, target, at);
  }
  if (m.context.length !== 0) {
    target[at++] = 98;
    at = writeBytes(m.context, target, at);
  }
  if (m.vote !== 0n) {
    target[at++] = 104;
    at = writeId64(m.vote, target, at);
  }
  for (const value of m.responses) {
    target[at++] = 114;
    at = writeUint32(sizeMessage(value), target, at);
    at = writeMessage(value, target, at);
  }
  return at;
}
export function encodeMessage(m: Message): Uint8Array {
  const bytes = allocate(sizeMessage(m));
  writeMessage(m, bytes, 0);
  return bytes;
}

/** message raftpb.HardState */
export interface HardState {
  term: number;
  vote: bigint;
  commit: number;
}
export function makeHardState(init: Partial<HardState> = {}): HardState {
  return {
    term: init.term ?? 0,
    vote: init.vote ?? 0n,
    commit: init.commit ?? 0,
  };
}

export function decodeHardState(bytes: Uint8Array, start = 0, end = bytes.length): HardState {
  let at = start;
  let term_: number = 0;
  let vote_: bigint = 0n;
  let commit_: number = 0;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 8: // term
        term_ = readUint64(bytes, at, end);
        at = cursor;
        break;
      case 16: // vote
        vote_ = readId64(bytes, at, end);
        at = cursor;
        break;
      case 24: // commit
        commit_ = readUint64(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    term: term_,
    vote: vote_,
    commit: commit_,
  };
}

export function sizeHardState(m: HardState): number {
  let size = 0;
  size += 1 + sizeUint64(m.term);
  size += 1 + sizeId64(m.vote);
  size += 1 + sizeUint64(m.commit);
  return size;
}
export function writeHardState(m: HardState, target: Uint8Array, start: number): number {
  let at = start;
  target[at++] = 8;
  at = writeUint64(m.term, target, at);
  target[at++] = 16;
  at = writeId64(m.vote, target, at);
  target[at++] = 24;
  at = writeUint64(m.commit, target, at);
  return at;
}
export function encodeHardState(m: HardState): Uint8Array {
  const bytes = allocate(sizeHardState(m));
  writeHardState(m, bytes, 0);
  return bytes;
}

/** message raftpb.ConfState */
export interface ConfState {
  voters: bigint[];
  learners: bigint[];
  votersOutgoing: bigint[];
  learnersNext: bigint[];
  autoLeave: boolean;
}
export function makeConfState(init: Partial<ConfState> = {}): ConfState {
  return {
    voters: init.voters ?? [],
    learners: init.learners ?? [],
    votersOutgoing: init.votersOutgoing ?? [],
    learnersNext: init.learnersNext ?? [],
    autoLeave: init.autoLeave ?? false,
  };
}

export function decodeConfState(bytes: Uint8Array, start = 0, end = bytes.length): ConfState {
  return readConfState(bytes, start, end, undefined);
}

function readConfState(
  bytes: Uint8Array,
  start: number,
  end: number,
  first: ConfState | undefined,
): ConfState {
  let at = start;
  let voters_: bigint[] = [];
  let learners_: bigint[] = [];
  let votersOutgoing_: bigint[] = [];
  let learnersNext_: bigint[] = [];
  let autoLeave_: boolean = false;
  if (first !== undefined) {
    voters_ = first.voters;
    learners_ = first.learners;
    votersOutgoing_ = first.votersOutgoing;
    learnersNext_ = first.learnersNext;
    autoLeave_ = first.autoLeave;
  }
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 8: // voters
        voters_.push(readId64(bytes, at, end));
        at = cursor;
        break;
      case 10: { // voters, packed
        const to = readLength(bytes, at, end);
        at = cursor;
        while (at < to) {
          voters_.push(readId64(bytes, at, to));
          at = cursor;
        }
        break;
      }
      case 16: // learners
        learners_.push(readId64(bytes, at, end));
        at = cursor;
        break;
      case 18: { // learners, packed
        const to = readLength(bytes, at, end);
        at = cursor;
        while (at < to) {
          learners_.push(readId64(bytes, at, to));
          at = cursor;
        }
        break;
      }
      case 24: // voters_outgoing
        votersOutgoing_.push(readId64(bytes, at, end));
        at = cursor;
        break;
      case 26: { // voters_outgoing, packed
        const to = readLength(bytes, at, end);
        at = cursor;
        while (at < to) {
          votersOutgoing_.push(readId64(bytes, at, to));
          at = cursor;
        }
        break;
      }
      case 32: // learners_next
        learnersNext_.push(readId64(bytes, at, end));
        at = cursor;
        break;
      case 34: { // learners_next, packed
        const to = readLength(bytes, at, end);
        at = cursor;
        while (at < to) {
          learnersNext_.push(readId64(bytes, at, to));
          at = cursor;
        }
        break;
      }
      case 40: // auto_leave
        autoLeave_ = readBool(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    voters: voters_,
    learners: learners_,
    votersOutgoing: votersOutgoing_,
    learnersNext: learnersNext_,
    autoLeave: autoLeave_,
  };
}

export function sizeConfState(m: ConfState): number {
  let size = 0;
  for (const value of m.voters) size += 1 + sizeId64(value);
  for (const value of m.learners) size += 1 + sizeId64(value);
  for (const value of m.votersOutgoing) size += 1 + sizeId64(value);
  for (const value of m.learnersNext) size += 1 + sizeId64(value);
  size += 2;
  return size;
}
export function writeConfState(m: ConfState, target: Uint8Array, start: number): number {
  let at = start;
  for (const value of m.voters) {
    target[at++] = 8;
    at = writeId64(value, target, at);
  }
  for (const value of m.learners) {
    target[at++] = 16;
    at = writeId64(value, target, at);
  }
  for (const value of m.votersOutgoing) {
    target[at++] = 24;
    at = writeId64(value, target, at);
  }
  for (const value of m.learnersNext) {
    target[at++] = 32;
    at = writeId64(value, target, at);
  }
  target[at++] = 40;
  target[at++] = m.autoLeave ? 1 : 0;
  return at;
}
export function encodeConfState(m: ConfState): Uint8Array {
  const bytes = allocate(sizeConfState(m));
  writeConfState(m, bytes, 0);
  return bytes;
}

/** message raftpb.ConfChange */
export interface ConfChange {
  type: number; // ConfChangeType
  nodeId: bigint;
  context: Uint8Array;
  id: bigint;
}
export function makeConfChange(init: Partial<ConfChange> = {}): ConfChange {
  return {
    type: init.type ?? 0,
    nodeId: init.nodeId ?? 0n,
    context: init.context ?? emptyBytes,
    id: init.id ?? 0n,
  };
}

export function decodeConfChange(bytes: Uint8Array, start = 0, end = bytes.length): ConfChange {
  let at = start;
  let type_: number = 0;
  let nodeId_: bigint = 0n;
  let context_ = emptyBytes;
  let id_: bigint = 0n;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 8: // id
        id_ = readId64(bytes, at, end);
        at = cursor;
        break;
      case 16: // type
        type_ = readInt32(bytes, at, end);
        at = cursor;
        break;
      case 24: // node_id
        nodeId_ = readId64(bytes, at, end);
        at = cursor;
        break;
      case 34: // context
        context_ = readBytes(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    type: type_,
    nodeId: nodeId_,
    context: context_,
    id: id_,
  };
}

export function sizeConfChange(m: ConfChange): number {
  let size = 0;
  if (m.id !== 0n) size += 1 + sizeId64(m.id);
  size += 1 + sizeInt32(m.type);
  size += 1 + sizeId64(m.nodeId);
  if (m.context.length !== 0) size += 1 + sizeDelimited(m.context.length);
  return size;
}
export function writeConfChange(m: ConfChange, target: Uint8Array, start: number): number {
  let at = start;
  if (m.id !== 0n) {
    target[at++] = 8;
    at = writeId64(m.id, target, at);
  }
  target[at++] = 16;
  at = writeInt32(m.type, target, at);
  target[at++] = 24;
  at = writeId64(m.nodeId, target, at);
  if (m.context.length !== 0) {
    target[at++] = 34;
    at = writeBytes(m.context, target, at);
  }
  return at;
}
export function encodeConfChange(m: ConfChange): Uint8Array {
  const bytes = allocate(sizeConfChange(m));
  writeConfChange(m, bytes, 0);
  return bytes;
}

/** message raftpb.ConfChangeSingle */
export interface ConfChangeSingle {
  type: number; // ConfChangeType
  nodeId: bigint;
}
export function makeConfChangeSingle(init: Partial<ConfChangeSingle> = {}): ConfChangeSingle {
  return {
    type: init.type ?? 0,
    nodeId: init.nodeId ?? 0n,
  };
}

export function decodeConfChangeSingle(bytes: Uint8Array, start = 0, end = bytes.length): ConfChangeSingle {
  let at = start;
  let type_: number = 0;
  let nodeId_: bigint = 0n;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 8: // type
        type_ = readInt32(bytes, at, end);
        at = cursor;
        break;
      case 16: // node_id
        nodeId_ = readId64(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    type: type_,
    nodeId: nodeId_,
  };
}

export function sizeConfChangeSingle(m: ConfChangeSingle): number {
  let size = 0;
  size += 1 + sizeInt32(m.type);
  size += 1 + sizeId64(m.nodeId);
  return size;
}
export function writeConfChangeSingle(m: ConfChangeSingle, target: Uint8Array, start: number): number {
  let at = start;
  target[at++] = 8;
  at = writeInt32(m.type, target, at);
  target[at++] = 16;
  at = writeId64(m.nodeId, target, at);
  return at;
}
export function encodeConfChangeSingle(m: ConfChangeSingle): Uint8Array {
  const bytes = allocate(sizeConfChangeSingle(m));
  writeConfChangeSingle(m, bytes, 0);
  return bytes;
}

/** message raftpb.ConfChangeV2 */
export interface ConfChangeV2 {
  transition: number; // ConfChangeTransition
  changes: ConfChangeSingle[];
  context: Uint8Array;
}
export function makeConfChangeV2(init: Partial<ConfChangeV2> = {}): ConfChangeV2 {
  return {
    transition: init.transition ?? 0,
    changes: init.changes ?? [],
    context: init.context ?? emptyBytes,
  };
}

export function decodeConfChangeV2(bytes: Uint8Array, start = 0, end = bytes.length): ConfChangeV2 {
  let at = start;
  let transition_: number = 0;
  const changes_: ConfChangeSingle[] = [];
  let context_ = emptyBytes;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 8: // transition
        transition_ = readInt32(bytes, at, end);
        at = cursor;
        break;
      case 18: { // changes
        const to = readLength(bytes, at, end);
        changes_.push(decodeConfChangeSingle(bytes, cursor, to));
        at = to;
        break;
      }
      case 26: // context
        context_ = readBytes(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    transition: transition_,
    changes: changes_,
    context: context_,
  };
}

export function sizeConfChangeV2(m: ConfChangeV2): number {
  let size = 0;
  if (m.transition !== 0) size += 1 + sizeInt32(m.transition);
  for (const value of m.changes) size += 1 + 1 + sizeConfChangeSingle(value);
  if (m.context.length !== 0) size += 1 + sizeDelimited(m.context.length);
  return size;
}
export function writeConfChangeV2(m: ConfChangeV2, target: Uint8Array, start: number): number {
  let at = start;
  if (m.transition !== 0) {
    target[at++] = 8;
    at = writeInt32(m.transition, target, at);
  }
  for (const value of m.changes) {
    target[at++] = 18;
    const lengthAt = at++;
    at = writeConfChangeSingle(value, target, at);
    target[lengthAt] = at - lengthAt - 1;
  }
  if (m.context.length !== 0) {
    target[at++] = 26;
    at = writeBytes(m.context, target, at);
  }
  return at;
}
export function encodeConfChangeV2(m: ConfChangeV2): Uint8Array {
  const bytes = allocate(sizeConfChangeV2(m));
  writeConfChangeV2(m, bytes, 0);
  return bytes;
}

/** message snappb.snapshot */
export interface SnapSnapshot {
  crc: number;
  data: Uint8Array;
}
export function makeSnapSnapshot(init: Partial<SnapSnapshot> = {}): SnapSnapshot {
  return {
    crc: init.crc ?? 0,
    data: init.data ?? emptyBytes,
  };
}

export function decodeSnapSnapshot(bytes: Uint8Array, start = 0, end = bytes.length): SnapSnapshot {
  let at = start;
  let crc_: number = 0;
  let data_ = emptyBytes;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 8: // crc
        crc_ = readUint32(bytes, at, end);
        at = cursor;
        break;
      case 18: // data
        data_ = readBytes(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    crc: crc_,
    data: data_,
  };
}

export function sizeSnapSnapshot(m: SnapSnapshot): number {
  let size = 0;
  size += 1 + sizeUint32(m.crc);
  if (m.data.length !== 0) size += 1 + sizeDelimited(m.data.length);
  return size;
}
export function writeSnapSnapshot(m: SnapSnapshot, target: Uint8Array, start: number): number {
  let at = start;
  target[at++] = 8;
  at = writeUint32(m.crc, target, at);
  if (m.data.length !== 0) {
    target[at++] = 18;
    at = writeBytes(m.data, target, at);
  }
  return at;
}
export function encodeSnapSnapshot(m: SnapSnapshot): Uint8Array {
  const bytes = allocate(sizeSnapSnapshot(m));
  writeSnapSnapshot(m, bytes, 0);
  return bytes;
}

/** message v3electionpb.CampaignRequest */
export interface CampaignRequest {
  name: Uint8Array;
  lease: bigint;
  value: Uint8Array;
}
export function makeCampaignRequest(init: Partial<CampaignRequest> = {}): CampaignRequest {
  return {
    name: init.name ?? emptyBytes,
    lease: init.lease ?? 0n,
    value: init.value ?? emptyBytes,
  };
}

export function decodeCampaignRequest(bytes: Uint8Array, start = 0, end = bytes.length): CampaignRequest {
  let at = start;
  let name_ = emptyBytes;
  let lease_: bigint = 0n;
  let value_ = emptyBytes;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: // name
        name_ = readBytes(bytes, at, end);
        at = cursor;
        break;
      case 16: // lease
        lease_ = readId64(bytes, at, end);
        at = cursor;
        break;
      case 26: // value
        value_ = readBytes(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    name: name_,
    lease: lease_,
    value: value_,
  };
}

export function sizeCampaignRequest(m: CampaignRequest): number {
  let size = 0;
  if (m.name.length !== 0) size += 1 + sizeDelimited(m.name.length);
  if (m.lease !== 0n) size += 1 + sizeId64(m.lease);
  if (m.value.length !== 0) size += 1 + sizeDelimited(m.value.length);
  return size;
}
export function writeCampaignRequest(m: CampaignRequest, target: Uint8Array, start: number): number {
  let at = start;
  if (m.name.length !== 0) {
    target[at++] = 10;
    at = writeBytes(m.name, target, at);
  }
  if (m.lease !== 0n) {
    target[at++] = 16;
    at = writeId64(m.lease, target, at);
  }
  if (m.value.length !== 0) {
    target[at++] = 26;
    at = writeBytes(m.value, target, at);
  }
  return at;
}
export function encodeCampaignRequest(m: CampaignRequest): Uint8Array {
  const bytes = allocate(sizeCampaignRequest(m));
  writeCampaignRequest(m, bytes, 0);
  return bytes;
}

/** message v3electionpb.CampaignResponse */
export interface CampaignResponse {
  header: ResponseHeader | undefined;
  leader: LeaderKey | undefined;
}
export function makeCampaignResponse(init: Partial<CampaignResponse> = {}): CampaignResponse {
  return {
    header: init.header,
    leader: init.leader,
  };
}

export function decodeCampaignResponse(bytes: Uint8Array, start = 0, end = bytes.length): CampaignResponse {
  let at = start;
  let header_: ResponseHeader | undefined;
  let leader_: LeaderKey | undefined;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // header
        const to = readLength(bytes, at, end);
        header_ = readResponseHeader(bytes, cursor, to, header_);
        at = to;
        break;
      }
      case 18: { // leader
        const to = readLength(bytes, at, end);
        leader_ = readLeaderKey(bytes, cursor, to, leader_);
        at = to;
        break;
      }
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    header: header_,
    leader: leader_,
  };
}

export function sizeCampaignResponse(m: CampaignResponse): number {
  let size = 0;
  if (m.header !== undefined) size += 1 + 1 + sizeResponseHeader(m.header);
  if (m.leader !== undefined) size += 1 + sizeDelimited(sizeLeaderKey(m.leader));
  return size;
}
export function writeCampaignResponse(m: CampaignResponse, target: Uint8Array, start: number): number {
  let at = start;
  if (m.header !== undefined) {
    target[at++] = 10;
    const lengthAt = at++;
    at = writeResponseHeader(m.header, target, at);
    target[lengthAt] = at - lengthAt - 1;
  }
  if (m.leader !== undefined) {
    target[at++] = 18;
    at = writeUint32(sizeLeaderKey(m.leader), target, at);
    at = writeLeaderKey(m.leader, target, at);
  }
  return at;
}
export function encodeCampaignResponse(m: CampaignResponse): Uint8Array {
  const bytes = allocate(sizeCampaignResponse(m));
  writeCampaignResponse(m, bytes, 0);
  return bytes;
}

/** message v3electionpb.LeaderKey */
export interface LeaderKey {
  name: Uint8Array;
  key: Uint8Array;
  rev: number;
  lease: bigint;
}
export function makeLeaderKey(init: Partial<LeaderKey> = {}): LeaderKey {
  return {
    name: init.name ?? emptyBytes,
    key: init.key ?? emptyBytes,
    rev: init.rev ?? 0,
    lease: init.lease ?? 0n,
  };
}

export function decodeLeaderKey(bytes: Uint8Array, start = 0, end = bytes.length): LeaderKey {
  return readLeaderKey(bytes, start, end, undefined);
}

function readLeaderKey(
  bytes: Uint8Array,
  start: number,
  end: number,
  first: LeaderKey | undefined,
): LeaderKey {
  let at = start;
  let name_ = emptyBytes;
  let key_ = emptyBytes;
  let rev_: number = 0;
  let lease_: bigint = 0n;
  if (first !== undefined) {
    name_ = first.name;
    key_ = first.key;
    rev_ = first.rev;
    lease_ = first.lease;
  }
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: // name
        name_ = readBytes(bytes, at, end);
        at = cursor;
        break;
      case 18: // key
        key_ = readBytes(bytes, at, end);
        at = cursor;
        break;
      case 24: // rev
        rev_ = readInt64(bytes, at, end);
        at = cursor;
        break;
      case 32: // lease
        lease_ = readId64(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    name: name_,
    key: key_,
    rev: rev_,
    lease: lease_,
  };
}

export function sizeLeaderKey(m: LeaderKey): number {
  let size = 0;
  if (m.name.length !== 0) size += 1 + sizeDelimited(m.name.length);
  if (m.key.length !== 0) size += 1 + sizeDelimited(m.key.length);
  if (m.rev !== 0) size += 1 + sizeInt64(m.rev);
  if (m.lease !== 0n) size += 1 + sizeId64(m.lease);
  return size;
}
export function writeLeaderKey(m: LeaderKey, target: Uint8Array, start: number): number {
  let at = start;
  if (m.name.length !== 0) {
    target[at++] = 10;
    at = writeBytes(m.name, target, at);
  }
  if (m.key.length !== 0) {
    target[at++] = 18;
    at = writeBytes(m.key, target, at);
  }
  if (m.rev !== 0) {
    target[at++] = 24;
    at = writeInt64(m.rev, target, at);
  }
  if (m.lease !== 0n) {
    target[at++] = 32;
    at = writeId64(m.lease, target, at);
  }
  return at;
}
export function encodeLeaderKey(m: LeaderKey): Uint8Array {
  const bytes = allocate(sizeLeaderKey(m));
  writeLeaderKey(m, bytes, 0);
  return bytes;
}

/** message v3electionpb.LeaderRequest */
export interface LeaderRequest {
  name: Uint8Array;
}
export function makeLeaderRequest(init: Partial<LeaderRequest> = {}): LeaderRequest {
  return {
    name: init.name ?? emptyBytes,
  };
}

export function decodeLeaderRequest(bytes: Uint8Array, start = 0, end = bytes.length): LeaderRequest {
  let at = start;
  let name_ = emptyBytes;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: // name
        name_ = readBytes(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    name: name_,
  };
}

export function sizeLeaderRequest(m: LeaderRequest): number {
  let size = 0;
  if (m.name.length !== 0) size += 1 + sizeDelimited(m.name.length);
  return size;
}
export function writeLeaderRequest(m: LeaderRequest, target: Uint8Array, start: number): number {
  let at = start;
  if (m.name.length !== 0) {
    target[at++] = 10;
    at = writeBytes(m.name, target, at);
  }
  return at;
}
export function encodeLeaderRequest(m: LeaderRequest): Uint8Array {
  const bytes = allocate(sizeLeaderRequest(m));
  writeLeaderRequest(m, bytes, 0);
  return bytes;
}

/** message v3electionpb.LeaderResponse */
export interface LeaderResponse {
  header: ResponseHeader | undefined;
  kv: Uint8Array | undefined; // KeyValue, encoded
}
export function makeLeaderResponse(init: Partial<LeaderResponse> = {}): LeaderResponse {
  return {
    header: init.header,
    kv: init.kv,
  };
}

export function decodeLeaderResponse(bytes: Uint8Array, start = 0, end = bytes.length): LeaderResponse {
  let at = start;
  let header_: ResponseHeader | undefined;
  let kv_: Uint8Array | undefined;
  let kv_More: Uint8Array[] | undefined;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // header
        const to = readLength(bytes, at, end);
        header_ = readResponseHeader(bytes, cursor, to, header_);
        at = to;
        break;
      }
      case 18: { // kv
        const view = readBytes(bytes, at, end);
        at = cursor;
        if (kv_ === undefined) kv_ = view;
        else (kv_More ??= [kv_]).push(view);
        break;
      }
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  if (kv_More !== undefined) kv_ = concatBytes(kv_More);
  return {
    header: header_,
    kv: kv_,
  };
}

export function sizeLeaderResponse(m: LeaderResponse): number {
  let size = 0;
  if (m.header !== undefined) size += 1 + 1 + sizeResponseHeader(m.header);
  if (m.kv !== undefined) size += 1 + sizeDelimited(m.kv.length);
  return size;
}
export function writeLeaderResponse(m: LeaderResponse, target: Uint8Array, start: number): number {
  let at = start;
  if (m.header !== undefined) {
    target[at++] = 10;
    const lengthAt = at++;
    at = writeResponseHeader(m.header, target, at);
    target[lengthAt] = at - lengthAt - 1;
  }
  if (m.kv !== undefined) {
    target[at++] = 18;
    at = writeBytes(m.kv, target, at);
  }
  return at;
}
export function encodeLeaderResponse(m: LeaderResponse): Uint8Array {
  const bytes = allocate(sizeLeaderResponse(m));
  writeLeaderResponse(m, bytes, 0);
  return bytes;
}

/** message v3electionpb.ResignRequest */
export interface ResignRequest {
  leader: LeaderKey | undefined;
}
export function makeResignRequest(init: Partial<ResignRequest> = {}): ResignRequest {
  return {
    leader: init.leader,
  };
}

export function decodeResignRequest(bytes: Uint8Array, start = 0, end = bytes.length): ResignRequest {
  let at = start;
  let leader_: LeaderKey | undefined;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // leader
        const to = readLength(bytes, at, end);
        leader_ = readLeaderKey(bytes, cursor, to, leader_);
        at = to;
        break;
      }
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    leader: leader_,
  };
}

export function sizeResignRequest(m: ResignRequest): number {
  let size = 0;
  if (m.leader !== undefined) size += 1 + sizeDelimited(sizeLeaderKey(m.leader));
  return size;
}
export function writeResignRequest(m: ResignRequest, target: Uint8Array, start: number): number {
  let at = start;
  if (m.leader !== undefined) {
    target[at++] = 10;
    at = writeUint32(sizeLeaderKey(m.leader), target, at);
    at = writeLeaderKey(m.leader, target, at);
  }
  return at;
}
export function encodeResignRequest(m: ResignRequest): Uint8Array {
  const bytes = allocate(sizeResignRequest(m));
  writeResignRequest(m, bytes, 0);
  return bytes;
}

/** message v3electionpb.ResignResponse */
export interface ResignResponse {
  header: ResponseHeader | undefined;
}
export function makeResignResponse(init: Partial<ResignResponse> = {}): ResignResponse {
  return {
    header: init.header,
  };
}

export function decodeResignResponse(bytes: Uint8Array, start = 0, end = bytes.length): ResignResponse {
  let at = start;
  let header_: ResponseHeader | undefined;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // header
        const to = readLength(bytes, at, end);
        header_ = readResponseHeader(bytes, cursor, to, header_);
        at = to;
        break;
      }
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    header: header_,
  };
}

export function sizeResignResponse(m: ResignResponse): number {
  let size = 0;
  if (m.header !== undefined) size += 1 + 1 + sizeResponseHeader(m.header);
  return size;
}
export function writeResignResponse(m: ResignResponse, target: Uint8Array, start: number): number {
  let at = start;
  if (m.header !== undefined) {
    target[at++] = 10;
    const lengthAt = at++;
    at = writeResponseHeader(m.header, target, at);
    target[lengthAt] = at - lengthAt - 1;
  }
  return at;
}
export function encodeResignResponse(m: ResignResponse): Uint8Array {
  const bytes = allocate(sizeResignResponse(m));
  writeResignResponse(m, bytes, 0);
  return bytes;
}

/** message v3electionpb.ProclaimRequest */
export interface ProclaimRequest {
  leader: LeaderKey | undefined;
  value: Uint8Array;
}
export function makeProclaimRequest(init: Partial<ProclaimRequest> = {}): ProclaimRequest {
  return {
    leader: init.leader,
    value: init.value ?? emptyBytes,
  };
}

export function decodeProclaimRequest(bytes: Uint8Array, start = 0, end = bytes.length): ProclaimRequest {
  let at = start;
  let leader_: LeaderKey | undefined;
  let value_ = emptyBytes;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // leader
        const to = readLength(bytes, at, end);
        leader_ = readLeaderKey(bytes, cursor, to, leader_);
        at = to;
        break;
      }
      case 18: // value
        value_ = readBytes(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    leader: leader_,
    value: value_,
  };
}

export function sizeProclaimRequest(m: ProclaimRequest): number {
  let size = 0;
  if (m.leader !== undefined) size += 1 + sizeDelimited(sizeLeaderKey(m.leader));
  if (m.value.length !== 0) size += 1 + sizeDelimited(m.value.length);
  return size;
}
export function writeProclaimRequest(m: ProclaimRequest, target: Uint8Array, start: number): number {
  let at = start;
  if (m.leader !== undefined) {
    target[at++] = 10;
    at = writeUint32(sizeLeaderKey(m.leader), target, at);
    at = writeLeaderKey(m.leader, target, at);
  }
  if (m.value.length !== 0) {
    target[at++] = 18;
    at = writeBytes(m.value, target, at);
  }
  return at;
}
export function encodeProclaimRequest(m: ProclaimRequest): Uint8Array {
  const bytes = allocate(sizeProclaimRequest(m));
  writeProclaimRequest(m, bytes, 0);
  return bytes;
}

/** message v3electionpb.ProclaimResponse */
export interface ProclaimResponse {
  header: ResponseHeader | undefined;
}
export function makeProclaimResponse(init: Partial<ProclaimResponse> = {}): ProclaimResponse {
  return {
    header: init.header,
  };
}

export function decodeProclaimResponse(bytes: Uint8Array, start = 0, end = bytes.length): ProclaimResponse {
  let at = start;
  let header_: ResponseHeader | undefined;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // header
        const to = readLength(bytes, at, end);
        header_ = readResponseHeader(bytes, cursor, to, header_);
        at = to;
        break;
      }
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    header: header_,
  };
}

export function sizeProclaimResponse(m: ProclaimResponse): number {
  let size = 0;
  if (m.header !== undefined) size += 1 + 1 + sizeResponseHeader(m.header);
  return size;
}
export function writeProclaimResponse(m: ProclaimResponse, target: Uint8Array, start: number): number {
  let at = start;
  if (m.header !== undefined) {
    target[at++] = 10;
    const lengthAt = at++;
    at = writeResponseHeader(m.header, target, at);
    target[lengthAt] = at - lengthAt - 1;
  }
  return at;
}
export function encodeProclaimResponse(m: ProclaimResponse): Uint8Array {
  const bytes = allocate(sizeProclaimResponse(m));
  writeProclaimResponse(m, bytes, 0);
  return bytes;
}

/** message v3lockpb.LockRequest */
export interface LockRequest {
  name: Uint8Array;
  lease: bigint;
}
export function makeLockRequest(init: Partial<LockRequest> = {}): LockRequest {
  return {
    name: init.name ?? emptyBytes,
    lease: init.lease ?? 0n,
  };
}

export function decodeLockRequest(bytes: Uint8Array, start = 0, end = bytes.length): LockRequest {
  let at = start;
  let name_ = emptyBytes;
  let lease_: bigint = 0n;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: // name
        name_ = readBytes(bytes, at, end);
        at = cursor;
        break;
      case 16: // lease
        lease_ = readId64(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    name: name_,
    lease: lease_,
  };
}

export function sizeLockRequest(m: LockRequest): number {
  let size = 0;
  if (m.name.length !== 0) size += 1 + sizeDelimited(m.name.length);
  if (m.lease !== 0n) size += 1 + sizeId64(m.lease);
  return size;
}
export function writeLockRequest(m: LockRequest, target: Uint8Array, start: number): number {
  let at = start;
  if (m.name.length !== 0) {
    target[at++] = 10;
    at = writeBytes(m.name, target, at);
  }
  if (m.lease !== 0n) {
    target[at++] = 16;
    at = writeId64(m.lease, target, at);
  }
  return at;
}
export function encodeLockRequest(m: LockRequest): Uint8Array {
  const bytes = allocate(sizeLockRequest(m));
  writeLockRequest(m, bytes, 0);
  return bytes;
}

/** message v3lockpb.LockResponse */
export interface LockResponse {
  header: ResponseHeader | undefined;
  key: Uint8Array;
}
export function makeLockResponse(init: Partial<LockResponse> = {}): LockResponse {
  return {
    header: init.header,
    key: init.key ?? emptyBytes,
  };
}

export function decodeLockResponse(bytes: Uint8Array, start = 0, end = bytes.length): LockResponse {
  let at = start;
  let header_: ResponseHeader | undefined;
  let key_ = emptyBytes;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // header
        const to = readLength(bytes, at, end);
        header_ = readResponseHeader(bytes, cursor, to, header_);
        at = to;
        break;
      }
      case 18: // key
        key_ = readBytes(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    header: header_,
    key: key_,
  };
}

export function sizeLockResponse(m: LockResponse): number {
  let size = 0;
  if (m.header !== undefined) size += 1 + 1 + sizeResponseHeader(m.header);
  if (m.key.length !== 0) size += 1 + sizeDelimited(m.key.length);
  return size;
}
export function writeLockResponse(m: LockResponse, target: Uint8Array, start: number): number {
  let at = start;
  if (m.header !== undefined) {
    target[at++] = 10;
    const lengthAt = at++;
    at = writeResponseHeader(m.header, target, at);
    target[lengthAt] = at - lengthAt - 1;
  }
  if (m.key.length !== 0) {
    target[at++] = 18;
    at = writeBytes(m.key, target, at);
  }
  return at;
}
export function encodeLockResponse(m: LockResponse): Uint8Array {
  const bytes = allocate(sizeLockResponse(m));
  writeLockResponse(m, bytes, 0);
  return bytes;
}

/** message v3lockpb.UnlockRequest */
export interface UnlockRequest {
  key: Uint8Array;
}
export function makeUnlockRequest(init: Partial<UnlockRequest> = {}): UnlockRequest {
  return {
    key: init.key ?? emptyBytes,
  };
}

export function decodeUnlockRequest(bytes: Uint8Array, start = 0, end = bytes.length): UnlockRequest {
  let at = start;
  let key_ = emptyBytes;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: // key
        key_ = readBytes(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    key: key_,
  };
}

export function sizeUnlockRequest(m: UnlockRequest): number {
  let size = 0;
  if (m.key.length !== 0) size += 1 + sizeDelimited(m.key.length);
  return size;
}
export function writeUnlockRequest(m: UnlockRequest, target: Uint8Array, start: number): number {
  let at = start;
  if (m.key.length !== 0) {
    target[at++] = 10;
    at = writeBytes(m.key, target, at);
  }
  return at;
}
export function encodeUnlockRequest(m: UnlockRequest): Uint8Array {
  const bytes = allocate(sizeUnlockRequest(m));
  writeUnlockRequest(m, bytes, 0);
  return bytes;
}

/** message v3lockpb.UnlockResponse */
export interface UnlockResponse {
  header: ResponseHeader | undefined;
}
export function makeUnlockResponse(init: Partial<UnlockResponse> = {}): UnlockResponse {
  return {
    header: init.header,
  };
}

export function decodeUnlockResponse(bytes: Uint8Array, start = 0, end = bytes.length): UnlockResponse {
  let at = start;
  let header_: ResponseHeader | undefined;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 10: { // header
        const to = readLength(bytes, at, end);
        header_ = readResponseHeader(bytes, cursor, to, header_);
        at = to;
        break;
      }
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    header: header_,
  };
}

export function sizeUnlockResponse(m: UnlockResponse): number {
  let size = 0;
  if (m.header !== undefined) size += 1 + 1 + sizeResponseHeader(m.header);
  return size;
}
export function writeUnlockResponse(m: UnlockResponse, target: Uint8Array, start: number): number {
  let at = start;
  if (m.header !== undefined) {
    target[at++] = 10;
    const lengthAt = at++;
    at = writeResponseHeader(m.header, target, at);
    target[lengthAt] = at - lengthAt - 1;
  }
  return at;
}
export function encodeUnlockResponse(m: UnlockResponse): Uint8Array {
  const bytes = allocate(sizeUnlockResponse(m));
  writeUnlockResponse(m, bytes, 0);
  return bytes;
}

/** message walpb.Record */
export interface WalRecord {
  type: number;
  crc: number;
  data: Uint8Array;
}
export function makeWalRecord(init: Partial<WalRecord> = {}): WalRecord {
  return {
    type: init.type ?? 0,
    crc: init.crc ?? 0,
    data: init.data ?? emptyBytes,
  };
}

export function decodeWalRecord(bytes: Uint8Array, start = 0, end = bytes.length): WalRecord {
  let at = start;
  let type_: number = 0;
  let crc_: number = 0;
  let data_ = emptyBytes;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 8: // type
        type_ = readInt64(bytes, at, end);
        at = cursor;
        break;
      case 16: // crc
        crc_ = readUint32(bytes, at, end);
        at = cursor;
        break;
      case 26: // data
        data_ = readBytes(bytes, at, end);
        at = cursor;
        break;
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    type: type_,
    crc: crc_,
    data: data_,
  };
}

export function sizeWalRecord(m: WalRecord): number {
  let size = 0;
  size += 1 + sizeInt64(m.type);
  size += 1 + sizeUint32(m.crc);
  if (m.data.length !== 0) size += 1 + sizeDelimited(m.data.length);
  return size;
}
export function writeWalRecord(m: WalRecord, target: Uint8Array, start: number): number {
  let at = start;
  target[at++] = 8;
  at = writeInt64(m.type, target, at);
  target[at++] = 16;
  at = writeUint32(m.crc, target, at);
  if (m.data.length !== 0) {
    target[at++] = 26;
    at = writeBytes(m.data, target, at);
  }
  return at;
}
export function encodeWalRecord(m: WalRecord): Uint8Array {
  const bytes = allocate(sizeWalRecord(m));
  writeWalRecord(m, bytes, 0);
  return bytes;
}

/** message walpb.Snapshot */
export interface WalSnapshot {
  index: number;
  term: number;
  confState: ConfState | undefined;
}
export function makeWalSnapshot(init: Partial<WalSnapshot> = {}): WalSnapshot {
  return {
    index: init.index ?? 0,
    term: init.term ?? 0,
    confState: init.confState,
  };
}

export function decodeWalSnapshot(bytes: Uint8Array, start = 0, end = bytes.length): WalSnapshot {
  let at = start;
  let index_: number = 0;
  let term_: number = 0;
  let confState_: ConfState | undefined;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = longTag(bytes, at - 1, end);
      at = cursor;
    }
    switch (tag) {
      case 8: // index
        index_ = readUint64(bytes, at, end);
        at = cursor;
        break;
      case 16: // term
        term_ = readUint64(bytes, at, end);
        at = cursor;
        break;
      case 26: { // conf_state
        const to = readLength(bytes, at, end);
        confState_ = readConfState(bytes, cursor, to, confState_);
        at = to;
        break;
      }
      default:
        at = skipField(bytes, at, end, tag);
    }
  }
  return {
    index: index_,
    term: term_,
    confState: confState_,
  };
}

export function sizeWalSnapshot(m: WalSnapshot): number {
  let size = 0;
  size += 1 + sizeUint64(m.index);
  size += 1 + sizeUint64(m.term);
  if (m.confState !== undefined) size += 1 + sizeDelimited(sizeConfState(m.confState));
  return size;
}
export function writeWalSnapshot(m: WalSnapshot, target: Uint8Array, start: number): number {
  let at = start;
  target[at++] = 8;
  at = writeUint64(m.index, target, at);
  target[at++] = 16;
  at = writeUint64(m.term, target, at);
  if (m.confState !== undefined) {
    target[at++] = 26;
    at = writeUint32(sizeConfState(m.confState), target, at);
    at = writeConfState(m.confState, target, at);
  }
  return at;
}
export function encodeWalSnapshot(m: WalSnapshot): Uint8Array {
  const bytes = allocate(sizeWalSnapshot(m));
  writeWalSnapshot(m, bytes, 0);
  return bytes;
}

/** Every message by its full protobuf name. */
export const messageDescriptors: Readonly<Record<string, MessageDescriptor>> = {
  "authpb.UserAddOptions": {
    fullName: "authpb.UserAddOptions",
    fields: [
      field("no_password", "noPassword", 1, "bool", "bool"),
    ],
    since: "3.0",
    make: makeUserAddOptions,
    decode: decodeUserAddOptions,
    encode: encodeUserAddOptions,
  },
  "authpb.User": {
    fullName: "authpb.User",
    fields: [
      field("name", "name", 1, "bytes", "bytes"),
      field("password", "password", 2, "bytes", "bytes"),
      field("roles", "roles", 3, "string", "string", { repeated: true }),
      field("options", "options", 4, "message", "authpb.UserAddOptions"),
    ],
    since: "3.0",
    make: makeUser,
    decode: decodeUser,
    encode: encodeUser,
  },
  "authpb.Permission": {
    fullName: "authpb.Permission",
    fields: [
      field("permType", "permType", 1, "enum", "authpb.Permission.Type"),
      field("key", "key", 2, "bytes", "bytes"),
      field("range_end", "rangeEnd", 3, "bytes", "bytes"),
    ],
    since: "3.0",
    make: makePermission,
    decode: decodePermission,
    encode: encodePermission,
  },
  "authpb.Role": {
    fullName: "authpb.Role",
    fields: [
      field("name", "name", 1, "bytes", "bytes"),
      field("keyPermission", "keyPermission", 2, "message", "authpb.Permission", { repeated: true }),
    ],
    since: "3.0",
    make: makeRole,
    decode: decodeRole,
    encode: encodeRole,
  },
  "etcdserverpb.Metadata": {
    fullName: "etcdserverpb.Metadata",
    fields: [
      field("NodeID", "nodeID", 1, "id64", "uint64"),
      field("ClusterID", "clusterID", 2, "id64", "uint64"),
    ],
    since: "3.0",
    make: makeMetadata,
    decode: decodeMetadata,
    encode: encodeMetadata,
  },
  "etcdserverpb.RequestHeader": {
    fullName: "etcdserverpb.RequestHeader",
    fields: [
      field("ID", "ID", 1, "id64", "uint64"),
      field("username", "username", 2, "string", "string"),
      field("auth_revision", "authRevision", 3, "uint64", "uint64", { since: "3.1" }),
    ],
    since: "3.0",
    make: makeRequestHeader,
    decode: decodeRequestHeader,
    encode: encodeRequestHeader,
  },
  "etcdserverpb.InternalRaftRequest": {
    fullName: "etcdserverpb.InternalRaftRequest",
    fields: [
      field("header", "header", 100, "message", "etcdserverpb.RequestHeader"),
      field("ID", "ID", 1, "id64", "uint64"),
      field("range", "range", 3, "raw", "etcdserverpb.RangeRequest", { oneof: "request" }),
      field("put", "put", 4, "raw", "etcdserverpb.PutRequest", { oneof: "request" }),
      field("delete_range", "deleteRange", 5, "raw", "etcdserverpb.DeleteRangeRequest", { oneof: "request" }),
      field("txn", "txn", 6, "raw", "etcdserverpb.TxnRequest", { oneof: "request" }),
      field("compaction", "compaction", 7, "raw", "etcdserverpb.CompactionRequest", { oneof: "request" }),
      field("lease_grant", "leaseGrant", 8, "raw", "etcdserverpb.LeaseGrantRequest", { oneof: "request" }),
      field("lease_revoke", "leaseRevoke", 9, "raw", "etcdserverpb.LeaseRevokeRequest", { oneof: "request" }),
      field("alarm", "alarm", 10, "raw", "etcdserverpb.AlarmRequest", { oneof: "request" }),
      field("lease_checkpoint", "leaseCheckpoint", 11, "raw", "etcdserverpb.LeaseCheckpointRequest", { oneof: "request", since: "3.4" }),
      field("auth_enable", "authEnable", 1000, "raw", "etcdserverpb.AuthEnableRequest", { oneof: "request" }),
      field("auth_disable", "authDisable", 1011, "raw", "etcdserverpb.AuthDisableRequest", { oneof: "request" }),
      field("auth_status", "authStatus", 1013, "raw", "etcdserverpb.AuthStatusRequest", { oneof: "request", since: "3.5" }),
      field("authenticate", "authenticate", 1012, "raw", "etcdserverpb.InternalAuthenticateRequest", { oneof: "request" }),
      field("auth_user_add", "authUserAdd", 1100, "raw", "etcdserverpb.AuthUserAddRequest", { oneof: "request" }),
      field("auth_user_delete", "authUserDelete", 1101, "raw", "etcdserverpb.AuthUserDeleteRequest", { oneof: "request" }),
      field("auth_user_get", "authUserGet", 1102, "raw", "etcdserverpb.AuthUserGetRequest", { oneof: "request" }),
      field("auth_user_change_password", "authUserChangePassword", 1103, "raw", "etcdserverpb.AuthUserChangePasswordRequest", { oneof: "request" }),
      field("auth_user_grant_role", "authUserGrantRole", 1104, "raw", "etcdserverpb.AuthUserGrantRoleRequest", { oneof: "request" }),
      field("auth_user_revoke_role", "authUserRevokeRole", 1105, "raw", "etcdserverpb.AuthUserRevokeRoleRequest", { oneof: "request" }),
      field("auth_user_list", "authUserList", 1106, "raw", "etcdserverpb.AuthUserListRequest", { oneof: "request" }),
      field("auth_role_list", "authRoleList", 1107, "raw", "etcdserverpb.AuthRoleListRequest", { oneof: "request" }),
      field("auth_role_add", "authRoleAdd", 1200, "raw", "etcdserverpb.AuthRoleAddRequest", { oneof: "request" }),
      field("auth_role_delete", "authRoleDelete", 1201, "raw", "etcdserverpb.AuthRoleDeleteRequest", { oneof: "request" }),
      field("auth_role_get", "authRoleGet", 1202, "raw", "etcdserverpb.AuthRoleGetRequest", { oneof: "request" }),
      field("auth_role_grant_permission", "authRoleGrantPermission", 1203, "raw", "etcdserverpb.AuthRoleGrantPermissionRequest", { oneof: "request" }),
      field("auth_role_revoke_permission", "authRoleRevokePermission", 1204, "raw", "etcdserverpb.AuthRoleRevokePermissionRequest", { oneof: "request" }),
      field("cluster_version_set", "clusterVersionSet", 1300, "raw", "membershippb.ClusterVersionSetRequest", { oneof: "request", since: "3.5" }),
      field("cluster_member_attr_set", "clusterMemberAttrSet", 1301, "raw", "membershippb.ClusterMemberAttrSetRequest", { oneof: "request", since: "3.5" }),
      field("downgrade_info_set", "downgradeInfoSet", 1302, "raw", "membershippb.DowngradeInfoSetRequest", { oneof: "request", since: "3.5" }),
      field("downgrade_version_test", "downgradeVersionTest", 9900, "raw", "etcdserverpb.DowngradeVersionTestRequest", { oneof: "request", since: "3.6" }),
    ],
    since: "3.0",
    make: makeInternalRaftRequest,
    decode: decodeInternalRaftRequest,
    encode: encodeInternalRaftRequest,
  },
  "etcdserverpb.EmptyResponse": {
    fullName: "etcdserverpb.EmptyResponse",
    fields: [],
    since: "3.0",
    make: makeEmptyResponse,
    decode: decodeEmptyResponse,
    encode: encodeEmptyResponse,
  },
  "etcdserverpb.InternalAuthenticateRequest": {
    fullName: "etcdserverpb.InternalAuthenticateRequest",
    fields: [
      field("name", "name", 1, "string", "string"),
      field("password", "password", 2, "string", "string"),
      field("simple_token", "simpleToken", 3, "string", "string"),
    ],
    since: "3.0",
    make: makeInternalAuthenticateRequest,
    decode: decodeInternalAuthenticateRequest,
    encode: encodeInternalAuthenticateRequest,
  },
  "etcdserverpb.ResponseHeader": {
    fullName: "etcdserverpb.ResponseHeader",
    fields: [
      field("cluster_id", "clusterId", 1, "id64", "uint64"),
      field("member_id", "memberId", 2, "id64", "uint64"),
      field("revision", "revision", 3, "int64", "int64"),
      field("raft_term", "raftTerm", 4, "uint64", "uint64"),
    ],
    since: "3.0",
    make: makeResponseHeader,
    decode: decodeResponseHeader,
    encode: encodeResponseHeader,
  },
  "etcdserverpb.RangeRequest": {
    fullName: "etcdserverpb.RangeRequest",
    fields: [
      field("key", "key", 1, "bytes", "bytes"),
      field("range_end", "rangeEnd", 2, "bytes", "bytes"),
      field("limit", "limit", 3, "int64", "int64"),
      field("revision", "revision", 4, "int64", "int64"),
      field("sort_order", "sortOrder", 5, "enum", "etcdserverpb.RangeRequest.SortOrder"),
      field("sort_target", "sortTarget", 6, "enum", "etcdserverpb.RangeRequest.SortTarget"),
      field("serializable", "serializable", 7, "bool", "bool"),
      field("keys_only", "keysOnly", 8, "bool", "bool"),
      field("count_only", "countOnly", 9, "bool", "bool"),
      field("min_mod_revision", "minModRevision", 10, "int64", "int64", { since: "3.1" }),
      field("max_mod_revision", "maxModRevision", 11, "int64", "int64", { since: "3.1" }),
      field("min_create_revision", "minCreateRevision", 12, "int64", "int64", { since: "3.1" }),
      field("max_create_revision", "maxCreateRevision", 13, "int64", "int64", { since: "3.1" }),
    ],
    since: "3.0",
    make: makeRangeRequest,
    decode: decodeRangeRequest,
    encode: encodeRangeRequest,
  },
  "etcdserverpb.RangeResponse": {
    fullName: "etcdserverpb.RangeResponse",
    fields: [
      field("header", "header", 1, "message", "etcdserverpb.ResponseHeader"),
      field("kvs", "kvs", 2, "raw", "mvccpb.KeyValue", { repeated: true }),
      field("more", "more", 3, "bool", "bool"),
      field("count", "count", 4, "int64", "int64"),
    ],
    since: "3.0",
    make: makeRangeResponse,
    decode: decodeRangeResponse,
    encode: encodeRangeResponse,
  },
  "etcdserverpb.PutRequest": {
    fullName: "etcdserverpb.PutRequest",
    fields: [
      field("key", "key", 1, "bytes", "bytes"),
      field("value", "value", 2, "bytes", "bytes"),
      field("lease", "lease", 3, "id64", "int64"),
      field("prev_kv", "prevKv", 4, "bool", "bool", { since: "3.1" }),
      field("ignore_value", "ignoreValue", 5, "bool", "bool", { since: "3.2" }),
      field("ignore_lease", "ignoreLease", 6, "bool", "bool", { since: "3.2" }),
    ],
    since: "3.0",
    make: makePutRequest,
    decode: decodePutRequest,
    encode: encodePutRequest,
  },
  "etcdserverpb.PutResponse": {
    fullName: "etcdserverpb.PutResponse",
    fields: [
      field("header", "header", 1, "message", "etcdserverpb.ResponseHeader"),
      field("prev_kv", "prevKv", 2, "raw", "mvccpb.KeyValue", { since: "3.1" }),
    ],
    since: "3.0",
    make: makePutResponse,
    decode: decodePutResponse,
    encode: encodePutResponse,
  },
  "etcdserverpb.DeleteRangeRequest": {
    fullName: "etcdserverpb.DeleteRangeRequest",
    fields: [
      field("key", "key", 1, "bytes", "bytes"),
      field("range_end", "rangeEnd", 2, "bytes", "bytes"),
      field("prev_kv", "prevKv", 3, "bool", "bool", { since: "3.1" }),
    ],
    since: "3.0",
    make: makeDeleteRangeRequest,
    decode: decodeDeleteRangeRequest,
    encode: encodeDeleteRangeRequest,
  },
  "etcdserverpb.DeleteRangeResponse": {
    fullName: "etcdserverpb.DeleteRangeResponse",
    fields: [
      field("header", "header", 1, "message", "etcdserverpb.ResponseHeader"),
      field("deleted", "deleted", 2, "int64", "int64"),
      field("prev_kvs", "prevKvs", 3, "raw", "mvccpb.KeyValue", { repeated: true, since: "3.1" }),
    ],
    since: "3.0",
    make: makeDeleteRangeResponse,
    decode: decodeDeleteRangeResponse,
    encode: encodeDeleteRangeResponse,
  },
  "etcdserverpb.RequestOp": {
    fullName: "etcdserverpb.RequestOp",
    fields: [
      field("request_range", "requestRange", 1, "message", "etcdserverpb.RangeRequest", { oneof: "request" }),
      field("request_put", "requestPut", 2, "message", "etcdserverpb.PutRequest", { oneof: "request" }),
      field("request_delete_range", "requestDeleteRange", 3, "message", "etcdserverpb.DeleteRangeRequest", { oneof: "request" }),
      field("request_txn", "requestTxn", 4, "message", "etcdserverpb.TxnRequest", { oneof: "request", since: "3.3" }),
    ],
    since: "3.0",
    make: makeRequestOp,
    decode: decodeRequestOp,
    encode: encodeRequestOp,
  },
  "etcdserverpb.ResponseOp": {
    fullName: "etcdserverpb.ResponseOp",
    fields: [
      field("response_range", "responseRange", 1, "message", "etcdserverpb.RangeResponse", { oneof: "response" }),
      field("response_put", "responsePut", 2, "message", "etcdserverpb.PutResponse", { oneof: "response" }),
      field("response_delete_range", "responseDeleteRange", 3, "message", "etcdserverpb.DeleteRangeResponse", { oneof: "response" }),
      field("response_txn", "responseTxn", 4, "message", "etcdserverpb.TxnResponse", { oneof: "response", since: "3.3" }),
    ],
    since: "3.0",
    make: makeResponseOp,
    decode: decodeResponseOp,
    encode: encodeResponseOp,
  },
  "etcdserverpb.Compare": {
    fullName: "etcdserverpb.Compare",
    fields: [
      field("result", "result", 1, "enum", "etcdserverpb.Compare.CompareResult"),
      field("target", "target", 2, "enum", "etcdserverpb.Compare.CompareTarget"),
      field("key", "key", 3, "bytes", "bytes"),
      field("version", "version", 4, "int64", "int64", { oneof: "targetUnion" }),
      field("create_revision", "createRevision", 5, "int64", "int64", { oneof: "targetUnion" }),
      field("mod_revision", "modRevision", 6, "int64", "int64", { oneof: "targetUnion" }),
      field("value", "value", 7, "bytes", "bytes", { oneof: "targetUnion" }),
      field("lease", "lease", 8, "id64", "int64", { oneof: "targetUnion", since: "3.3" }),
      field("range_end", "rangeEnd", 64, "bytes", "bytes", { since: "3.3" }),
    ],
    since: "3.0",
    make: makeCompare,
    decode: decodeCompare,
    encode: encodeCompare,
  },
  "etcdserverpb.TxnRequest": {
    fullName: "etcdserverpb.TxnRequest",
    fields: [
      field("compare", "compare", 1, "message", "etcdserverpb.Compare", { repeated: true }),
      field("success", "success", 2, "message", "etcdserverpb.RequestOp", { repeated: true }),
      field("failure", "failure", 3, "message", "etcdserverpb.RequestOp", { repeated: true }),
    ],
    since: "3.0",
    make: makeTxnRequest,
    decode: decodeTxnRequest,
    encode: encodeTxnRequest,
  },
  "etcdserverpb.TxnResponse": {
    fullName: "etcdserverpb.TxnResponse",
    fields: [
      field("header", "header", 1, "message", "etcdserverpb.ResponseHeader"),
      field("succeeded", "succeeded", 2, "bool", "bool"),
      field("responses", "responses", 3, "message", "etcdserverpb.ResponseOp", { repeated: true }),
    ],
    since: "3.0",
    make: makeTxnResponse,
    decode: decodeTxnResponse,
    encode: encodeTxnResponse,
  },
  "etcdserverpb.CompactionRequest": {
    fullName: "etcdserverpb.CompactionRequest",
    fields: [
      field("revision", "revision", 1, "int64", "int64"),
      field("physical", "physical", 2, "bool", "bool"),
    ],
    since: "3.0",
    make: makeCompactionRequest,
    decode: decodeCompactionRequest,
    encode: encodeCompactionRequest,
  },
  "etcdserverpb.CompactionResponse": {
    fullName: "etcdserverpb.CompactionResponse",
    fields: [
      field("header", "header", 1, "message", "etcdserverpb.ResponseHeader"),
    ],
    since: "3.0",
    make: makeCompactionResponse,
    decode: decodeCompactionResponse,
    encode: encodeCompactionResponse,
  },
  "etcdserverpb.HashRequest": {
    fullName: "etcdserverpb.HashRequest",
    fields: [],
    since: "3.0",
    make: makeHashRequest,
    decode: decodeHashRequest,
    encode: encodeHashRequest,
  },
  "etcdserverpb.HashKVRequest": {
    fullName: "etcdserverpb.HashKVRequest",
    fields: [
      field("revision", "revision", 1, "int64", "int64"),
    ],
    since: "3.3",
    make: makeHashKVRequest,
    decode: decodeHashKVRequest,
    encode: encodeHashKVRequest,
  },
  "etcdserverpb.HashKVResponse": {
    fullName: "etcdserverpb.HashKVResponse",
    fields: [
      field("header", "header", 1, "message", "etcdserverpb.ResponseHeader"),
      field("hash", "hash", 2, "uint32", "uint32"),
      field("compact_revision", "compactRevision", 3, "int64", "int64"),
      field("hash_revision", "hashRevision", 4, "int64", "int64", { since: "3.6" }),
    ],
    since: "3.3",
    make: makeHashKVResponse,
    decode: decodeHashKVResponse,
    encode: encodeHashKVResponse,
  },
  "etcdserverpb.HashResponse": {
    fullName: "etcdserverpb.HashResponse",
    fields: [
      field("header", "header", 1, "message", "etcdserverpb.ResponseHeader"),
      field("hash", "hash", 2, "uint32", "uint32"),
    ],
    since: "3.0",
    make: makeHashResponse,
    decode: decodeHashResponse,
    encode: encodeHashResponse,
  },
  "etcdserverpb.SnapshotRequest": {
    fullName: "etcdserverpb.SnapshotRequest",
    fields: [],
    since: "3.3",
    make: makeSnapshotRequest,
    decode: decodeSnapshotRequest,
    encode: encodeSnapshotRequest,
  },
  "etcdserverpb.SnapshotResponse": {
    fullName: "etcdserverpb.SnapshotResponse",
    fields: [
      field("header", "header", 1, "message", "etcdserverpb.ResponseHeader"),
      field("remaining_bytes", "remainingBytes", 2, "uint64", "uint64"),
      field("blob", "blob", 3, "bytes", "bytes"),
      field("version", "version", 4, "string", "string", { since: "3.6" }),
    ],
    since: "3.3",
    make: makeSnapshotResponse,
    decode: decodeSnapshotResponse,
    encode: encodeSnapshotResponse,
  },
  "etcdserverpb.WatchRequest": {
    fullName: "etcdserverpb.WatchRequest",
    fields: [
      field("create_request", "createRequest", 1, "message", "etcdserverpb.WatchCreateRequest", { oneof: "requestUnion" }),
      field("cancel_request", "cancelRequest", 2, "message", "etcdserverpb.WatchCancelRequest", { oneof: "requestUnion" }),
      field("progress_request", "progressRequest", 3, "message", "etcdserverpb.WatchProgressRequest", { oneof: "requestUnion", since: "3.4" }),
    ],
    since: "3.0",
    make: makeWatchRequest,
    decode: decodeWatchRequest,
    encode: encodeWatchRequest,
  },
  "etcdserverpb.WatchCreateRequest": {
    fullName: "etcdserverpb.WatchCreateRequest",
    fields: [
      field("key", "key", 1, "bytes", "bytes"),
      field("range_end", "rangeEnd", 2, "bytes", "bytes"),
      field("start_revision", "startRevision", 3, "int64", "int64"),
      field("progress_notify", "progressNotify", 4, "bool", "bool"),
      field("filters", "filters", 5, "enum", "etcdserverpb.WatchCreateRequest.FilterType", { repeated: true, since: "3.1" }),
      field("prev_kv", "prevKv", 6, "bool", "bool", { since: "3.1" }),
      field("watch_id", "watchId", 7, "int64", "int64", { since: "3.4" }),
      field("fragment", "fragment", 8, "bool", "bool", { since: "3.4" }),
    ],
    since: "3.0",
    make: makeWatchCreateRequest,
    decode: decodeWatchCreateRequest,
    encode: encodeWatchCreateRequest,
  },
  "etcdserverpb.WatchCancelRequest": {
    fullName: "etcdserverpb.WatchCancelRequest",
    fields: [
      field("watch_id", "watchId", 1, "int64", "int64", { since: "3.1" }),
    ],
    since: "3.1",
    make: makeWatchCancelRequest,
    decode: decodeWatchCancelRequest,
    encode: encodeWatchCancelRequest,
  },
  "etcdserverpb.WatchProgressRequest": {
    fullName: "etcdserverpb.WatchProgressRequest",
    fields: [],
    since: "3.4",
    make: makeWatchProgressRequest,
    decode: decodeWatchProgressRequest,
    encode: encodeWatchProgressRequest,
  },
  "etcdserverpb.WatchResponse": {
    fullName: "etcdserverpb.WatchResponse",
    fields: [
      field("header", "header", 1, "message", "etcdserverpb.ResponseHeader"),
      field("watch_id", "watchId", 2, "int64", "int64"),
      field("created", "created", 3, "bool", "bool"),
      field("canceled", "canceled", 4, "bool", "bool"),
      field("compact_revision", "compactRevision", 5, "int64", "int64"),
      field("cancel_reason", "cancelReason", 6, "string", "string", { since: "3.4" }),
      field("fragment", "fragment", 7, "bool", "bool", { since: "3.4" }),
      field("events", "events", 11, "raw", "mvccpb.Event", { repeated: true }),
    ],
    since: "3.0",
    make: makeWatchResponse,
    decode: decodeWatchResponse,
    encode: encodeWatchResponse,
  },
  "etcdserverpb.LeaseGrantRequest": {
    fullName: "etcdserverpb.LeaseGrantRequest",
    fields: [
      field("TTL", "TTL", 1, "int64", "int64"),
      field("ID", "ID", 2, "id64", "int64"),
    ],
    since: "3.0",
    make: makeLeaseGrantRequest,
    decode: decodeLeaseGrantRequest,
    encode: encodeLeaseGrantRequest,
  },
  "etcdserverpb.LeaseGrantResponse": {
    fullName: "etcdserverpb.LeaseGrantResponse",
    fields: [
      field("header", "header", 1, "message", "etcdserverpb.ResponseHeader"),
      field("ID", "ID", 2, "id64", "int64"),
      field("TTL", "TTL", 3, "int64", "int64"),
      field("error", "error", 4, "string", "string"),
    ],
    since: "3.0",
    make: makeLeaseGrantResponse,
    decode: decodeLeaseGrantResponse,
    encode: encodeLeaseGrantResponse,
  },
  "etcdserverpb.LeaseRevokeRequest": {
    fullName: "etcdserverpb.LeaseRevokeRequest",
    fields: [
      field("ID", "ID", 1, "id64", "int64"),
    ],
    since: "3.0",
    make: makeLeaseRevokeRequest,
    decode: decodeLeaseRevokeRequest,
    encode: encodeLeaseRevokeRequest,
  },
  "etcdserverpb.LeaseRevokeResponse": {
    fullName: "etcdserverpb.LeaseRevokeResponse",
    fields: [
      field("header", "header", 1, "message", "etcdserverpb.ResponseHeader"),
    ],
    since: "3.0",
    make: makeLeaseRevokeResponse,
    decode: decodeLeaseRevokeResponse,
    encode: encodeLeaseRevokeResponse,
  },
  "etcdserverpb.LeaseCheckpoint": {
    fullName: "etcdserverpb.LeaseCheckpoint",
    fields: [
      field("ID", "ID", 1, "id64", "int64"),
      field("remaining_TTL", "remainingTTL", 2, "int64", "int64"),
    ],
    since: "3.4",
    make: makeLeaseCheckpoint,
    decode: decodeLeaseCheckpoint,
    encode: encodeLeaseCheckpoint,
  },
  "etcdserverpb.LeaseCheckpointRequest": {
    fullName: "etcdserverpb.LeaseCheckpointRequest",
    fields: [
      field("checkpoints", "checkpoints", 1, "message", "etcdserverpb.LeaseCheckpoint", { repeated: true }),
    ],
    since: "3.4",
    make: makeLeaseCheckpointRequest,
    decode: decodeLeaseCheckpointRequest,
    encode: encodeLeaseCheckpointRequest,
  },
  "etcdserverpb.LeaseCheckpointResponse": {
    fullName: "etcdserverpb.LeaseCheckpointResponse",
    fields: [
      field("header", "header", 1, "message", "etcdserverpb.ResponseHeader"),
    ],
    since: "3.4",
    make: makeLeaseCheckpointResponse,
    decode: decodeLeaseCheckpointResponse,
    encode: encodeLeaseCheckpointResponse,
  },
  "etcdserverpb.LeaseKeepAliveRequest": {
    fullName: "etcdserverpb.LeaseKeepAliveRequest",
    fields: [
      field("ID", "ID", 1, "id64", "int64"),
    ],
    since: "3.0",
    make: makeLeaseKeepAliveRequest,
    decode: decodeLeaseKeepAliveRequest,
    encode: encodeLeaseKeepAliveRequest,
  },
  "etcdserverpb.LeaseKeepAliveResponse": {
    fullName: "etcdserverpb.LeaseKeepAliveResponse",
    fields: [
      field("header", "header", 1, "message", "etcdserverpb.ResponseHeader"),
      field("ID", "ID", 2, "id64", "int64"),
      field("TTL", "TTL", 3, "int64", "int64"),
    ],
    since: "3.0",
    make: makeLeaseKeepAliveResponse,
    decode: decodeLeaseKeepAliveResponse,
    encode: encodeLeaseKeepAliveResponse,
  },
  "etcdserverpb.LeaseTimeToLiveRequest": {
    fullName: "etcdserverpb.LeaseTimeToLiveRequest",
    fields: [
      field("ID", "ID", 1, "id64", "int64"),
      field("keys", "keys", 2, "bool", "bool"),
    ],
    since: "3.1",
    make: makeLeaseTimeToLiveRequest,
    decode: decodeLeaseTimeToLiveRequest,
    encode: encodeLeaseTimeToLiveRequest,
  },
  "etcdserverpb.LeaseTimeToLiveResponse": {
    fullName: "etcdserverpb.LeaseTimeToLiveResponse",
    fields: [
      field("header", "header", 1, "message", "etcdserverpb.ResponseHeader"),
      field("ID", "ID", 2, "id64", "int64"),
      field("TTL", "TTL", 3, "int64", "int64"),
      field("grantedTTL", "grantedTTL", 4, "int64", "int64"),
      field("keys", "keys", 5, "bytes", "bytes", { repeated: true }),
    ],
    since: "3.1",
    make: makeLeaseTimeToLiveResponse,
    decode: decodeLeaseTimeToLiveResponse,
    encode: encodeLeaseTimeToLiveResponse,
  },
  "etcdserverpb.LeaseLeasesRequest": {
    fullName: "etcdserverpb.LeaseLeasesRequest",
    fields: [],
    since: "3.3",
    make: makeLeaseLeasesRequest,
    decode: decodeLeaseLeasesRequest,
    encode: encodeLeaseLeasesRequest,
  },
  "etcdserverpb.LeaseStatus": {
    fullName: "etcdserverpb.LeaseStatus",
    fields: [
      field("ID", "ID", 1, "id64", "int64"),
    ],
    since: "3.3",
    make: makeLeaseStatus,
    decode: decodeLeaseStatus,
    encode: encodeLeaseStatus,
  },
  "etcdserverpb.LeaseLeasesResponse": {
    fullName: "etcdserverpb.LeaseLeasesResponse",
    fields: [
      field("header", "header", 1, "message", "etcdserverpb.ResponseHeader"),
      field("leases", "leases", 2, "message", "etcdserverpb.LeaseStatus", { repeated: true }),
    ],
    since: "3.3",
    make: makeLeaseLeasesResponse,
    decode: decodeLeaseLeasesResponse,
    encode: encodeLeaseLeasesResponse,
  },
  "etcdserverpb.Member": {
    fullName: "etcdserverpb.Member",
    fields: [
      field("ID", "ID", 1, "id64", "uint64"),
      field("name", "name", 2, "string", "string"),
      field("peerURLs", "peerURLs", 3, "string", "string", { repeated: true }),
      field("clientURLs", "clientURLs", 4, "string", "string", { repeated: true }),
      field("isLearner", "isLearner", 5, "bool", "bool", { since: "3.4" }),
    ],
    since: "3.0",
    make: makeMember,
    decode: decodeMember,
    encode: encodeMember,
  },
  "etcdserverpb.MemberAddRequest": {
    fullName: "etcdserverpb.MemberAddRequest",
    fields: [
      field("peerURLs", "peerURLs", 1, "string", "string", { repeated: true }),
      field("isLearner", "isLearner", 2, "bool", "bool", { since: "3.4" }),
    ],
    since: "3.0",
    make: makeMemberAddRequest,
    decode: decodeMemberAddRequest,
    encode: encodeMemberAddRequest,
  },
  "etcdserverpb.MemberAddResponse": {
    fullName: "etcdserverpb.MemberAddResponse",
    fields: [
      field("header", "header", 1, "message", "etcdserverpb.ResponseHeader"),
      field("member", "member", 2, "message", "etcdserverpb.Member"),
      field("members", "members", 3, "message", "etcdserverpb.Member", { repeated: true }),
    ],
    since: "3.0",
    make: makeMemberAddResponse,
    decode: decodeMemberAddResponse,
    encode: encodeMemberAddResponse,
  },
  "etcdserverpb.MemberRemoveRequest": {
    fullName: "etcdserverpb.MemberRemoveRequest",
    fields: [
      field("ID", "ID", 1, "id64", "uint64"),
    ],
    since: "3.0",
    make: makeMemberRemoveRequest,
    decode: decodeMemberRemoveRequest,
    encode: encodeMemberRemoveRequest,
  },
  "etcdserverpb.MemberRemoveResponse": {
    fullName: "etcdserverpb.MemberRemoveResponse",
    fields: [
      field("header", "header", 1, "message", "etcdserverpb.ResponseHeader"),
      field("members", "members", 2, "message", "etcdserverpb.Member", { repeated: true }),
    ],
    since: "3.0",
    make: makeMemberRemoveResponse,
    decode: decodeMemberRemoveResponse,
    encode: encodeMemberRemoveResponse,
  },
  "etcdserverpb.MemberUpdateRequest": {
    fullName: "etcdserverpb.MemberUpdateRequest",
    fields: [
      field("ID", "ID", 1, "id64", "uint64"),
      field("peerURLs", "peerURLs", 2, "string", "string", { repeated: true }),
    ],
    since: "3.0",
    make: makeMemberUpdateRequest,
    decode: decodeMemberUpdateRequest,
    encode: encodeMemberUpdateRequest,
  },
  "etcdserverpb.MemberUpdateResponse": {
    fullName: "etcdserverpb.MemberUpdateResponse",
    fields: [
      field("header", "header", 1, "message", "etcdserverpb.ResponseHeader"),
      field("members", "members", 2, "message", "etcdserverpb.Member", { repeated: true, since: "3.1" }),
    ],
    since: "3.0",
    make: makeMemberUpdateResponse,
    decode: decodeMemberUpdateResponse,
    encode: encodeMemberUpdateResponse,
  },
  "etcdserverpb.MemberListRequest": {
    fullName: "etcdserverpb.MemberListRequest",
    fields: [
      field("linearizable", "linearizable", 1, "bool", "bool", { since: "3.5" }),
    ],
    since: "3.0",
    make: makeMemberListRequest,
    decode: decodeMemberListRequest,
    encode: encodeMemberListRequest,
  },
  "etcdserverpb.MemberListResponse": {
    fullName: "etcdserverpb.MemberListResponse",
    fields: [
      field("header", "header", 1, "message", "etcdserverpb.ResponseHeader"),
      field("members", "members", 2, "message", "etcdserverpb.Member", { repeated: true }),
    ],
    since: "3.0",
    make: makeMemberListResponse,
    decode: decodeMemberListResponse,
    encode: encodeMemberListResponse,
  },
  "etcdserverpb.MemberPromoteRequest": {
    fullName: "etcdserverpb.MemberPromoteRequest",
    fields: [
      field("ID", "ID", 1, "id64", "uint64"),
    ],
    since: "3.4",
    make: makeMemberPromoteRequest,
    decode: decodeMemberPromoteRequest,
    encode: encodeMemberPromoteRequest,
  },
  "etcdserverpb.MemberPromoteResponse": {
    fullName: "etcdserverpb.MemberPromoteResponse",
    fields: [
      field("header", "header", 1, "message", "etcdserverpb.ResponseHeader"),
      field("members", "members", 2, "message", "etcdserverpb.Member", { repeated: true }),
    ],
    since: "3.4",
    make: makeMemberPromoteResponse,
    decode: decodeMemberPromoteResponse,
    encode: encodeMemberPromoteResponse,
  },
  "etcdserverpb.DefragmentRequest": {
    fullName: "etcdserverpb.DefragmentRequest",
    fields: [],
    since: "3.0",
    make: makeDefragmentRequest,
    decode: decodeDefragmentRequest,
    encode: encodeDefragmentRequest,
  },
  "etcdserverpb.DefragmentResponse": {
    fullName: "etcdserverpb.DefragmentResponse",
    fields: [
      field("header", "header", 1, "message", "etcdserverpb.ResponseHeader"),
    ],
    since: "3.0",
    make: makeDefragmentResponse,
    decode: decodeDefragmentResponse,
    encode: encodeDefragmentResponse,
  },
  "etcdserverpb.MoveLeaderRequest": {
    fullName: "etcdserverpb.MoveLeaderRequest",
    fields: [
      field("targetID", "targetID", 1, "id64", "uint64"),
    ],
    since: "3.3",
    make: makeMoveLeaderRequest,
    decode: decodeMoveLeaderRequest,
    encode: encodeMoveLeaderRequest,
  },
  "etcdserverpb.MoveLeaderResponse": {
    fullName: "etcdserverpb.MoveLeaderResponse",
    fields: [
      field("header", "header", 1, "message", "etcdserverpb.ResponseHeader"),
    ],
    since: "3.3",
    make: makeMoveLeaderResponse,
    decode: decodeMoveLeaderResponse,
    encode: encodeMoveLeaderResponse,
  },
  "etcdserverpb.AlarmRequest": {
    fullName: "etcdserverpb.AlarmRequest",
    fields: [
      field("action", "action", 1, "enum", "etcdserverpb.AlarmRequest.AlarmAction"),
      field("memberID", "memberID", 2, "id64", "uint64"),
      field("alarm", "alarm", 3, "enum", "etcdserverpb.AlarmType"),
    ],
    since: "3.0",
    make: makeAlarmRequest,
    decode: decodeAlarmRequest,
    encode: encodeAlarmRequest,
  },
  "etcdserverpb.AlarmMember": {
    fullName: "etcdserverpb.AlarmMember",
    fields: [
      field("memberID", "memberID", 1, "id64", "uint64"),
      field("alarm", "alarm", 2, "enum", "etcdserverpb.AlarmType"),
    ],
    since: "3.0",
    make: makeAlarmMember,
    decode: decodeAlarmMember,
    encode: encodeAlarmMember,
  },
  "etcdserverpb.AlarmResponse": {
    fullName: "etcdserverpb.AlarmResponse",
    fields: [
      field("header", "header", 1, "message", "etcdserverpb.ResponseHeader"),
      field("alarms", "alarms", 2, "message", "etcdserverpb.AlarmMember", { repeated: true }),
    ],
    since: "3.0",
    make: makeAlarmResponse,
    decode: decodeAlarmResponse,
    encode: encodeAlarmResponse,
  },
  "etcdserverpb.DowngradeRequest": {
    fullName: "etcdserverpb.DowngradeRequest",
    fields: [
      field("action", "action", 1, "enum", "etcdserverpb.DowngradeRequest.DowngradeAction"),
      field("version", "version", 2, "string", "string"),
    ],
    since: "3.5",
    make: makeDowngradeRequest,
    decode: decodeDowngradeRequest,
    encode: encodeDowngradeRequest,
  },
  "etcdserverpb.DowngradeResponse": {
    fullName: "etcdserverpb.DowngradeResponse",
    fields: [
      field("header", "header", 1, "message", "etcdserverpb.ResponseHeader"),
      field("version", "version", 2, "string", "string"),
    ],
    since: "3.5",
    make: makeDowngradeResponse,
    decode: decodeDowngradeResponse,
    encode: encodeDowngradeResponse,
  },
  "etcdserverpb.DowngradeVersionTestRequest": {
    fullName: "etcdserverpb.DowngradeVersionTestRequest",
    fields: [
      field("ver", "ver", 1, "string", "string"),
    ],
    since: "3.6",
    make: makeDowngradeVersionTestRequest,
    decode: decodeDowngradeVersionTestRequest,
    encode: encodeDowngradeVersionTestRequest,
  },
  "etcdserverpb.StatusRequest": {
    fullName: "etcdserverpb.StatusRequest",
    fields: [],
    since: "3.0",
    make: makeStatusRequest,
    decode: decodeStatusRequest,
    encode: encodeStatusRequest,
  },
  "etcdserverpb.StatusResponse": {
    fullName: "etcdserverpb.StatusResponse",
    fields: [
      field("header", "header", 1, "message", "etcdserverpb.ResponseHeader"),
      field("version", "version", 2, "string", "string"),
      field("dbSize", "dbSize", 3, "int64", "int64"),
      field("leader", "leader", 4, "id64", "uint64"),
      field("raftIndex", "raftIndex", 5, "uint64", "uint64"),
      field("raftTerm", "raftTerm", 6, "uint64", "uint64"),
      field("raftAppliedIndex", "raftAppliedIndex", 7, "uint64", "uint64", { since: "3.4" }),
      field("errors", "errors", 8, "string", "string", { repeated: true, since: "3.4" }),
      field("dbSizeInUse", "dbSizeInUse", 9, "int64", "int64", { since: "3.4" }),
      field("isLearner", "isLearner", 10, "bool", "bool", { since: "3.4" }),
      field("storageVersion", "storageVersion", 11, "string", "string", { since: "3.6" }),
      field("dbSizeQuota", "dbSizeQuota", 12, "int64", "int64", { since: "3.6" }),
      field("downgradeInfo", "downgradeInfo", 13, "message", "etcdserverpb.DowngradeInfo", { since: "3.6" }),
    ],
    since: "3.0",
    make: makeStatusResponse,
    decode: decodeStatusResponse,
    encode: encodeStatusResponse,
  },
  "etcdserverpb.DowngradeInfo": {
    fullName: "etcdserverpb.DowngradeInfo",
    fields: [
      field("enabled", "enabled", 1, "bool", "bool"),
      field("targetVersion", "targetVersion", 2, "string", "string"),
    ],
    since: "3.0",
    make: makeDowngradeInfo,
    decode: decodeDowngradeInfo,
    encode: encodeDowngradeInfo,
  },
  "etcdserverpb.AuthEnableRequest": {
    fullName: "etcdserverpb.AuthEnableRequest",
    fields: [],
    since: "3.0",
    make: makeAuthEnableRequest,
    decode: decodeAuthEnableRequest,
    encode: encodeAuthEnableRequest,
  },
  "etcdserverpb.AuthDisableRequest": {
    fullName: "etcdserverpb.AuthDisableRequest",
    fields: [],
    since: "3.0",
    make: makeAuthDisableRequest,
    decode: decodeAuthDisableRequest,
    encode: encodeAuthDisableRequest,
  },
  "etcdserverpb.AuthStatusRequest": {
    fullName: "etcdserverpb.AuthStatusRequest",
    fields: [],
    since: "3.5",
    make: makeAuthStatusRequest,
    decode: decodeAuthStatusRequest,
    encode: encodeAuthStatusRequest,
  },
  "etcdserverpb.AuthenticateRequest": {
    fullName: "etcdserverpb.AuthenticateRequest",
    fields: [
      field("name", "name", 1, "string", "string"),
      field("password", "password", 2, "string", "string"),
    ],
    since: "3.0",
    make: makeAuthenticateRequest,
    decode: decodeAuthenticateRequest,
    encode: encodeAuthenticateRequest,
  },
  "etcdserverpb.AuthUserAddRequest": {
    fullName: "etcdserverpb.AuthUserAddRequest",
    fields: [
      field("name", "name", 1, "string", "string"),
      field("password", "password", 2, "string", "string"),
      field("options", "options", 3, "message", "authpb.UserAddOptions", { since: "3.4" }),
      field("hashedPassword", "hashedPassword", 4, "string", "string", { since: "3.5" }),
    ],
    since: "3.0",
    make: makeAuthUserAddRequest,
    decode: decodeAuthUserAddRequest,
    encode: encodeAuthUserAddRequest,
  },
  "etcdserverpb.AuthUserGetRequest": {
    fullName: "etcdserverpb.AuthUserGetRequest",
    fields: [
      field("name", "name", 1, "string", "string"),
    ],
    since: "3.0",
    make: makeAuthUserGetRequest,
    decode: decodeAuthUserGetRequest,
    encode: encodeAuthUserGetRequest,
  },
  "etcdserverpb.AuthUserDeleteRequest": {
    fullName: "etcdserverpb.AuthUserDeleteRequest",
    fields: [
      field("name", "name", 1, "string", "string"),
    ],
    since: "3.0",
    make: makeAuthUserDeleteRequest,
    decode: decodeAuthUserDeleteRequest,
    encode: encodeAuthUserDeleteRequest,
  },
  "etcdserverpb.AuthUserChangePasswordRequest": {
    fullName: "etcdserverpb.AuthUserChangePasswordRequest",
    fields: [
      field("name", "name", 1, "string", "string"),
      field("password", "password", 2, "string", "string"),
      field("hashedPassword", "hashedPassword", 3, "string", "string", { since: "3.5" }),
    ],
    since: "3.0",
    make: makeAuthUserChangePasswordRequest,
    decode: decodeAuthUserChangePasswordRequest,
    encode: encodeAuthUserChangePasswordRequest,
  },
  "etcdserverpb.AuthUserGrantRoleRequest": {
    fullName: "etcdserverpb.AuthUserGrantRoleRequest",
    fields: [
      field("user", "user", 1, "string", "string"),
      field("role", "role", 2, "string", "string"),
    ],
    since: "3.0",
    make: makeAuthUserGrantRoleRequest,
    decode: decodeAuthUserGrantRoleRequest,
    encode: encodeAuthUserGrantRoleRequest,
  },
  "etcdserverpb.AuthUserRevokeRoleRequest": {
    fullName: "etcdserverpb.AuthUserRevokeRoleRequest",
    fields: [
      field("name", "name", 1, "string", "string"),
      field("role", "role", 2, "string", "string"),
    ],
    since: "3.0",
    make: makeAuthUserRevokeRoleRequest,
    decode: decodeAuthUserRevokeRoleRequest,
    encode: encodeAuthUserRevokeRoleRequest,
  },
  "etcdserverpb.AuthRoleAddRequest": {
    fullName: "etcdserverpb.AuthRoleAddRequest",
    fields: [
      field("name", "name", 1, "string", "string"),
    ],
    since: "3.0",
    make: makeAuthRoleAddRequest,
    decode: decodeAuthRoleAddRequest,
    encode: encodeAuthRoleAddRequest,
  },
  "etcdserverpb.AuthRoleGetRequest": {
    fullName: "etcdserverpb.AuthRoleGetRequest",
    fields: [
      field("role", "role", 1, "string", "string"),
    ],
    since: "3.0",
    make: makeAuthRoleGetRequest,
    decode: decodeAuthRoleGetRequest,
    encode: encodeAuthRoleGetRequest,
  },
  "etcdserverpb.AuthUserListRequest": {
    fullName: "etcdserverpb.AuthUserListRequest",
    fields: [],
    since: "3.0",
    make: makeAuthUserListRequest,
    decode: decodeAuthUserListRequest,
    encode: encodeAuthUserListRequest,
  },
  "etcdserverpb.AuthRoleListRequest": {
    fullName: "etcdserverpb.AuthRoleListRequest",
    fields: [],
    since: "3.0",
    make: makeAuthRoleListRequest,
    decode: decodeAuthRoleListRequest,
    encode: encodeAuthRoleListRequest,
  },
  "etcdserverpb.AuthRoleDeleteRequest": {
    fullName: "etcdserverpb.AuthRoleDeleteRequest",
    fields: [
      field("role", "role", 1, "string", "string"),
    ],
    since: "3.0",
    make: makeAuthRoleDeleteRequest,
    decode: decodeAuthRoleDeleteRequest,
    encode: encodeAuthRoleDeleteRequest,
  },
  "etcdserverpb.AuthRoleGrantPermissionRequest": {
    fullName: "etcdserverpb.AuthRoleGrantPermissionRequest",
    fields: [
      field("name", "name", 1, "string", "string"),
      field("perm", "perm", 2, "message", "authpb.Permission"),
    ],
    since: "3.0",
    make: makeAuthRoleGrantPermissionRequest,
    decode: decodeAuthRoleGrantPermissionRequest,
    encode: encodeAuthRoleGrantPermissionRequest,
  },
  "etcdserverpb.AuthRoleRevokePermissionRequest": {
    fullName: "etcdserverpb.AuthRoleRevokePermissionRequest",
    fields: [
      field("role", "role", 1, "string", "string"),
      field("key", "key", 2, "bytes", "bytes"),
      field("range_end", "rangeEnd", 3, "bytes", "bytes"),
    ],
    since: "3.0",
    make: makeAuthRoleRevokePermissionRequest,
    decode: decodeAuthRoleRevokePermissionRequest,
    encode: encodeAuthRoleRevokePermissionRequest,
  },
  "etcdserverpb.AuthEnableResponse": {
    fullName: "etcdserverpb.AuthEnableResponse",
    fields: [
      field("header", "header", 1, "message", "etcdserverpb.ResponseHeader"),
    ],
    since: "3.0",
    make: makeAuthEnableResponse,
    decode: decodeAuthEnableResponse,
    encode: encodeAuthEnableResponse,
  },
  "etcdserverpb.AuthDisableResponse": {
    fullName: "etcdserverpb.AuthDisableResponse",
    fields: [
      field("header", "header", 1, "message", "etcdserverpb.ResponseHeader"),
    ],
    since: "3.0",
    make: makeAuthDisableResponse,
    decode: decodeAuthDisableResponse,
    encode: encodeAuthDisableResponse,
  },
  "etcdserverpb.AuthStatusResponse": {
    fullName: "etcdserverpb.AuthStatusResponse",
    fields: [
      field("header", "header", 1, "message", "etcdserverpb.ResponseHeader"),
      field("enabled", "enabled", 2, "bool", "bool"),
      field("authRevision", "authRevision", 3, "uint64", "uint64"),
    ],
    since: "3.5",
    make: makeAuthStatusResponse,
    decode: decodeAuthStatusResponse,
    encode: encodeAuthStatusResponse,
  },
  "etcdserverpb.AuthenticateResponse": {
    fullName: "etcdserverpb.AuthenticateResponse",
    fields: [
      field("header", "header", 1, "message", "etcdserverpb.ResponseHeader"),
      field("token", "token", 2, "string", "string"),
    ],
    since: "3.0",
    make: makeAuthenticateResponse,
    decode: decodeAuthenticateResponse,
    encode: encodeAuthenticateResponse,
  },
  "etcdserverpb.AuthUserAddResponse": {
    fullName: "etcdserverpb.AuthUserAddResponse",
    fields: [
      field("header", "header", 1, "message", "etcdserverpb.ResponseHeader"),
    ],
    since: "3.0",
    make: makeAuthUserAddResponse,
    decode: decodeAuthUserAddResponse,
    encode: encodeAuthUserAddResponse,
  },
  "etcdserverpb.AuthUserGetResponse": {
    fullName: "etcdserverpb.AuthUserGetResponse",
    fields: [
      field("header", "header", 1, "message", "etcdserverpb.ResponseHeader"),
      field("roles", "roles", 2, "string", "string", { repeated: true }),
    ],
    since: "3.0",
    make: makeAuthUserGetResponse,
    decode: decodeAuthUserGetResponse,
    encode: encodeAuthUserGetResponse,
  },
  "etcdserverpb.AuthUserDeleteResponse": {
    fullName: "etcdserverpb.AuthUserDeleteResponse",
    fields: [
      field("header", "header", 1, "message", "etcdserverpb.ResponseHeader"),
    ],
    since: "3.0",
    make: makeAuthUserDeleteResponse,
    decode: decodeAuthUserDeleteResponse,
    encode: encodeAuthUserDeleteResponse,
  },
  "etcdserverpb.AuthUserChangePasswordResponse": {
    fullName: "etcdserverpb.AuthUserChangePasswordResponse",
    fields: [
      field("header", "header", 1, "message", "etcdserverpb.ResponseHeader"),
    ],
    since: "3.0",
    make: makeAuthUserChangePasswordResponse,
    decode: decodeAuthUserChangePasswordResponse,
    encode: encodeAuthUserChangePasswordResponse,
  },
  "etcdserverpb.AuthUserGrantRoleResponse": {
    fullName: "etcdserverpb.AuthUserGrantRoleResponse",
    fields: [
      field("header", "header", 1, "message", "etcdserverpb.ResponseHeader"),
    ],
    since: "3.0",
    make: makeAuthUserGrantRoleResponse,
    decode: decodeAuthUserGrantRoleResponse,
    encode: encodeAuthUserGrantRoleResponse,
  },
  "etcdserverpb.AuthUserRevokeRoleResponse": {
    fullName: "etcdserverpb.AuthUserRevokeRoleResponse",
    fields: [
      field("header", "header", 1, "message", "etcdserverpb.ResponseHeader"),
    ],
    since: "3.0",
    make: makeAuthUserRevokeRoleResponse,
    decode: decodeAuthUserRevokeRoleResponse,
    encode: encodeAuthUserRevokeRoleResponse,
  },
  "etcdserverpb.AuthRoleAddResponse": {
    fullName: "etcdserverpb.AuthRoleAddResponse",
    fields: [
      field("header", "header", 1, "message", "etcdserverpb.ResponseHeader"),
    ],
    since: "3.0",
    make: makeAuthRoleAddResponse,
    decode: decodeAuthRoleAddResponse,
    encode: encodeAuthRoleAddResponse,
  },
  "etcdserverpb.AuthRoleGetResponse": {
    fullName: "etcdserverpb.AuthRoleGetResponse",
    fields: [
      field("header", "header", 1, "message", "etcdserverpb.ResponseHeader"),
      field("perm", "perm", 2, "message", "authpb.Permission", { repeated: true }),
    ],
    since: "3.0",
    make: makeAuthRoleGetResponse,
    decode: decodeAuthRoleGetResponse,
    encode: encodeAuthRoleGetResponse,
  },
  "etcdserverpb.AuthRoleListResponse": {
    fullName: "etcdserverpb.AuthRoleListResponse",
    fields: [
      field("header", "header", 1, "message", "etcdserverpb.ResponseHeader"),
      field("roles", "roles", 2, "string", "string", { repeated: true }),
    ],
    since: "3.0",
    make: makeAuthRoleListResponse,
    decode: decodeAuthRoleListResponse,
    encode: encodeAuthRoleListResponse,
  },
  "etcdserverpb.AuthUserListResponse": {
    fullName: "etcdserverpb.AuthUserListResponse",
    fields: [
      field("header", "header", 1, "message", "etcdserverpb.ResponseHeader"),
      field("users", "users", 2, "string", "string", { repeated: true }),
    ],
    since: "3.0",
    make: makeAuthUserListResponse,
    decode: decodeAuthUserListResponse,
    encode: encodeAuthUserListResponse,
  },
  "etcdserverpb.AuthRoleDeleteResponse": {
    fullName: "etcdserverpb.AuthRoleDeleteResponse",
    fields: [
      field("header", "header", 1, "message", "etcdserverpb.ResponseHeader"),
    ],
    since: "3.0",
    make: makeAuthRoleDeleteResponse,
    decode: decodeAuthRoleDeleteResponse,
    encode: encodeAuthRoleDeleteResponse,
  },
  "etcdserverpb.AuthRoleGrantPermissionResponse": {
    fullName: "etcdserverpb.AuthRoleGrantPermissionResponse",
    fields: [
      field("header", "header", 1, "message", "etcdserverpb.ResponseHeader"),
    ],
    since: "3.0",
    make: makeAuthRoleGrantPermissionResponse,
    decode: decodeAuthRoleGrantPermissionResponse,
    encode: encodeAuthRoleGrantPermissionResponse,
  },
  "etcdserverpb.AuthRoleRevokePermissionResponse": {
    fullName: "etcdserverpb.AuthRoleRevokePermissionResponse",
    fields: [
      field("header", "header", 1, "message", "etcdserverpb.ResponseHeader"),
    ],
    since: "3.0",
    make: makeAuthRoleRevokePermissionResponse,
    decode: decodeAuthRoleRevokePermissionResponse,
    encode: encodeAuthRoleRevokePermissionResponse,
  },
  "etcdserverpb.RangeStreamResponse": {
    fullName: "etcdserverpb.RangeStreamResponse",
    fields: [
      field("range_response", "rangeResponse", 1, "message", "etcdserverpb.RangeResponse"),
    ],
    since: "3.7",
    make: makeRangeStreamResponse,
    decode: decodeRangeStreamResponse,
    encode: encodeRangeStreamResponse,
  },
  "grpc.health.v1.HealthCheckRequest": {
    fullName: "grpc.health.v1.HealthCheckRequest",
    fields: [
      field("service", "service", 1, "string", "string"),
    ],
    since: "3.0",
    make: makeHealthCheckRequest,
    decode: decodeHealthCheckRequest,
    encode: encodeHealthCheckRequest,
  },
  "grpc.health.v1.HealthCheckResponse": {
    fullName: "grpc.health.v1.HealthCheckResponse",
    fields: [
      field("status", "status", 1, "enum", "grpc.health.v1.HealthCheckResponse.ServingStatus"),
    ],
    since: "3.0",
    make: makeHealthCheckResponse,
    decode: decodeHealthCheckResponse,
    encode: encodeHealthCheckResponse,
  },
  "grpc.health.v1.HealthListRequest": {
    fullName: "grpc.health.v1.HealthListRequest",
    fields: [],
    since: "3.0",
    make: makeHealthListRequest,
    decode: decodeHealthListRequest,
    encode: encodeHealthListRequest,
  },
  "grpc.health.v1.HealthListResponse": {
    fullName: "grpc.health.v1.HealthListResponse",
    fields: [
      field("statuses", "statuses", 1, "message", "grpc.health.v1.HealthListResponse.StatusesEntry", { repeated: true }),
    ],
    since: "3.0",
    make: makeHealthListResponse,
    decode: decodeHealthListResponse,
    encode: encodeHealthListResponse,
  },
  "grpc.health.v1.HealthListResponse.StatusesEntry": {
    fullName: "grpc.health.v1.HealthListResponse.StatusesEntry",
    fields: [
      field("key", "key", 1, "string", "string"),
      field("value", "value", 2, "message", "grpc.health.v1.HealthCheckResponse"),
    ],
    since: "3.0",
    make: makeHealthStatusesEntry,
    decode: decodeHealthStatusesEntry,
    encode: encodeHealthStatusesEntry,
  },
  "leasepb.Lease": {
    fullName: "leasepb.Lease",
    fields: [
      field("ID", "ID", 1, "id64", "int64"),
      field("TTL", "TTL", 2, "int64", "int64"),
      field("RemainingTTL", "remainingTTL", 3, "int64", "int64"),
    ],
    since: "3.0",
    make: makeLease,
    decode: decodeLease,
    encode: encodeLease,
  },
  "leasepb.LeaseInternalRequest": {
    fullName: "leasepb.LeaseInternalRequest",
    fields: [
      field("LeaseTimeToLiveRequest", "leaseTimeToLiveRequest", 1, "message", "etcdserverpb.LeaseTimeToLiveRequest"),
    ],
    since: "3.0",
    make: makeLeaseInternalRequest,
    decode: decodeLeaseInternalRequest,
    encode: encodeLeaseInternalRequest,
  },
  "leasepb.LeaseInternalResponse": {
    fullName: "leasepb.LeaseInternalResponse",
    fields: [
      field("LeaseTimeToLiveResponse", "leaseTimeToLiveResponse", 1, "message", "etcdserverpb.LeaseTimeToLiveResponse"),
    ],
    since: "3.0",
    make: makeLeaseInternalResponse,
    decode: decodeLeaseInternalResponse,
    encode: encodeLeaseInternalResponse,
  },
  "membershippb.RaftAttributes": {
    fullName: "membershippb.RaftAttributes",
    fields: [
      field("peer_urls", "peerUrls", 1, "string", "string", { repeated: true }),
      field("is_learner", "isLearner", 2, "bool", "bool"),
    ],
    since: "3.5",
    make: makeRaftAttributes,
    decode: decodeRaftAttributes,
    encode: encodeRaftAttributes,
  },
  "membershippb.Attributes": {
    fullName: "membershippb.Attributes",
    fields: [
      field("name", "name", 1, "string", "string"),
      field("client_urls", "clientUrls", 2, "string", "string", { repeated: true }),
    ],
    since: "3.5",
    make: makeAttributes,
    decode: decodeAttributes,
    encode: encodeAttributes,
  },
  "membershippb.Member": {
    fullName: "membershippb.Member",
    fields: [
      field("ID", "ID", 1, "id64", "uint64"),
      field("raft_attributes", "raftAttributes", 2, "message", "membershippb.RaftAttributes"),
      field("member_attributes", "memberAttributes", 3, "message", "membershippb.Attributes"),
    ],
    since: "3.5",
    make: makeMembershipMember,
    decode: decodeMembershipMember,
    encode: encodeMembershipMember,
  },
  "membershippb.ClusterVersionSetRequest": {
    fullName: "membershippb.ClusterVersionSetRequest",
    fields: [
      field("ver", "ver", 1, "string", "string"),
    ],
    since: "3.5",
    make: makeClusterVersionSetRequest,
    decode: decodeClusterVersionSetRequest,
    encode: encodeClusterVersionSetRequest,
  },
  "membershippb.ClusterMemberAttrSetRequest": {
    fullName: "membershippb.ClusterMemberAttrSetRequest",
    fields: [
      field("member_ID", "memberID", 1, "id64", "uint64"),
      field("member_attributes", "memberAttributes", 2, "message", "membershippb.Attributes"),
    ],
    since: "3.5",
    make: makeClusterMemberAttrSetRequest,
    decode: decodeClusterMemberAttrSetRequest,
    encode: encodeClusterMemberAttrSetRequest,
  },
  "membershippb.DowngradeInfoSetRequest": {
    fullName: "membershippb.DowngradeInfoSetRequest",
    fields: [
      field("enabled", "enabled", 1, "bool", "bool"),
      field("ver", "ver", 2, "string", "string"),
    ],
    since: "3.5",
    make: makeDowngradeInfoSetRequest,
    decode: decodeDowngradeInfoSetRequest,
    encode: encodeDowngradeInfoSetRequest,
  },
  "mvccpb.KeyValue": {
    fullName: "mvccpb.KeyValue",
    fields: [
      field("key", "key", 1, "bytes", "bytes"),
      field("create_revision", "createRevision", 2, "int64", "int64"),
      field("mod_revision", "modRevision", 3, "int64", "int64"),
      field("version", "version", 4, "int64", "int64"),
      field("value", "value", 5, "bytes", "bytes"),
      field("lease", "lease", 6, "id64", "int64"),
    ],
    since: "3.0",
    make: makeKeyValue,
    decode: decodeKeyValue,
    encode: encodeKeyValue,
  },
  "mvccpb.Event": {
    fullName: "mvccpb.Event",
    fields: [
      field("type", "type", 1, "enum", "mvccpb.Event.EventType"),
      field("kv", "kv", 2, "raw", "mvccpb.KeyValue"),
      field("prev_kv", "prevKv", 3, "raw", "mvccpb.KeyValue"),
    ],
    since: "3.0",
    make: makeEvent,
    decode: decodeEvent,
    encode: encodeEvent,
  },
  "raftpb.Entry": {
    fullName: "raftpb.Entry",
    fields: [
      field("Term", "term", 2, "uint64", "uint64"),
      field("Index", "index", 3, "uint64", "uint64"),
      field("Type", "type", 1, "enum", "raftpb.EntryType"),
      field("Data", "data", 4, "bytes", "bytes"),
    ],
    since: "3.0",
    make: makeEntry,
    decode: decodeEntry,
    encode: encodeEntry,
  },
  "raftpb.SnapshotMetadata": {
    fullName: "raftpb.SnapshotMetadata",
    fields: [
      field("conf_state", "confState", 1, "message", "raftpb.ConfState"),
      field("index", "index", 2, "uint64", "uint64"),
      field("term", "term", 3, "uint64", "uint64"),
    ],
    since: "3.0",
    make: makeSnapshotMetadata,
    decode: decodeSnapshotMetadata,
    encode: encodeSnapshotMetadata,
  },
  "raftpb.Snapshot": {
    fullName: "raftpb.Snapshot",
    fields: [
      field("data", "data", 1, "bytes", "bytes"),
      field("metadata", "metadata", 2, "message", "raftpb.SnapshotMetadata"),
    ],
    since: "3.0",
    make: makeSnapshot,
    decode: decodeSnapshot,
    encode: encodeSnapshot,
  },
  "raftpb.Message": {
    fullName: "raftpb.Message",
    fields: [
      field("type", "type", 1, "enum", "raftpb.MessageType"),
      field("to", "to", 2, "id64", "uint64"),
      field("from", "from", 3, "id64", "uint64"),
      field("term", "term", 4, "uint64", "uint64"),
      field("logTerm", "logTerm", 5, "uint64", "uint64"),
      field("index", "index", 6, "uint64", "uint64"),
      field("entries", "entries", 7, "message", "raftpb.Entry", { repeated: true }),
      field("commit", "commit", 8, "uint64", "uint64"),
      field("vote", "vote", 13, "id64", "uint64"),
      field("snapshot", "snapshot", 9, "message", "raftpb.Snapshot"),
      field("reject", "reject", 10, "bool", "bool"),
      field("rejectHint", "rejectHint", 11, "uint64", "uint64"),
      field("context", "context", 12, "bytes", "bytes"),
      field("responses", "responses", 14, "message", "raftpb.Message", { repeated: true }),
    ],
    since: "3.0",
    make: makeMessage,
    decode: decodeMessage,
    encode: encodeMessage,
  },
  "raftpb.HardState": {
    fullName: "raftpb.HardState",
    fields: [
      field("term", "term", 1, "uint64", "uint64"),
      field("vote", "vote", 2, "id64", "uint64"),
      field("commit", "commit", 3, "uint64", "uint64"),
    ],
    since: "3.0",
    make: makeHardState,
    decode: decodeHardState,
    encode: encodeHardState,
  },
  "raftpb.ConfState": {
    fullName: "raftpb.ConfState",
    fields: [
      field("voters", "voters", 1, "id64", "uint64", { repeated: true }),
      field("learners", "learners", 2, "id64", "uint64", { repeated: true }),
      field("voters_outgoing", "votersOutgoing", 3, "id64", "uint64", { repeated: true }),
      field("learners_next", "learnersNext", 4, "id64", "uint64", { repeated: true }),
      field("auto_leave", "autoLeave", 5, "bool", "bool"),
    ],
    since: "3.0",
    make: makeConfState,
    decode: decodeConfState,
    encode: encodeConfState,
  },
  "raftpb.ConfChange": {
    fullName: "raftpb.ConfChange",
    fields: [
      field("type", "type", 2, "enum", "raftpb.ConfChangeType"),
      field("node_id", "nodeId", 3, "id64", "uint64"),
      field("context", "context", 4, "bytes", "bytes"),
      field("id", "id", 1, "id64", "uint64"),
    ],
    since: "3.0",
    make: makeConfChange,
    decode: decodeConfChange,
    encode: encodeConfChange,
  },
  "raftpb.ConfChangeSingle": {
    fullName: "raftpb.ConfChangeSingle",
    fields: [
      field("type", "type", 1, "enum", "raftpb.ConfChangeType"),
      field("node_id", "nodeId", 2, "id64", "uint64"),
    ],
    since: "3.0",
    make: makeConfChangeSingle,
    decode: decodeConfChangeSingle,
    encode: encodeConfChangeSingle,
  },
  "raftpb.ConfChangeV2": {
    fullName: "raftpb.ConfChangeV2",
    fields: [
      field("transition", "transition", 1, "enum", "raftpb.ConfChangeTransition"),
      field("changes", "changes", 2, "message", "raftpb.ConfChangeSingle", { repeated: true }),
      field("context", "context", 3, "bytes", "bytes"),
    ],
    since: "3.0",
    make: makeConfChangeV2,
    decode: decodeConfChangeV2,
    encode: encodeConfChangeV2,
  },
  "snappb.snapshot": {
    fullName: "snappb.snapshot",
    fields: [
      field("crc", "crc", 1, "uint32", "uint32"),
      field("data", "data", 2, "bytes", "bytes"),
    ],
    since: "3.0",
    make: makeSnapSnapshot,
    decode: decodeSnapSnapshot,
    encode: encodeSnapSnapshot,
  },
  "v3electionpb.CampaignRequest": {
    fullName: "v3electionpb.CampaignRequest",
    fields: [
      field("name", "name", 1, "bytes", "bytes"),
      field("lease", "lease", 2, "id64", "int64"),
      field("value", "value", 3, "bytes", "bytes"),
    ],
    since: "3.0",
    make: makeCampaignRequest,
    decode: decodeCampaignRequest,
    encode: encodeCampaignRequest,
  },
  "v3electionpb.CampaignResponse": {
    fullName: "v3electionpb.CampaignResponse",
    fields: [
      field("header", "header", 1, "message", "etcdserverpb.ResponseHeader"),
      field("leader", "leader", 2, "message", "v3electionpb.LeaderKey"),
    ],
    since: "3.0",
    make: makeCampaignResponse,
    decode: decodeCampaignResponse,
    encode: encodeCampaignResponse,
  },
  "v3electionpb.LeaderKey": {
    fullName: "v3electionpb.LeaderKey",
    fields: [
      field("name", "name", 1, "bytes", "bytes"),
      field("key", "key", 2, "bytes", "bytes"),
      field("rev", "rev", 3, "int64", "int64"),
      field("lease", "lease", 4, "id64", "int64"),
    ],
    since: "3.0",
    make: makeLeaderKey,
    decode: decodeLeaderKey,
    encode: encodeLeaderKey,
  },
  "v3electionpb.LeaderRequest": {
    fullName: "v3electionpb.LeaderRequest",
    fields: [
      field("name", "name", 1, "bytes", "bytes"),
    ],
    since: "3.0",
    make: makeLeaderRequest,
    decode: decodeLeaderRequest,
    encode: encodeLeaderRequest,
  },
  "v3electionpb.LeaderResponse": {
    fullName: "v3electionpb.LeaderResponse",
    fields: [
      field("header", "header", 1, "message", "etcdserverpb.ResponseHeader"),
      field("kv", "kv", 2, "raw", "mvccpb.KeyValue"),
    ],
    since: "3.0",
    make: makeLeaderResponse,
    decode: decodeLeaderResponse,
    encode: encodeLeaderResponse,
  },
  "v3electionpb.ResignRequest": {
    fullName: "v3electionpb.ResignRequest",
    fields: [
      field("leader", "leader", 1, "message", "v3electionpb.LeaderKey"),
    ],
    since: "3.0",
    make: makeResignRequest,
    decode: decodeResignRequest,
    encode: encodeResignRequest,
  },
  "v3electionpb.ResignResponse": {
    fullName: "v3electionpb.ResignResponse",
    fields: [
      field("header", "header", 1, "message", "etcdserverpb.ResponseHeader"),
    ],
    since: "3.0",
    make: makeResignResponse,
    decode: decodeResignResponse,
    encode: encodeResignResponse,
  },
  "v3electionpb.ProclaimRequest": {
    fullName: "v3electionpb.ProclaimRequest",
    fields: [
      field("leader", "leader", 1, "message", "v3electionpb.LeaderKey"),
      field("value", "value", 2, "bytes", "bytes"),
    ],
    since: "3.0",
    make: makeProclaimRequest,
    decode: decodeProclaimRequest,
    encode: encodeProclaimRequest,
  },
  "v3electionpb.ProclaimResponse": {
    fullName: "v3electionpb.ProclaimResponse",
    fields: [
      field("header", "header", 1, "message", "etcdserverpb.ResponseHeader"),
    ],
    since: "3.0",
    make: makeProclaimResponse,
    decode: decodeProclaimResponse,
    encode: encodeProclaimResponse,
  },
  "v3lockpb.LockRequest": {
    fullName: "v3lockpb.LockRequest",
    fields: [
      field("name", "name", 1, "bytes", "bytes"),
      field("lease", "lease", 2, "id64", "int64"),
    ],
    since: "3.0",
    make: makeLockRequest,
    decode: decodeLockRequest,
    encode: encodeLockRequest,
  },
  "v3lockpb.LockResponse": {
    fullName: "v3lockpb.LockResponse",
    fields: [
      field("header", "header", 1, "message", "etcdserverpb.ResponseHeader"),
      field("key", "key", 2, "bytes", "bytes"),
    ],
    since: "3.0",
    make: makeLockResponse,
    decode: decodeLockResponse,
    encode: encodeLockResponse,
  },
  "v3lockpb.UnlockRequest": {
    fullName: "v3lockpb.UnlockRequest",
    fields: [
      field("key", "key", 1, "bytes", "bytes"),
    ],
    since: "3.0",
    make: makeUnlockRequest,
    decode: decodeUnlockRequest,
    encode: encodeUnlockRequest,
  },
  "v3lockpb.UnlockResponse": {
    fullName: "v3lockpb.UnlockResponse",
    fields: [
      field("header", "header", 1, "message", "etcdserverpb.ResponseHeader"),
    ],
    since: "3.0",
    make: makeUnlockResponse,
    decode: decodeUnlockResponse,
    encode: encodeUnlockResponse,
  },
  "walpb.Record": {
    fullName: "walpb.Record",
    fields: [
      field("type", "type", 1, "int64", "int64"),
      field("crc", "crc", 2, "uint32", "uint32"),
      field("data", "data", 3, "bytes", "bytes"),
    ],
    since: "3.0",
    make: makeWalRecord,
    decode: decodeWalRecord,
    encode: encodeWalRecord,
  },
  "walpb.Snapshot": {
    fullName: "walpb.Snapshot",
    fields: [
      field("index", "index", 1, "uint64", "uint64"),
      field("term", "term", 2, "uint64", "uint64"),
      field("conf_state", "confState", 3, "message", "raftpb.ConfState"),
    ],
    since: "3.0",
    make: makeWalSnapshot,
    decode: decodeWalSnapshot,
    encode: encodeWalSnapshot,
  },
};

/** Every enum by its full protobuf name. */
export const enumDescriptors: Readonly<Record<string, EnumDescriptor>> = {
  "authpb.Permission.Type": {
    fullName: "authpb.Permission.Type",
    values: PermissionType,
    since: "3.0",
    valuesSince: {},
  },
  "etcdserverpb.RangeRequest.SortOrder": {
    fullName: "etcdserverpb.RangeRequest.SortOrder",
    values: SortOrder,
    since: "3.0",
    valuesSince: {},
  },
  "etcdserverpb.RangeRequest.SortTarget": {
    fullName: "etcdserverpb.RangeRequest.SortTarget",
    values: SortTarget,
    since: "3.0",
    valuesSince: {},
  },
  "etcdserverpb.Compare.CompareResult": {
    fullName: "etcdserverpb.Compare.CompareResult",
    values: CompareResult,
    since: "3.0",
    valuesSince: { NOT_EQUAL: "3.1" },
  },
  "etcdserverpb.Compare.CompareTarget": {
    fullName: "etcdserverpb.Compare.CompareTarget",
    values: CompareTarget,
    since: "3.0",
    valuesSince: { LEASE: "3.3" },
  },
  "etcdserverpb.WatchCreateRequest.FilterType": {
    fullName: "etcdserverpb.WatchCreateRequest.FilterType",
    values: FilterType,
    since: "3.1",
    valuesSince: {},
  },
  "etcdserverpb.AlarmType": {
    fullName: "etcdserverpb.AlarmType",
    values: AlarmType,
    since: "3.0",
    valuesSince: { CORRUPT: "3.3" },
  },
  "etcdserverpb.AlarmRequest.AlarmAction": {
    fullName: "etcdserverpb.AlarmRequest.AlarmAction",
    values: AlarmAction,
    since: "3.0",
    valuesSince: {},
  },
  "etcdserverpb.DowngradeRequest.DowngradeAction": {
    fullName: "etcdserverpb.DowngradeRequest.DowngradeAction",
    values: DowngradeAction,
    since: "3.5",
    valuesSince: {},
  },
  "grpc.health.v1.HealthCheckResponse.ServingStatus": {
    fullName: "grpc.health.v1.HealthCheckResponse.ServingStatus",
    values: ServingStatus,
    since: "3.0",
    valuesSince: {},
  },
  "mvccpb.Event.EventType": {
    fullName: "mvccpb.Event.EventType",
    values: EventType,
    since: "3.0",
    valuesSince: {},
  },
  "raftpb.EntryType": {
    fullName: "raftpb.EntryType",
    values: EntryType,
    since: "3.0",
    valuesSince: {},
  },
  "raftpb.MessageType": {
    fullName: "raftpb.MessageType",
    values: MessageType,
    since: "3.0",
    valuesSince: {},
  },
  "raftpb.ConfChangeTransition": {
    fullName: "raftpb.ConfChangeTransition",
    values: ConfChangeTransition,
    since: "3.0",
    valuesSince: {},
  },
  "raftpb.ConfChangeType": {
    fullName: "raftpb.ConfChangeType",
    values: ConfChangeType,
    since: "3.0",
    valuesSince: {},
  },
};

/** Every service by its full name: its methods in the order of the .proto file. */
export const serviceDescriptors: Readonly<Record<string, readonly MethodDescriptor[]>> = {
  "etcdserverpb.KV": [
    {
      name: "Range",
      path: "/etcdserverpb.KV/Range",
      request: "etcdserverpb.RangeRequest",
      response: "etcdserverpb.RangeResponse",
      requestStream: false,
      responseStream: false,
    },
    {
      name: "RangeStream",
      path: "/etcdserverpb.KV/RangeStream",
      request: "etcdserverpb.RangeRequest",
      response: "etcdserverpb.RangeStreamResponse",
      requestStream: false,
      responseStream: true,
    },
    {
      name: "Put",
      path: "/etcdserverpb.KV/Put",
      request: "etcdserverpb.PutRequest",
      response: "etcdserverpb.PutResponse",
      requestStream: false,
      responseStream: false,
    },
    {
      name: "DeleteRange",
      path: "/etcdserverpb.KV/DeleteRange",
      request: "etcdserverpb.DeleteRangeRequest",
      response: "etcdserverpb.DeleteRangeResponse",
      requestStream: false,
      responseStream: false,
    },
    {
      name: "Txn",
      path: "/etcdserverpb.KV/Txn",
      request: "etcdserverpb.TxnRequest",
      response: "etcdserverpb.TxnResponse",
      requestStream: false,
      responseStream: false,
    },
    {
      name: "Compact",
      path: "/etcdserverpb.KV/Compact",
      request: "etcdserverpb.CompactionRequest",
      response: "etcdserverpb.CompactionResponse",
      requestStream: false,
      responseStream: false,
    },
  ],
  "etcdserverpb.Watch": [
    {
      name: "Watch",
      path: "/etcdserverpb.Watch/Watch",
      request: "etcdserverpb.WatchRequest",
      response: "etcdserverpb.WatchResponse",
      requestStream: true,
      responseStream: true,
    },
  ],
  "etcdserverpb.Lease": [
    {
      name: "LeaseGrant",
      path: "/etcdserverpb.Lease/LeaseGrant",
      request: "etcdserverpb.LeaseGrantRequest",
      response: "etcdserverpb.LeaseGrantResponse",
      requestStream: false,
      responseStream: false,
    },
    {
      name: "LeaseRevoke",
      path: "/etcdserverpb.Lease/LeaseRevoke",
      request: "etcdserverpb.LeaseRevokeRequest",
      response: "etcdserverpb.LeaseRevokeResponse",
      requestStream: false,
      responseStream: false,
    },
    {
      name: "LeaseKeepAlive",
      path: "/etcdserverpb.Lease/LeaseKeepAlive",
      request: "etcdserverpb.LeaseKeepAliveRequest",
      response: "etcdserverpb.LeaseKeepAliveResponse",
      requestStream: true,
      responseStream: true,
    },
    {
      name: "LeaseTimeToLive",
      path: "/etcdserverpb.Lease/LeaseTimeToLive",
      request: "etcdserverpb.LeaseTimeToLiveRequest",
      response: "etcdserverpb.LeaseTimeToLiveResponse",
      requestStream: false,
      responseStream: false,
    },
    {
      name: "LeaseLeases",
      path: "/etcdserverpb.Lease/LeaseLeases",
      request: "etcdserverpb.LeaseLeasesRequest",
      response: "etcdserverpb.LeaseLeasesResponse",
      requestStream: false,
      responseStream: false,
    },
  ],
  "etcdserverpb.Cluster": [
    {
      name: "MemberAdd",
      path: "/etcdserverpb.Cluster/MemberAdd",
      request: "etcdserverpb.MemberAddRequest",
      response: "etcdserverpb.MemberAddResponse",
      requestStream: false,
      responseStream: false,
    },
    {
      name: "MemberRemove",
      path: "/etcdserverpb.Cluster/MemberRemove",
      request: "etcdserverpb.MemberRemoveRequest",
      response: "etcdserverpb.MemberRemoveResponse",
      requestStream: false,
      responseStream: false,
    },
    {
      name: "MemberUpdate",
      path: "/etcdserverpb.Cluster/MemberUpdate",
      request: "etcdserverpb.MemberUpdateRequest",
      response: "etcdserverpb.MemberUpdateResponse",
      requestStream: false,
      responseStream: false,
    },
    {
      name: "MemberList",
      path: "/etcdserverpb.Cluster/MemberList",
      request: "etcdserverpb.MemberListRequest",
      response: "etcdserverpb.MemberListResponse",
      requestStream: false,
      responseStream: false,
    },
    {
      name: "MemberPromote",
      path: "/etcdserverpb.Cluster/MemberPromote",
      request: "etcdserverpb.MemberPromoteRequest",
      response: "etcdserverpb.MemberPromoteResponse",
      requestStream: false,
      responseStream: false,
    },
  ],
  "etcdserverpb.Maintenance": [
    {
      name: "Alarm",
      path: "/etcdserverpb.Maintenance/Alarm",
      request: "etcdserverpb.AlarmRequest",
      response: "etcdserverpb.AlarmResponse",
      requestStream: false,
      responseStream: false,
    },
    {
      name: "Status",
      path: "/etcdserverpb.Maintenance/Status",
      request: "etcdserverpb.StatusRequest",
      response: "etcdserverpb.StatusResponse",
      requestStream: false,
      responseStream: false,
    },
    {
      name: "Defragment",
      path: "/etcdserverpb.Maintenance/Defragment",
      request: "etcdserverpb.DefragmentRequest",
      response: "etcdserverpb.DefragmentResponse",
      requestStream: false,
      responseStream: false,
    },
    {
      name: "Hash",
      path: "/etcdserverpb.Maintenance/Hash",
      request: "etcdserverpb.HashRequest",
      response: "etcdserverpb.HashResponse",
      requestStream: false,
      responseStream: false,
    },
    {
      name: "HashKV",
      path: "/etcdserverpb.Maintenance/HashKV",
      request: "etcdserverpb.HashKVRequest",
      response: "etcdserverpb.HashKVResponse",
      requestStream: false,
      responseStream: false,
    },
    {
      name: "Snapshot",
      path: "/etcdserverpb.Maintenance/Snapshot",
      request: "etcdserverpb.SnapshotRequest",
      response: "etcdserverpb.SnapshotResponse",
      requestStream: false,
      responseStream: true,
    },
    {
      name: "MoveLeader",
      path: "/etcdserverpb.Maintenance/MoveLeader",
      request: "etcdserverpb.MoveLeaderRequest",
      response: "etcdserverpb.MoveLeaderResponse",
      requestStream: false,
      responseStream: false,
    },
    {
      name: "Downgrade",
      path: "/etcdserverpb.Maintenance/Downgrade",
      request: "etcdserverpb.DowngradeRequest",
      response: "etcdserverpb.DowngradeResponse",
      requestStream: false,
      responseStream: false,
    },
  ],
  "etcdserverpb.Auth": [
    {
      name: "AuthEnable",
      path: "/etcdserverpb.Auth/AuthEnable",
      request: "etcdserverpb.AuthEnableRequest",
      response: "etcdserverpb.AuthEnableResponse",
      requestStream: false,
      responseStream: false,
    },
    {
      name: "AuthDisable",
      path: "/etcdserverpb.Auth/AuthDisable",
      request: "etcdserverpb.AuthDisableRequest",
      response: "etcdserverpb.AuthDisableResponse",
      requestStream: false,
      responseStream: false,
    },
    {
      name: "AuthStatus",
      path: "/etcdserverpb.Auth/AuthStatus",
      request: "etcdserverpb.AuthStatusRequest",
      response: "etcdserverpb.AuthStatusResponse",
      requestStream: false,
      responseStream: false,
    },
    {
      name: "Authenticate",
      path: "/etcdserverpb.Auth/Authenticate",
      request: "etcdserverpb.AuthenticateRequest",
      response: "etcdserverpb.AuthenticateResponse",
      requestStream: false,
      responseStream: false,
    },
    {
      name: "UserAdd",
      path: "/etcdserverpb.Auth/UserAdd",
      request: "etcdserverpb.AuthUserAddRequest",
      response: "etcdserverpb.AuthUserAddResponse",
      requestStream: false,
      responseStream: false,
    },
    {
      name: "UserGet",
      path: "/etcdserverpb.Auth/UserGet",
      request: "etcdserverpb.AuthUserGetRequest",
      response: "etcdserverpb.AuthUserGetResponse",
      requestStream: false,
      responseStream: false,
    },
    {
      name: "UserList",
      path: "/etcdserverpb.Auth/UserList",
      request: "etcdserverpb.AuthUserListRequest",
      response: "etcdserverpb.AuthUserListResponse",
      requestStream: false,
      responseStream: false,
    },
    {
      name: "UserDelete",
      path: "/etcdserverpb.Auth/UserDelete",
      request: "etcdserverpb.AuthUserDeleteRequest",
      response: "etcdserverpb.AuthUserDeleteResponse",
      requestStream: false,
      responseStream: false,
    },
    {
      name: "UserChangePassword",
      path: "/etcdserverpb.Auth/UserChangePassword",
      request: "etcdserverpb.AuthUserChangePasswordRequest",
      response: "etcdserverpb.AuthUserChangePasswordResponse",
      requestStream: false,
      responseStream: false,
    },
    {
      name: "UserGrantRole",
      path: "/etcdserverpb.Auth/UserGrantRole",
      request: "etcdserverpb.AuthUserGrantRoleRequest",
      response: "etcdserverpb.AuthUserGrantRoleResponse",
      requestStream: false,
      responseStream: false,
    },
    {
      name: "UserRevokeRole",
      path: "/etcdserverpb.Auth/UserRevokeRole",
      request: "etcdserverpb.AuthUserRevokeRoleRequest",
      response: "etcdserverpb.AuthUserRevokeRoleResponse",
      requestStream: false,
      responseStream: false,
    },
    {
      name: "RoleAdd",
      path: "/etcdserverpb.Auth/RoleAdd",
      request: "etcdserverpb.AuthRoleAddRequest",
      response: "etcdserverpb.AuthRoleAddResponse",
      requestStream: false,
      responseStream: false,
    },
    {
      name: "RoleGet",
      path: "/etcdserverpb.Auth/RoleGet",
      request: "etcdserverpb.AuthRoleGetRequest",
      response: "etcdserverpb.AuthRoleGetResponse",
      requestStream: false,
      responseStream: false,
    },
    {
      name: "RoleList",
      path: "/etcdserverpb.Auth/RoleList",
      request: "etcdserverpb.AuthRoleListRequest",
      response: "etcdserverpb.AuthRoleListResponse",
      requestStream: false,
      responseStream: false,
    },
    {
      name: "RoleDelete",
      path: "/etcdserverpb.Auth/RoleDelete",
      request: "etcdserverpb.AuthRoleDeleteRequest",
      response: "etcdserverpb.AuthRoleDeleteResponse",
      requestStream: false,
      responseStream: false,
    },
    {
      name: "RoleGrantPermission",
      path: "/etcdserverpb.Auth/RoleGrantPermission",
      request: "etcdserverpb.AuthRoleGrantPermissionRequest",
      response: "etcdserverpb.AuthRoleGrantPermissionResponse",
      requestStream: false,
      responseStream: false,
    },
    {
      name: "RoleRevokePermission",
      path: "/etcdserverpb.Auth/RoleRevokePermission",
      request: "etcdserverpb.AuthRoleRevokePermissionRequest",
      response: "etcdserverpb.AuthRoleRevokePermissionResponse",
      requestStream: false,
      responseStream: false,
    },
  ],
  "grpc.health.v1.Health": [
    {
      name: "Check",
      path: "/grpc.health.v1.Health/Check",
      request: "grpc.health.v1.HealthCheckRequest",
      response: "grpc.health.v1.HealthCheckResponse",
      requestStream: false,
      responseStream: false,
    },
    {
      name: "List",
      path: "/grpc.health.v1.Health/List",
      request: "grpc.health.v1.HealthListRequest",
      response: "grpc.health.v1.HealthListResponse",
      requestStream: false,
      responseStream: false,
    },
    {
      name: "Watch",
      path: "/grpc.health.v1.Health/Watch",
      request: "grpc.health.v1.HealthCheckRequest",
      response: "grpc.health.v1.HealthCheckResponse",
      requestStream: false,
      responseStream: true,
    },
  ],
  "v3electionpb.Election": [
    {
      name: "Campaign",
      path: "/v3electionpb.Election/Campaign",
      request: "v3electionpb.CampaignRequest",
      response: "v3electionpb.CampaignResponse",
      requestStream: false,
      responseStream: false,
    },
    {
      name: "Proclaim",
      path: "/v3electionpb.Election/Proclaim",
      request: "v3electionpb.ProclaimRequest",
      response: "v3electionpb.ProclaimResponse",
      requestStream: false,
      responseStream: false,
    },
    {
      name: "Leader",
      path: "/v3electionpb.Election/Leader",
      request: "v3electionpb.LeaderRequest",
      response: "v3electionpb.LeaderResponse",
      requestStream: false,
      responseStream: false,
    },
    {
      name: "Observe",
      path: "/v3electionpb.Election/Observe",
      request: "v3electionpb.LeaderRequest",
      response: "v3electionpb.LeaderResponse",
      requestStream: false,
      responseStream: true,
    },
    {
      name: "Resign",
      path: "/v3electionpb.Election/Resign",
      request: "v3electionpb.ResignRequest",
      response: "v3electionpb.ResignResponse",
      requestStream: false,
      responseStream: false,
    },
  ],
  "v3lockpb.Lock": [
    {
      name: "Lock",
      path: "/v3lockpb.Lock/Lock",
      request: "v3lockpb.LockRequest",
      response: "v3lockpb.LockResponse",
      requestStream: false,
      responseStream: false,
    },
    {
      name: "Unlock",
      path: "/v3lockpb.Lock/Unlock",
      request: "v3lockpb.UnlockRequest",
      response: "v3lockpb.UnlockResponse",
      requestStream: false,
      responseStream: false,
    },
  ],
};
