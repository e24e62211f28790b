/**
 * A client of the office's public interface, one function per route. Knows nothing of screens or keys: bytes go in and
 * come out as they travel. The session's token is kept in memory only, unless the app puts it somewhere.
 *
 * Every function rejects with `OfficeRefused`, `ConnectionFault`, or the reason of an aborted `signal`.
 */

import { type Bytes } from "../crypto/bytes.ts";
import { ConnectionFault, OfficeRefused, findProblem } from "./problem.ts";
import type * as api from "./types.ts";

export interface ApiOptions {
  /** Before "/v1"; empty for the page's own origin. */
  readonly baseUrl?: string;
  /** Chosen by the client and kept by it; used for limits only. Letters, digits, "-" and "_". */
  readonly deviceId: string;
  /** Asked at each request: the language of the office's words. */
  readonly language: () => api.Language;
  readonly timeoutMs?: number;
  readonly fetch?: typeof fetch;
  /** Told when the office no longer knows the session. */
  readonly onSessionEnded?: () => void;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** True sends it even when the page is left before it is answered. */
  readonly keepalive?: boolean;
}

interface Message extends CallOptions {
  readonly body?: BodyInit;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
}

const TIMEOUT_MS = 30_000;

/** A fresh Idempotency-Key. Make one per intention and keep it over retries: the same key never acts twice. */
export function newIdempotencyKey(): string {
  return crypto.randomUUID();
}

export class Api {
  /** The bearer token of the session this page opened; after a reload the session's cookie stands in for it. */
  token: string | undefined;
  private isOpen = false;
  private readonly options: ApiOptions;

  constructor(options: ApiOptions) {
    this.options = options;
  }

  // ---- accounts

  signUp(body: api.SignUp, options?: CallOptions): Promise<api.AccountView> {
    return this.post("/v1/accounts", body, options);
  }

  /** Opens a session and uses it from here on. */
  async signIn(body: api.Credentials, options?: CallOptions): Promise<api.SignedInView> {
    const opened = await this.post<api.SignedInView>("/v1/sessions", body, options);
    this.token = opened.token;
    this.isOpen = true;
    return opened;
  }

  /** Asking prolongs the session, as every request does: the one-tap extension. */
  async showSession(options?: CallOptions): Promise<api.SessionView> {
    const found = await this.json<api.SessionView>("GET", "/v1/sessions/current", options);
    this.isOpen = true;
    return found;
  }

  /** The token is forgotten even when the office cannot be told. */
  async signOut(options?: CallOptions): Promise<void> {
    try {
      await this.send("DELETE", "/v1/sessions/current", { ...options });
    } finally {
      this.token = undefined;
      this.isOpen = false;
    }
  }

  /** Every session of the account, this one among them, newest first. */
  listSessions(options?: CallOptions): Promise<api.OwnSessionView[]> {
    return this.json("GET", "/v1/sessions", options);
  }

  async endSession(sessionId: string, options?: CallOptions): Promise<void> {
    await this.send("DELETE", `/v1/sessions/${encodeURIComponent(sessionId)}`, { ...options });
  }

  /** Ends this session too. */
  async signOutEverywhere(options?: CallOptions): Promise<void> {
    await this.send("DELETE", "/v1/sessions", { ...options });
    this.token = undefined;
    this.isOpen = false;
  }

  // ---- passkeys

  askForPasskey(options?: CallOptions): Promise<api.PasskeyRequestView> {
    return this.json("POST", "/v1/passkey-challenges", options);
  }

  /** Opens a session and uses it from here on. */
  async signInWithPasskey(body: api.AssertionBody, options?: CallOptions): Promise<api.SignedInView> {
    const opened = await this.post<api.SignedInView>("/v1/passkey-sessions", body, options);
    this.token = opened.token;
    this.isOpen = true;
    return opened;
  }

  /** Oldest first. */
  listPasskeys(options?: CallOptions): Promise<api.PasskeyView[]> {
    return this.json("GET", "/v1/passkeys", options);
  }

  askToAddPasskey(body: api.PasskeyRequestBody, options?: CallOptions): Promise<api.NewPasskeyRequestView> {
    return this.post("/v1/passkeys/challenges", body, options);
  }

