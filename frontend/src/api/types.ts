/**
 * What goes over the public interface, named and shaped as the server's own models (`src/dojang/web/subscriber/`); a test
 * compares both. Moments are ISO 8601 in UTC, serial numbers decimal strings, bytes base64 of DER.
 */

export type Language = "ko" | "en";
export type ApplicationKind = "new" | "reissue" | "renewal";
export type ReissueReason = "lost" | "leaked" | "expired" | "password_forgotten" | "replaced";
export type ApplicationState =
  | "proofing" | "identified" | "issued" | "completed" | "cancelled" | "expired" | "refused" | "frozen";
export type Validity = "anew" | "remaining" | "extended";
export type RenewalState = "opened" | "proven";

export type Check = "id_document" | "personal_data" | "registry" | "account_deposit" | "ars_call";
export type CheckState =
  | "awaited" | "running" | "parked" | "confirming" | "retry" | "refused" | "review" | "passed" | "failed";
export type CaseState = "open" | "verified" | "refused" | "frozen" | "closed";

export type DocumentKind = "resident_card" | "driver_licence" | "passport";
export type Side = "front" | "back";
export type DocumentState = "collecting" | "reading" | "read" | "confirmed" | "rejected" | "superseded";
export type FieldName =
  | "name" | "hanja" | "rrn" | "birth_date" | "sex" | "address" | "issued_on" | "authority" | "licence_number"
  | "licence_class" | "serial" | "renewal_from" | "expires_on" | "passport_number" | "surname" | "given_names"
  | "nationality" | "mrz_line_1" | "mrz_line_2";
export type FieldSource = "visual" | "mrz" | "derived" | "typed";

export type DepositState =
  | "requested" | "sending" | "unknown" | "sent" | "confirmed" | "refused" | "expired" | "exhausted" | "stranded"
  | "abandoned";
export type DepositFactor = "amount" | "code";
export type CallState =
  | "requested" | "ringing" | "confirmed" | "wrong_number" | "no_answer" | "busy" | "declined" | "unreachable"
  | "hung_up" | "silence" | "not_requested" | "not_owner" | "interrupted" | "expired" | "abandoned";

/** What needs a further proof. */
export type Act = "revoke" | "resume" | "unlock_issuing";
export type ConfirmationState =
  | "requested" | "ringing" | "confirmed" | "used" | "wrong_number" | "no_answer" | "busy" | "declined" | "unreachable"
  | "hung_up" | "silence" | "not_requested" | "not_owner" | "interrupted" | "expired";

export type CertificateState = "good" | "held" | "revoked";
/** Who put a certificate on hold; its owner lifts only the owner's. */
export type HoldParty = "owner" | "office";
export type LockState = "open" | "locked" | "cooling";
export type DeliveryState = "available" | "accepted" | "withdrawn";
/** What a subscriber may say when ending their own certificate. */
export type OwnRevocationReason = "keyCompromise" | "cessationOfOperation" | "superseded" | "unspecified";

export type DeviceType = "phone" | "tablet" | "computer" | "command_line" | "other";

export interface Credentials {
  login_name: string;
  password: string;
}

export interface DeviceNameBody {
  name: string;
}

/** `last_seen_at` is its last sign-in. */
export interface DeviceView {
  id: string;
  kind: DeviceType;
  name: string;
  first_seen_at: string;
  last_seen_at: string;
  is_this: boolean;
}

/** Serial numbers whose keys this device must wipe: its owner has removed it. */
export interface WipeView {
  certificates: string[];
}

export interface SignUp {
  login_name: string;
  password: string;
  language?: Language;
}

export interface AccountView {
  id: string;
  login_name: string;
  language: string;
}

/** `expires_at` moves on with use, never past `ends_at_latest`. */
export interface SessionView {
  expires_at: string;
  ends_at_latest: string;
}

export interface SignedInView {
  expires_at: string;
  ends_at_latest: string;
  token: string;
}

/** Waiting for the phone, claimed by it, and how it ended. */
export type HandOffState = "waiting" | "claimed" | "finished" | "revoked" | "expired";

export interface HandOffBody {
  kind: DocumentKind;
}

export interface OpenedHandOffView {
  secret: string;
  expires_at: string;
}

export interface HandOffView {
  kind: DocumentKind;
  state: HandOffState;
  expires_at: string;
}

export interface ClaimBody {
  secret: string;
}

export interface ClaimedHandOffView {
  token: string;
  kind: DocumentKind;
  expires_at: string;
}

export type SignInMethod = "password" | "passkey";

