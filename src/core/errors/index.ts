// errors: every answer of etcd that is an error, once: its gRPC code and its exact text.
// Promises: `errors.compacted()` is always the same frozen object, so throwing costs no stack and
// `===` compares. It never decides when an error is due, and holds no error of our own making.
export { errorByMessage, errors, watchCancelReasons } from "./catalog.ts";
export { Code, codeName } from "./code.ts";
export { EtcdError, statusText } from "./etcd-error.ts";
