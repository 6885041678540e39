import type { Line, Look, Opened } from "./measurement";

type Closing = () => unknown;

/**
 * What is opened, or nothing of it.
 * @param open tells what has to be closed as soon as it is there; the last one is closed first
 */
export async function opened(open: (atEnd: (closing: Closing) => void) => Promise<Look>): Promise<Opened> {
  const closings: Closing[] = [];
  const close = async (): Promise<void> => {
    for (const closing of closings.splice(0).reverse()) await closing();
  };
  try {
    return { look: await open((closing) => closings.push(closing)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** For what needs nothing. */
export const needsNothing =
  (look: Look): Line["open"] =>
  () =>
    opened(() => Promise.resolve(look));
