import { test } from "@jest/globals";

/** Whether this is `npm run test:all`, which takes its time. */
export const ALL = process.env["HEAVYLOAD_TEST_ALL"] === "1";

/** A test that `npm test` leaves out: on an emulated machine it takes long for what it adds. */
export const testOfAll = ALL ? test : test.skip;
