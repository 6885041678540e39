// What Pulumi starts. tsx takes the types out and checks nothing, so that a preview begins at once (ts-node, which
// Pulumi would load, checks them each time); `npm test` checks them. The libraries come first: tsx would read each of
// their files once more.
require("@pulumi/pulumi");
require("@pulumi/command");
require("tsx/cjs");
module.exports = require("./index.ts");
