/** Where keys are on a page of their own: what the app says about it. */

export const keyPage = {
  words: {
    asksThere: "인증서 비밀번호는 다음에 열리는 인증서 보관함에서 물어봐요. 이 화면에서는 묻지 않아요.",
    frame: "인증서 보관함",
    handedOver: "백업 파일은 인증서 보관함에서 저장했어요.",
    codeThere: "코드는 인증서 보관함에 나와 있어요.",
  },
  error: {
    "vault.declined": {
      title: "인증서를 쓰지 않았어요",
      cause: "인증서 보관함에서 취소했거나 확인하지 않았어요.",
      next: "계속하려면 다시 시도해 주세요.",
    },
    "vault.unreachable": {
      title: "인증서 보관함이 열리지 않아요",
      cause: "인증서를 보관하는 화면과 연결되지 않았어요.",
      next: "인터넷 연결을 확인하고 새로 고친 뒤 다시 시도해 주세요.",
    },
  },
};
