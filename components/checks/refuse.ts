import * as pulumi from "@pulumi/pulumi";
import { ownFrames } from "./ownFrames";
import { reason, renderProblems, type Problem } from "../tuning/problem";

/** @throws InputPropertiesError with all the problems at once, if there are any */
export function refuse(subject: string, problems: readonly Problem[]): void {
  if (problems.length > 0) throw refusal(subject, problems);
}

/** All the problems as one error. */
export function refusal(subject: string, problems: readonly Problem[]): pulumi.InputPropertiesError {
  const errors = problems.map((problem) => ({ propertyPath: problem.path, reason: reason(problem) }));
  return ownFrames(
    new pulumi.InputPropertiesError({ message: `${subject}:\n${renderProblems(problems)}`, errors }),
  );
}
