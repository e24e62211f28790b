/** Words of renewal, and of home's cards about it. Spread into `ko.ts`. */

export const renew = {
  renew: {
    title: "인증서를 갱신할게요",
    lead: "신분증도 전화도 필요 없어요. 인증서 비밀번호만 있으면 1분이면 끝나요.",
    years: "얼마나 늘릴까요?",
    now: "지금 인증서",
    then: "새 인증서",
    whatHappens: [
      "남은 기간은 줄지 않아요. 지금 끝나는 날부터 더해져요.",
      "이름과 인증서 주인 표시가 그대로라, 쓰던 곳에서 계속 쓸 수 있어요.",
      "새 인증서를 받으면 지금 인증서는 쓸 수 없게 돼요.",
    ],
    agree: "인증서비스 이용약관에 동의해요",
    agreeNeeded: "약관에 동의해 주세요.",
    passwordTitle: "인증서 비밀번호를 입력해 주세요",
    passwordLead: "지금 인증서로 서명해서 갱신을 요청해요.",
    samePassword: "새 인증서의 비밀번호도 지금과 같아요. 키는 이 기기에서 새로 만들어져요.",
    workingTitle: "갱신하고 있어요",
    notHereTitle: "이 기기에 없는 인증서예요",
    notHere: "갱신은 인증서가 있는 기기에서 할 수 있어요. 그 기기에서 하거나 이 기기로 옮겨 주세요. 기기를 잃어버렸다면 재발급받으세요.",
    lostTitle: "다른 곳에서 갱신하던 중이에요",
    lost: "이 갱신에 쓰인 키가 이 브라우저에 없어요. 갱신하던 기기에서 이어서 하거나, 취소하고 다시 시작해 주세요. 지금 인증서는 그대로예요.",
    startOver: "취소하고 다시 시작하기",
    ready: "지금 갱신할 수 있어요. 남은 기간은 그대로 더해져요.",
    from: (day: string) => `${day}부터 갱신할 수 있어요.`,
  },
};
