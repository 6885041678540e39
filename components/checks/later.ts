import * as pulumi from "@pulumi/pulumi";

/** Whether a value becomes known only while the engine runs. */
export const isLater = (value: unknown): boolean =>
  pulumi.Output.isInstance(value) || value instanceof Promise;

/** Whether a value or anything inside it becomes known only while the engine runs. */
export function holdsLater(value: unknown): boolean {
  if (isLater(value)) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(holdsLater);
}

/** Applies `next` at once to a plain value, else when the value is known. */
export function whenKnown<T, R>(value: pulumi.Input<T>, next: (known: T) => R): R | pulumi.Output<R> {
  if (!isLater(value)) return next(value as T);
  const later: pulumi.Output<unknown> = pulumi.output(value);
  const result: pulumi.Output<unknown> = later.apply((known) => next(known as T));
  return result as pulumi.Output<R>;
}
