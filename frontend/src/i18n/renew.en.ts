/** Words of renewal, and of home's cards about it. Spread into `en.ts`. */

import type { renew as ko } from "./renew.ko.ts";

export const renew: typeof ko = {
  renew: {
    title: "Renew your certificate",
    lead: "No ID and no call. With your certificate password it takes a minute.",
    years: "For how much longer?",
    now: "Present certificate",
    then: "New certificate",
    whatHappens: [
      "You lose no remaining day: the years are added to the present end.",
      "Name and holder stay the same, so it goes on working wherever you use it.",
      "Once you have the new certificate, the present one can no longer be used.",
    ],
    agree: "I agree to the terms of certification",
    agreeNeeded: "Please agree to the terms.",
    passwordTitle: "Enter the certificate password",
    passwordLead: "The renewal is asked for with a signature by your present certificate.",
    samePassword: "The new certificate has the same password. Its keys are made anew on this device.",
    workingTitle: "Renewing",
    notHereTitle: "This certificate is not on this device",
    notHere: "A certificate is renewed where it is kept. Renew it there, or move it to this device. If that device is lost, have it re-issued.",
    lostTitle: "A renewal was begun elsewhere",
    lost: "The keys made for this renewal are not in this browser. Go on where you began, or cancel and start again. Your present certificate stays as it is.",
    startOver: "Cancel and start again",
    ready: "You can renew it now. The remaining days are kept.",
  },
  tidy: {
    title: "There are keys to clear away",
    text: (count: number) => `This device still has the keys of ${count} certificate(s) that can no longer be used.`,
    remove: "Remove from this device",
    askTitle: "Remove these keys?",
    ask: "Files encrypted to those certificates can no longer be opened. Backup files you saved stay as they are.",
  },
  instead: {
    title: "You already hold a certificate",
    often: "New certificates too often can look like misuse. Use the one you have, or have it succeeded.",
    stillHere: "Your certificate is on this device. If you know its password, you need no other.",
  },
};
