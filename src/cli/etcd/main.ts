// bin/etcd: the server under etcd's own name, flags and exit codes.
import { runServer } from "../../server/embed/index.ts";

await runServer(process.argv.slice(2));
