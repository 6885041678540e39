import type { Limit } from "../components/tuning/breaksFirst";
import { number } from "../explain/number";
import { svg } from "./element";

/** Below this width names and values stand above their bars. Unit: pixels. */
const NARROW = 620;
const MARK = 6;
/** Half of a tick's text at the chart's edge. Unit: pixels. */
const LEAST = 26;

interface Frame {
  readonly width: number;
  readonly narrow: boolean;
  /** Ends of the bars. */
  readonly left: number;
  readonly right: number;
  readonly row: number;
  readonly top: number;
  readonly bottom: number;
  /** The place of a multiple of the load. */
  readonly x: (times: number) => number;
}

/** The limits as bars from the load, at 1, to where each is hit; a pure function of its arguments. */
export function chart(limits: readonly Limit[], width: number): SVGElement {
  const frame = frameOf(limits, width);
  const height = frame.top + limits.length * frame.row + frame.bottom;
  const end = height - frame.bottom;
  const first = limits.find(({ onlyIf }) => onlyIf === undefined);
  return svg(
    "svg",
    {
      role: "img",
      "aria-labelledby": "chart-title chart-desc",
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
    },
    svg("title", { id: "chart-title" }, "Load at which each limit is hit, as a multiple of the planned load"),
    svg("desc", { id: "chart-desc" }, limits.map(sentence).join(" ")),
    svg("rect", {
      class: "before",
      x: frame.left,
      y: frame.top,
      width: Math.max(frame.x(1) - frame.left, 0),
      height: end - frame.top,
    }),
    ...ticksOf(limits, frame).map((tick) => tickOf(tick, frame, end)),
    ...limits.map((limit, i) => rowOf(limit, limit === first, frame, frame.top + i * frame.row)),
    ...legend(frame, height),
  );
}

const sentence = ({ limit, at, unit, times, onlyIf }: Limit): string =>
  `${limit} at ${number(at)} ${unit}, ${number(times)} times the load${onlyIf === undefined ? "" : `, only if ${onlyIf}`}.`;

/** The multiples that the axis reaches: somewhat more than the limits, and the load itself. */
function domain(limits: readonly Limit[]): { readonly low: number; readonly high: number } {
  const all = limits.map(({ times }) => Math.max(times, 0.001));
  return { low: Math.min(0.7, ...all) / 1.25, high: Math.max(2, ...all) * 1.25 };
}

function frameOf(limits: readonly Limit[], width: number): Frame {
  const narrow = width < NARROW;
  const [left, right] = narrow ? [8, width - 8] : [230, width - 230];
  const { low, high } = domain(limits);
  const x = (times: number): number =>
    left + ((right - left) * Math.log(Math.max(times, low) / low)) / Math.log(high / low);
  return { width, narrow, left, right, row: narrow ? 52 : 34, top: 30, bottom: narrow ? 58 : 40, x };
}

/** 1, 2 and 5 of each power of ten; the powers alone where that were too many. */
function ticksOf(limits: readonly Limit[], { left, right }: Frame): number[] {
  const { low, high } = domain(limits);
  const decades = Math.log10(high / low);
  const steps = (right - left) / decades > 170 ? [1, 2, 5] : [1];
  const first = Math.floor(Math.log10(low));
  return Array.from({ length: Math.ceil(decades) + 2 }, (_, i) => 10 ** (first + i))
    .flatMap((power) => steps.map((step) => Number((step * power).toPrecision(1))))
    .filter((tick) => tick >= low && tick <= high);
}

function tickOf(tick: number, { x, top }: Frame, end: number): SVGElement {
  const load = tick === 1;
  return svg(
    "g",
    { class: load ? "tick load" : "tick" },
    svg("line", { x1: x(tick), x2: x(tick), y1: top, y2: end }),
    svg(
      "text",
      { x: Math.max(x(tick), LEAST), y: top - 9, "text-anchor": "middle" },
      load ? "the load" : `${number(tick)}×`,
    ),
  );
}

function rowOf(limit: Limit, isFirst: boolean, frame: Frame, y: number): SVGElement {
  const { narrow, x, left, width } = frame;
  const middle = y + (narrow ? 38 : frame.row / 2);
  const text = narrow ? y + 22 : middle + 4;
  const [from, to] = [x(1), x(limit.times)];
  const kinds = [
    "bar",
    isFirst && "first",
    limit.onlyIf !== undefined && "conditional",
    limit.times < 1 && "short",
  ];
  return svg(
    "g",
    { class: kinds.filter(Boolean).join(" ") },
    svg(
      "text",
      { class: "name", x: narrow ? left : left - 14, y: text, "text-anchor": narrow ? "start" : "end" },
      shortName(limit.limit),
    ),
    svg("line", { x1: from, x2: to, y1: middle, y2: middle }),
    svg("circle", { cx: to, cy: middle, r: MARK }),
    svg(
      "text",
      {
        class: "value",
        x: narrow ? width - 8 : frame.right + 14,
        y: text,
        "text-anchor": narrow ? "end" : "start",
      },
      narrow
        ? `${number(limit.times)}×`
        : `${number(limit.times)}× · ${number(limit.at)} ${SHORT[limit.unit]}`,
    ),
  );
}

/** A name as a column has room for: the kernel's keys by their last word. */
const shortName = (name: string): string =>
  name.startsWith("net.") ? name.slice(name.lastIndexOf(".") + 1) : name;

const SHORT: Readonly<Record<Limit["unit"], string>> = {
  connections: "held",
  "new connections at once": "new at once",
  "requests at once": "at once",
  "requests a second": "req/s",
};

function legend({ narrow, left, bottom }: Frame, height: number): SVGElement[] {
  const entries = [
    ["bar first", "first to break, or hit too early"],
    ["bar conditional", "only under a condition (see the table)"],
  ] as const;
  return entries.map(([kind, text], i) => {
    const [x, y] = [
      narrow ? left + MARK : left - 120 + i * 230,
      height - bottom + 24 + (narrow ? i * 22 : 0),
    ];
    return svg(
      "g",
      { class: `${kind} key` },
      svg("circle", { cx: x, cy: y - 4, r: MARK - 1 }),
      svg("text", { x: x + 12, y }, text),
    );
  });
}