  addPasskey(body: api.NewPasskeyBody, options?: CallOptions): Promise<api.PasskeyView> {
    return this.post("/v1/passkeys", body, options);
  }

  renamePasskey(passkeyId: string, body: api.PasskeyNameBody, options?: CallOptions): Promise<api.PasskeyView> {
    return this.json("PUT", `/v1/passkeys/${encodeURIComponent(passkeyId)}`, withJson(body, options));
  }

  async removePasskey(passkeyId: string, options?: CallOptions): Promise<void> {
    await this.send("DELETE", `/v1/passkeys/${encodeURIComponent(passkeyId)}`, { ...options });
  }

  // ---- devices

  /** Last seen first. */
  listDevices(options?: CallOptions): Promise<api.DeviceView[]> {
    return this.json("GET", "/v1/devices", options);
  }

  renameDevice(deviceId: string, body: api.DeviceNameBody, options?: CallOptions): Promise<api.DeviceView> {
    return this.json("PUT", `/v1/devices/${encodeURIComponent(deviceId)}`, withJson(body, options));
  }

  async removeDevice(deviceId: string, options?: CallOptions): Promise<void> {
    await this.send("DELETE", `/v1/devices/${encodeURIComponent(deviceId)}`, { ...options });
  }

  /** What this device must wipe; asked without a session. */
  showWipe(options?: CallOptions): Promise<api.WipeView> {
    return this.json("GET", "/v1/devices/wipe", options);
  }

  // ---- the CA

  showAuthority(options?: CallOptions): Promise<api.AuthorityView> {
    return this.json("GET", "/v1/authority", options);
  }

  // ---- applications

  listConsents(options?: CallOptions): Promise<api.ConsentBody[]> {
    return this.json("GET", "/v1/consents", options);
  }

  quoteTerms(body: api.TermsBody, options?: CallOptions): Promise<api.TermsView> {
    return this.post("/v1/terms", body, options);
  }

  openApplication(body: api.ApplicationBody, options?: CallOptions): Promise<api.ApplicationView> {
    return this.post("/v1/applications", body, options);
  }

  /** Newest first. */
  listApplications(options?: CallOptions): Promise<api.ApplicationView[]> {
    return this.json("GET", "/v1/applications", options);
  }

  getApplication(applicationId: string, options?: CallOptions): Promise<api.ApplicationView> {
    return this.json("GET", of(applicationId), options);
  }

  cancelApplication(applicationId: string, options?: CallOptions): Promise<api.ApplicationView> {
    return this.json("DELETE", of(applicationId), options);
  }

  // ---- identity proofing

  /** Undefined before the first photograph. */
  showProofing(applicationId: string, options?: CallOptions): Promise<api.ProofingView | undefined> {
    return this.json("GET", of(applicationId, "/proofing"), options);
  }

  /** `image` is a JPEG or PNG file. The last side the document needs sets the reader to work. */
  submitPhotograph(
    applicationId: string,
    kind: api.DocumentKind,
    side: api.Side,
    image: Blob,
    options?: CallOptions,
  ): Promise<api.PhotographView> {
    const message = { ...options, body: image, headers: { "Content-Type": image.type || "image/jpeg" } };
    return this.json("PUT", of(applicationId, `/photographs/${kind}/${side}`), message);
  }

  showReadFields(applicationId: string, options?: CallOptions): Promise<api.ReadFieldView[]> {
    return this.json("GET", of(applicationId, "/document"), options);
  }

  confirmFields(applicationId: string, body: api.ConfirmationBody, options?: CallOptions): Promise<api.StateView> {
    return this.post(of(applicationId, "/document/confirmation"), body, options);
  }

  submitPersonalData(applicationId: string, body: api.PersonalDataBody, options?: CallOptions): Promise<api.StateView> {
    return this.post(of(applicationId, "/personal-data"), body, options);
  }

  async changePhone(applicationId: string, body: api.PhoneBody, options?: CallOptions): Promise<void> {
    await this.send("PUT", of(applicationId, "/phone"), withJson(body, options));
  }

  async submitAccount(applicationId: string, body: api.AccountBody, options?: CallOptions): Promise<void> {
    await this.send("POST", of(applicationId, "/account"), withJson(body, options));
  }

  /** What is known from the last identification, to fill in; refused with "identity_proofing.nothing_known" otherwise. */
  showApplicant(options?: CallOptions): Promise<api.KnownApplicantView> {
    return this.json("GET", "/v1/applicant", options);
  }

