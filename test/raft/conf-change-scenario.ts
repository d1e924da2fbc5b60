// The scenarios about configurations: one step after another, each shown or refused.
import { type ChangeOutcome, Changer } from "../../src/core/raft/conf-change/changer.ts";
import { progressStatusOf } from "../../src/core/raft/host/status.ts";
import { ProgressTracker } from "../../src/core/raft/tracker/tracker.ts";
import { type Directive, valuesOf } from "./datadriven.ts";
import { describeConfiguration, describeProgress, parseChanges } from "./describe.ts";

export class ConfChangeEnvironment {
  readonly #tracker = new ProgressTracker({ messagesMax: 10, bytesMax: Number.POSITIVE_INFINITY });
  #lastIndex = 0;

  run(directive: Directive): string {
    const outcome = this.#outcomeOf(directive);
    this.#lastIndex++;
    if (outcome.refusal !== undefined) return `${outcome.refusal}\n`;
    this.#tracker.switchTo(outcome.config, outcome.progress);
    const lines = this.#tracker.ordered.map(
      (progress) => `${progress.id}: ${describeProgress(progressStatusOf(progress))}\n`,
    );
    return `${describeConfiguration(outcome.config)}\n${lines.join("")}`;
  }

  #outcomeOf(directive: Directive): ChangeOutcome {
    const changer = new Changer(this.#tracker, this.#lastIndex);
    const changes = parseChanges(directive.input);
    switch (directive.command) {
      case "simple":
        return changer.simple(changes);
      case "enter-joint":
        return changer.enterJoint(changes, valuesOf(directive, "autoleave")[0] === "true");
      case "leave-joint":
        return changes.length > 0
          ? { refusal: "this command takes no input" }
          : changer.leaveJoint();
      default:
        return { refusal: "unknown command" };
    }
  }
}
