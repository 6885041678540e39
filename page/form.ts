import { allowed, CAPACITY, INPUTS, type Capacity } from "../components/tuning/capacity";
import type { Plan } from "../components/tuning/plan";
import { reason, type Problem } from "../components/tuning/problem";
import { TIERS } from "../components/tuning/tiers";
import { number } from "../explain/number";
import { byId, html } from "./element";
import { next, placeOf, PLACES, valueAt, type Scale } from "./scale";
import { pathOf, TITLES } from "./titles";
import { changed, knownOf, type Wish } from "./wish";

type Name = keyof Capacity;

/** Those that most loads are told by, each with a slider over what most hosts are. */
const FIRST: Readonly<Partial<Record<Name, Scale>>> = {
  connections: { min: 100, max: 1_000_000, round: "whole" },
  requestsPerSecond: { min: 1, max: 100_000, round: "whole" },
  secondsPerRequest: { min: 0.001, max: 30, round: "digits" },
  cpus: { min: 1, max: 256, round: "whole" },
  memoryMiB: { min: 256, max: 262_144, round: "binary" },
  databaseHosts: { min: 1, max: 100, round: "whole" },
};

/** Each of the hosts carries the load: nothing is shared out. */
const MORE: Readonly<Partial<Record<Name, string>>> = {
  databaseHosts: "Each carries the whole load above.",
};

export interface Form {
  /** Shows a wish, what came of it, and what is wrong with which input. */
  show(wish: Wish, plan: Plan | undefined, problems: readonly Problem[]): void;
}

/** Builds the fields from what the core knows of its inputs; `change` gets what somebody asks for by them. */
export function makeForm(change: (to: (wish: Wish) => Wish) => void): Form {
  const set = (name: Name, text: string) => change((wish) => changed(wish, name, text));
  const fields = INPUTS.map((name) => ({ name, ...field(name, (text) => set(name, text)) }));
  const shownOf = (names: readonly Name[]) =>
    names.flatMap((wanted) => fields.filter(({ name }) => name === wanted)).map(({ box }) => box);
  const first = [...(Object.keys(FIRST) as Name[]), "tls" as const];
  const ofHost: Name[] = ["cpus", "memoryMiB", "databaseHosts", "tls"];
  const tiers = [...TIERS.keys()].map((tier) => {
    const input = html("input", { type: "radio", name: "tier", id: `tier-${tier}`, value: tier });
    input.addEventListener("change", () => change(({ compare }) => ({ tier, given: {}, compare })));
    return { tier, input };
  });
  const others = INPUTS.filter((name) => !first.includes(name));
  const more = html(
    "details",
    {},
    html("summary", {}, "More that you may know"),
    html(
      "fieldset",
      {},
      html("legend", { class: "visually-hidden" }, "More that you may know"),
      ...shownOf(others),
    ),
  );
  byId("load").append(
    html(
      "fieldset",
      { class: "tiers" },
      html("legend", {}, "Start from a tier of connections"),
      ...tiers.map(({ tier, input }) => html("span", {}, input, html("label", { for: input.id }, tier))),
    ),
    html(
      "fieldset",
      {},
      html("legend", {}, "The load of a host"),
      ...shownOf(first.filter((name) => !ofHost.includes(name))),
    ),
    html("fieldset", {}, html("legend", {}, "The host"), ...shownOf(ofHost)),
    more,
  );
  byId("load").addEventListener("submit", (event) => event.preventDefault());
  return {
    show(wish, plan, problems) {
      for (const { tier, input } of tiers)
        input.checked = wish.tier === tier && !Object.keys(wish.given).length;
      // What is to be mended is to be seen.
      if (others.some((name) => problems.some(({ path }) => path === pathOf(name)))) more.open = true;
      const known: Partial<Capacity> = plan ? { ...plan.countedOn, ...plan.capacity } : knownOf(wish);
      for (const { name, show } of fields)
        show(
          wish.given[name] ?? (name === "connections" ? String(known.connections ?? "") : ""),
          known[name],
          problems.find(({ path }) => path === pathOf(name)),
        );
    },
  };
}

interface Field {
  readonly box: HTMLElement;
  /** The text given, what counts where none is, and what is wrong with it. */
  readonly show: (text: string, counts: Capacity[Name] | undefined, problem: Problem | undefined) => void;
}

