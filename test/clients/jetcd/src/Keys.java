import static io.etcd.jetcd.options.GetOption.SortOrder;
import static io.etcd.jetcd.options.GetOption.SortTarget;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.CompactOption;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;

/** Keys, ranges with every option, transactions, compaction, namespaces. */
final class Keys {
  private static final PutOption PUT = PutOption.DEFAULT;
  private static final GetOption GET = GetOption.DEFAULT;
  private final Client client;
  private final KV kv;

  Keys(Client client) {
    this.client = client;
    this.kv = client.getKVClient();
  }

  private static ByteSequence b(String text) {
    return Transcript.bytes(text);
  }

  void life() throws Exception {
    puts();
    ranges();
    transactions();
    deletions();
    namespace();
    compaction();
  }

  private void puts() throws Exception {
    var first = Transcript.of(kv.put(b("k/1"), b("one")));
    Transcript.say("put", first.getHeader().getRevision() + " " + first.hasPrevKv());
    Transcript.of(kv.put(b("k/2"), b("é✓")));
    Transcript.of(kv.put(b("k/3"), ByteSequence.EMPTY));
    var again = Transcript.of(kv.put(b("k/1"), b("uno"), PutOption.builder().withPrevKV().build()));
    Transcript.say("put over", Transcript.whole(again.getPrevKv()));
    var unknown = PutOption.builder().withLeaseId(99).build();
    Transcript.say("put, no lease", Transcript.refusal(kv.put(b("k/4"), b("x"), unknown)));
    Transcript.say("put, no key", Transcript.refusal(kv.put(ByteSequence.EMPTY, b("x"))));
    var large = ByteSequence.from(new byte[2 << 20]);
    Transcript.say("put, too large", Transcript.refusal(kv.put(b("large"), large)));
    var fits = ByteSequence.from(new byte[1 << 20]);
    Transcript.of(kv.put(b("large"), fits));
    Transcript.say("large", Transcript.of(kv.get(b("large"))).getKvs().get(0).getValue().size());
  }

  private GetOption.Builder prefix() {
    return GetOption.builder().isPrefix(true);
  }

  private void range(String what, String key, GetOption option) throws Exception {
    var got = Transcript.of(kv.get(b(key), option));
    Transcript.say("get " + what,
        Transcript.all(got.getKvs()) + " of " + got.getCount() + (got.isMore() ? ", more" : ""));
  }

  private void ranges() throws Exception {
    range("one", "k/1", GET);
    range("none", "nothing", GET);
    range("prefix", "k/", prefix().build());
    range("range", "k/1", GetOption.builder().withRange(b("k/3")).build());
    range("from", "k/2", GetOption.builder().withRange(b("\0")).withKeysOnly(true).build());
    range("limit", "k/", prefix().withLimit(2).build());
    range("count", "k/", prefix().withCountOnly(true).build());
    range("serializable", "k/", prefix().withSerializable(true).build());
    range("old", "k/1", GetOption.builder().withRevision(3).build());
    for (SortTarget field : SortTarget.values()) {
      for (SortOrder order : SortOrder.values()) {
        var option = prefix().withSortField(field).withSortOrder(order).withKeysOnly(true).build();
        range(field + " " + order, "k/", option);
      }
    }
    range("created since", "k/", prefix().withMinCreateRevision(3).build());
    range("created until", "k/", prefix().withMaxCreateRevision(3).build());
    range("modified since", "k/", prefix().withMinModRevision(4).build());
    range("modified until", "k/", prefix().withMaxModRevision(4).build());
    var future = GetOption.builder().withRevision(9999).build();
    Transcript.say("get future", Transcript.refusal(kv.get(b("k/1"), future)));
    Transcript.say("get no key", Transcript.refusal(kv.get(ByteSequence.EMPTY)));
  }

