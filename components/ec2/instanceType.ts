import type { Architecture } from "./families";

/** `c8g.4xlarge`: series, generation, options, size. Options may hold a hyphen: `m7i-flex.large`. */
const FORM = /^(?<series>[a-z]+)(?<generation>\d+)(?<options>[a-z-]*)\.(?<size>[a-z0-9-]+)$/;

/** Its parts by name; none of a text that is no type. */
export const partsOf = (instanceType: string): Readonly<Record<string, string | undefined>> =>
  FORM.exec(instanceType)?.groups ?? {};

export const isInstanceType = (text: string): boolean => FORM.test(text);

/** Graviton has a `g` among the options; `a1` was the first of them. */
export function architectureOf(instanceType: string): Architecture {
  const { series, options = "" } = partsOf(instanceType);
  return series === "a" || options.split("-")[0]?.includes("g") ? "arm64" : "amd64";
}

/** A type that pays for load above its share with credits, and is slowed down when they are used up: t2 to t4g. */
export const isBurstable = (instanceType: string): boolean => partsOf(instanceType)["series"] === "t";
