import { hostFiles, type HostFile, type Rendered } from "../explain/files";
import type { Plan } from "../components/tuning/plan";
import { html, sentence } from "./element";
import { copyButton, download } from "./give";
import { tar } from "./tar";

/** Paths of files whose text stays shown while the plan changes. */
const open = new Set<string>();

/** The files of a plan, each with what it leaves to do, to copy and to keep. */
export function filesView(plan: Plan): HTMLElement[] {
  const { files, unset } = hostFiles(plan);
  return [...files.map(fileView), unsetView(unset)];
}

/** All of them in an archive, as `explain --files` writes them. */
export const downloadAll = (plan: Plan): void => download("heavyload-files.tar", tar(hostFiles(plan).files));

function fileView({ path, place, about, notByItself, back, text }: HostFile): HTMLElement {
  const shown = html(
    "details",
    { open: open.has(path) },
    html("summary", {}, `Show the file, ${text.split("\n").length - 1} lines`),
    html("pre", { tabindex: 0, "aria-label": `Text of ${path}` }, text),
  );
  shown.addEventListener("toggle", () => (shown.open ? open.add(path) : open.delete(path)));
  const keep = html("button", { type: "button", "aria-label": `Download ${path}` }, "Download");
  keep.addEventListener("click", () => download(path.replaceAll("/", "-"), text));
  return html(
    "article",
    { class: "file" },
    html("h3", {}, html("code", {}, path)),
    html("p", {}, `${about}. `, html("strong", {}, "Place: "), ...sentence(place)),
    html("p", { class: "label" }, "What it does not do by itself:"),
    html("ul", {}, ...notByItself.map((one) => html("li", {}, ...sentence(one)))),
    html("p", {}, html("strong", {}, "Back: "), ...sentence(back)),
    html("p", { class: "actions" }, ...copyButton("Copy", `Copy ${path}`, () => text), keep),
    shown,
  );
}

const unsetView = (unset: Rendered["unset"]): HTMLElement =>
  html(
    "article",
    { class: "file unset" },
    html("h3", {}, "In no file"),
    html(
      "ul",
      {},
      ...unset.map(({ name, value, why }) =>
        html("li", {}, html("code", {}, name), ` (${value}): `, ...sentence(why)),
      ),
    ),
  );
