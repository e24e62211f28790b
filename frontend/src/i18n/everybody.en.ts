/** Words for those who need another way: help by telephone, the bank's app, the home screen. English. */

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
};
