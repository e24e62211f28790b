/**
 * The vault that asks its person: before keys are opened it shows, on its own page, for what. It believes nothing about the
 * app but its origin; what it shows it has read from what is signed.
 */

import { type Bytes, fromBase64, sha256, toHex } from "../../crypto/bytes.ts";
import { pdfToBeSigned, requireDocumentAttributes } from "../../crypto/document.ts";
import { CryptoFault } from "../../crypto/fault.ts";
import { type MoveCode, groupCode, moveAddress, writeCode } from "../../crypto/movecode.ts";
import { requireSignInStatement } from "../../crypto/sign_in.ts";
import { parseCertificate } from "../../crypto/x509.ts";
import { PaperUnreadable } from "../../paper/paper.ts";
import type { Keystore } from "../keystore.ts";
import { LocalVault } from "../local.ts";
import type * as port from "../port.ts";
import { button, element, facts, line, notice, qrCode } from "./elements.ts";
import type { Person, Yes } from "./person.ts";
import { type OpenSheets, type Sheets, openSheets } from "./sheets.ts";

const LONGEST_TEXT_BYTES = 1_000_000;
const UNSEEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/u;
const KEPT_MS = 60_000; // some browsers read a file's address only after the question where to save it

export class AskingVault extends LocalVault {
  override readonly asksItself = true;
  private readonly person: Person;
  /** Of the app: the only one that is served. */
  private readonly origin: string;
  private readonly cancelled = new Set<string>();
  private readonly receivers = new Map<string, string>();

  private readonly openSheets: OpenSheets;

  constructor(keystore: Keystore, person: Person, origin: string, open: OpenSheets = openSheets) {
    super(keystore);
    this.person = person;
    this.origin = origin;
    this.openSheets = open;
  }

  override async order(
    applicationId: string,
    _password: string | undefined,
    terms: port.OrderTerms,
    onStage?: (stage: port.OrderStage) => void,
  ): Promise<port.OrderRequest> {
    const { words } = this.person;
    const make = (password: string) => super.order(applicationId, password, terms, onStage);
    const { renewal } = terms;
    if (await this.keystore.findOrder(applicationId)) {
      const { title, yes, text } = words.reopen;
      return this.person.ask({ title, yes, about: [line(text)], password: true }, ({ password }) => make(password));
    }
    if (!renewal) {
      const { title, yes } = words.make;
      return this.person.ask({ title, yes, about: [notice("warning", words.unrecoverable)], fresh: true }, ({ fresh }) => make(fresh));
    }
    const { title, yes, text, years } = words.renew;
    const about = [await this.about(renewal.predecessor_serial), line(years(renewal.years)), line(text)];
    return this.person.ask({ title, yes, about, password: true }, ({ password }) => make(password));
  }

  override async sign(serial: string, _by: undefined, request: port.SigningRequest): Promise<Bytes> {
    const { title, yes, shown, hidden } = this.person.words.sign;
    const text = findText(request.content);
    const what = text === undefined
      ? [line(hidden), facts([[this.person.words.size, this.person.words.bytes(request.content.length)], ["SHA-256", toHex(await sha256(request.content))]])]
      : [line(shown), element("pre", { class: "vault__shown", tabindex: "0" }, text)];
    return this.opening(serial, { title, yes, about: what }, (by) => super.sign(serial, by, request));
  }

  /** Document, purpose and amount are those in the attributes that are signed; who asks is known from the app alone. */
  override async signDocument(serial: string, _by: undefined, request: port.DocumentRequest): Promise<string> {
    const { title, yes, party, name, about } = this.person.words.document;
    await requireDocumentAttributes(request.attributes, request, (await this.held(serial)).signing);
    const text = request.kind === "text" && request.document ? findText(request.document) : undefined;
    const hash = ["SHA-256", toHex(request.digest)] as const;
    const place = element("div", {}, line(this.person.words.sign.hidden));
    const what = [
      facts([[about, request.description], [party, request.party], [name, request.name], ...(text === undefined ? [hash] : [])]),
      text === undefined ? place : element("pre", { class: "vault__shown", tabindex: "0" }, text),
    ];
    const sheets = request.kind === "pdf" ? await this.lay(pdfToBeSigned(request), place) : undefined;
    try {
      return await this.opening(serial, { title, yes, about: what }, (by) => super.signDocument(serial, by, request));
    } finally {
      sheets?.close();
    }
  }

