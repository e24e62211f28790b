/** What the holder signs to prove one act: looked at before it is signed, so that nothing else is signed. */

import { type Bytes, utf8 } from "./bytes.ts";
import { CryptoFault } from "./fault.ts";

/** Returns the statement that proves `act` on `target`; `turn` counts the target's changes, 0 for a revocation. */
export function actStatement(act: string, target: string, turn: string): Bytes {
  return utf8(JSON.stringify({ act, target, turn, type: "dojang.act.v1" }));
}

/**
 * Returns the office's statement once it names exactly this act and target and nothing else.
 * Throws `acceptance.statement_unexpected`.
 */
export function requireActStatement(statement: Bytes, act: string, target: string): Bytes {
  const turn = turnOf(statement);
  const wanted = actStatement(act, target, turn);
  if (wanted.length !== statement.length || wanted.some((byte, i) => byte !== statement[i])) {
    throw new CryptoFault("acceptance.statement_unexpected");
  }
  return statement;
}

function turnOf(statement: Bytes): string {
  try {
    const { turn } = Object(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(statement))) as { turn?: unknown };
    if (typeof turn === "string" && /^\d{1,9}$/.test(turn)) return turn;
  } catch {
    // not even JSON
  }
  throw new CryptoFault("acceptance.statement_unexpected");
}
