import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromLatin1 } from "../../base/index.ts";
import { type EtcdError, errors } from "../errors/index.ts";
import {
  makeCompare,
  makeDeleteRangeRequest,
  makePutRequest,
  makeRangeRequest,
  makeRequestOp,
  makeTxnRequest,
  type RequestOp,
  type TxnRequest,
} from "../proto/index.ts";
import {
  checkDeleteRangeRequest,
  checkPutRequest,
  checkRangeRequest,
  checkRangeStreamRequest,
  checkTxnRequest,
} from "./request-check.ts";

const text = bytesFromLatin1;
const key = text("k");

const refused = (run: () => void, error: EtcdError): void => {
  assert.throws(run, (thrown) => thrown === error, error.message);
};

const put = (name: string): RequestOp =>
  makeRequestOp({ request: { case: "requestPut", value: makePutRequest({ key: text(name) }) } });
const remove = (name: string, end = ""): RequestOp => {
  const value = makeDeleteRangeRequest({ key: text(name), rangeEnd: text(end) });
  return makeRequestOp({ request: { case: "requestDeleteRange", value } });
};
const range = (name: string): RequestOp =>
  makeRequestOp({
    request: { case: "requestRange", value: makeRangeRequest({ key: text(name) }) },
  });
const nested = (init: Partial<TxnRequest>): RequestOp =>
  makeRequestOp({ request: { case: "requestTxn", value: makeTxnRequest(init) } });

test("a request without a key or with an unknown order is refused", () => {
  refused(() => checkRangeRequest(makeRangeRequest()), errors.emptyKey());
  refused(() => checkPutRequest(makePutRequest()), errors.emptyKey());
  refused(() => checkDeleteRangeRequest(makeDeleteRangeRequest()), errors.emptyKey());
  for (const sortOrder of [-1, 3]) {
    refused(
      () => checkRangeRequest(makeRangeRequest({ key, sortOrder })),
      errors.invalidSortOption(),
    );
  }
  for (const sortTarget of [-1, 5]) {
    refused(
      () => checkRangeRequest(makeRangeRequest({ key, sortTarget })),
      errors.invalidSortOption(),
    );
  }
  checkRangeRequest(makeRangeRequest({ key, sortOrder: 2, sortTarget: 4 }));
});

test("what a put ignores must not be given", () => {
  const withValue = makePutRequest({ key, value: key, ignoreValue: true });
  refused(() => checkPutRequest(withValue), errors.valueProvided());
  refused(
    () => checkPutRequest(makePutRequest({ key, lease: 1n, ignoreLease: true })),
    errors.leaseProvided(),
  );
  checkPutRequest(makePutRequest({ key, ignoreValue: true, ignoreLease: true }));
});

test("a stream refuses orders and filters, after the key", () => {
  const check = (init: Parameters<typeof makeRangeRequest>[0]): void =>
    checkRangeStreamRequest(makeRangeRequest(init));
  refused(() => check({ sortOrder: 2 }), errors.emptyKey());
  refused(() => check({ key, sortOrder: 2 }), errors.rangeStreamSortOrder());
  refused(() => check({ key, sortOrder: 1, sortTarget: 1 }), errors.rangeStreamSortOrder());
  refused(() => check({ key, minModRevision: 1 }), errors.rangeStreamRevisionFilters());
  check({ key, sortOrder: 1 });
  check({ key, sortTarget: 3 });
});

test("the limit on operations shrinks by what each level uses", () => {
  const check = (request: TxnRequest, most: number): void => checkTxnRequest(request, most);
  const three = makeTxnRequest({ success: [put("a"), put("b"), put("c")] });
  check(three, 3);
  refused(() => check(three, 2), errors.tooManyOps());
  const compares = makeTxnRequest({
    compare: Array.from({ length: 3 }, () => makeCompare({ key })),
  });
  refused(() => check(compares, 2), errors.tooManyOps());
  const deep = makeTxnRequest({ failure: [nested({ success: [range("a"), range("b")] })] });
  check(deep, 3);
  refused(() => check(deep, 2), errors.tooManyOps());
});

test("every part of a transaction is checked, on both arms and below", () => {
  const check = (init: Partial<TxnRequest>): void => checkTxnRequest(makeTxnRequest(init), 128);
  refused(() => check({ compare: [makeCompare()] }), errors.emptyKey());
  refused(() => check({ success: [range("")] }), errors.emptyKey());
  refused(() => check({ failure: [put("")] }), errors.emptyKey());
  refused(() => check({ failure: [nested({ success: [remove("")] })] }), errors.emptyKey());
  refused(() => check({ success: [makeRequestOp()] }), errors.keyNotFound());
});

test("a key written twice in one branch is refused, as far as etcd sees it", () => {
  const dup = (...success: RequestOp[]): void => {
    refused(() => checkTxnRequest(makeTxnRequest({ success }), 128), errors.duplicateKey());
    const failure = makeTxnRequest({ failure: success });
    refused(() => checkTxnRequest(failure, 128), errors.duplicateKey());
  };
  const fine = (init: Partial<TxnRequest>): void => checkTxnRequest(makeTxnRequest(init), 128);
  dup(put("a"), put("a"));
  dup(put("a"), remove("a"));
  dup(remove("a", "c"), put("b"));
  dup(put("a"), nested({ success: [put("a")] }));
  dup(nested({ success: [put("a")] }), nested({ failure: [put("a")] }));
  dup(remove("a", "c"), nested({ failure: [put("b")] }));
  dup(nested({ success: [remove("a", "c")] }), put("b"));
  dup(nested({ success: [remove("a")] }), nested({ success: [put("a")] }));
  fine({ success: [put("a")], failure: [put("a")] });
  fine({ success: [nested({ success: [put("a")], failure: [put("a")] })] });
  fine({ success: [remove("a", "c"), remove("b", "d"), range("b"), put("d")] });
  fine({ success: [put("c"), remove("a", "c")] });
  // etcd compares with a later sibling's deletes only its own level's puts.
  fine({ success: [nested({ success: [put("a")] }), nested({ success: [remove("a")] })] });
  // It takes "to the end of all keys" as an end like any other.
  fine({ success: [remove("a", "\x00"), put("b")] });
});
