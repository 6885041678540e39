/** What a value must be, in words, and whether one is. */
export interface Form {
  readonly allowed: string;
  readonly fits: (value: unknown) => boolean;
}

export const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
export const matches = (form: RegExp) => (value: unknown) => isText(value) && form.test(value);

export const BOOLEAN: Form = { allowed: "true or false", fits: (value) => typeof value === "boolean" };

export const wholeNumber = (min: number, max: number): Form => ({
  allowed: `a whole number from ${min} to ${max}`,
  fits: (value) => Number.isInteger(value) && Number(value) >= min && Number(value) <= max,
});

/** TCP. */
export const PORT: Form = wholeNumber(1, 65_535);

export const USER_NAME_FORM = /^[A-Za-z_][A-Za-z0-9_.-]*$/;
export const USER_NAME: Form = { allowed: "a user's name", fits: matches(USER_NAME_FORM) };

/** What stands in a request's first line. */
export const URL_PATH: Form = {
  allowed: "a path that begins with /, of ASCII without blanks",
  fits: matches(/^\/[!-~]{0,1000}$/),
};

/** A part of a resource's name, and of what a host records of its owner: one word, so that a manifest's line stays a line. */
export const RESOURCE_NAME: Form = {
  allowed: "letters, digits and . _ / @ + -, beginning with a letter or digit",
  fits: matches(/^[A-Za-z0-9][A-Za-z0-9._/@+-]*$/),
};

/** Of the whole text, by what means the same to Python's `re.fullmatch`; a list is words with a blank between. */
export function pattern({ source }: RegExp, list = false): string {
  const one = source.slice("^".length, -"$".length).replaceAll("\\/", "/");
  return list ? `(${one})( (${one}))*` : one;
}
