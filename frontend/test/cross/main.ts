/**
 * A device without a screen, for tests in Python: reads one request as JSON from standard input, answers with JSON.
 * Bytes travel as base64. Bundled by `vite build --ssr`, run by node.
 */

import { fromBase64, toBase64, utf8 } from "../../src/crypto/bytes.ts";
import { signedData } from "../../src/crypto/cms.ts";
import { readEnvelope } from "../../src/crypto/envelope.ts";
import { CryptoFault } from "../../src/crypto/fault.ts";
import { npkiFolder } from "../../src/crypto/folder.ts";
import { importSigningKey, makeSubscriberKeys, orderCertificates, packKeys, requireBoth, signer, unpackKeys } from "../../src/crypto/keys.ts";
import { decryptPrivateKey, encryptPrivateKey, getRandomNumber } from "../../src/crypto/npki.ts";
import { findPasswordFindings } from "../../src/crypto/password.ts";
import { makePfx, openPfx } from "../../src/crypto/pfx.ts";
import * as seed from "../../src/crypto/seed.ts";
import { openEnvelope } from "../../src/crypto/unsealing.ts";
import { parseCertificate } from "../../src/crypto/x509.ts";
import { zip } from "../../src/crypto/zip.ts";

interface Held {
  keys: string;
  certificate: string;
  keyManagementCertificate: string;
  chain: string[];
  password: string;
}

const commands = {
  async order({ applicationId, transportKey }: { applicationId: string; transportKey: string }) {
    const keys = await makeSubscriberKeys();
    const order = await orderCertificates(keys, applicationId, fromBase64(transportKey));
    return {
      keys: toBase64(packKeys(keys)),
      randomNumber: toBase64(getRandomNumber(keys.signing)),
      signingRequest: toBase64(order.signingRequest),
      keyManagementRequest: toBase64(order.keyManagementRequest),
      sealedR: toBase64(order.sealedR),
    };
  },

  async keep(held: Held & { caFolder: string; modified: string }) {
    const keys = requireBoth(unpackKeys(fromBase64(held.keys)));
    const password = utf8(held.password);
    const chain = held.chain.map(fromBase64);
    const certificate = fromBase64(held.certificate);
    const keyManagementCertificate = fromBase64(held.keyManagementCertificate);
    const protect = (protection: "seed" | "seed_pbes2" | "strong") => encryptPrivateKey(keys.signing, password, { protection });
    const folder = npkiFolder(held.caFolder, {
      signCertificate: certificate,
      signKey: await protect("seed"),
      keyManagementCertificate,
      keyManagementKey: await encryptPrivateKey(keys.keyManagement, password),
      chain,
    });
    const pair = { certificate: keyManagementCertificate, pkcs8: keys.keyManagement };
    const pfx = await makePfx({ signing: { certificate, pkcs8: keys.signing }, keyManagement: pair, chain }, held.password);
    return {
      zip: toBase64(zip(folder, new Date(held.modified))),
      seed: toBase64(await protect("seed")),
      seedPbes2: toBase64(await protect("seed_pbes2")),
      strong: toBase64(await protect("strong")),
      pfx: toBase64(pfx),
    };
  },

  async sign(held: Held & { content: string; detached: boolean; signedAt: string }) {
    const keys = unpackKeys(fromBase64(held.keys));
    const message = await signedData({
      content: fromBase64(held.content),
      certificate: fromBase64(held.certificate),
      chain: held.chain.map(fromBase64),
      sign: signer(await importSigningKey(keys.signing)),
      signedAt: new Date(held.signedAt),
      detached: held.detached,
    });
    return { message: toBase64(message) };
  },

  async openLetter({ certificate, key, message }: { certificate: string; key: string; message: string }) {
    try {
      const envelope = readEnvelope(fromBase64(message));
      const content = await openEnvelope(envelope, parseCertificate(fromBase64(certificate)), fromBase64(key));
      return { content: toBase64(content), said: [envelope.cipher, envelope.isAuthenticated] };
    } catch (reason) {
      if (reason instanceof CryptoFault) return { said: [reason.code] };
      throw reason;
    }
  },

  async openKey({ file, password }: { file: string; password: string }) {
    return { pkcs8: toBase64(await decryptPrivateKey(fromBase64(file), utf8(password))) };
  },

  async openPfx({ file, password }: { file: string; password: string }) {
    const opened = await openPfx(fromBase64(file), password);
    return { signing: toBase64(opened.signing.pkcs8), chain: opened.chain.map(toBase64) };
  },

  async judgePasswords({ passwords }: { passwords: string[] }) {
    return { findings: passwords.map(findPasswordFindings) };
  },

  async seedCbc({ cases }: { cases: { key: string; iv: string; plaintext: string }[] }) {
    const encrypt = (one: { key: string; iv: string; plaintext: string }) =>
      toBase64(seed.encryptCbc(fromBase64(one.key), fromBase64(one.iv), fromBase64(one.plaintext)));
    return { ciphertexts: cases.map(encrypt) };
  },
};

let input = "";
for await (const chunk of process.stdin) input += chunk;
const { command, ...request } = JSON.parse(input) as { command: keyof typeof commands };
const answer = await (commands[command] as (request: unknown) => Promise<unknown>)(request);
process.stdout.write(JSON.stringify(answer));
