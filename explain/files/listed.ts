import { WORDS, wrapped } from "../../components/tuning/table";
import type { Rendered, HostFile, Unset } from "./hostFile";

/** `explain --files --json`: what was written, and what is in no file. */
export interface Listed {
  readonly folder: string;
  readonly files: readonly Omit<HostFile, "text">[];
  readonly unset: readonly Unset[];
}

export const listedData = (folder: string, { files, unset }: Rendered): Listed => ({
  folder,
  files: files.map(({ path, place, about, notByItself, back, sets }) => ({
    path,
    place,
    about,
    notByItself,
    back,
    sets,
  })),
  unset,
});

/** The files that were written, and what each does not do by itself. */
export function listedText(folder: string, { files, unset }: Rendered, width: number): string {
  const indented = (begin: string, text: string): string[] =>
    wrapped(text, width - begin.length, WORDS).map(
      (line, i) => (i === 0 ? begin : " ".repeat(begin.length)) + line,
    );
  return [
    `${files.length} files in ${folder}, in the order in which they are put in force. Nothing was changed on any host.`,
    "",
    ...files.flatMap(({ path, place, about, notByItself, back }) => [
      path,
      ...indented("  ", `${about}. Place: ${place}`),
      ...notByItself.flatMap((text) => indented("  - ", text)),
      ...indented("  ", `Back: ${back}`),
      "",
    ]),
    "In no file:",
    ...unset.flatMap(({ name, value, why }) => indented("  ", `${name} (${value}): ${why}`)),
    "",
  ].join("\n");
}
