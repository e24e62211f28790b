/** The words of support and of the status page, Korean. `support.en.ts` has the same keys. */

import type { BreakerState, Neighbour, TicketState } from "../api/types.ts";

const ticketState: Record<TicketState, string> = { open: "답변을 기다려요", answered: "답변이 왔어요", closed: "끝났어요" };
const component: Record<Neighbour, string> = {
  bank: "은행 계좌 확인",
  telephony: "확인 전화",
  registry: "신분증 진위 확인",
  notice: "문자와 알림톡",
  reader: "신분증 읽기",
  signer: "인증서 발급",
};
const breakerState: Record<BreakerState, string> = { closed: "정상", open: "응답 없음", half_open: "다시 확인하는 중" };

export const support = {
  support: {
    title: "상담에 전달",
    lead: "오류 코드와 어느 단계였는지만 전달해요. 이름, 주민등록번호, 비밀번호는 보내지 않아요.",
    note: "하고 싶은 말",
    noteHint: "주민등록번호나 카드 번호는 쓰지 마세요. 쓰시면 가려요.",
    hand: "전달하기",
    handed: "상담에 전달했어요",
    caseId: "문의 번호",
    what: "전화로 상담할 때 이 번호를 말해 주세요. 개인정보는 들어 있지 않아요.",
    seeMine: "내 문의 보기",
    byPhone: (phone: string, hours: string) => `전화 상담 ${phone} (${hours})`,
    notNow: "지금은 전달하지 못했어요. 전화로 상담할 때 아래 번호를 말해 주세요.",
    errorCode: "오류 코드",
    code: (code: string) => `오류 코드 ${code}`,
    notCopied: "복사하지 못했어요. 직접 적어 주세요.",
    mine: "내 문의",
    mineLead: "전달한 문의와 답변을 볼 수 있어요.",
    none: "전달한 문의가 없어요.",
    signInToSee: "로그인하면 내 문의를 모두 볼 수 있어요.",
    state: "진행",
    ticketState,
    openedAt: "전달한 때",
    changedAt: "마지막 소식",
    appProblem: "앱에서 생긴 문제",
    you: "나",
    office: "은행",
    masked: "번호로 보이는 부분은 가리고 전달했어요.",
    write: "더 전할 말",
    send: "보내기",
    textNeeded: "전할 말을 써 주세요.",
    settle: "해결됐어요",
    phoneTitle: "전화 상담",
  },
  status: {
    title: "서비스 상태",
    lead: "연결된 기관이 지금 답하는지 보여 드려요.",
    allWell: "모두 정상이에요",
    someAway: "답하지 않는 곳이 있어요",
    goesOn: "진행 중인 신청은 그대로 있고, 돌아오면 자동으로 이어져요.",
    since: (moment: string) => `${moment}부터`,
    component,
    breakerState,
    more: "서비스 상태 보기",
  },
  caller: (number: string) => `전화는 ${number}에서 걸어요.`,
};
