import { credentials } from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

/** The log of one resource: what `pulumi up` shows beside its name. */
export interface ResourceLog {
  /** A line of a running command, shown while it is the newest; not repeated at the end. */
  readonly status: (line: string) => void;
  /** Shown again under "Diagnostics". */
  readonly warning: (line: string) => void;
}

const ANNOUNCEMENT = "the lab's SSH runner stands in for the official command plugin";

/** The engine's log service, through which every line of a command reaches the person who waits for it. */
export class EngineLog {
  private readonly client: EngineClient;
  private last: Promise<void> = Promise.resolve();
  private announced = false;

  constructor(address: string) {
    this.client = new EngineClient(address, credentials.createInsecure());
  }

  /** Says once a process that this is not the official plugin. */
  announce(): void {
    if (this.announced) return;
    this.announced = true;
    this.send("", ANNOUNCEMENT, LogSeverity.WARNING, false);
  }

  for(urn: string): ResourceLog {
    return {
      status: (line) => this.send(urn, line, LogSeverity.INFO, true),
      warning: (line) => this.send(urn, line, LogSeverity.WARNING, false),
    };
  }

  /** When all lines sent so far have arrived: no line may come after the end of its operation. */
  flushed(): Promise<void> {
    return this.last;
  }

  private send(urn: string, message: string, severity: LogSeverity, ephemeral: boolean): void {
    const request = new LogRequest()
      .setUrn(urn)
      .setMessage(message)
      .setSeverity(severity)
      .setEphemeral(ephemeral);
    // One after the other: the engine handles calls in parallel and would mix up the lines.
    this.last = this.last.then(
      () =>
        new Promise((resolve) => {
          // A lost line is no reason to fail a command that runs.
          this.client.log(request, () => resolve());
        }),
    );
  }
}