  async submitKnownAccount(applicationId: string, options?: CallOptions): Promise<void> {
    await this.send("POST", of(applicationId, "/account/known"), { ...options });
  }

  confirmDeposit(applicationId: string, body: api.DepositBody, options?: CallOptions): Promise<api.StateView> {
    return this.post(of(applicationId, "/deposit/confirmation"), body, options);
  }

  /** Asks to be called; the number to press stands under `call`. */
  requestCall(applicationId: string, options?: CallOptions): Promise<api.ProofingView> {
    return this.json("POST", of(applicationId, "/call"), options);
  }

  // ---- handing the photographs over to a phone

  /** An earlier one of the application ends. The secret is told this once. */
  openHandOff(applicationId: string, body: api.HandOffBody, options?: CallOptions): Promise<api.OpenedHandOffView> {
    return this.post(of(applicationId, "/hand-off"), body, options);
  }

  showHandOff(applicationId: string, options?: CallOptions): Promise<api.HandOffView> {
    return this.json("GET", of(applicationId, "/hand-off"), options);
  }

  async revokeHandOff(applicationId: string, options?: CallOptions): Promise<void> {
    await this.send("DELETE", of(applicationId, "/hand-off"), { ...options });
  }

  /** On the phone, once. What follows shows the token told here; no session is opened. */
  claimHandOff(body: api.ClaimBody, options?: CallOptions): Promise<api.ClaimedHandOffView> {
    return this.post("/v1/hand-offs/claims", body, options);
  }

  showOwnHandOff(token: string, options?: CallOptions): Promise<api.HandOffView> {
    return this.json("GET", "/v1/hand-offs/current", { ...options, headers: { Authorization: `Bearer ${token}` } });
  }

  /** As `submitPhotograph`, for the document that was handed over. The last side ends the hand-off. */
  submitHandedPhotograph(token: string, side: api.Side, image: Blob, options?: CallOptions): Promise<api.PhotographView> {
    const headers = { Authorization: `Bearer ${token}`, "Content-Type": image.type || "image/jpeg" };
    return this.json("PUT", `/v1/hand-offs/current/photographs/${side}`, { ...options, body: image, headers });
  }

  // ---- certificates

  /** The same key and body again are answered with the same certificates: repeat it after a lost answer. */
  enrol(
    applicationId: string,
    body: api.EnrolmentBody,
    idempotencyKey: string,
    options?: CallOptions,
  ): Promise<api.CertificateSetView> {
    const message = withJson(body, options, { "Idempotency-Key": idempotencyKey });
    return this.json("POST", of(applicationId, "/certificates"), message);
  }

  downloadCertificates(applicationId: string, options?: CallOptions): Promise<api.CertificateSetView> {
    return this.json("GET", of(applicationId, "/certificates"), options);
  }

  showAcceptanceStatement(applicationId: string, options?: CallOptions): Promise<api.AcceptanceStatementView> {
    return this.json("GET", of(applicationId, "/acceptance"), options);
  }

  accept(applicationId: string, body: api.AcceptanceBody, options?: CallOptions): Promise<api.AcceptanceView> {
    return this.post(of(applicationId, "/acceptance"), body, options);
  }

  offerRenewal(serial: string, options?: CallOptions): Promise<api.RenewalOfferView> {
    return this.json("GET", `/v1/certificates/${encodeURIComponent(serial)}/renewal`, options);
  }

  /** Asked again, the open one is returned. */
  openRenewal(body: api.RenewalBody, options?: CallOptions): Promise<api.RenewalView> {
    return this.post("/v1/renewals", body, options);
  }

  getRenewal(renewalId: string, options?: CallOptions): Promise<api.RenewalView> {
    return this.json("GET", `/v1/renewals/${encodeURIComponent(renewalId)}`, options);
  }

  /** The same request again is answered with the same certificates: repeat it after a lost answer. */
  renew(renewalId: string, body: api.RenewalRequestBody, options?: CallOptions): Promise<api.CertificateSetView> {
    return this.post(`/v1/renewals/${encodeURIComponent(renewalId)}/certificates`, body, options);
  }

