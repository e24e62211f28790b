/**
 * What can be refused while handling keys and their files. The codes are those of the server's catalogue
 * (`src/dojang/kernel/catalogue/npki.toml`, `transfer.toml`) wherever it has one, so that the words are the same everywhere.
 * A fault never carries a password, a key, R, or another library's words.
 */

export type CryptoFaultCode =
  | "npki.malformed"
  | "npki.algorithm_unsupported"
  | "npki.iteration_count_refused"
  | "npki.wrong_password"
  | "npki.random_number_missing"
  | "npki.random_number_unusable"
  | "npki.identification_number_malformed"
  | "npki.key_certificate_mismatch"
  | "npki_folder.name_unusable"
  | "npki_password.rejected"
  | "acceptance.statement_unexpected"
  | "transfer.code_mistyped"
  | "transfer.code_wrong"
  | "transfer.unintelligible"
  | "transfer.over"
  | "moving.signing_only"
  | "bringing.not_held"
  | "bringing.foreign"
  | "bringing.incomplete"
  | "bringing.already_whole"
  | "bringing.unknown_file"
  | "vault.declined"
  | "vault.unreachable"
  | "envelope.unreadable"
  | "envelope.too_large"
  | "envelope.not_for_you"
  | "envelope.altered"
  | "envelope.algorithm_unsupported"
  | "vault.slot_missing"
  | "vault.device_key_missing"
  | "vault.damaged";

export class CryptoFault extends Error {
  override readonly name = "CryptoFault";
  readonly code: CryptoFaultCode;
  /** What the fault is about: a structure's name, a dotted OID, finding codes. Never a secret. */
  readonly about: readonly string[];

  constructor(code: CryptoFaultCode, ...about: readonly string[]) {
    super(about.length ? `${code} (${about.join(", ")})` : code);
    this.code = code;
    this.about = about;
  }
}
