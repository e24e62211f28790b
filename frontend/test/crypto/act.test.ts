import { describe, expect, it } from "vitest";

import { actStatement, requireActStatement } from "../../src/crypto/act.ts";
import { utf8 } from "../../src/crypto/bytes.ts";

describe("the statement that proves an act", () => {
  it("is byte for byte what the office signs for (tests/contracts/step_up)", () => {
    expect(new TextDecoder().decode(actStatement("revoke", "7", "0"))).toBe(
      '{"act":"revoke","target":"7","turn":"0","type":"dojang.act.v1"}',
    );
  });

  it("is signed when it names this act and target, whatever its turn", () => {
    const statement = actStatement("resume", "7", "12");
    expect(requireActStatement(statement, "resume", "7")).toBe(statement);
  });

  it.each([
    ["another act", actStatement("revoke", "7", "1")],
    ["another target", actStatement("resume", "8", "1")],
    ["a turn that is none", actStatement("resume", "7", "x")],
    ["another type", utf8('{"act":"resume","target":"7","turn":"1","type":"dojang.acceptance.v1"}')],
    ["more than that", utf8('{"act":"resume","more":"1","target":"7","turn":"1","type":"dojang.act.v1"}')],
    ["another order", utf8('{"target":"7","act":"resume","turn":"1","type":"dojang.act.v1"}')],
    ["no JSON", utf8("resume 7")],
    ["null", utf8("null")],
  ])("is refused when it is %s", (_, statement) => {
    expect(() => requireActStatement(statement, "resume", "7")).toThrow("acceptance.statement_unexpected");
  });
});