  /** Lays the PDF's pages where else it says that it cannot be shown: of one that is not drawn in full nothing is. */
  private async lay(pdf: Bytes, place: HTMLElement): Promise<Sheets | undefined> {
    const instead = [...place.childNodes];
    try {
      const sheets = await this.openSheets(pdf, this.person.words.paper, () => place.replaceChildren(...instead));
      place.replaceChildren(line(this.person.words.sign.shown), sheets.shown);
      return sheets;
    } catch (reason) {
      if (!(reason instanceof PaperUnreadable)) throw reason;
      return undefined;
    }
  }

  override signAct(serial: string, _by: undefined, request: port.ActRequest): Promise<string> {
    const { act } = this.person.words;
    const { title, yes, target } = act;
    const known = request.act === "revoke" || request.act === "resume" || request.act === "unlock_issuing";
    if (!known) return Promise.reject(new CryptoFault("acceptance.statement_unexpected"));
    const what = [notice("warning", act[request.act as "revoke"]), facts([[target, request.target]])];
    return this.opening(serial, { title, yes, about: what }, (by) => super.signAct(serial, by, request));
  }

  override async signIn(serial: string, _by: undefined, request: port.SignInRequest): Promise<string> {
    const t = this.person.words.signIn;
    const said = requireSignInStatement(fromBase64(request.statement), request.request, this.origin);
    const what = [
      facts([[t.party, said.party], [t.host, said.redirect_host], [t.learns, said.claims.join(", ")]]),
      notice("info", t.care),
    ];
    const asked = { ...request, issuer: this.origin };
    return this.opening(serial, { title: t.title(said.party), yes: t.yes, about: what }, (by) => super.signIn(serial, by, asked));
  }

  override open(serial: string, _by: undefined, message: Bytes): Promise<port.OpenedLetter> {
    const { title, yes, text } = this.person.words.open;
    return this.opening(serial, { title, yes, about: [line(text)] }, (by) => super.open(serial, by, message));
  }

  override async revocationOf(serial: string): Promise<string> {
    const { title, yes, text } = this.person.words.revoke;
    const about = [notice("danger", text), await this.about(serial)];
    return this.person.ask({ title, yes, danger: true, about }, () => super.revocationOf(serial));
  }

  /** The files stay on this side: the person saves them from here. */
  override async backUp(serial: string, _password: undefined, request: port.BackupRequest, onProgress?: (share: number) => void): Promise<port.BackupFile[]> {
    const { title, yes, format, compatible } = this.person.words.backUp;
    if (!Object.hasOwn(format, request.format)) throw new CryptoFault("vault.declined", "format");
    const warned = request.compatible && request.format !== "pkcs12" ? [notice("warning", compatible)] : [];
    const about = [await this.about(serial), line(format[request.format]), ...warned];
    const { format: asked, compatible: older, now } = request;
    const make = ({ password }: Yes) => super.backUp(serial, password, { format: asked, compatible: older, now }, onProgress);
    await this.handOver(await this.person.ask({ title, yes, about, password: true }, make));
    return [];
  }

  override bringIn(files: readonly port.BroughtFile[], _password: undefined, terms: port.BringingTerms): Promise<{ held: port.HeldCertificate; isWeak: boolean }> {
    const { title, yes, text } = this.person.words.bringIn;
    const about = [line(text), ...files.map(({ name }) => line(name))];
    return this.person.ask({ title, yes, about, password: true }, ({ password }) => super.bringIn(files, password, terms));
  }

  override async changePassword(serial: string): Promise<void> {
    const { title, yes } = this.person.words.changePassword;
    const about = [await this.about(serial)];
    const change = ({ password, fresh }: Yes) => super.changePassword(serial, { current: password, fresh });
    return this.person.ask({ title, yes, about, password: true, fresh: true }, change);
  }

