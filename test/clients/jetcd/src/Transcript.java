import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.common.exception.CompactedException;
import io.etcd.jetcd.common.exception.EtcdException;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What was seen, a line each, in words that are the same of any server that does the same. */
final class Transcript {
  static final long PATIENCE_SECONDS = 60;

  private Transcript() {}

  static void say(String what, Object seen) {
    System.out.println(what + ": " + seen);
  }

  static ByteSequence bytes(String text) {
    return ByteSequence.from(text, StandardCharsets.UTF_8);
  }

  static String text(ByteSequence bytes) {
    return bytes == null ? "none" : bytes.toString(StandardCharsets.UTF_8);
  }

  /** A key with all that is known of it but its lease, of which only whether there is one. */
  static String whole(KeyValue kv) {
    return text(kv.getKey()) + "=" + text(kv.getValue()) + " created " + kv.getCreateRevision()
        + " modified " + kv.getModRevision() + " version " + kv.getVersion()
        + (kv.getLease() == 0 ? "" : " leased");
  }

  static List<String> keys(List<KeyValue> kvs) {
    return kvs.stream().map(kv -> text(kv.getKey())).toList();
  }

  static List<String> all(List<KeyValue> kvs) {
    return kvs.stream().map(Transcript::whole).toList();
  }

  /** The answer; a refusal ends the program. */
  static <T> T of(CompletableFuture<T> asked) throws Exception {
    return asked.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** How it was refused, as jetcd's own classes tell. */
  static String refusal(CompletableFuture<?> asked) throws Exception {
    try {
      asked.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      return "none";
    } catch (TimeoutException silence) {
      return "silence";
    } catch (ExecutionException failed) {
      return words(failed.getCause());
    }
  }

  static String words(Throwable error) {
    for (Throwable at = error; at != null; at = at.getCause()) {
      if (at instanceof CompactedException one) {
        return "CompactedException at " + one.getCompactedRevision();
      }
      if (at instanceof EtcdException one && one.getErrorCode() != null) {
        return one.getClass().getSimpleName() + " " + one.getErrorCode() + " " + one.getMessage();
      }
      if (at instanceof StatusRuntimeException || at instanceof StatusException) {
        Status status = Status.fromThrowable(at);
        return status.getCode() + " " + status.getDescription();
      }
    }
    return error.getClass().getSimpleName() + " " + error.getMessage();
  }
}