/** `browser` is what it called itself at sign-in; it may be empty. */
export interface OwnSessionView {
  id: string;
  method: SignInMethod;
  browser: string;
  opened_at: string;
  expires_at: string;
  is_current: boolean;
}

/** User verification is always required. */
export interface PasskeyRequestView {
  challenge: string;
  relying_party_id: string;
  timeout_s: number;
}

/** `known` are credential ids to leave out, `algorithms` COSE numbers. */
export interface NewPasskeyRequestView {
  challenge: string;
  relying_party_id: string;
  timeout_s: number;
  user_handle: string;
  user_name: string;
  known: string[];
  algorithms: number[];
}

export interface PasskeyRequestBody {
  password?: string | null;
}

export interface AssertionBody {
  credential_id: string;
  client_data: string;
  authenticator_data: string;
  signature: string;
  user_handle?: string;
}

export interface NewPasskeyBody {
  name: string;
  client_data: string;
  attestation_object: string;
}

export interface PasskeyNameBody {
  name: string;
}

/** `synced`: its maker keeps copies, so that it may be on several devices. */
export interface PasskeyView {
  id: string;
  name: string;
  synced: boolean;
  added_at: string;
  last_used_at: string | null;
}

/** `chain` goes from the issuing CA to the root. */
export interface AuthorityView {
  environment: string;
  ca_folder: string;
  transport_key: string;
  transport_certificate: string;
  chain: string[];
  /** The number our calls come from. */
  caller: string;
  offered_years: number[];
  support: SupportView;
  /** What opens a bank's own app, by bank code. */
  bank_apps: Readonly<Record<string, string>>;
}

/** Where people reach support; `hours` in the caller's language. */
export interface SupportView {
  phone: string;
  hours: string;
}

export interface ConsentBody {
  text_id: string;
  version: string;
}

/** What is applied for; a renewal is asked for with the key instead. */
export type AppliedKind = Exclude<ApplicationKind, "renewal">;

export interface TermsBody {
  kind: AppliedKind;
  years: number;
  reissue_reason?: ReissueReason | null;
  predecessor_serial?: string | null;
}

export interface ApplicationBody {
  kind: AppliedKind;
  years: number;
  reissue_reason?: ReissueReason | null;
  predecessor_serial?: string | null;
  consents: ConsentBody[];
}

/** `predecessor_ends` is "at_once" (suspended now, revoked once identified), "on_acceptance" or null; `not_after` inclusive. */
export interface TermsView {
  validity: Validity;
  years: number;
  not_before: string;
  not_after: string;
  predecessor_serial: string | null;
  predecessor_ends: "at_once" | "on_acceptance" | null;
}

export interface ApplicationView {
  id: string;
  kind: ApplicationKind;
  years: number;
  validity: Validity;
  reissue_reason: ReissueReason | null;
  predecessor_serial: string | null;
  state: ApplicationState;
  opened_at: string;
  expires_at: string;
}

/** Why a check stands where it does, in the caller's language. */
export interface FindingView {
  code: string;
  title: string;
  next: string;
  field: string | null;
  detail: string | null;
}

/** `tries_left` is null where nothing counts. */
export interface CheckStateView {
  check: Check;
  state: CheckState;
  findings: FindingView[];
  tries_left: number | null;
  may_act: boolean;
}

export interface DocumentStateView {
  kind: DocumentKind;
  state: DocumentState;
  sides_missing: Side[];
}

/** What was entered; telephone and RRN masked. */
export interface PersonStateView {
  name: string;
  birth_date: string;
  sex: string;
  phone: string;
  rrn: string | null;
}

/** The account is masked; `factors` must all be confirmed. */
export interface DepositStateView {
  bank_code: string;
  account: string;
  state: DepositState;
  factors: DepositFactor[];
  expires_at: string | null;
  tries_left: number;
}

/** `number` is to be pressed in the call: shown here and nowhere else, null when the call is over. */
export interface CallStateView {
  phone: string;
  state: CallState;
  number: string | null;
  expires_at: string;
}

/** `next_check` is where the applicant can act now; null while others are at work. */
export interface ProofingView {
  state: CaseState;
  checks: CheckStateView[];
  next_check: Check | null;
  document: DocumentStateView | null;
  person: PersonStateView | null;
  deposit: DepositStateView | null;
  call: CallStateView | null;
  expires_at: string;
}

export interface PhotographView {
  kind: DocumentKind;
  state: DocumentState;
  sides: Side[];
}

/** `crop` is base64 of JPEG, null when the value was typed. */
export interface ReadFieldView {
  name: FieldName;
  value: string;
  confidence: number;
  source: FieldSource;
  crop: string | null;
}

