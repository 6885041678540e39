// States of a machine that lines of pictures have in common.
import { TIERS } from "../../components/tuning/tiers";
import { stepsOf } from "../../components/steps/steps";
import { makePlan, type Plan, type PlanInput } from "../../components/tuning/plan";
import { LOAD } from "../../lab/drive/load";
import { ARTICLE_SETTINGS } from "../../explain/article";
import { ANSWERS, succeeded, Tuned } from "../../lab/drive/tuned";
import type { Machine } from "../../lab/machine";
import type { Say } from "../../lab/progress";

const ORDER = { stack: "bench/tuned/host" };

/** The steps of an `up` between the first and the last one. */
export const LAYERS = stepsOf(false).filter((step) => step !== "host" && step !== "report");

/** Brings a machine, as it was installed, into a state. */
export type Prepare = (machine: Machine, say: Say) => Promise<void>;

export const asInstalled: Prepare = () => Promise.resolve();

/** Every step of an `up`, without an engine. */
export const tunedFor =
  (wish: PlanInput): Prepare =>
  async (machine, say) => {
    const tuned = new Tuned(machine, ORDER, wish);
    for (const step of stepsOf(false)) {
      say(`  ${machine.name}: step ${step}`);
      succeeded(await tuned.apply(step));
    }
  };

/** The work of a tier, with the connections and open files that a container may have. */
export function inContainer(tier: string): PlanInput {
  const capacity = TIERS.get(tier);
  if (!capacity) throw new Error(`There is no tier ${tier}.`);
  return { capacity: { ...capacity, connections: LOAD.capacity.connections }, tuning: LOAD.tuning };
}

/** What is planned for it, which must be something. */
export function planOf(wish: PlanInput): Plan {
  const { plan, problems } = makePlan(wish);
  if (!plan) throw new Error(`no plan for ${JSON.stringify(wish)}: ${JSON.stringify(problems)}`);
  return plan;
}

/** Of the article's settings those of the kernel. */
const SYSCTLS = ARTICLE_SETTINGS.filter(({ setting }) => /^(net|fs)\./.test(setting));

/**
 * The article of 2013, word for word; without its keepalive_timeout of 15 seconds, by which nothing is held for as long as
 * this takes.
 */
export const asTheArticle: Prepare = async (machine) => {
  await new Tuned(machine).root(`
cat >>/etc/security/limits.conf <<'EOF'
www-data   soft    nofile      256000
www-data   hard    nofile      260000
@users      soft    nofile      256000
@users      hard    nofile      260000
EOF
cat >>/etc/sysctl.conf <<'EOF'
${SYSCTLS.map(({ setting, value }) => `${setting}=${value}`).join("\n")}
EOF
sysctl -p
sed -i 's/^worker_processes .*/worker_processes 4;/; s/worker_connections .*/worker_connections 4069;/' /etc/nginx/nginx.conf
systemctl restart nginx gunicorn
${ANSWERS}`);
};
