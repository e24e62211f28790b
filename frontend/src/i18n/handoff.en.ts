/** The words of handing the photographs over to a phone, English. */

import type { handOff as ko } from "./handoff.ko.ts";
import type { Widened } from "./words.ts";

export const handOff: Widened<typeof ko> = {
  offer: "Photograph with a phone",
  title: "Scan the QR code with your phone",
  lead: (document) => `Point your phone's camera at the code: a page for photographing your ${document} opens.`,
  code: "QR code for your phone",
  making: "Making the QR code.",
  waiting: "Waiting for your phone.",
  claimed: "Your phone is taking the photographs. This page goes on by itself when they are sent.",
  scope: "With this code one phone can send the document's photographs for this application, once, and nothing else.",
  dontShare: "Do not show this code to anybody else.",
  over: "This code cannot be used any more.",
  overText: "Its time is over, or a new code was made elsewhere.",
  again: "Make a new QR code",
  here: "Photograph on this device",
  phone: {
    title: "Photograph your document",
    lead: "For the certificate you are applying for on your computer.",
    scope: "This phone sends photographs only. You need not sign in.",
    ownOnly: "Close this page if you did not start an application on a computer yourself.",
    start: "Start photographing",
    noCode: "Scan the QR code on your computer again.",
    noCodeText: "This page opens from the QR code. After reloading it you have to scan again.",
    doneTitle: "All sent",
    done: "Now go on at your computer. You may close this page.",
  },
};
