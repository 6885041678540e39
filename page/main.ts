// The page: what is asked for stands in the address, the plan is worked out anew at each change, and shown.
import { makePlan, type Plan } from "../components/tuning/plan";
import { TIERS } from "../components/tuning/tiers";
import { asInstalled } from "../explain/installed";
import { optionsOf } from "../explain/loadOptions";
import { answerView, refusalView } from "./answer";
import { chart } from "./chart";
import { byId, html } from "./element";
import { downloadAll, filesView } from "./filesView";
import { makeForm } from "./form";
import { sayCopied } from "./give";
import { differenceTable, limitsTable, needsTable, RULES, settingsTables } from "./tables";
import { DEBIAN, fromHash, inputOf, toHash } from "./wish";

let wish = fromHash(location.hash);
let plan: Plan | undefined;

/** A browser may refuse more than some changes of the address in a time: it has the last one. Unit: milliseconds. */
const CALM = 300;
let writing: ReturnType<typeof setTimeout> | undefined;

function keepInAddress(): void {
  clearTimeout(writing);
  writing = setTimeout(() => {
    try {
      history.replaceState(null, "", toHash(wish));
    } catch {
      keepInAddress(); // it allows some again later
    }
  }, CALM);
}

const form = makeForm((to) => {
  wish = to(wish);
  show();
  keepInAddress();
});
const compare = byId<HTMLSelectElement>("compare");

/** What is said aloud is replaced only where it is another. */
function say(views: readonly HTMLElement[]): void {
  const headline = byId("headline");
  const text = (all: readonly Element[]) => all.map(({ textContent }) => textContent).join("\n");
  if (text(views) !== text([...headline.children])) headline.replaceChildren(...views);
}

function show(): void {
  const { plan: made, problems = [] } = makePlan(inputOf(wish));
  plan = made;
  form.show(wish, made, problems);
  byId("plan").hidden = made === undefined;
  byId("command").textContent = made ? `npm run explain -- ${optionsOf(made)}` : "npm run explain -- --help";
  say(made ? answerView(made) : refusalView(problems));
  if (!made) return;
  drawChart();
  byId("limits").replaceChildren(limitsTable(made.breaksFirst));
  byId("needs").replaceChildren(needsTable(made));
  byId("settings").replaceChildren(...settingsTables(made));
  byId("files").replaceChildren(...filesView(made));
  showDifference(made);
}

function drawChart(): void {
  const box = byId("chart");
  if (plan && box.clientWidth > 0) box.replaceChildren(chart(plan.breaksFirst, box.clientWidth));
}

function showDifference(to: Plan): void {
  compare.value = wish.compare;
  const tier = makePlan({ tier: wish.compare }).plan;
  const [from, title] = tier ? [tier, `tier ${wish.compare}`] : [asInstalled(to), "Debian as installed"];
  byId("difference").replaceChildren(differenceTable(from, to, title));
}

byId("rules").textContent = RULES;
compare.append(
  html("option", { value: DEBIAN }, "Debian as installed"),
  ...[...TIERS.keys()].map((tier) => html("option", { value: tier }, `tier ${tier}`)),
);
compare.addEventListener("change", () => {
  wish = { ...wish, compare: compare.value };
  if (plan) showDifference(plan);
  keepInAddress();
});
byId("copy-link").addEventListener("click", () => {
  void sayCopied(byId("link-said"), location.href.replace(/#.*$/, "") + toHash(wish));
});
byId("download-all").addEventListener("click", () => {
  if (plan) downloadAll(plan);
});
// The link past the form would take the plan's place in the address.
byId("to-answer").addEventListener("click", (event) => {
  event.preventDefault();
  byId("answer").focus();
});
addEventListener("hashchange", () => {
  wish = fromHash(location.hash);
  show();
});
for (const place of ["main", "footer"]) byId(place).hidden = false;
new ResizeObserver(drawChart).observe(byId("chart"));
show();
