import { APP, APP_PLACES } from "../tuning/app";
import { CONCERNS } from "../tuning/concerns";
import { READINESS_PLACES } from "../tuning/readiness";
import type { Place } from "../tuning/setting";
import { SYSTEMS } from "../tuning/systems";

/** The file of the host program that holds it, below components/host. */
export const CATALOGUE = "heavyload/catalogue.json";

/** What the host program knows of settings and systems, as JSON: `npm run docs` writes it there. */
export function catalogue(): string {
  const places = (concern: string): Readonly<Record<string, Place>> => ({
    ...Object.fromEntries(
      CONCERNS.filter(({ name }) => name === concern).flatMap(({ settings }) =>
        settings.map(({ name, place }) => [name, place]),
      ),
    ),
    ...APP_PLACES.get(concern),
    ...READINESS_PLACES.get(concern),
  });
  const concerns = [...CONCERNS.map(({ name }) => name), APP];
  const settings = Object.fromEntries(concerns.map((concern) => [concern, places(concern)]));
  return `${JSON.stringify({ settings, systems: SYSTEMS }, null, 2)}\n`;
}
