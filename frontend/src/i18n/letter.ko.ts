/** Words of opening encrypted letters. Spread into `ko.ts`. */

export const letter = {
  letter: {
    title: "암호 편지 열기",
    lead: "다른 사이트가 내 인증서로 잠가 보낸 편지를 이 기기에서 열어요.",
    file: "받은 편지 파일",
    fileHint: ".p7m 파일이나 메일을 저장한 .eml 파일이에요.",
    fileNeeded: "받은 편지 파일을 골라 주세요.",
    reading: "편지를 살펴보고 있어요",
    forYouTitle: "내 앞으로 온 편지예요",
    forYou: "인증서 비밀번호를 넣으면 열려요.",
    cipher: "잠근 방식",
    open: "편지 열기",
    openByPasskey: "패스키로 열기",
    staysHere: "편지는 이 기기에서만 열려요. 내용도 비밀번호도 은행에 보내지 않아요.",
    openedTitle: "편지를 열었어요",
    content: "편지 내용",
    filesText: "모르는 사람이 보낸 파일은 열지 마세요.",
    another: "다른 편지 열기",
    unaltered: "오는 동안 바뀌지 않았어요",
    unalteredText: "잠근 뒤로 바뀐 곳이 없어요. 하지만 누가 보냈는지까지 알려 주지는 않아요. 내 인증서가 있으면 누구나 나에게 편지를 잠가 보낼 수 있어요.",
    unauthenticated: "바뀌었는지 확인할 수 없는 방식이에요",
    unauthenticatedText: "이 방식(CBC)은 오는 동안 누가 내용을 바꿔도 드러나지 않고, 누가 보냈는지도 알려 주지 않아요. 계좌번호나 금액처럼 중요한 내용은 보낸 곳에 직접 확인해 주세요.",
    signedInside: "안에 서명이 들어 있어요. 이 화면은 서명을 확인하지 않으니, 필요하면 서명을 확인하는 프로그램에서 열어 주세요.",
  },
};

export const letterFaults = {
  "envelope.unreadable": {
    title: "암호 편지가 아니에요",
    cause: "고른 파일에 인증서로 잠근 편지(CMS)가 들어 있지 않거나, 파일이 중간에 잘렸어요.",
    next: "받은 메일에서 smime.p7m 파일을 다시 내려받거나, 메일 전체를 .eml로 저장해서 골라 주세요.",
  },
  "envelope.too_large": {
    title: "편지가 너무 커요",
    cause: "이 기기에서는 20MB까지의 편지를 열 수 있어요.",
    next: "보낸 곳에 나눠서 보내 달라고 하거나, 백업한 .p12 파일로 컴퓨터의 메일 프로그램에서 열어 주세요.",
  },
  "envelope.not_for_you": {
    title: "이 기기의 인증서 앞으로 온 편지가 아니에요",
    cause: "다른 사람에게 온 편지이거나, 이 기기에 없는 인증서로 잠갔어요. 서명용만 가져온 인증서로는 편지를 열 수 없어요.",
    next: "그 인증서가 있는 기기에서 열어 주세요. 지운 인증서라면 백업 파일을 가져온 뒤 다시 열거나, 새 인증서로 다시 보내 달라고 해 주세요.",
  },
  "envelope.altered": {
    title: "편지가 바뀌었거나 망가졌어요",
    cause: "잠갔을 때의 내용과 달라서 열지 않았어요. 오는 동안 망가졌거나 누가 고쳤을 수 있어요.",
    next: "파일을 다시 내려받아 열어 보고, 계속되면 보낸 곳에 다시 보내 달라고 해 주세요.",
  },
  "envelope.algorithm_unsupported": {
    title: "열 수 없는 방식으로 잠갔어요",
    cause: "이 앱이 읽지 않는 암호 방식이에요. 3DES처럼 오래된 방식은 안전하지 않아 열지 않아요.",
    next: "보낸 곳에 AES-256(되도록 AES-256-GCM)으로 다시 보내 달라고 해 주세요.",
  },
};