function field(name: Name, set: (text: string) => void): Field {
  const input = CAPACITY[name];
  const [id, hintId, errorId] = [name, `${name}-hint`, `${name}-error`];
  const described = { id, "aria-describedby": `${hintId} ${errorId}` };
  const error = html("p", { id: errorId, class: "error" });
  const about = aboutOf(name, hintId);
  const label = html("label", { for: id }, TITLES[name]);
  const said = (control: HTMLElement, problem: Problem | undefined) => {
    error.textContent = problem ? `${TITLES[name]} ${reason(problem)}` : "";
    control.setAttribute("aria-invalid", String(problem !== undefined));
  };

  if (input.kind === "boolean") {
    const check = html("input", { type: "checkbox", ...described });
    check.addEventListener("change", () => set(usual(name, check.checked)));
    return {
      box: html("div", { class: "field check" }, check, label, ...about, error),
      show: (text, counts, problem) => {
        check.checked = text === "" ? counts !== false : text === "true";
        said(check, problem);
      },
    };
  }
  if (input.kind === "word") {
    const select = html("select", described, ...(input.words ?? []).map((word) => html("option", {}, word)));
    select.addEventListener("change", () => set(usual(name, select.value)));
    return {
      box: html("div", { class: "field" }, label, select, ...about, error),
      show: (text, counts, problem) => {
        select.value = text === "" ? String(counts) : text;
        said(select, problem);
      },
    };
  }
  const text = html("input", { type: "text", inputmode: "decimal", spellcheck: "false", ...described });
  text.addEventListener("input", () => set(ungrouped(text.value)));
  const slider = sliderOf(name, set);
  return {
    box: html("div", { class: "field" }, label, text, ...about, slider?.input, error),
    show: (given, counts, problem) => {
      if (ungrouped(text.value) !== given) text.value = given; // else the cursor would jump
      text.placeholder = counts === undefined ? "not known" : String(counts);
      slider?.show(given === "" ? Number(counts) : Number(given));
      said(text, problem);
    },
  };
}

/** 10,000 is what this page itself makes of 10000. */
const ungrouped = (text: string): string =>
  /^[1-9]\d{0,2}(,\d{3})+(\.\d+)?$/.test(text.trim()) ? text.trim().replaceAll(",", "") : text.trim();

/** What an input means: read with its field, and shown by a button. */
function aboutOf(name: Name, id: string): HTMLElement[] {
  const input = CAPACITY[name];
  const text = [input.meaning, MORE[name], `Default: ${input.defaultText}.`, `Allowed: ${allowed(input)}.`];
  const hint = html("p", { id, class: "hint", hidden: true }, text.filter(Boolean).join(" "));
  const button = html(
    "button",
    {
      type: "button",
      class: "about",
      "aria-label": `About: ${TITLES[name]}`,
      "aria-expanded": "false",
      "aria-controls": id,
    },
    "?",
  );
  button.addEventListener("click", () => {
    hint.hidden = !hint.hidden;
    button.setAttribute("aria-expanded", String(!hint.hidden));
  });
  return [button, hint];
}

/** No text where it is what counts by itself. */
const usual = (name: Name, value: boolean | string): string =>
  CAPACITY[name].default?.(1) === value ? "" : String(value);

function sliderOf(name: Name, set: (text: string) => void) {
  const scale = FIRST[name];
  if (!scale) return undefined;
  const input = html("input", {
    type: "range",
    id: `${name}-slider`,
    min: 0,
    max: PLACES,
    "aria-label": `${TITLES[name]}, slider`,
  });
  let place = 0;
  input.addEventListener("input", () => {
    // One step, as by a key, is one to another value.
    const to = Number(input.value);
    place = Math.abs(to - place) === 1 ? next(scale, place, to > place ? 1 : -1) : to;
    set(String(valueAt(scale, place)));
  });
  return {
    input,
    show: (value: number) => {
      const known = Number.isFinite(value) && value > 0;
      // A value that rounds to where the slider stands leaves it there.
      if (known && valueAt(scale, place) !== value) place = placeOf(scale, value);
      input.value = String(place);
      input.setAttribute("aria-valuetext", known ? `${number(value)} ${CAPACITY[name].unit}` : "not known");
    },
  };
}