  /** Every certificate ever issued to the caller, oldest first. */
  listCertificates(options?: CallOptions): Promise<api.HeldView[]> {
    return this.json("GET", "/v1/certificates", options);
  }

  suspend(serial: string, options?: CallOptions): Promise<api.StandingView> {
    return this.json("POST", `/v1/certificates/${encodeURIComponent(serial)}/suspension`, options);
  }

  /** What a relying party asks for; wants no session. */
  showSignInRequest(requestId: string, options?: CallOptions): Promise<api.SignInRequestView> {
    return this.json("GET", `/v1/sign-in-requests/${encodeURIComponent(requestId)}`, options);
  }

  signSignInRequest(requestId: string, body: api.SignInSignatureBody, options?: CallOptions): Promise<api.WayBackView> {
    return this.post(`/v1/sign-in-requests/${encodeURIComponent(requestId)}/signature`, body, options);
  }

  declineSignInRequest(requestId: string, options?: CallOptions): Promise<api.WayBackView> {
    return this.json("POST", `/v1/sign-in-requests/${encodeURIComponent(requestId)}/refusal`, options);
  }

  /** How far a signature request is; wants no session. */
  showSigningProgress(requestId: string, options?: CallOptions): Promise<api.ProgressView> {
    return this.json("GET", `/v1/signings/${encodeURIComponent(requestId)}/progress`, options);
  }

  /** From now on the request is this person's. */
  openSigning(requestId: string, options?: CallOptions): Promise<api.SigningView> {
    return this.json("POST", `/v1/signings/${encodeURIComponent(requestId)}/opening`, options);
  }

  showSigning(requestId: string, options?: CallOptions): Promise<api.SigningView> {
    return this.json("GET", `/v1/signings/${encodeURIComponent(requestId)}`, options);
  }

  /** The document as its party handed it in: a PDF, or text in UTF-8. */
  async getSigningDocument(requestId: string, options?: CallOptions): Promise<Bytes> {
    const answer = await this.send("GET", `/v1/signings/${encodeURIComponent(requestId)}/document`, { ...options });
    return new Uint8Array(await answer.arrayBuffer());
  }

  prepareSigning(requestId: string, body: api.PreparationBody, options?: CallOptions): Promise<api.PreparationView> {
    return this.post(`/v1/signings/${encodeURIComponent(requestId)}/preparation`, body, options);
  }

  signSigning(requestId: string, body: api.SignatureBody, options?: CallOptions): Promise<api.SigningView> {
    return this.post(`/v1/signings/${encodeURIComponent(requestId)}/signature`, body, options);
  }

  declineSigning(requestId: string, options?: CallOptions): Promise<api.SigningView> {
    return this.json("POST", `/v1/signings/${encodeURIComponent(requestId)}/refusal`, options);
  }

  /** What to sign to prove an act: for a revocation always the same. */
  showActStatement(serial: string, act: "revoke" | "resume", options?: CallOptions): Promise<api.ActStatementView> {
    return this.json("GET", `/v1/certificates/${encodeURIComponent(serial)}/statements/${act}`, options);
  }

  resume(serial: string, body: api.ProofBody, options?: CallOptions): Promise<api.StandingView> {
    return this.post(`/v1/certificates/${encodeURIComponent(serial)}/resumption`, body, options);
  }

  revoke(serial: string, body: api.RevocationBody, options?: CallOptions): Promise<api.StandingView> {
    return this.post(`/v1/certificates/${encodeURIComponent(serial)}/revocation`, body, options);
  }

  /** Asks to be called at the telephone on record; the number to press is in the answer. */
  requestConfirmation(body: api.ConfirmationRequestBody, options?: CallOptions): Promise<api.ConfirmationView> {
    return this.post("/v1/confirmations", body, options);
  }

  showIssueLock(options?: CallOptions): Promise<api.IssueLockView> {
    return this.json("GET", "/v1/issue-lock", options);
  }

  lockIssuing(options?: CallOptions): Promise<api.IssueLockView> {
    return this.json("POST", "/v1/issue-lock", options);
  }

  unlockIssuing(body: api.UnlockBody, options?: CallOptions): Promise<api.IssueLockView> {
    return this.post("/v1/issue-lock/unlocking", body, options);
  }

  cancelUnlock(options?: CallOptions): Promise<api.IssueLockView> {
    return this.json("DELETE", "/v1/issue-lock/unlocking", options);
  }

