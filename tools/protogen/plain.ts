// Messages as plain trees of text, so that ours and those of other implementations compare; and
// random ones. For tests and fuzzing only.
//
// A plain message has a property for each field that is set, by its .proto name: 64-bit values are
// decimal text, bytes are hex, zero scalars are left out except in a oneof.
import { isFieldSet, type DescMessage, type Message as EsMessage } from "@bufbuild/protobuf";
import { reflect, type ReflectMessage } from "@bufbuild/protobuf/reflect";
import fc from "fast-check";
import {
  enumDescriptors,
  type FieldDescriptor,
  type MessageDescriptor,
  messageDescriptors,
} from "../../src/core/proto/index.ts";

export type PlainValue = string | number | boolean | Plain;
export interface Plain {
  [name: string]: PlainValue | PlainValue[];
}

type Loose = Record<string, unknown>;

export const descriptorOf = (fullName: string): MessageDescriptor => {
  const found = messageDescriptors[fullName];
  if (found === undefined) throw new Error(`no message ${fullName}`);
  return found;
};

const hexOf = (bytes: unknown): string => Buffer.from(bytes as Uint8Array).toString("hex");

const limits: Readonly<Record<string, [bigint, bigint]>> = {
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
};

/** A counter as we can carry it: one no number counts exactly stands at the limit of its type. */
export function saturated(value: bigint, type: string): bigint {
  const [least, most] = limits[type]!;
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) return most;
  return value < BigInt(Number.MIN_SAFE_INTEGER) ? least : value;
}

/** The plain form of a 64-bit value another implementation gave. */
function wideText(field: FieldDescriptor, value: bigint): string {
  if (field.kind === "id64") return String(BigInt.asUintN(64, value));
  return String(saturated(value, field.type));
}

const zeroes = new Set<unknown>(["", "0", 0, false]);

function put(plain: Plain, field: FieldDescriptor, value: PlainValue | PlainValue[]): void {
  if (Array.isArray(value)) {
    if (value.length > 0) plain[field.name] = value;
  } else if (field.oneof !== "" || !zeroes.has(value)) {
    plain[field.name] = value;
  }
}

/** A message of ours. */
export function plainOfOurs(fullName: string, message: object): Plain {
  const plain: Plain = {};
  const values = message as Loose;
  const one = (field: FieldDescriptor, value: unknown): PlainValue => {
    switch (field.kind) {
      case "message":
        return plainOfOurs(field.type, value as object);
      case "raw":
        return plainOfOurs(field.type, descriptorOf(field.type).decode(value as Uint8Array));
      case "bytes":
        return hexOf(value);
      case "id64":
        return String(value);
      case "int64":
      case "uint64": {
        const [least, most] = limits[field.kind]!;
        return String(value === Infinity ? most : value === -Infinity ? least : value);
      }
      case "string":
      case "bool":
      case "enum":
      case "int32":
      case "uint32":
        return value as PlainValue;
    }
  };
  for (const field of descriptorOf(fullName).fields) {
    let value = values[field.property];
    if (field.oneof !== "") {
      const union = values[field.oneof] as { case: string; value: unknown } | undefined;
      value = union?.case === field.property ? union.value : undefined;
    }
    if (value === undefined) continue;
    put(
      plain,
      field,
      field.repeated ? (value as unknown[]).map((each) => one(field, each)) : one(field, value),
    );
  }
  return plain;
}

/** The plain message as ours. */
export function oursOfPlain(fullName: string, plain: Plain): object {
  const descriptor = descriptorOf(fullName);
  const message = descriptor.make() as Loose;
  const one = (field: FieldDescriptor, value: PlainValue): unknown => {
    switch (field.kind) {
      case "message":
        return oursOfPlain(field.type, value as Plain);
      case "raw":
        return encodeOurs(field.type, value as Plain);
      case "bytes":
        return Uint8Array.from(Buffer.from(value as string, "hex"));
      case "id64":
        return BigInt(value as string);
      case "int64":
      case "uint64": {
        const exact = Number(value);
        if (Number.isSafeInteger(exact)) return exact;
        return exact < 0 ? -Infinity : Infinity;
      }
      case "string":
      case "bool":
      case "enum":
      case "int32":
      case "uint32":
        return value;
    }
  };
  for (const field of descriptor.fields) {
    const value = plain[field.name];
    if (value === undefined) continue;
    const ours = Array.isArray(value) ? value.map((each) => one(field, each)) : one(field, value);
    if (field.oneof === "") message[field.property] = ours;
    else message[field.oneof] = { case: field.property, value: ours };
  }
  return message;
}

export const encodeOurs = (fullName: string, plain: Plain): Uint8Array =>
  descriptorOf(fullName).encode(oursOfPlain(fullName, plain) as never);

