import io.etcd.jetcd.Auth;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.Maintenance;
import io.etcd.jetcd.auth.Permission;
import io.etcd.jetcd.options.GetOption;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.util.List;

/** Users and roles, the membership, and what operators do. */
final class Operators {
  private final Client client;

  Operators(Client client) {
    this.client = client;
  }

  private static ByteSequence b(String text) {
    return Transcript.bytes(text);
  }

  void life(String endpoint) throws Exception {
    membership();
    maintenance(endpoint);
    users();
  }

  private void membership() throws Exception {
    var list = Transcript.of(client.getClusterClient().listMember()).getMembers();
    Transcript.say("members", list.stream().map(one -> one.getName() + " "
        + one.getPeerURIs().size() + " " + one.getClientURIs().size() + one.isLearner()).toList());
    var cluster = client.getClusterClient();
    var peer = List.of(URI.create("http://127.0.0.1:1"));
    var added = Transcript.of(cluster.addMember(peer, true)).getMember();
    Transcript.say("added", added.isLearner() + " " + added.getPeerURIs());
    Transcript.say("added again", Transcript.refusal(cluster.addMember(peer)));
    var other = List.of(URI.create("http://127.0.0.1:2"));
    var moved = Transcript.of(cluster.updateMember(added.getId(), other)).getMembers();
    Transcript.say("updated", moved.stream().anyMatch(one -> one.getPeerURIs().equals(other)));
    var left = Transcript.of(cluster.removeMember(added.getId())).getMembers();
    Transcript.say("removed", left.size());
    Transcript.say("removed again", Transcript.refusal(cluster.removeMember(added.getId()))
        .replace(Long.toHexString(added.getId()), "ID"));
  }

  private void maintenance(String endpoint) throws Exception {
    Maintenance maintenance = client.getMaintenanceClient();
    var status = Transcript.of(maintenance.statusMember(endpoint));
    Transcript.say("status", status.getVersion() + " " + (status.getDbSize() > 0) + " "
        + (status.getLeader() == status.getHeader().getMemberId()) + " " + status.getRaftTerm());
    Transcript.say("alarms", Transcript.of(maintenance.listAlarms()).getAlarms().size());
    long revision = status.getHeader().getRevision();
    // Lease ids are in what is hashed, so it differs from server to server.
    var hash = Transcript.of(maintenance.hashKV(endpoint, revision));
    Transcript.say("hash", (hash.getHash() != 0) + " compacted " + hash.getCompacted());
    Transcript.say("hash, future", Transcript.refusal(maintenance.hashKV(endpoint, revision + 9)));
    Transcript.of(maintenance.defragmentMember(endpoint));
    var file = new ByteArrayOutputStream();
    long size = Transcript.of(maintenance.snapshot(file));
    Transcript.say("snapshot", (size == file.size()) + " beyond its pages " + size % 4096);
    Transcript.say("move leader", Transcript.refusal(maintenance.moveLeader(4711)));
  }

  private Client as(String name, String password) {
    return Life.builder().user(b(name)).password(b(password)).build();
  }

  private void users() throws Exception {
    Auth auth = client.getAuthClient();
    Transcript.say("enable, no root", Transcript.refusal(auth.authEnable()));
    Transcript.of(auth.userAdd(b("root"), b("root's")));
    Transcript.say("user again", Transcript.refusal(auth.userAdd(b("root"), b("x"))));
    Transcript.say("role unknown", Transcript.refusal(auth.userGrantRole(b("root"), b("none"))));
    Transcript.of(auth.roleAdd(b("root")));
    Transcript.of(auth.userGrantRole(b("root"), b("root")));
    Transcript.of(auth.roleAdd(b("clerk")));
    Transcript.say("role again", Transcript.refusal(auth.roleAdd(b("clerk"))));
    Transcript.of(auth.roleGrantPermission(b("clerk"), b("c/"), b("c0"), Permission.Type.READWRITE));
    Transcript.of(auth.roleGrantPermission(b("clerk"), b("r/"), b("r0"), Permission.Type.READ));
    Transcript.of(auth.userAdd(b("ann"), b("ann's")));
    Transcript.of(auth.userGrantRole(b("ann"), b("clerk")));
    Transcript.say("roles", Transcript.of(auth.roleList()).getRoles());
    Transcript.say("users", Transcript.of(auth.userList()).getUsers());
    Transcript.say("ann's roles", Transcript.of(auth.userGet(b("ann"))).getRoles());
    Transcript.say("clerk may", Transcript.of(auth.roleGet(b("clerk"))).getPermissions().stream()
        .map(one -> one.getPermType() + " " + Transcript.text(one.getKey()) + " "
            + Transcript.text(one.getRangeEnd())).toList());
    Transcript.say("user unknown", Transcript.refusal(auth.userGet(b("bob"))));
    Transcript.of(auth.authEnable());
    try (Client root = as("root", "root's"); Client ann = as("ann", "ann's")) {
      enabled(root, ann);
      Transcript.of(root.getAuthClient().authDisable());
    }
    Transcript.of(auth.userRevokeRole(b("ann"), b("clerk")));
    Transcript.of(auth.userDelete(b("ann")));
    Transcript.of(auth.roleDelete(b("clerk")));
    Transcript.say("roles left", Transcript.of(auth.roleList()).getRoles());
    Transcript.say("disabled", Transcript.of(client.getKVClient().get(b("c/1"))).getCount());
  }

  private void enabled(Client root, Client ann) throws Exception {
    KV kv = ann.getKVClient();
    Transcript.of(kv.put(b("c/1"), b("ann's")));
    Transcript.say("ann reads", Transcript.all(Transcript.of(kv.get(b("c/1"))).getKvs()));
    Transcript.say("ann may not write", Transcript.refusal(kv.put(b("r/1"), b("x"))));
    var all = GetOption.builder().isPrefix(true).build();
    Transcript.say("ann may read", Transcript.of(kv.get(b("r/"), all)).getCount());
    Transcript.say("ann may not read", Transcript.refusal(kv.get(b("x"), all)));
    Transcript.say("ann may not list", Transcript.refusal(ann.getAuthClient().userList()));
    Transcript.say("ann may not defragment",
        Transcript.refusal(ann.getMaintenanceClient().defragmentMember(Life.endpoint())));
    try (Client stranger = as("ann", "wrong")) {
      Transcript.say("wrong password", Transcript.refusal(stranger.getKVClient().get(b("c/1"))));
    }
    Transcript.say("no name", Transcript.refusal(client.getKVClient().get(b("c/1"))));
    Auth auth = root.getAuthClient();
    Transcript.of(auth.userChangePassword(b("ann"), b("new")));
    try (Client again = as("ann", "new")) {
      Transcript.say("new password", Transcript.of(again.getKVClient().get(b("c/1"))).getCount());
    }
    Transcript.of(auth.roleRevokePermission(b("clerk"), b("c/"), b("c0")));
    try (Client less = as("ann", "new")) {
      Transcript.say("revoked", Transcript.refusal(less.getKVClient().get(b("c/1"))));
    }
  }
}
