import type { Log } from "../../io/host/index.ts";
import type { IncomingMessage, ServerResponse } from "../../io/http/index.ts";
import type { MetricsRegistry } from "./registry.ts";
import { contentTypes } from "./text-format.ts";

export interface Scrapes {
  ok: number;
  failed: number;
}

/** Answers /metrics, in OpenMetrics to whoever asks for it (promhttp). */
export function metricsListener(
  registry: MetricsRegistry,
  scrapes: Scrapes,
  log: Log,
): (request: IncomingMessage, response: ServerResponse) => void {
  return ({ headers }, response) => {
    const wantsOpen = headers.accept?.includes("application/openmetrics-text") === true;
    const format = wantsOpen ? "openmetrics" : "prometheus";
    let text: string;
    try {
      text = registry.text(format);
    } catch (error) {
      scrapes.failed++;
      log.warn("failed to gather metrics", { error });
      response.statusCode = 500;
      response.setHeader("Content-Type", "text/plain; charset=utf-8");
      response.setHeader("X-Content-Type-Options", "nosniff");
      response.end("An error has occurred while serving metrics\n");
      return;
    }
    scrapes.ok++;
    response.setHeader("Content-Type", contentTypes[format]);
    response.end(text);
  };
}
