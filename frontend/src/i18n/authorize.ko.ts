/** Words of signing in at other sites. Spread into `ko.ts`. */

import { josa } from "./josa.ts";

export const authorize = {
  authorize: {
    title: "다른 사이트에 로그인",
    titleOf: (party: string) => `${party}에 로그인할까요?`,
    lead: (host: string) => `${host}에서 인증서로 로그인해 달라고 했어요.`,
    party: "이용기관",
    address: "돌아갈 주소",
    learns: "알려 주는 것",
    until: "이 시각까지",
    scope: { openid: "이 사이트에서만 쓰는 내 번호", profile: "이름", certificate: "인증서 일련번호와 만료일 (나에게 암호 편지를 보낼 수 있어요)" },
    care: "내가 방금 그 사이트에서 로그인을 누른 게 맞을 때만 서명해 주세요. 전화로 시켜서 하는 중이라면 바로 멈추세요.",
    signIn: "서명하고 로그인",
    decline: "로그인하지 않기",
    back: (party: string) => `${josa(party, "으로/로")} 돌아가기`,
    refusedTitle: "로그인 요청이 잘못됐어요",
    refused: "사이트가 보낸 요청이 등록된 내용과 달라서 멈췄어요. 그 사이트로 돌아가 다시 해 보고, 계속되면 그 사이트에 알려 주세요.",
  },
};
