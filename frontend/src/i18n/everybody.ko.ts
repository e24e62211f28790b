/** Words for those who need another way: help by telephone, the bank's app, the home screen, another device. Korean. */

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
  handOff: {
    summary: "휴대폰으로 이어서 찍기",
    text: "휴대폰 카메라로 QR을 찍고 같은 아이디로 로그인하면 이 화면이 그대로 이어져요. 다 찍으면 이 화면도 저절로 넘어가요.",
    qrLabel: "휴대폰에서 이 신청을 여는 QR 코드",
  },
};