  private static String read(TxnResponse txn) {
    StringBuilder seen = new StringBuilder(txn.isSucceeded() ? "then" : "else");
    txn.getPutResponses().forEach(one -> seen.append(" put"));
    txn.getGetResponses().forEach(one -> seen.append(' ').append(Transcript.all(one.getKvs())));
    txn.getDeleteResponses().forEach(one -> seen.append(" deleted ").append(one.getDeleted()));
    txn.getTxnResponses().forEach(one -> seen.append(" (").append(read(one)).append(')'));
    return seen.toString();
  }

  private void compare(String what, Cmp.Op op, CmpTarget<?> target) throws Exception {
    var txn = kv.txn().If(new Cmp(b("k/1"), op, target));
    Transcript.say("if " + what, read(Transcript.of(txn.commit())));
  }

  private void transactions() throws Exception {
    compare("value", Cmp.Op.EQUAL, CmpTarget.value(b("uno")));
    compare("value not", Cmp.Op.NOT_EQUAL, CmpTarget.value(b("uno")));
    compare("version", Cmp.Op.GREATER, CmpTarget.version(1));
    compare("created", Cmp.Op.LESS, CmpTarget.createRevision(2));
    compare("modified", Cmp.Op.EQUAL, CmpTarget.modRevision(5));
    var is = new Cmp(b("k/1"), Cmp.Op.EQUAL, CmpTarget.value(b("uno")));
    var nested = Op.txn(new Cmp[] {is}, new Op[] {Op.get(b("t"), GET)}, new Op[] {});
    var all = kv.txn().If(is)
        .Then(Op.put(b("t"), b("1"), PUT), nested, Op.delete(b("k/3"), DeleteOption.DEFAULT),
            Op.get(b("k/"), prefix().withKeysOnly(true).build()))
        .Else(Op.put(b("t"), b("2"), PUT));
    Transcript.say("txn", read(Transcript.of(all.commit())));
    var twice = kv.txn().Then(Op.put(b("t"), b("1"), PUT), Op.put(b("t"), b("2"), PUT));
    Transcript.say("txn twice", Transcript.refusal(twice.commit()));
    Op[] many = new Op[129];
    java.util.Arrays.setAll(many, at -> Op.put(b("many/" + at), b("x"), PUT));
    Transcript.say("txn of 129", Transcript.refusal(kv.txn().Then(many).commit()));
    var written = Transcript.of(kv.txn().Then(java.util.Arrays.copyOf(many, 128)).commit());
    Transcript.say("txn of 128", written.getPutResponses().size());
  }

  private void deletions() throws Exception {
    var option = DeleteOption.builder().isPrefix(true).withPrevKV(true).build();
    var deleted = Transcript.of(kv.delete(b("k/"), option));
    Transcript.say("deleted", deleted.getDeleted() + " " + Transcript.all(deleted.getPrevKvs()));
    Transcript.say("deleted none", Transcript.of(kv.delete(b("k/"), option)).getDeleted());
    var range = DeleteOption.builder().withRange(b("many/2")).build();
    Transcript.say("deleted range", Transcript.of(kv.delete(b("many/1"), range)).getDeleted());
  }

  private void namespace() throws Exception {
    try (Client inside = Life.builder().namespace(b("space/")).build()) {
      Transcript.of(inside.getKVClient().put(b("a"), b("1")));
      var seen = Transcript.of(inside.getKVClient().get(b("a"))).getKvs();
      Transcript.say("inside", Transcript.all(seen));
      Transcript.say("outside", Transcript.all(Transcript.of(kv.get(b("space/a"))).getKvs()));
    }
  }

  private void compaction() throws Exception {
    long now = Transcript.of(kv.get(b("t"))).getHeader().getRevision();
    Transcript.of(kv.compact(now - 1, CompactOption.builder().withCompactPhysical(true).build()));
    Transcript.say("compact again", Transcript.refusal(kv.compact(now - 1)));
    Transcript.say("compact future", Transcript.refusal(kv.compact(now + 99)));
    var old = GetOption.builder().withRevision(2).build();
    Transcript.say("get compacted", Transcript.refusal(kv.get(b("t"), old)));
    Transcript.say("revision", now);
  }
}
