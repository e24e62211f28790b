/** What a refusal's fields add to the office's words. Spread into `en.ts`. */

import type { refused as ko } from "./refused.ko.ts";

export const refused: typeof ko = {
  refused: {
    opensAt: (day) => `Possible from ${day}.`,
    hours: (from, until) => `You can ask between ${from}:00 and ${until}:00.`,
    ration: (limit, days) => `${limit} within ${days} days are allowed.`,
    inHours: (count) => (count === 1 ? "one hour" : `${count} hours`),
    inMinutes: (count) => (count === 1 ? "one minute" : `${count} minutes`),
  },
};
