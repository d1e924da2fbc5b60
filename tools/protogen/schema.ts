// What the .proto files say, in the terms of the code to be made from them.
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import protobuf from "protobufjs";

/** How a value is carried: `id64` is a bigint, `raw` an encoded sub-message. */
export type Kind =
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

export interface FieldModel {
  /** As in the .proto file. */
  name: string;
  /** As in TypeScript. */
  property: string;
  number: number;
  kind: Kind;
  /** The TypeScript name of the sub-message, for `message` and `raw`. */
  message: string;
  /** The TypeScript name of the enum. */
  enumName: string;
  /** The type as the .proto file resolves it: `int64`, `etcdserverpb.Member`. */
  protoType: string;
  repeated: boolean;
  packed: boolean;
  presence: "nonzero" | "always" | "byMessageType";
  fullName: string;
  /** The etcd version that brought it. */
  since: string;
}

export interface OneofModel {
  property: string;
  typeName: string;
  fields: FieldModel[];
}

export interface MessageModel {
  /** The TypeScript name. */
  name: string;
  fullName: string;
  /** In declaration order: ordinary fields, and each oneof at the place of its first member. */
  members: (FieldModel | OneofModel)[];
  /** Every field by ascending number, oneof members after the ordinary ones, as Go writes them. */
  wireOrder: { field: FieldModel; oneof: OneofModel | undefined }[];
  /** The union of raw sub-messages, where the message has one. */
  rawUnion: OneofModel | undefined;
  since: string;
  /** Contains itself, directly or not. */
  recursive: boolean;
  /** Is a singular sub-message somewhere, so that a second occurrence merges into the first. */
  merged: boolean;
  /** Can never take 128 bytes, so that its length is always one byte. */
  small: boolean;
}

export interface EnumModel {
  name: string;
  fullName: string;
  values: [string, number][];
  since: string;
  valuesSince: [string, string][];
}

export interface MethodModel {
  name: string;
  request: string;
  response: string;
  requestStream: boolean;
  responseStream: boolean;
}

export interface ServiceModel {
  fullName: string;
  methods: MethodModel[];
}

export interface Schema {
  messages: MessageModel[];
  enums: EnumModel[];
  services: ServiceModel[];
}

export const isOneof = (member: FieldModel | OneofModel): member is OneofModel =>
  "typeName" in member;

/** `range_end` becomes `rangeEnd`, `remaining_TTL` `remainingTTL`, `Term` `term`; `TTL` stays. */
export function propertyName(name: string): string {
  if (/^[A-Z\d]+$/.test(name)) return name;
  const joined = name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  return joined.charAt(0).toLowerCase() + joined.slice(1);
}

const pascal = (property: string): string => property.charAt(0).toUpperCase() + property.slice(1);

/** Parses every .proto file of the folder, except the one that only declares our options. */
export function parseFolder(folder: string): protobuf.Root {
  const root = new protobuf.Root();
  for (const file of globSync("**/*.proto", { cwd: folder }).toSorted()) {
    if (file.endsWith("options.proto")) continue;
    protobuf.parse(readFileSync(join(folder, file), "utf8"), root, { keepCase: true });
  }
  root.resolveAll();
  return root;
}

const plain = (fullName: string): string => fullName.replace(/^\./, "");

function option(of: protobuf.ReflectionObject, name: string): unknown {
  return of.options?.[`(quorate.${name})`];
}

/** The version an option names; etcd starts counting at 3.0. */
const version = (said: unknown): string => (typeof said === "string" ? said : "3.0");

function messageName(type: protobuf.Type): string {
  const name = option(type, "name");
  return typeof name === "string" ? name : type.name;
}

/** Enums of one message are named by themselves, unless their name says nothing alone. */
const enumName = (type: protobuf.Enum): string =>
  type.name === "Type" ? `${type.parent?.name ?? ""}Type` : type.name;

function kindOf(field: protobuf.Field): Kind {
  if (field.resolvedType instanceof protobuf.Enum) return "enum";
  if (field.resolvedType !== null) return option(field, "raw") === true ? "raw" : "message";
  const wide = field.type === "int64" || field.type === "uint64";
  if (wide && option(field, "identity") === true) return "id64";
  switch (field.type) {
    case "bytes":
    case "string":
    case "bool":
    case "int32":
    case "uint32":
    case "int64":
    case "uint64":
      return field.type;
    default:
      throw new Error(`${field.fullName}: no code is made for ${field.type}`);
  }
}

