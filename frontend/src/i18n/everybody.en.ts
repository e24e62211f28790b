/** Words for those who need another way: help by telephone, the bank's app, the home screen, another device. English. */

import type { everybody as korean } from "./everybody.ko.ts";

export const everybody: typeof korean = {
  callHelp: "Call for help",
  callHelpHours: (phone, hours) => `${phone} (${hours})`,
  bankApp: (bank) => `Open the app of ${bank}`,
  install: {
    title: "Keep it on your home screen",
    text: "It opens at once like an app, and the browser is less likely to clear the certificate it stores.",
    button: "Add to the home screen",
    apple: "Press the share button below and choose “Add to Home Screen”.",
  },
  handOff: {
    summary: "Go on with your phone's camera",
    text: "Scan the QR code with your phone and sign in under the same name: this very screen opens there. When you are done, this one moves on by itself.",
    qrLabel: "QR code that opens this application on a phone",
  },
};