  showConfirmation(confirmationId: string, options?: CallOptions): Promise<api.ConfirmationView> {
    return this.json("GET", `/v1/confirmations/${encodeURIComponent(confirmationId)}`, options);
  }

  /** The signed succession statement of a serial number: CMS SignedData, DER. */
  async getSuccession(serial: string, options?: CallOptions): Promise<Bytes> {
    const answer = await this.send("GET", `/v1/successions/${encodeURIComponent(serial)}`, { ...options });
    return new Uint8Array(await answer.arrayBuffer());
  }

  // ---- status

  /** Which of the office's neighbours are away. */
  showStatus(options?: CallOptions): Promise<api.ServiceStatusView> {
    return this.json("GET", "/v1/status", options);
  }

  // ---- support

  /** The same failure again is answered with the same ticket. */
  openTicket(body: api.TicketBody, options?: CallOptions): Promise<api.TicketView> {
    return this.post("/v1/support/tickets", body, options);
  }

  /** Newest first. */
  listTickets(options?: CallOptions): Promise<api.TicketView[]> {
    return this.json("GET", "/v1/support/tickets", options);
  }

  getTicket(caseId: string, options?: CallOptions): Promise<api.TicketView> {
    return this.json("GET", `/v1/support/tickets/${encodeURIComponent(caseId)}`, options);
  }

  writeMessage(caseId: string, body: api.MessageBody, options?: CallOptions): Promise<api.TicketView> {
    return this.post(`/v1/support/tickets/${encodeURIComponent(caseId)}/messages`, body, options);
  }

  closeTicket(caseId: string, options?: CallOptions): Promise<api.TicketView> {
    return this.json("POST", `/v1/support/tickets/${encodeURIComponent(caseId)}/closing`, options);
  }

  /** Before sign-in. */
  reportFailure(body: api.ReportBody, options?: CallOptions): Promise<api.TicketView> {
    return this.post("/v1/support/reports", body, options);
  }

  getReport(caseId: string, requestId: string, options?: CallOptions): Promise<api.TicketView> {
    const message = { ...options, headers: { "Dojang-Request": requestId } };
    return this.json("GET", `/v1/support/reports/${encodeURIComponent(caseId)}`, message);
  }

  // ---- moving a certificate between two devices

  openTransfer(options?: CallOptions): Promise<api.TransferView> {
    return this.json("POST", "/v1/transfers", options);
  }

  joinTransfer(body: api.JoinBody, options?: CallOptions): Promise<api.TransferView> {
    return this.post("/v1/transfers/join", body, options);
  }

  showTransfer(transferId: string, options?: CallOptions): Promise<api.TransferView> {
    return this.json("GET", `/v1/transfers/${encodeURIComponent(transferId)}`, options);
  }

  /** The same message again changes nothing: repeat it after a lost answer. */
  leaveMessage(
    transferId: string,
    step: api.TransferStep,
    body: api.TransferMessageBody,
    options?: CallOptions,
  ): Promise<api.TransferView> {
    const path = `/v1/transfers/${encodeURIComponent(transferId)}/messages/${step}`;
    return this.json("PUT", path, withJson(body, options));
  }

  endTransfer(transferId: string, body: api.TransferEndBody, options?: CallOptions): Promise<api.TransferView> {
    return this.post(`/v1/transfers/${encodeURIComponent(transferId)}/end`, body, options);
  }

  /** What was told to the caller, newest first; `before` is the `next` of the page before. */
  listNotices(before = "", options?: CallOptions): Promise<api.NoticesView> {
    return this.json("GET", "/v1/notices", before ? { ...options, query: { before } } : options);
  }

  markNoticesRead(ids: readonly string[], options?: CallOptions): Promise<api.UnreadView> {
    return this.post("/v1/notices/read", { ids }, options);
  }

  showNoticeSettings(options?: CallOptions): Promise<api.NoticeSettingsView> {
    return this.json("GET", "/v1/notices/settings", options);
  }

  chooseNotices(body: api.ChoiceBody, options?: CallOptions): Promise<api.ChoiceBody> {
    return this.json("PUT", "/v1/notices/settings", withJson(body, options));
  }

  addEmail(body: api.EmailBody, options?: CallOptions): Promise<api.EmailView> {
    return this.post("/v1/notices/emails", body, options);
  }

