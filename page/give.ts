import { html } from "./element";

/** Puts a text on the clipboard, and says whether it is there: some browsers keep pages of files from it. */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

/** As browsers did it before they had a clipboard for pages. */
function copyBySelection(text: string): boolean {
  const area = html("textarea", { class: "visually-hidden", "aria-hidden": "true" });
  const focused = document.activeElement;
  area.value = text;
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return done;
}

/** A button that copies, and the line in which it says that it did. */
export function copyButton(title: string, label: string, text: () => string): HTMLElement[] {
  const said = html("span", { class: "said", role: "status" });
  const button = html("button", { type: "button", "aria-label": label }, title);
  button.addEventListener("click", () => void sayCopied(said, text()));
  return [button, said];
}

/** Copies, and says in an element what came of it. */
export async function sayCopied(said: HTMLElement, text: string): Promise<void> {
  said.textContent = "";
  said.textContent = (await copy(text)) ? "Copied" : "Not copied: select the text and copy it by hand";
}

/** Has the browser keep a file. */
export function download(name: string, data: string | Uint8Array): void {
  const address = URL.createObjectURL(new Blob([data as BlobPart], { type: "application/octet-stream" }));
  html("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000); // it has begun by then
}
