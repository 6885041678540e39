const { basename } = require("node:path");
const Sequencer = require("@jest/test-sequencer").default;

/** The longest first, so that none of them is left to run alone at the end. */
const LONGEST = ["quickstart", "kernel", "pulumi", "guide", "ec2", "chain", "runner", "example", "limits"];

/** Jest's own order is by what an earlier run took, which a fresh clone does not know. */
module.exports = class extends Sequencer {
  sort(tests) {
    const place = ({ path }) => {
      const found = LONGEST.indexOf(basename(path, ".test.ts"));
      return found < 0 ? LONGEST.length : found;
    };
    return [...tests].sort((one, other) => place(one) - place(other) || (one.path < other.path ? -1 : 1));
  }
};
