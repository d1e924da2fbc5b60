// --enable-pprof: profiles of this process below /debug/pprof/, in the format of Go's tools. What only
// a Go program has (goroutines, mutexes) is answered as an unknown profile.
import type { Log } from "../../../io/host/index.ts";
import type { RequestListener, ServerResponse } from "../../../io/http/index.ts";
import { redirect } from "../redirect.ts";
import type { ProcessProfiler } from "./profiler.ts";

const secondsDefault = 30;
const secondsMax = 300;

const page = `<html>
<head>
<title>/debug/pprof/</title>
</head>
<body>
/debug/pprof/
<br>
<a href="allocs">allocs</a><br>
<a href="cmdline">cmdline</a><br>
<a href="heap">heap</a><br>
<a href="profile">profile</a>
</body>
</html>
`;

const prefix = "/debug/pprof/";
const bare = "/debug/pprof";

/** With --enable-pprof or a debug log, as in etcd: profiles first, then the other paths. */
export function withProfiles(
  config: { readonly enablePprof: boolean; readonly logLevel: string },
  log: Log,
  others: RequestListener,
): RequestListener {
  if (config.enablePprof) log.info("pprof is enabled", { path: "/debug/pprof" });
  else if (config.logLevel !== "debug") return others;
  const started = serveProfiles();
  return (request, response) => {
    if (request.url === bare) return redirect(request, response, prefix);
    if (request.url?.startsWith(prefix) !== true) return others(request, response);
    void started.then((profiles) => profiles(request, response));
  };
}

/** Answers paths below /debug/pprof/. The profilers are loaded and begin with this call. */
export async function serveProfiles(): Promise<RequestListener> {
  const { ProcessProfiler } = await import("./profiler.ts");
  const profiler: ProcessProfiler = await ProcessProfiler.start(() => Date.now());
  return (request, response) => {
    response.setHeader("X-Content-Type-Options", "nosniff");
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
    switch (pathname.slice(prefix.length)) {
      case "":
        response.setHeader("Content-Type", "text/html; charset=utf-8");
        return void response.end(page);
      case "cmdline":
        response.setHeader("Content-Type", "text/plain; charset=utf-8");
        return void response.end([process.title, ...process.argv.slice(2)].join("\0"));
      case "profile":
        return void answer(response, "cpu", profiler.processor(secondsOf(searchParams)));
      case "symbol":
        // Names are in the profiles: there are none to ask for.
        response.setHeader("Content-Type", "text/plain; charset=utf-8");
        return void response.end("num_symbols: 0\n");
      case "allocs":
      case "heap":
        return void answer(response, "heap", profiler.heap());
      default:
        return refuse(response, 404, "Unknown profile");
    }
  };
}

function secondsOf(query: URLSearchParams): number {
  const seconds = Number(query.get("seconds") ?? secondsDefault);
  return seconds > 0 ? Math.min(seconds, secondsMax) : secondsDefault;
}

async function answer(
  response: ServerResponse,
  name: string,
  profile: Promise<Buffer>,
): Promise<void> {
  try {
    const bytes = await profile;
    response.setHeader("Content-Type", "application/octet-stream");
    response.setHeader("Content-Disposition", `attachment; filename="${name}"`);
    response.end(bytes);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    refuse(response, 500, `Could not enable ${name} profiling: ${why}`);
  }
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.statusCode = status;
  response.setHeader("Content-Type", "text/plain; charset=utf-8");
  response.setHeader("X-Go-Pprof", "1");
  response.end(`${text}\n`);
}