  sendEmailCode(contactId: string, options?: CallOptions): Promise<api.EmailView> {
    return this.json("POST", `/v1/notices/emails/${encodeURIComponent(contactId)}/code`, options);
  }

  confirmEmail(contactId: string, body: api.CodeBody, options?: CallOptions): Promise<api.EmailView> {
    return this.post(`/v1/notices/emails/${encodeURIComponent(contactId)}/confirmation`, body, options);
  }

  addPush(body: api.PushBody, options?: CallOptions): Promise<api.PushView> {
    return this.post("/v1/notices/pushes", body, options);
  }

  async removeContact(contactId: string, options?: CallOptions): Promise<void> {
    await this.send("DELETE", `/v1/notices/contacts/${encodeURIComponent(contactId)}`, { ...options });
  }

  /** What the link of an e-mail would turn off; needs no session. */
  lookAtLink(token: string, options?: CallOptions): Promise<api.LinkView> {
    return this.json("GET", `/v1/notices/unsubscribe/${encodeURIComponent(token)}`, options);
  }

  unsubscribe(token: string, options?: CallOptions): Promise<api.LinkView> {
    return this.json("POST", `/v1/notices/unsubscribe/${encodeURIComponent(token)}`, options);
  }

  // ---- how

  private post<Answer>(path: string, body: object, options?: CallOptions): Promise<Answer> {
    return this.json("POST", path, withJson(body, options));
  }

  private async json<Answer>(method: string, path: string, message: Message = {}): Promise<Answer> {
    const answer = await this.send(method, path, message);
    if (answer.status === 204) return undefined as Answer; // where there may be nothing yet, the method's type says so
    try {
      return (await answer.json()) as Answer;
    } catch {
      throw new ConnectionFault("network.unintelligible", answer.status);
    }
  }

  private async send(method: string, path: string, message: Message): Promise<Response> {
    const { baseUrl = "", deviceId, language, timeoutMs = TIMEOUT_MS } = this.options;
    const headers = new Headers({ "Accept-Language": language(), "Dojang-Device": deviceId, ...message.headers });
    if (this.token && !headers.has("Authorization")) headers.set("Authorization", `Bearer ${this.token}`);
    const answer = await this.within(timeoutMs, message.signal, (signal) =>
      (this.options.fetch ?? fetch)(baseUrl + path + queryOf(message.query), {
        method,
        headers,
        signal,
        body: message.body ?? null,
        cache: "no-store",
        credentials: "same-origin",
        redirect: "error",
        keepalive: message.keepalive === true,
      }),
    );
    if (answer.ok) return answer;
    const problem = findProblem(await answer.json().catch(() => undefined));
    if (!problem) throw new ConnectionFault("network.unintelligible", answer.status);
    if (problem.code === "access.session_required" && (this.isOpen || this.token)) {
      this.token = undefined;
      this.isOpen = false;
      this.options.onSessionEnded?.();
    }
    throw new OfficeRefused(problem);
  }

  private async within(
    timeoutMs: number,
    signal: AbortSignal | undefined,
    act: (signal: AbortSignal) => Promise<Response>,
  ): Promise<Response> {
    const limit = new AbortController();
    const abort = () => limit.abort(signal?.reason);
    const timer = setTimeout(() => limit.abort(new ConnectionFault("network.timeout")), timeoutMs);
    signal?.addEventListener("abort", abort);
    if (signal?.aborted) abort();
    try {
      return await act(limit.signal);
    } catch (reason) {
      if (limit.signal.aborted) throw limit.signal.reason;
      if (!(reason instanceof TypeError)) throw reason;
      throw new ConnectionFault(globalThis.navigator?.onLine === false ? "network.offline" : "network.unreachable");
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    }
  }
}

function of(applicationId: string, rest = ""): string {
  return `/v1/applications/${encodeURIComponent(applicationId)}${rest}`;
}

function queryOf(query: Readonly<Record<string, string>> | undefined): string {
  return query ? `?${new URLSearchParams(query).toString()}` : "";
}

function withJson(body: object, options?: CallOptions, headers: Readonly<Record<string, string>> = {}): Message {
  return { ...options, body: JSON.stringify(body), headers: { "Content-Type": "application/json", ...headers } };
}
