/** Korean words that are one: "쓸 수 없어요" breaks neither before nor after "수". Spaces that do not break take their place. */

export function bound(text: string): string {
  return text.replace(/ 수 (?=[있없])/g, "\u00a0수\u00a0");
}
