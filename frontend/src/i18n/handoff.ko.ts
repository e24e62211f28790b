/** The words of handing the photographs over to a phone, Korean. `handoff.en.ts` has the same keys. */

export const handOff = {
  offer: "휴대폰으로 찍기",
  title: "휴대폰으로 QR 코드를 찍어 주세요",
  lead: (document: string) => `휴대폰 카메라로 코드를 비추면 ${document} 사진을 찍는 화면이 열려요.`,
  code: "휴대폰으로 찍을 QR 코드",
  making: "QR 코드를 만들고 있어요.",
  waiting: "휴대폰이 열기를 기다리고 있어요.",
  claimed: "휴대폰에서 사진을 찍고 있어요. 다 보내면 이 화면이 저절로 넘어가요.",
  scope: "이 코드로는 이 신청의 신분증 사진만 보낼 수 있고, 휴대폰 한 대에서 한 번만 쓸 수 있어요.",
  dontShare: "다른 사람에게 이 코드를 보여 주지 마세요.",
  over: "이 코드는 더 쓸 수 없어요.",
  overText: "시간이 지났거나 다른 화면에서 새 코드를 만들었어요.",
  again: "새 QR 코드 만들기",
  here: "이 기기에서 찍기",
  phone: {
    title: "신분증 사진을 찍어 주세요",
    lead: "컴퓨터에서 하던 인증서 신청에 쓸 사진이에요.",
    scope: "이 휴대폰에서는 사진만 보내요. 로그인하지 않아도 돼요.",
    ownOnly: "내가 컴퓨터에서 시작한 신청이 아니라면 닫아 주세요.",
    start: "사진 찍기 시작",
    noCode: "컴퓨터 화면의 QR 코드를 다시 찍어 주세요.",
    noCodeText: "이 화면은 QR 코드를 찍어야 열려요. 새로 고치면 처음부터 다시 찍어야 해요.",
    doneTitle: "다 보냈어요",
    done: "이제 컴퓨터 화면에서 이어서 해 주세요. 이 창은 닫아도 돼요.",
  },
};
