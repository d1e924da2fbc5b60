import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Watchers of a key, a prefix, a range, with filters, of the past, of what is compacted. */
final class Watching {
  private final Client client;
  private final KV kv;

  Watching(Client client) {
    this.client = client;
    this.kv = client.getKVClient();
  }

  /** One watcher's view, in the order it came. */
  private static final class View implements Watch.Listener {
    final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    @Override
    public void onNext(WatchResponse response) {
      if (response.isCreatedNotify()) lines.add("created");
      if (response.isProgressNotify()) lines.add("progress");
      response.getEvents().forEach(event -> {
        var before = event.getPrevKV();
        String was = before == null || before.getKey().isEmpty()
            ? "" : " before " + Transcript.whole(before);
        lines.add(event.getEventType() + " " + Transcript.whole(event.getKeyValue()) + was);
      });
    }

    @Override
    public void onError(Throwable error) {
      lines.add("error " + Transcript.words(error));
    }

    @Override
    public void onCompleted() {
      lines.add("completed");
    }

    List<String> next(int count) throws InterruptedException {
      List<String> seen = new ArrayList<>();
      while (seen.size() < count) {
        String line = lines.poll(Transcript.PATIENCE_SECONDS, TimeUnit.SECONDS);
        seen.add(line == null ? "silence" : line);
        if (line == null) break;
      }
      return seen;
    }
  }

  private static ByteSequence b(String text) {
    return Transcript.bytes(text);
  }

  private void history() throws Exception {
    Transcript.of(kv.put(b("w/1"), b("a")));
    Transcript.of(kv.put(b("w/2"), b("b")));
    Transcript.of(kv.put(b("w/1"), b("c")));
    Transcript.of(kv.delete(b("w/2")));
    Transcript.of(kv.put(b("w/3"), b("last")));
  }

  private void live(String what, String key, WatchOption.Builder option, int count)
      throws Exception {
    View view = new View();
    var created = option.withCreateNotify(true).build();
    try (Watch.Watcher watcher = client.getWatchClient().watch(b(key), created, view)) {
      Transcript.say(what + " begins", view.next(1));
      history();
      Transcript.say(what, view.next(count));
    }
    Transcript.say(what + " ends", view.next(1));
    Transcript.of(kv.delete(b("w/1")));
    Transcript.of(kv.delete(b("w/3")));
  }

  private void past(String what, long revision, int count) throws Exception {
    View view = new View();
    var option = WatchOption.builder().isPrefix(true).withPrevKV(true).withRevision(revision);
    try (var watcher = client.getWatchClient().watch(b("w/"), option.build(), view)) {
      Transcript.say(what, view.next(count));
    }
  }

  void life() throws Exception {
    live("watch key", "w/1", WatchOption.builder(), 2);
    live("watch prefix", "w/", WatchOption.builder().isPrefix(true).withPrevKV(true), 5);
    live("watch range", "w/1", WatchOption.builder().withRange(b("w/3")), 4);
    live("watch no put", "w/", WatchOption.builder().isPrefix(true).withNoPut(true), 1);
    live("watch no delete", "w/", WatchOption.builder().isPrefix(true).withNoDelete(true), 4);
    live("watch leader", "w/1", WatchOption.builder().withRequireLeader(true), 2);
    long since = Transcript.of(kv.get(b("w"))).getHeader().getRevision() + 1;
    history();
    past("watch past", since, 5);
    past("watch middle", since + 2, 3);
    View view = new View();
    var ahead = WatchOption.builder().isPrefix(true).withRevision(since + 6).build();
    try (var watcher = client.getWatchClient().watch(b("w/"), ahead, view)) {
      Transcript.of(kv.put(b("w/ahead"), b("not yet")));
      Transcript.of(kv.put(b("w/ahead"), b("now")));
      Transcript.say("watch future", view.next(1));
    }
    progress();
    Transcript.of(kv.compact(since + 3));
    past("watch compacted", since, 2);
  }

  private void progress() throws Exception {
    View view = new View();
    var option = WatchOption.builder().withCreateNotify(true).withProgressNotify(true).build();
    try (var watcher = client.getWatchClient().watch(b("quiet"), option, view)) {
      Transcript.say("watch quiet", view.next(1));
      watcher.requestProgress();
      Transcript.say("progress asked for", view.next(1));
      Transcript.say("progress by itself", view.next(1));
    }
  }
}
