// What Pulumi starts. tsx takes the types out and checks nothing, so that a preview begins at once (ts-node, which
// Pulumi would load, checks them each time); `npm run lint` checks them.
require("tsx/cjs");
module.exports = require("./index.ts");