  override async addPasskey(serial: string): Promise<void> {
    const { title, yes } = this.person.words.addPasskey;
    const about = [await this.about(serial)];
    return this.person.ask({ title, yes, about, password: true }, ({ password }) => super.addPasskey(serial, password, this.passkeyOf));
  }

  /** The code stands here: whoever is around this page does not learn it. */
  override async openSending(serial: string, terms: port.MoveTerms): Promise<{ share: Bytes; code: MoveCode }> {
    const t = this.person.words.send;
    const about = [await this.about(serial), notice("danger", t.warning)];
    const opened = await this.person.ask({ title: t.title, yes: t.yes, about }, () => super.openSending(serial, { ...terms, origin: this.origin }));
    const { share, code } = opened;
    const shown = [
      notice("danger", t.warning),
      line(groupCode(writeCode(code)), "figures"),
      await qrCode(moveAddress(this.origin, code), t.qr),
    ];
    const cancel = () => {
      this.cancelled.add(terms.sid);
      this.person.dismiss();
    };
    this.person.show(t.code, shown, { text: this.person.words.cancel, onPress: cancel });
    return { share } as { share: Bytes; code: MoveCode };
  }

  override async checkReceiver(sid: string, answer: Bytes): Promise<string> {
    const name = await super.checkReceiver(sid, answer);
    this.receivers.set(sid, name);
    return name;
  }

  override sealMoved(sid: string): Promise<Bytes> {
    const { confirm, to, look, now } = this.person.words.send;
    const name = this.receivers.get(sid);
    if (name === undefined || this.cancelled.has(sid)) return Promise.reject(new CryptoFault("vault.declined"));
    const about = [line(to(name), "figures figures--words"), notice("warning", look)];
    return this.person.ask({ title: confirm, yes: now, about }, () => super.sealMoved(sid));
  }

  override answerSender(terms: port.MoveTerms, secret: string, share: Bytes): Promise<Bytes> {
    return super.answerSender({ ...terms, origin: this.origin }, secret, share);
  }

  override async closeMove(sid: string): Promise<void> {
    this.cancelled.delete(sid);
    this.receivers.delete(sid);
    this.person.dismiss();
    return super.closeMove(sid);
  }

  /** Passkeys belong to the app's host; a browser lets this page ask for them where it is below that. */
  private get passkeyOf(): string {
    return new URL(this.origin).hostname;
  }

  private async opening<Outcome>(
    serial: string,
    asked: { readonly title: string; readonly yes: string; readonly about: readonly Node[] },
    act: (by: port.Unlocking) => Promise<Outcome>,
  ): Promise<Outcome> {
    const held = await this.findHeld(serial);
    const about = [...asked.about, await this.about(serial)];
    const question = { ...asked, about, password: true, passkey: held?.opensByPasskey === true };
    return this.person.ask(question, ({ password, withPasskey }) => act(withPasskey ? { passkeyOf: this.passkeyOf } : password));
  }

  private async about(serial: string): Promise<Node> {
    const { signing } = await this.held(serial);
    const { words } = this.person;
    return facts([[words.serial, serial], [words.until, parseCertificate(signing).notAfter.toISOString().slice(0, 10)]]);
  }

  private handOver(files: readonly port.BackupFile[]): Promise<void> {
    const { words } = this.person;
    return new Promise((resolve) => {
      const saving = files.map(({ name, type, data }) => button(words.backUp.save(name), "", () => save(name, type, data)));
      const finish = () => {
        this.person.dismiss();
        resolve();
      };
      this.person.show(words.backUp.ready, [line(words.backUp.keep), ...saving], { text: words.done, onPress: finish });
    });
  }
}

function save(name: string, type: string, data: Bytes): void {
  const url = URL.createObjectURL(new Blob([data], { type }));
  const link = element("a", { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
}

/** Returns the text when the bytes are one that hides nothing. */
function findText(content: Bytes): string | undefined {
  if (content.length > LONGEST_TEXT_BYTES) return undefined;
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content);
    return UNSEEN.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}
