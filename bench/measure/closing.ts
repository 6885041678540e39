import type { Opened } from "./measurement";

/** What is opened, or nothing of it: closed again where the rest of the opening fails. */
export async function opened(close: Opened["close"], open: () => Promise<Opened["look"]>): Promise<Opened> {
  try {
    return { look: await open(), close };
  } catch (error) {
    await close();
    throw error;
  }
}
