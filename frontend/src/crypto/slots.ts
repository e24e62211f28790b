/**
 * A vault with key slots, as disk encryption has them: the payload under a random data key (DEK), the DEK under each way
 * to open it. The password slot needs the password, through Argon2id, and this browser's device key, which cannot be
 * exported; a passkey slot (WebAuthn PRF) is optional. Changing the password rewraps one slot.
 *
 * A vault alone, without its device key, cannot be guessed at. A script cannot export the device key, but a browser
 * stores it as plain bytes, so that a copied profile has both and only Argon2id stands before it: it is no hardware. Knows nothing of certificates or storage.
 *
 * Everything is bound to the vault's `context` (the public key's fingerprint) and to its slot's own description, so that
 * parts of two vaults, or of a weaker slot, cannot be mixed.
 */

import { ARGON2_COST, type Argon2Cost, argon2id } from "./argon2.ts";
import { type Bytes, type TokenBytes, concat, equal, toHex, tokenBytes, utf8, wipe } from "./bytes.ts";
import { CryptoFault } from "./fault.ts";

/** Encrypted bytes with their nonce. */
export interface Sealed {
  readonly nonce: Bytes;
  readonly ciphertext: Bytes;
}

export interface PasswordSlot {
  readonly kind: "password";
  readonly cost: Argon2Cost;
  readonly salt: Bytes;
  /** The nonce of the DEK under the password's key, and all of that under the device key. */
  readonly innerNonce: Bytes;
  readonly outer: Sealed;
}

export interface PasskeySlot {
  readonly kind: "passkey";
  /** The WebAuthn credential, and the input to its PRF. */
  readonly credentialId: Bytes;
  readonly prfInput: Bytes;
  readonly wrapped: Sealed;
}

export type Slot = PasswordSlot | PasskeySlot;

/** May be kept by structured clone (IndexedDB). */
export interface Vault {
  readonly version: 1;
  readonly context: Bytes;
  readonly payload: Sealed;
  readonly slots: readonly Slot[];
}

/** A vault on its way to another device: its password slot without the device key. Guessing at it costs Argon2id. */
export interface PortableVault {
  readonly context: Bytes;
  readonly payload: Sealed;
  readonly slot: Sealed & { readonly cost: Argon2Cost; readonly salt: Bytes };
}

export interface PasswordOpening {
  readonly password: string;
  readonly deviceKey: CryptoKey;
}

export interface PasskeyOpening {
  readonly credentialId: Bytes;
  /** 32 bytes from the passkey's PRF extension for the slot's `prfInput`. */
  readonly prfOutput: Bytes;
}

export type Opening = PasswordOpening | PasskeyOpening;

export interface SealOptions {
  readonly cost?: Argon2Cost;
  readonly random?: TokenBytes;
}

const DEK_BYTES = 32;
const NONCE_BYTES = 12;
const SALT_BYTES = 16;

