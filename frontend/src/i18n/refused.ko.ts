/** What a refusal's fields add to the office's words. Spread into `ko.ts`. */

export const refused = {
  refused: {
    opensAt: (day: string) => `${day}부터 할 수 있어요.`,
    hours: (from: number, until: number) => `${from}시부터 ${until}시까지 요청할 수 있어요.`,
    ration: (limit: number, days: number) => `${days}일 동안 ${limit}번까지 할 수 있어요.`,
    inHours: (count: number) => `${count}시간`,
    inMinutes: (count: number) => `${count}분`,
  },
};
