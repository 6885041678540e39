/** What a formula may ask of the host. */
export type Facts = Readonly<Record<string, number>>;

const TOKEN = /\s*(?:(\d+)|([a-z_]+)|([-+*/(),]))/y;

/**
 * Works out a `computed` setting as the host does: whole numbers, + - * /, min(), max(), brackets and names of facts.
 * A division is rounded down. Nothing else is understood: a formula cannot become code.
 * @throws Error that names the formula, and the place or the name that is not understood
 */
export function evaluate(formula: string, facts: Facts): number {
  const tokens = tokensOf(formula);
  let at = 0;
  const fail = (wanted: string): never => {
    throw new Error(`formula ${JSON.stringify(formula)}: wanted ${wanted}, found ${tokens[at] ?? "its end"}`);
  };
  const take = (token: string): boolean => {
    if (tokens[at] !== token) return false;
    at += 1;
    return true;
  };
  const expect = (token: string): void => {
    if (!take(token)) fail(token);
  };

  function sum(): number {
    let value = product();
    for (;;) {
      if (take("+")) value += product();
      else if (take("-")) value -= product();
      else return value;
    }
  }
  function product(): number {
    let value = operand();
    for (;;) {
      if (take("*")) value *= operand();
      else if (take("/")) value = quotient(value, operand());
      else return value;
    }
  }
  function quotient(value: number, by: number): number {
    return by === 0 ? fail("a divisor other than 0") : Math.floor(value / by);
  }
  function operand(): number {
    const token = tokens[at] ?? fail("a number, a name or (");
    at += 1;
    if (/^\d/.test(token)) return Number(token);
    if (token === "(") {
      const value = sum();
      expect(")");
      return value;
    }
    if (token === "min" || token === "max") return Math[token](...list());
    const value = Object.hasOwn(facts, token) ? facts[token] : undefined;
    if (value !== undefined) return value;
    at -= 1;
    return fail(`one of ${Object.keys(facts).join(", ")}`);
  }
  function list(): number[] {
    expect("(");
    const values = [sum()];
    while (take(",")) values.push(sum());
    expect(")");
    return values;
  }

  const value = sum();
  return at === tokens.length ? value : fail("its end");
}

function tokensOf(formula: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  for (let end = 0; end < formula.trimEnd().length; end = TOKEN.lastIndex) {
    const found = TOKEN.exec(formula);
    if (!found)
      throw new Error(`formula ${JSON.stringify(formula)}: ${formula.slice(end)} is not understood`);
    tokens.push(found[1] ?? found[2] ?? found[3] ?? "");
  }
  return tokens;
}