/** Makes this browser's device key: AES-256-GCM, not exportable. Keep it in IndexedDB beside the vault. */
export async function makeDeviceKey(): Promise<CryptoKey> {
  return crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

/** Seals `payload` under a fresh DEK with a password slot. `context` names what is inside: a key's fingerprint. */
export async function sealVault(
  payload: Bytes,
  context: Bytes,
  opening: PasswordOpening,
  options: SealOptions = {},
): Promise<Vault> {
  const { random = tokenBytes } = options;
  const dek = random(DEK_BYTES);
  const sealed = await seal(await aesKey(dek), payload, associated("payload", context), random);
  const slot = await passwordSlot(dek, context, opening, options);
  wipe(dek);
  return { version: 1, context, payload: sealed, slots: [slot] };
}

/**
 * Returns the payload; the caller wipes it after use. Throws `npki.wrong_password`, `vault.device_key_missing` (the vault
 * was sealed on another device), `vault.slot_missing`, `vault.damaged`.
 */
export async function openVault(vault: Vault, opening: Opening): Promise<Bytes> {
  const dek = await unwrapDek(vault, opening);
  const key = await aesKey(dek);
  wipe(dek);
  return open(key, vault.payload, associated("payload", vault.context), "vault.damaged");
}

/** Returns the vault with another password; the payload and the other slots stay as they are. */
export async function changePassword(
  vault: Vault,
  opening: Opening,
  replacement: PasswordOpening,
  options: SealOptions = {},
): Promise<Vault> {
  const dek = await unwrapDek(vault, opening);
  const slot = await passwordSlot(dek, vault.context, replacement, options);
  wipe(dek);
  return { ...vault, slots: [slot, ...vault.slots.filter((one) => one.kind !== "password")] };
}

/**
 * Takes this device's key off, so that the vault can move; the password stays around the DEK. Passkeys stay behind.
 * Throws `vault.device_key_missing`, `vault.slot_missing`.
 */
export async function takeOut(vault: Vault, deviceKey: CryptoKey): Promise<PortableVault> {
  const { cost, salt, innerNonce, outer } = passwordSlotOf(vault);
  const aad = passwordAssociated(vault.context, { cost, salt });
  const ciphertext = await open(deviceKey, outer, aad, "vault.device_key_missing");
  return { context: vault.context, payload: vault.payload, slot: { cost, salt, nonce: innerNonce, ciphertext } };
}

/** Puts this device's key around a vault that came. The password remains the same. */
export async function takeIn(portable: PortableVault, deviceKey: CryptoKey, random: TokenBytes = tokenBytes): Promise<Vault> {
  const { context, payload, slot } = portable;
  const { cost, salt, nonce, ciphertext } = slot;
  const outer = await seal(deviceKey, ciphertext, passwordAssociated(context, { cost, salt }), random);
  return { version: 1, context, payload, slots: [{ kind: "password", cost, salt, innerNonce: nonce, outer }] };
}

/** Returns the vault with a slot for a passkey, replacing that passkey's older one. */
export async function addPasskey(
  vault: Vault,
  opening: Opening,
  passkey: PasskeyOpening & { readonly prfInput: Bytes },
  random: TokenBytes = tokenBytes,
): Promise<Vault> {
  const { credentialId, prfInput, prfOutput } = passkey;
  const dek = await unwrapDek(vault, opening);
  const aad = passkeyAssociated(vault.context, { credentialId, prfInput });
  const wrapped = await seal(await hkdfKey(prfOutput, prfInput, "dojang passkey slot v1"), dek, aad, random);
  wipe(dek);
  const slot: PasskeySlot = { kind: "passkey", credentialId, prfInput, wrapped };
  return { ...withoutPasskey(vault, credentialId), slots: [...withoutPasskey(vault, credentialId).slots, slot] };
}

/** Returns the vault without that passkey's slot. The password slot always stays. */
export function withoutPasskey(vault: Vault, credentialId: Bytes): Vault {
  return { ...vault, slots: vault.slots.filter((one) => one.kind !== "passkey" || !equal(one.credentialId, credentialId)) };
}

async function passwordSlot(
  dek: Bytes,
  context: Bytes,
  { password, deviceKey }: PasswordOpening,
  { cost = ARGON2_COST, random = tokenBytes }: SealOptions,
): Promise<PasswordSlot> {
  const salt = random(SALT_BYTES);
  const described = { cost, salt };
  const aad = passwordAssociated(context, described);
  const inner = await seal(await passwordKey(password, described), dek, aad, random);
  const outer = await seal(deviceKey, inner.ciphertext, aad, random);
  return { kind: "password", cost, salt, innerNonce: inner.nonce, outer };
}

async function unwrapDek(vault: Vault, opening: Opening): Promise<Bytes> {
  if ("prfOutput" in opening) {
    const slot = vault.slots.find((one) => one.kind === "passkey" && equal(one.credentialId, opening.credentialId));
    if (slot?.kind !== "passkey") throw new CryptoFault("vault.slot_missing", "passkey");
    const key = await hkdfKey(opening.prfOutput, slot.prfInput, "dojang passkey slot v1");
    return open(key, slot.wrapped, passkeyAssociated(vault.context, slot), "npki.wrong_password");
  }
  const slot = passwordSlotOf(vault);
  const aad = passwordAssociated(vault.context, slot);
  const ciphertext = await open(opening.deviceKey, slot.outer, aad, "vault.device_key_missing");
  return open(await passwordKey(opening.password, slot), { nonce: slot.innerNonce, ciphertext }, aad, "npki.wrong_password");
}

function passwordSlotOf(vault: Vault): PasswordSlot {
  const slot = vault.slots.find((one) => one.kind === "password");
  if (slot?.kind !== "password") throw new CryptoFault("vault.slot_missing", "password");
  return slot;
}

async function passwordKey(password: string, slot: Pick<PasswordSlot, "cost" | "salt">): Promise<CryptoKey> {
  const secret = utf8(password);
  const derived = await argon2id(secret, slot.salt, slot.cost);
  wipe(secret);
  const key = await hkdfKey(derived, slot.salt, "dojang password slot v1");
  wipe(derived);
  return key;
}

async function hkdfKey(secret: Bytes, salt: Bytes, info: string): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
  const kdf = { name: "HKDF", hash: "SHA-256", salt, info: utf8(info) };
  return crypto.subtle.deriveKey(kdf, material, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

async function aesKey(raw: Bytes): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
}

async function seal(key: CryptoKey, plaintext: Bytes, additionalData: Bytes, random: TokenBytes): Promise<Sealed> {
  const nonce = random(NONCE_BYTES);
  const ciphertext = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce, additionalData }, key, plaintext);
  return { nonce, ciphertext: new Uint8Array(ciphertext) };
}

async function open(
  key: CryptoKey,
  { nonce, ciphertext }: Sealed,
  additionalData: Bytes,
  fault: "npki.wrong_password" | "vault.damaged" | "vault.device_key_missing",
): Promise<Bytes> {
  try {
    return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv: nonce, additionalData }, key, ciphertext));
  } catch {
    throw new CryptoFault(fault);
  }
}

function passwordAssociated(context: Bytes, { cost, salt }: Pick<PasswordSlot, "cost" | "salt">): Bytes {
  return associated(`password|argon2id|${cost.memoryKib}|${cost.passes}|${toHex(salt)}`, context);
}

function passkeyAssociated(context: Bytes, slot: Pick<PasskeySlot, "credentialId" | "prfInput">): Bytes {
  return associated(`passkey|${toHex(slot.credentialId)}|${toHex(slot.prfInput)}`, context);
}

function associated(role: string, context: Bytes): Bytes {
  return concat(utf8(`dojang-vault-v1|${role}|`), context);
}
