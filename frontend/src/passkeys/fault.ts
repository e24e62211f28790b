/** What may go wrong between the page and an authenticator. Never carries what the browser said. */

export type PasskeyFaultCode = "passkey.cancelled" | "passkey.unusable" | "passkey.already_here" | "passkey.opens_nothing";

export class PasskeyFault extends Error {
  override readonly name = "PasskeyFault";
  readonly code: PasskeyFaultCode;

  constructor(code: PasskeyFaultCode) {
    super(code);
    this.code = code;
  }
}

/** Whether this page may ask for passkeys at all: a secure page at a domain name, in a browser that knows them. */
export function canUsePasskeys(): boolean {
  const isNumber = /^[\d.]+$|^\[/.test(location.hostname);
  return globalThis.isSecureContext && "PublicKeyCredential" in globalThis && !isNumber;
}
