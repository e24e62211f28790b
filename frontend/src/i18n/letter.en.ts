/** Words of opening encrypted letters. Spread into `en.ts`. */

export const letter = {
  letter: {
    title: "Open an encrypted letter",
    lead: "Opens a letter that another site locked with your certificate, on this device.",
    file: "The letter you received",
    fileHint: "A .p7m file, or a mail saved as .eml.",
    fileNeeded: "Choose the letter you received.",
    reading: "Looking at the letter",
    forYouTitle: "This letter is for you",
    forYou: "Your certificate's password opens it.",
    cipher: "Locked by",
    open: "Open the letter",
    openByPasskey: "Open with a passkey",
    staysHere: "The letter is opened on this device only. Neither what it says nor your password is sent to the bank.",
    openedTitle: "The letter is open",
    content: "The letter",
    filesText: "Do not open files from people you do not know.",
    another: "Open another letter",
    unaltered: "Nobody changed it on its way",
    unalteredText: "Nothing was changed since it was locked. That does not tell who sent it: whoever has your certificate can lock a letter for you.",
    unauthenticated: "Changes could not be noticed",
    unauthenticatedText: "Locked this way (CBC), a letter can be changed on its way without a trace, and nothing tells who sent it. Ask the sender about anything that matters, such as account numbers and amounts.",
    signedInside: "There is a signature inside. This screen does not verify it: open it in a program that does, if you need to.",
  },
};

export const letterFaults = {
  "envelope.unreadable": {
    title: "This is no encrypted letter",
    cause: "The file holds no letter locked with a certificate (CMS), or it was cut off.",
    next: "Download smime.p7m again from the mail you received, or save the whole mail as .eml and choose that.",
  },
  "envelope.too_large": {
    title: "The letter is too large",
    cause: "This device opens letters of up to 20 MB.",
    next: "Ask the sender for smaller ones, or open it in a mail program on a computer with your .p12 backup.",
  },
  "envelope.not_for_you": {
    title: "This letter is for no certificate on this device",
    cause: "It is for somebody else, or locked with a certificate that is not here. A certificate brought in for signing alone opens no letters.",
    next: "Open it on the device that has that certificate. If you removed it, bring in its backup, or ask for the letter under your new certificate.",
  },
  "envelope.altered": {
    title: "The letter was changed or damaged",
    cause: "It differs from what was locked, so we did not open it. It may have been damaged, or somebody changed it.",
    next: "Download it again; if it goes on, ask the sender for it once more.",
  },
  "envelope.algorithm_unsupported": {
    title: "Locked in a way we do not open",
    cause: "This app does not read that cipher. Old ones such as 3DES are not safe and are left closed.",
    next: "Ask the sender to use AES-256, best AES-256-GCM.",
  },
};
