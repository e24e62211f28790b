/** What the holder signs to sign in at a relying party: looked at before it is signed, so that nothing else is signed. */

import { type Bytes, utf8 } from "./bytes.ts";
import { CryptoFault } from "./fault.ts";

export interface SignInStatement {
  readonly challenge: string;
  readonly claims: readonly string[];
  readonly client_id: string;
  readonly issuer: string;
  readonly made_at: string;
  readonly party: string;
  readonly redirect_host: string;
  readonly request: string;
}

const TYPE = "dojang.sign-in.v1";

/**
 * Returns the office's statement once it is a sign-in of this request, by this office, and says nothing but what is shown.
 * Throws `acceptance.statement_unexpected`.
 */
export function requireSignInStatement(statement: Bytes, request: string, issuer: string): SignInStatement {
  const said = read(statement);
  const texts = [said.challenge, said.client_id, said.issuer, said.made_at, said.party, said.redirect_host, said.request];
  const ours = said.request === request && said.issuer === issuer && texts.every((one) => typeof one === "string");
  if (!ours || !Array.isArray(said.claims) || !said.claims.every((one) => typeof one === "string")) throw unexpected();
  const { challenge, claims, client_id, made_at, party, redirect_host } = said;
  // Written again in the one order there is: a field that was not looked at makes a difference.
  const again = utf8(
    JSON.stringify({ challenge, claims, client_id, issuer, made_at, party, redirect_host, request, type: TYPE }),
  );
  if (again.length !== statement.length || again.some((byte, i) => byte !== statement[i])) throw unexpected();
  return said;
}

function read(statement: Bytes): SignInStatement {
  try {
    return Object(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(statement))) as SignInStatement;
  } catch {
    throw unexpected();
  }
}

function unexpected(): CryptoFault {
  return new CryptoFault("acceptance.statement_unexpected");
}
