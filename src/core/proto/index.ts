// proto: every message of etcd's API, peer protocol and files, as plain objects, and their bytes.
// For each message Foo: the interface Foo with every field present, makeFoo, decodeFoo, sizeFoo,
// writeFoo and encodeFoo. Promises: decoding what was encoded gives it back; bytes are those etcd's
// Go writers make; decoders throw MalformedError and nothing else, and read nothing outside their
// range. Byte fields of a decoded message are views into the bytes it came from; what encodeFoo
// returns belongs to the caller, but may share a buffer with others: never transfer its `.buffer`.
// It never judges a value: an unknown enum number or an empty key is the business of others.
export type {
  EnumDescriptor,
  FieldDescriptor,
  FieldKind,
  MessageDescriptor,
  MethodDescriptor,
} from "./descriptor.ts";
export { MalformedError, TooDeepError } from "./malformed.ts";
export * from "./messages.ts";
export { requestIdLow48 } from "./request-id.ts";
