/** Where keys are on a page of their own: what the app says about it. */

export const keyPage = {
  words: {
    asksThere: "The certificate vault that opens next asks for the certificate's password. This page never does.",
    frame: "Certificate vault",
    handedOver: "The certificate vault has saved the backup files.",
    codeThere: "The certificate vault shows the code.",
  },
  error: {
    "vault.declined": {
      title: "The certificate was not used",
      cause: "It was cancelled, or not confirmed, in the certificate vault.",
      next: "Try again to go on.",
    },
    "vault.unreachable": {
      title: "The certificate vault does not open",
      cause: "The page that keeps your certificates could not be reached.",
      next: "Check your connection, reload this page and try again.",
    },
  },
};
