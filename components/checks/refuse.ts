import * as pulumi from "@pulumi/pulumi";
import { ownFrames } from "./ownFrames";
import { reason, renderProblems, type Problem } from "../tuning/problem";

/** @throws InputPropertiesError with all the problems at once, if there are any */
export function refuse(subject: string, problems: readonly Problem[]): void {
  if (problems.length === 0) return;
  const errors = problems.map((problem) => ({ propertyPath: problem.path, reason: reason(problem) }));
  throw ownFrames(
    new pulumi.InputPropertiesError({ message: `${subject}:\n${renderProblems(problems)}`, errors }),
  );
}