/** Corrections by field name; an empty object confirms everything as read. */
export interface ConfirmationBody {
  corrections?: Partial<Record<FieldName, string>>;
}

/** `birth_date` is YYYY-MM-DD, `sex` "M" or "F"; `rrn` only where the document bears none. */
export interface PersonalDataBody {
  name: string;
  birth_date: string;
  sex: string;
  phone: string;
  rrn?: string | null;
}

/** What the caller entered when last identified; `account` is masked. */
export interface KnownApplicantView {
  name: string;
  birth_date: string;
  sex: string;
  phone: string;
  bank_code: string | null;
  account: string | null;
}

export interface PhoneBody {
  phone: string;
}

/** Three-digit bank code; number with or without hyphens. */
export interface AccountBody {
  bank_code: string;
  number: string;
}

export interface DepositBody {
  amount_krw?: number | null;
  code?: string | null;
}

export interface StateView {
  state: CheckState;
}

export interface EnrolmentBody {
  signing_request: string;
  key_management_request: string;
  sealed_r: string;
}

/** Validity with both ends inclusive. */
export interface CertificateView {
  serial: string;
  certificate: string;
  not_before: string;
  not_after: string;
}

export interface CertificateSetView {
  issued_at: string;
  signing: CertificateView;
  key_management: CertificateView;
  chain: string[];
}

export interface AcceptanceStatementView {
  statement: string;
}

export interface AcceptanceBody {
  signature: string;
}

export interface AcceptanceView {
  state: DeliveryState;
}

/** One choice; `not_after` inclusive. */
export interface RenewalOfferChoice {
  years: number;
  not_after: string;
}

export interface RenewalOfferView {
  predecessor_serial: string;
  predecessor_not_after: string;
  not_before: string;
  offers: RenewalOfferChoice[];
  consents: ConsentBody[];
}

export interface RenewalBody {
  serial: string;
  years: number;
  consents: ConsentBody[];
}

/** Its `id` is its application's too. */
export interface RenewalView {
  id: string;
  state: RenewalState;
  predecessor_serial: string;
  years: number;
  not_after: string;
  expires_at: string;
}

/** CMS SignedData by the certificate to be renewed, base64 of DER. */
export interface RenewalRequestBody {
  request: string;
}

/** Of one on hold: who set it, and when it is revoked unless it was resumed (exclusive). */
export interface HeldView {
  serial: string;
  not_after: string;
  state: CertificateState;
  succeeded: boolean;
  held_by: HoldParty | null;
  hold_ends_at: string | null;
  /** While it is good, it may be renewed from then on. */
  renewable_from: string;
}

/** One further proof: a signature over the act's statement, or a confirmation's id. */
export interface ProofBody {
  signature?: string | null;
  confirmation?: string | null;
}

/** `opens_at` is exclusive while it cools; `statement` is what a certificate's key signs to unlock. */
export interface IssueLockView {
  id: string | null;
  state: LockState;
  since: string | null;
  opens_at: string | null;
  may_lock: boolean;
  statement: string | null;
}

/** With a signature, the serial number of the certificate whose key made it. */
export interface UnlockBody {
  signature?: string | null;
  confirmation?: string | null;
  serial?: string | null;
}

export interface ActStatementView {
  statement: string;
}

/** `target` is a serial number, or the issue lock's id. */
export interface ConfirmationRequestBody {
  act: Act;
  target: string;
}

/** `number` is to be pressed in the call: shown here and nowhere else, null when the call is over. */
export interface ConfirmationView {
  id: string;
  act: Act;
  target: string;
  state: ConfirmationState;
  phone: string;
  number: string | null;
  expires_at: string;
}

export interface RevocationBody {
  signature?: string | null;
  confirmation?: string | null;
  reason?: OwnRevocationReason;
}

export interface StandingView {
  state: CertificateState;
  reason: string | null;
  since: string | null;
  held_by: HoldParty | null;
  hold_ends_at: string | null;
}

// ---- support

export type TicketState = "open" | "answered" | "closed";
export type DeviceKind = "phone" | "tablet" | "computer" | "other";

/** A failure of somebody signed in: codes and names; `text` is what the person wants to say. */
export interface TicketBody {
  code: string;
  support_code?: string;
  step?: string;
  app_version?: string;
  device?: DeviceKind;
  text?: string;
  application_id?: string | null;
  request_id?: string;
}

/** A failure before sign-in: the ticket is shown to whoever knows `request_id`. */
export interface ReportBody {
  code: string;
  support_code?: string;
  step?: string;
  app_version?: string;
  device?: DeviceKind;
  text?: string;
  request_id: string;
}

export interface MessageBody {
  text: string;
}

