/** A problem that another attempt would not solve. */
export class Hopeless extends Error {}

/** First wait, growth and longest wait of the Pulumi SDK's `retry.Until`. Unit: milliseconds. */
const DELAY = { first: 100, growth: 1.5, most: 5000 };

export interface RetryOptions {
  /** Begins each progress line. */
  readonly what: string;
  /** How many errors are allowed; -1: any number. */
  readonly errorLimit: number;
  readonly status: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Tries until it works or one error more than allowed has come; counts and words are those of the official plugin. */
export async function withRetry<T>(attempt: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { what, errorLimit, status, signal } = options;
  for (let errors = 1, delay = DELAY.first; ; errors++, delay = Math.min(delay * DELAY.growth, DELAY.most)) {
    try {
      return await attempt();
    } catch (error) {
      const { message } = error as Error;
      if (error instanceof Hopeless) throw error;
      if (errorLimit > -1 && errors > errorLimit) {
        throw new Error(`after ${errors - 1} failed attempts: ${message}`, { cause: error });
      }
      status(`${what} ${errors}/${errorLimit === -1 ? "inf" : errorLimit} failed: retrying`);
      await pause(delay, signal);
    }
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(new Hopeless(String(signal.reason)));
    };
    if (signal.aborted) return reject(new Hopeless(String(signal.reason)));
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    signal.addEventListener("abort", stop, { once: true });
  });
}
