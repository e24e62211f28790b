/** While building: sets the app's Korean words so that they break where they are read best (`src/i18n/bound.ts`). */

import type { Plugin } from "vite";
import { bound } from "./src/i18n/bound.ts";

const KOREAN = /\/src\/(?:i18n\/(?:.*\.)?ko\.ts|vault\/page\/words\.ts)$/;

export function boundWords(): Plugin {
  return {
    name: "dojang-bound-words",
    enforce: "pre",
    transform: (code, id) => (KOREAN.test(id) ? { code: bound(code), map: null } : undefined), // as long as before
  };
}
