/** The ports from `first` to `last`, both included. */
export interface PortSpan {
  readonly first: number;
  readonly last: number;
}

const SPAN = /^(\d{1,5})(?:-(\d{1,5}))?$/;

/** Reads `5432,8000-8001`; undefined where the text is no such list. */
export function parsePorts(text: string): PortSpan[] | undefined {
  const spans: PortSpan[] = [];
  for (const part of text.split(",")) {
    const [, first, last = first] = SPAN.exec(part.trim()) ?? [];
    if (first === undefined || Number(first) > Number(last)) return undefined;
    spans.push({ first: Number(first), last: Number(last) });
  }
  return merged(spans);
}

/** Spans in rising order, with neighbours joined: the kernel's own spelling. */
export function merged(spans: readonly PortSpan[]): PortSpan[] {
  const result: PortSpan[] = [];
  for (const span of [...spans].sort((a, b) => a.first - b.first)) {
    const before = result.at(-1);
    if (before && span.first <= before.last + 1)
      result.splice(-1, 1, { first: before.first, last: Math.max(before.last, span.last) });
    else result.push(span);
  }
  return result;
}

export const renderPorts = (spans: readonly PortSpan[]): string =>
  merged(spans)
    .map(({ first, last }) => (first === last ? String(first) : `${first}-${last}`))
    .join(",");

/** What of the spans lies inside `range`. */
export const inside = (spans: readonly PortSpan[], range: PortSpan): PortSpan[] =>
  spans
    .map(({ first, last }) => ({ first: Math.max(first, range.first), last: Math.min(last, range.last) }))
    .filter(({ first, last }) => first <= last);

export const countPorts = (spans: readonly PortSpan[]): number =>
  merged(spans).reduce((sum, { first, last }) => sum + last - first + 1, 0);
