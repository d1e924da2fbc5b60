// What there is to know of a message besides its codec: for JSON, for printing, and for finding the
// oldest etcd that can read a log.

/** How a value is carried: `id64` is a bigint, `raw` an encoded sub-message, `enum` a number. */
export type FieldKind =
  | "bytes"
  | "string"
  | "bool"
  | "enum"
  | "int32"
  | "uint32"
  | "int64"
  | "uint64"
  | "id64"
  | "message"
  | "raw";

export interface FieldDescriptor {
  /** As in the .proto file: `range_end`. */
  readonly name: string;
  /** As protobuf's JSON mapping makes it of the name: `rangeEnd`. */
  readonly jsonName: string;
  /** As in our interface; for a member of a oneof, its `case`. */
  readonly property: string;
  readonly number: number;
  readonly kind: FieldKind;
  /** The full name of the message or enum, otherwise the scalar: `int64`. */
  readonly type: string;
  readonly repeated: boolean;
  /** The property of the oneof the field belongs to, or "". */
  readonly oneof: string;
  /** The etcd version that brought it. */
  readonly since: string;
}

export interface MessageDescriptor {
  readonly fullName: string;
  readonly fields: readonly FieldDescriptor[];
  readonly since: string;
  readonly make: () => object;
  readonly decode: (bytes: Uint8Array) => object;
  readonly encode: (message: never) => Uint8Array;
}

export interface EnumDescriptor {
  readonly fullName: string;
  readonly values: Readonly<Record<string, number>>;
  readonly since: string;
  /** The versions of values younger than the enum. */
  readonly valuesSince: Readonly<Record<string, string>>;
}

export interface MethodDescriptor {
  readonly name: string;
  /** As in the HTTP/2 request: `/etcdserverpb.KV/Range`. */
  readonly path: string;
  readonly request: string;
  readonly response: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
}

type FieldRest = Partial<Pick<FieldDescriptor, "repeated" | "oneof" | "since">>;

export function field(
  name: string,
  property: string,
  number: number,
  kind: FieldKind,
  type: string,
  rest: FieldRest = {},
): FieldDescriptor {
  const jsonName = name.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase());
  const { repeated = false, oneof = "", since = "3.0" } = rest;
  return { name, jsonName, property, number, kind, type, repeated, oneof, since };
}
