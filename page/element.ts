/** What an element may hold; `false` and undefined are nothing. */
export type Child = Node | string | false | undefined;
type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

const SVG = "http://www.w3.org/2000/svg";

function fill<Of extends Element>(element: Of, attributes: Attributes, children: readonly Child[]): Of {
  for (const [name, value] of Object.entries(attributes))
    if (value !== undefined && value !== false)
      element.setAttribute(name, value === true ? "" : String(value));
  element.append(...children.filter((child) => child !== undefined && child !== false));
  return element;
}

/** An element of HTML with its attributes and children; text is never read as markup. */
export const html = <Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Name] => fill(document.createElement(name), attributes, children);

/** An element of SVG. */
export const svg = (name: string, attributes: Attributes = {}, ...children: Child[]): SVGElement =>
  fill<SVGElement>(document.createElementNS(SVG, name), attributes, children);

/** A name or a list as code, which may break after its dots, commas and low lines, where it is too long. */
export const code = (text: string): HTMLElement =>
  html(
    "code",
    {},
    ...text.split(/(?<=[._,])/).flatMap((part, i) => (i === 0 ? [part] : [html("wbr"), part])),
  );

/** A sentence in which what stands between backquotes is code. */
export const sentence = (text: string): Child[] =>
  text.split("`").map((part, i) => (i % 2 === 0 ? part : html("code", {}, part)));

/** An element of the page, which has it. */
export function byId<Of extends HTMLElement = HTMLElement>(id: string): Of {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no element ${id}`);
  return found as Of;
}
