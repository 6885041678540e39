import { describe, expect, it } from "@jest/globals";
import { checkFields, LOCAL_COMMAND, REMOTE_COMMAND } from "../../../lab/runner/inputs";
import { secret } from "../../../lab/runner/values";

describe("inputs", () => {
  it("get the official plugin's defaults, and secrets where they belong", () => {
    const { fields, problems } = checkFields({ connection: { host: "h", privateKey: "k" } }, REMOTE_COMMAND);
    expect(problems).toEqual([]);
    expect(fields["connection"]).toEqual(
      secret({
        host: "h",
        port: 22,
        user: "root",
        privateKey: secret("k"),
        dialErrorLimit: 10,
        perDialTimeout: 15,
      }),
    );
  });

  it("are refused all at once, by name, without their values", () => {
    const connection = secret({ port: "22", identity: "VALUE", password: 5 });
    expect(
      checkFields({ connection, logging: "VALUE", create: ["VALUE"], environment: {} }, REMOTE_COMMAND)
        .problems,
    ).toEqual([
      "Field 'create' must be a string; got a list instead",
      "Field 'logging' must be one of stdout, stderr, stdoutAndStderr, none; got a string instead",
      expect.stringMatching(/^Unrecognized field 'connection.identity'; known are host, port, /),
      "Missing required field 'connection.host'",
      "Field 'connection.port' must be a number; got a string instead",
      "Field 'connection.password' must be a string; got a number instead",
      expect.stringMatching(/^The lab's runner does not support 'environment': .*stdin/),
    ]);
  });

  it("may be unknown in a preview", () => {
    const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    const fields = { interpreter: unknown, environment: secret({ A: unknown }), logging: unknown };
    expect(checkFields(fields, LOCAL_COMMAND).problems).toEqual([]);
  });
});