/** A message that protobufjs decoded. */
export function plainOfProtobufjs(fullName: string, message: object): Plain {
  const plain: Plain = {};
  const one = (field: FieldDescriptor, value: unknown): PlainValue => {
    if (field.kind === "message" || field.kind === "raw") {
      return plainOfProtobufjs(field.type, value as object);
    }
    if (field.kind === "bytes") return hexOf(value);
    if (field.type === "int64" || field.type === "uint64") {
      return wideText(field, BigInt(String(value)));
    }
    return value as PlainValue;
  };
  for (const field of descriptorOf(fullName).fields) {
    if (!Object.hasOwn(message, field.name)) continue;
    const value = (message as Loose)[field.name];
    if (value === null || value === undefined) continue;
    put(
      plain,
      field,
      Array.isArray(value) ? value.map((each) => one(field, each)) : one(field, value),
    );
  }
  return plain;
}

/** A message that @bufbuild/protobuf decoded. */
export function plainOfBuf(fullName: string, desc: DescMessage, message: EsMessage): Plain {
  const plain: Plain = {};
  const whole: ReflectMessage = reflect(desc, message);
  for (const field of descriptorOf(fullName).fields) {
    const other = desc.fields.find(({ number }) => number === field.number)!;
    if (!isFieldSet(message, other)) continue;
    const one = (value: unknown): PlainValue => {
      if (field.kind === "message" || field.kind === "raw") {
        const part = value as ReflectMessage;
        return plainOfBuf(field.type, part.desc, part.message);
      }
      if (field.kind === "bytes") return hexOf(value);
      if (typeof value === "bigint") return wideText(field, value);
      return value as PlainValue;
    };
    const value: unknown = whole.get(other);
    put(plain, field, field.repeated ? [...(value as Iterable<unknown>)].map(one) : one(value));
  }
  return plain;
}

const wide = (type: string): fc.Arbitrary<bigint> => {
  const [least, most] = limits[type]!;
  const edges = [0n, 1n, 127n, 128n, 2n ** 31n, 2n ** 32n, 2n ** 53n - 1n, 2n ** 53n, least, most];
  return fc.oneof(
    fc.constantFrom(...edges),
    fc.bigInt({ min: least, max: most }),
    fc.bigInt({ min: 0n, max: 100_000n }),
  );
};

const hexArbitrary = fc
  .oneof(fc.uint8Array({ maxLength: 20 }), fc.uint8Array({ minLength: 120, maxLength: 140 }))
  .map(hexOf);

function valueArbitrary(field: FieldDescriptor, depth: number): fc.Arbitrary<PlainValue> {
  switch (field.kind) {
    case "message":
    case "raw":
      return plainArbitrary(field.type, depth - 1);
    case "bytes":
      return hexArbitrary;
    case "string":
      return fc.string({ unit: "grapheme", maxLength: 12 });
    case "bool":
      return fc.boolean();
    case "enum": {
      const known = Object.values(enumDescriptors[field.type]!.values);
      // The enums of proto2 files are closed for the others; Go and we take any number.
      if (field.type.startsWith("raftpb.")) return fc.constantFrom(...known);
      return fc.oneof(fc.constantFrom(...known), fc.constantFrom(99, -1, -(2 ** 31)));
    }
    case "int32":
      return fc.integer();
    case "uint32":
      return fc.nat({ max: 2 ** 31 - 1 }).map((value) => value * 2);
    case "int64":
    case "uint64":
      return wide(field.type).map((value) => String(saturated(value, field.type)));
    case "id64":
      return wide(field.type).map((value) => String(BigInt.asUintN(64, value)));
  }
}

/** Random plain messages, at most `depth` messages deep. */
export function plainArbitrary(fullName: string, depth = 3): fc.Arbitrary<Plain> {
  const { fields } = descriptorOf(fullName);
  const open = fields.filter(({ kind }) => depth > 0 || (kind !== "message" && kind !== "raw"));
  const oneofs = new Set(open.map(({ oneof }) => oneof).filter((oneof) => oneof !== ""));
  const valueOf = (field: FieldDescriptor): fc.Arbitrary<PlainValue | PlainValue[]> => {
    const value = valueArbitrary(field, depth);
    return field.repeated ? fc.array(value, { maxLength: 3 }) : value;
  };
  const ordinary = open
    .filter(({ oneof }) => oneof === "")
    .map((field) =>
      fc.option(valueOf(field), { nil: undefined }).map((value) => ({ field, value })),
    );
  const chosen = [...oneofs].map((oneof) =>
    fc
      .constantFrom(undefined, ...open.filter((field) => field.oneof === oneof))
      .chain((field) =>
        field === undefined
          ? fc.constant(undefined)
          : valueOf(field).map((value) => ({ field, value })),
      ),
  );
  return fc.tuple(...ordinary, ...chosen).map((rows) => {
    const plain: Plain = {};
    for (const row of rows) {
      if (row?.value !== undefined) put(plain, row.field, row.value);
    }
    return plain;
  });
}
