/** The particle that fits a Korean word's last sound: 도장이, 인증서가. Numbers and Latin letters by how they are read. */

export type Josa = "은/는" | "이/가" | "을/를" | "과/와" | "으로/로" | "이에요/예요" | "아/야" | "이나/나";

const FIRST_HANGUL = 0xac00;
const LAST_HANGUL = 0xd7a3;
const FINALS = 28;
const RIEUL = 8;

// how a final digit, letter name or letter sounds: true ends in a consonant, "ㄹ" in that one, absent in a vowel
const SOUNDS: Readonly<Record<string, true | "ㄹ">> = {
  "0": true, "1": "ㄹ", "3": true, "6": true, "7": "ㄹ", "8": "ㄹ",
  L: "ㄹ", R: "ㄹ", M: true, N: true, // names: 엘, 알, 엠, 엔; KB is 케이비
  l: "ㄹ", r: "ㄹ", m: true, n: true, b: true, c: true, k: true, p: true, t: true,
};

/** Returns the word with its particle. Marks and brackets at its end are not heard; what is in brackets is not read. */
export function josa(word: string, particle: Josa): string {
  const [withFinal, without] = particle.split("/") as [string, string];
  const final = lastSound(word);
  const open = final === false || (particle === "으로/로" && final === "ㄹ");
  return word + (open ? without : withFinal);
}

/** How the word ends: false in a vowel, "ㄹ", or true in another consonant. */
function lastSound(word: string): boolean | "ㄹ" {
  const heard = word.replace(/\([^)]*\)\s*$/u, "").replace(/[^\p{L}\p{N}]+$/u, "");
  const last = heard.at(-1) ?? "";
  const point = last.codePointAt(0) ?? 0;
  if (point >= FIRST_HANGUL && point <= LAST_HANGUL) {
    const final = (point - FIRST_HANGUL) % FINALS;
    return final === RIEUL ? "ㄹ" : final !== 0;
  }
  return SOUNDS[last] ?? false;
}
