import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.Election;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.Lease;
import io.etcd.jetcd.Lock;
import io.etcd.jetcd.election.LeaderResponse;
import io.etcd.jetcd.lease.LeaseKeepAliveResponse;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.LeaseOption;
import io.etcd.jetcd.options.PutOption;
import io.etcd.jetcd.support.CloseableClient;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Leases, locks and elections. */
final class Coordination {
  private final KV kv;
  private final Lease lease;
  private final Lock lock;
  private final Election election;

  Coordination(Client client) {
    kv = client.getKVClient();
    lease = client.getLeaseClient();
    lock = client.getLockClient();
    election = client.getElectionClient();
  }

  private static ByteSequence b(String text) {
    return Transcript.bytes(text);
  }

  void life() throws Exception {
    leases();
    kept();
    locks();
    elections();
  }

  private long grant(long seconds) throws Exception {
    return Transcript.of(lease.grant(seconds)).getID();
  }

  private String remaining(long id) throws Exception {
    var option = LeaseOption.builder().withAttachedKeys().build();
    var told = Transcript.of(lease.timeToLive(id, option));
    return (told.getTTL() > 0 ? "lives" : "" + told.getTTL()) + " of " + told.getGrantedTTL()
        + " " + told.getKeys().stream().map(Transcript::text).sorted().toList();
  }

  private void leases() throws Exception {
    var granted = Transcript.of(lease.grant(30));
    Transcript.say("granted", granted.getTTL() + " " + (granted.getID() > 0));
    long id = granted.getID();
    for (String key : new String[] {"l/2", "l/1"}) {
      Transcript.of(kv.put(b(key), b("x"), PutOption.builder().withLeaseId(id).build()));
    }
    Transcript.say("attached", remaining(id));
    var leased = Transcript.of(kv.get(b("l/1"))).getKvs().get(0);
    Transcript.say("leased", leased.getLease() == id);
    var once = Transcript.of(lease.keepAliveOnce(id));
    Transcript.say("kept once", once.getTTL() + " " + (once.getID() == id));
    Transcript.of(lease.revoke(id));
    Transcript.say("revoked", remaining(id));
    var left = Transcript.of(kv.get(b("l/"), GetOption.builder().isPrefix(true).build()));
    Transcript.say("keys left", left.getCount());
    Transcript.say("revoked again", Transcript.refusal(lease.revoke(id)));
    Transcript.say("kept, gone", Transcript.refusal(lease.keepAliveOnce(id)));
    Transcript.say("granted none", Transcript.refusal(lease.grant(0)));
    Transcript.say("granted ages", Transcript.refusal(lease.grant(9_000_000_001L)));
  }

  private void kept() throws Exception {
    long id = grant(2);
    Transcript.of(kv.put(b("l/k"), b("x"), PutOption.builder().withLeaseId(id).build()));
    BlockingQueue<String> told = new LinkedBlockingQueue<>();
    CloseableClient keeping = lease.keepAlive(id, new StreamObserver<>() {
      @Override
      public void onNext(LeaseKeepAliveResponse one) {
        told.add("kept for " + one.getTTL());
      }

      @Override
      public void onError(Throwable error) {
        told.add("error " + Transcript.words(error));
      }

      @Override
      public void onCompleted() {
        told.add("completed");
      }
    });
    for (int at = 0; at < 4; at++) {
      Transcript.say("keepalive", told.poll(Transcript.PATIENCE_SECONDS, TimeUnit.SECONDS));
    }
    TimeUnit.SECONDS.sleep(3);
    Transcript.say("key kept", Transcript.of(kv.get(b("l/k"))).getCount());
    keeping.close();
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(Transcript.PATIENCE_SECONDS);
    while (Transcript.of(kv.get(b("l/k"))).getCount() > 0 && System.nanoTime() < until) {
      TimeUnit.MILLISECONDS.sleep(100);
    }
    Transcript.say("key ended", Transcript.of(kv.get(b("l/k"))).getCount() == 0);
    Transcript.say("lease ended", remaining(id));
  }

  private static String ownedBy(long id, ByteSequence key, String name) {
    return Transcript.text(key).replace(Long.toHexString(id), "LEASE") + " of " + name;
  }

  private void locks() throws Exception {
    long one = grant(60);
    long two = grant(60);
    var held = Transcript.of(lock.lock(b("lock"), one));
    Transcript.say("locked", ownedBy(one, held.getKey(), "one"));
    Transcript.say("locked again",
        Transcript.of(lock.lock(b("lock"), one)).getKey().equals(held.getKey()));
    var waiting = lock.lock(b("lock"), two);
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(Transcript.PATIENCE_SECONDS);
    var all = GetOption.builder().isPrefix(true).build();
    while (Transcript.of(kv.get(b("lock/"), all)).getCount() < 2 && System.nanoTime() < until) {
      TimeUnit.MILLISECONDS.sleep(20);
    }
    Transcript.say("waits", !waiting.isDone());
    Transcript.of(lock.unlock(held.getKey()));
    Transcript.say("next", ownedBy(two, Transcript.of(waiting).getKey(), "two"));
    var third = lock.lock(b("lock"), one);
    Transcript.of(lease.revoke(two));
    Transcript.say("after revoke", ownedBy(one, Transcript.of(third).getKey(), "one"));
    Transcript.say("no lease", Transcript.refusal(lock.lock(b("lock"), 4711)));
    Transcript.of(lease.revoke(one));
    Transcript.say("unlock gone", Transcript.refusal(lock.unlock(held.getKey())));
  }

  private void elections() throws Exception {
    ByteSequence name = b("election");
    Transcript.say("leader, none", Transcript.refusal(election.leader(name)));
    BlockingQueue<String> observed = new LinkedBlockingQueue<>();
    election.observe(name, new Election.Listener() {
      @Override
      public void onNext(LeaderResponse one) {
        observed.add(Transcript.text(one.getKv().getValue()));
      }

      @Override
      public void onError(Throwable error) {
        observed.add("error");
      }

      @Override
      public void onCompleted() {
        observed.add("completed");
      }
    });
    long one = grant(60);
    long two = grant(60);
    var first = Transcript.of(election.campaign(name, one, b("one"))).getLeader();
    Transcript.say("elected", ownedBy(one, first.getKey(), Transcript.text(first.getName())));
    Transcript.say("observed", observed.poll(Transcript.PATIENCE_SECONDS, TimeUnit.SECONDS));
    CompletableFuture<?> rival = election.campaign(name, two, b("two"));
    Transcript.of(election.proclaim(first, b("one again")));
    Transcript.say("observed", observed.poll(Transcript.PATIENCE_SECONDS, TimeUnit.SECONDS));
    var leader = Transcript.of(election.leader(name)).getKv();
    Transcript.say("leads", Transcript.text(leader.getValue()) + " version " + leader.getVersion());
    Transcript.say("rival waits", !rival.isDone());
    Transcript.of(election.resign(first));
    Transcript.of(rival);
    Transcript.say("observed", observed.poll(Transcript.PATIENCE_SECONDS, TimeUnit.SECONDS));
    Transcript.say("proclaim, deposed", Transcript.refusal(election.proclaim(first, b("no"))));
    Transcript.say("resign again", Transcript.refusal(election.resign(first)));
    Transcript.of(lease.revoke(two));
    Transcript.say("leader, gone", Transcript.refusal(election.leader(name)));
    Transcript.say("campaign, no lease", Transcript.refusal(election.campaign(name, 4711, b("x"))));
  }
}