/** `masked`: numbers that must not be in it were replaced by stars. */
export interface MessageView {
  author: "person" | "office";
  at: string;
  text: string;
  masked: boolean;
}

/** `case_id` is what to tell support; `title` is empty for a code that only the app knows. */
export interface TicketView {
  case_id: string;
  state: TicketState;
  code: string;
  title: string;
  opened_at: string;
  changed_at: string;
  messages: MessageView[];
}

export type TransferState =
  | "open" | "joined" | "offered" | "answered" | "sent" | "received" | "closed" | "burned" | "expired";
export type TransferSide = "sender" | "receiver";
export type TransferStep = "share" | "answer" | "keys" | "receipt";
export type TransferOutcome = "done" | "mismatch" | "given_up";

/** The first four digits of the code; the others never leave the two devices. */
export interface JoinBody {
  number: string;
}

/** Base64. */
export interface TransferMessageBody {
  content: string;
}

export interface TransferMessageView {
  step: TransferStep;
  content: string;
}

export interface TransferEndBody {
  outcome: TransferOutcome;
}

/** `sid` is 32 hex digits, `expires_at` exclusive, `messages` the other side's. */
export interface TransferView {
  id: string;
  number: string;
  sid: string;
  side: TransferSide;
  state: TransferState;
  expires_at: string;
  messages: TransferMessageView[];
}

// ---- status

export type Neighbour = "bank" | "telephony" | "registry" | "notice" | "reader" | "signer";
export type BreakerState = "closed" | "open" | "half_open";

/** One neighbour of the office; the words are empty while it works. */
export interface ComponentView {
  component: Neighbour;
  state: BreakerState;
  since: string | null;
  title: string;
  cause: string;
  next: string;
}

export interface ServiceStatusView {
  at: string;
  working: boolean;
  components: ComponentView[];
}

// ---- notices

export type Topic = "security" | "expiry" | "support" | "proof" | "office";
export type Reach = "phone" | "email" | "push";

/** One notice, in the language it was told in. `text` is what was sent, `body` says more. */
export interface NoticeView {
  id: string;
  topic: Topic;
  subject: string;
  text: string;
  body: string;
  made_at: string;
  read: boolean;
}

/** A page, newest first; `next` is null on the last one. */
export interface NoticesView {
  notices: NoticeView[];
  unread: number;
  next: string | null;
}

export interface ReadBody {
  ids: string[];
}

export interface UnreadView {
  unread: number;
}

/** An address, masked. While it is not `proven`, a code is under way until `code_expires_at` (exclusive). */
export interface EmailView {
  id: string;
  address: string;
  proven: boolean;
  added_at: string;
  code_expires_at: string | null;
}

/** A browser that is told; `service` is the host of its push service. */
export interface PushView {
  id: string;
  service: string;
  added_at: string;
}

export interface ChoiceBody {
  reach: Reach;
  muted: Topic[];
}

/** `phone` is masked; `push_key` is what a browser subscribes with, base64url. */
export interface NoticeSettingsView {
  reach: Reach;
  muted: Topic[];
  optional: Topic[];
  phone: string | null;
  emails: EmailView[];
  pushes: PushView[];
  push_key: string;
}

export interface EmailBody {
  address: string;
}

export interface CodeBody {
  code: string;
}

export interface PushKeysBody {
  p256dh: string;
  auth: string;
}

export interface PushBody {
  endpoint: string;
  keys: PushKeysBody;
}

export interface LinkView {
  topic: Topic;
}

export interface SignInRequestView {
  party: string;
  redirect_host: string;
  scopes: string[];
  expires_at: string;
  tries_left: number;
  statement: string;
}

export interface SignInSignatureBody {
  signature: string;
  certificate: string;
}

export interface WayBackView {
  location: string;
}

export type SignableKind = "pdf" | "text" | "digest";

export type SignatureRequestState = "open" | "bound" | "signed" | "completed" | "declined" | "expired" | "failed";

export interface SigningView {
  party: string;
  kind: SignableKind;
  state: SignatureRequestState;
  purpose: string | null;
  amount_krw: number | null;
  description: string | null;
  file_name: string | null;
  size_bytes: number;
  pages: number | null;
  sha256: string;
  expires_at: string;
  tries_left: number;
  return_host: string | null;
  location: string | null;
  reason: string | null;
}

export interface ProgressView {
  party: string;
  state: SignatureRequestState;
  expires_at: string;
  location: string | null;
}

export interface PreparationBody {
  certificate: string;
}

export interface PreparationView {
  attributes: string;
  before: string;
  after: string;
  prepared_at: string;
}

export interface SignatureBody {
  signature: string;
}
