/** Words for those who need another way: help by telephone, the bank's app, the home screen. Korean. */

export const everybody = {
  callHelp: "전화로 도움받기",
  callHelpHours: (phone: string, hours: string) => `${phone} (${hours})`,
  bankApp: (bank: string) => `${bank} 앱 열기`,
  install: {
    title: "홈 화면에 두세요",
    text: "앱처럼 바로 열리고, 브라우저가 저장한 인증서를 지우는 일이 줄어요.",
    button: "홈 화면에 추가",
    apple: "아래 공유 단추를 누르고 ‘홈 화면에 추가’를 골라 주세요.",
  },
};
