import io.etcd.jetcd.Client;
import io.etcd.jetcd.ClientBuilder;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.options.PutOption;
import io.etcd.jetcd.watch.WatchEvent;
import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * The life of a program that coordinates through jetcd, said line by line:
 * {@code alone ENDPOINT}, {@code tls ENDPOINT CA CERTIFICATE KEY}, {@code cluster ENDPOINT...}. The last
 * says {@code kill} and {@code restart} of the member to whom it happens, and waits for a line when it is done.
 */
public final class Life {
  private static String[] endpoints;

  private Life() {}

  static String endpoint() {
    return endpoints[0];
  }

  static ClientBuilder builder() {
    // Enough for a change of leaders on a machine with other work; a refusal is not tried again.
    return Client.builder().endpoints(endpoints).retryMaxDuration(Duration.ofSeconds(40))
        .connectTimeout(Duration.ofSeconds(20)).waitForReady(true);
  }

  public static void main(String[] arguments) throws Exception {
    try {
      endpoints = new String[] {arguments[1]};
      switch (arguments[0]) {
        case "alone" -> alone();
        case "tls" -> tls(arguments);
        case "cluster" -> {
          endpoints = java.util.Arrays.copyOfRange(arguments, 1, arguments.length);
          cluster();
        }
        default -> throw new IllegalArgumentException(arguments[0]);
      }
      Transcript.say("end", "well");
    } catch (Exception error) {
      error.printStackTrace();
      Transcript.say("end", Transcript.words(error));
      System.exit(1);
    }
    System.exit(0);
  }

  private static void alone() throws Exception {
    try (Client client = builder().build()) {
      new Keys(client).life();
      new Watching(client).life();
      new Coordination(client).life();
      new Operators(client).life(endpoint());
    }
  }

  private static void tls(String[] files) throws Exception {
    var with = builder().sslContext(context -> context.trustManager(new File(files[2]))
        .keyManager(new File(files[3]), new File(files[4])));
    try (Client client = with.build()) {
      KV kv = client.getKVClient();
      Transcript.of(kv.put(Transcript.bytes("a"), Transcript.bytes("1")));
      var got = Transcript.of(kv.get(Transcript.bytes("a")));
      Transcript.say("over TLS", Transcript.all(got.getKvs()));
    }
    var without = builder().waitForReady(false).retryMaxDuration(Duration.ofSeconds(2))
        .sslContext(context -> context.trustManager(new File(files[2])));
    try (Client client = without.build()) {
      var refused = Transcript.refusal(client.getKVClient().get(Transcript.bytes("a")));
      Transcript.say("no certificate", refused.split(" ")[0]);
    }
  }

  private static void cluster() throws Exception {
    var commands = new BufferedReader(new InputStreamReader(System.in));
    Set<String> seen = new ConcurrentSkipListSet<>();
    try (Client client = builder().build()) {
      KV kv = client.getKVClient();
      long lease = Transcript.of(client.getLeaseClient().grant(60)).getID();
      client.getLeaseClient().keepAlive(lease, io.etcd.jetcd.support.Observers.observer(one -> {}));
      var option = io.etcd.jetcd.options.WatchOption.builder().isPrefix(true).build();
      client.getWatchClient().watch(Transcript.bytes("n/"), option, response -> {
        for (WatchEvent event : response.getEvents()) {
          seen.add(Transcript.text(event.getKeyValue().getKey()));
        }
      });
      var leased = PutOption.builder().withLeaseId(lease).withAutoRetry().build();
      Transcript.of(kv.put(Transcript.bytes("leased"), Transcript.bytes("x"), leased));
      var lock = Transcript.of(client.getLockClient().lock(Transcript.bytes("lock"), lease));
      for (int round = 0; round < 3; round++) {
        step(commands, "kill " + round, kv, round * 2);
        step(commands, "restart " + round, kv, round * 2 + 1);
      }
      Transcript.of(client.getLockClient().unlock(lock.getKey()));
      var got = Transcript.of(kv.get(Transcript.bytes("leased")));
      Transcript.say("lease lived", got.getCount());
      List<String> all = IntStream.range(0, 300).mapToObj(at -> "n/" + at).toList();
      long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(Transcript.PATIENCE_SECONDS);
      while (!seen.containsAll(all) && System.nanoTime() < until) TimeUnit.MILLISECONDS.sleep(50);
      Transcript.say("watched all", seen.containsAll(all));
    }
  }

  private static void step(BufferedReader commands, String asked, KV kv, int at) throws Exception {
    System.out.println(asked);
    commands.readLine();
    var retried = PutOption.builder().withAutoRetry().build();
    for (int key = at * 50; key < at * 50 + 50; key++) {
      Transcript.of(kv.put(Transcript.bytes("n/" + key), Transcript.bytes("" + key), retried));
    }
    var prefix = io.etcd.jetcd.options.GetOption.builder().isPrefix(true).withCountOnly(true);
    var got = Transcript.of(kv.get(Transcript.bytes("n/"), prefix.build()));
    Transcript.say("keys after " + asked, got.getCount());
  }
}