function fieldModel(field: protobuf.Field): FieldModel {
  const type = field.resolvedType;
  const presence = option(field, "presence");
  return {
    name: field.name,
    property: propertyName(field.name),
    number: field.id,
    kind: kindOf(field),
    message: type instanceof protobuf.Type ? messageName(type) : "",
    enumName: type instanceof protobuf.Enum ? enumName(type) : "",
    protoType: type === null ? field.type : plain(type.fullName),
    repeated: field.repeated,
    packed: field.packed,
    presence:
      presence === "ALWAYS"
        ? "always"
        : presence === "BY_MESSAGE_TYPE"
          ? "byMessageType"
          : "nonzero",
    fullName: plain(field.fullName),
    since: version(option(field, "since")),
  };
}

function membersOf(type: protobuf.Type, unionName: string | undefined): MessageModel["members"] {
  const members: MessageModel["members"] = [];
  const name = messageName(type);
  for (const field of type.fieldsArray) {
    const model = fieldModel(field);
    const inUnion =
      unionName !== undefined && model.kind === "message" && option(field, "outside") !== true;
    const group = inUnion ? unionName : field.partOf?.name;
    if (group === undefined) {
      members.push(model);
      continue;
    }
    const property = propertyName(group);
    if (inUnion) model.kind = "raw";
    const open = members.filter(isOneof).find((oneof) => oneof.property === property);
    if (open) open.fields.push(model);
    else members.push({ property, typeName: name + pascal(property), fields: [model] });
  }
  return members;
}

function messageModel(type: protobuf.Type): MessageModel {
  const unionName = option(type, "raw_union");
  const union = typeof unionName === "string" ? unionName : undefined;
  const members = membersOf(type, union);
  const oneofs = members.filter(isOneof);
  const byNumber = (a: FieldModel, b: FieldModel): number => a.number - b.number;
  const ordinary = members
    .filter((member): member is FieldModel => !isOneof(member))
    .toSorted(byNumber);
  return {
    name: messageName(type),
    fullName: plain(type.fullName),
    members,
    wireOrder: [
      ...ordinary.map((field) => ({ field, oneof: undefined })),
      ...oneofs.flatMap((oneof) =>
        oneof.fields.toSorted(byNumber).map((field) => ({ field, oneof })),
      ),
    ],
    rawUnion: union === undefined ? undefined : oneofs[0],
    since: version(option(type, "since_message")),
    recursive: false,
    merged: false,
    small: false,
  };
}

/** Marks what only the whole set of messages tells. */
function relate(messages: MessageModel[]): void {
  const byName = new Map(messages.map((message) => [message.name, message]));
  const parts = (message: MessageModel): MessageModel[] =>
    message.wireOrder
      .filter(({ field }) => field.kind === "message")
      .map(({ field }) => byName.get(field.message)!);
  const widths: Partial<Record<Kind, number>> = { bool: 1, uint32: 5 };
  for (const message of messages) {
    const seen = new Set<MessageModel>();
    const queue = parts(message);
    for (let next = queue.pop(); next; next = queue.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      queue.push(...parts(next));
    }
    message.recursive = seen.has(message);
    for (const { field } of message.wireOrder) {
      if (field.kind === "message" && !field.repeated) byName.get(field.message)!.merged = true;
    }
    let longest = 0;
    for (const { field } of message.wireOrder) {
      const open = ["bytes", "string", "message", "raw"].includes(field.kind) || field.repeated;
      longest += open ? 128 : 2 + (widths[field.kind] ?? 10);
    }
    message.small = longest < 128;
  }
}

/** The schema of every .proto file below `folder`; the same files give the same schema. */
export function readSchema(folder: string): Schema {
  const schema: Schema = { messages: [], enums: [], services: [] };
  const visit = (at: protobuf.ReflectionObject): void => {
    if (at instanceof protobuf.Enum) {
      schema.enums.push({
        name: enumName(at),
        fullName: plain(at.fullName),
        values: Object.entries(at.values),
        since: version(option(at, "since_enum")),
        valuesSince: Object.entries(at.valuesOptions ?? {}).map(([value, options]) => [
          value,
          version(options["(quorate.since_value)"]),
        ]),
      });
    } else if (at instanceof protobuf.Service) {
      schema.services.push({
        fullName: plain(at.fullName),
        methods: at.methodsArray.map((method) => ({
          name: method.name,
          request: plain(method.resolvedRequestType!.fullName),
          response: plain(method.resolvedResponseType!.fullName),
          requestStream: method.requestStream === true,
          responseStream: method.responseStream === true,
        })),
      });
    } else if (at instanceof protobuf.Namespace) {
      if (at instanceof protobuf.Type) schema.messages.push(messageModel(at));
      for (const nested of at.nestedArray) visit(nested);
    }
  };
  visit(parseFolder(folder));
  relate(schema.messages);
  refuseTwins(schema);
  return schema;
}

function refuseTwins(schema: Schema): void {
  const seen = new Set<string>();
  for (const { name, fullName } of [...schema.messages, ...schema.enums]) {
    if (seen.has(name)) throw new Error(`${fullName}: ${name} is taken; give it (quorate.name)`);
    seen.add(name);
  }
}
