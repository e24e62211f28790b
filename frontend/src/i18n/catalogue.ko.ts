/** Made by `python tools/frontend.py words` from src/dojang/kernel/catalogue: change the words there. */

export const catalogue = {
  "npki.algorithm_unsupported": {
    title: "지원하지 않는 암호 방식이에요",
    cause: "이 파일은 저희가 읽지 않는 암호 방식으로 만들어졌어요.",
    next: "인증서를 만든 프로그램에서 PKCS#12(.p12) 파일로 다시 내보낸 뒤 시도해 주세요.",
  },
  "npki.identification_number_malformed": {
    title: "번호 형식이 올바르지 않아요",
    cause: "주민등록번호는 13자리, 사업자등록번호와 고유번호는 10자리 숫자여야 해요.",
    next: "번호를 확인하고 숫자만 다시 입력해 주세요.",
  },
  "npki.iteration_count_refused": {
    title: "파일을 안전하게 열 수 없어요",
    cause: "파일이 요구하는 암호 반복 횟수가 허용 범위를 벗어났어요. 파일이 손상되었거나 일부러 고쳐졌을 수 있어요.",
    next: "믿을 수 있는 곳에 보관한 원본 파일로 다시 시도해 주세요.",
  },
  "npki.key_certificate_mismatch": {
    title: "인증서와 개인키가 서로 맞지 않아요",
    cause: "개인키 파일이 옆에 있는 인증서의 것이 아니에요. 서로 다른 인증서의 파일이 섞였을 수 있어요.",
    next: "같은 폴더에 함께 저장된 인증서와 개인키를 골라 주세요.",
  },
  "npki.malformed": {
    title: "인증서 파일을 읽을 수 없어요",
    cause: "파일 내용이 인증서나 개인키의 형식에 맞지 않아요. 파일이 손상되었거나 다른 종류의 파일일 수 있어요.",
    next: "인증서 폴더에서 파일을 다시 골라 주세요. 그래도 안 되면 인증서를 재발급받아 주세요.",
  },
  "npki.random_number_missing": {
    title: "이 인증서로는 본인확인을 할 수 없어요",
    cause: "개인키 파일에 본인확인에 쓰는 난수가 없어요. 다른 프로그램이 파일을 옮기면서 지웠을 수 있어요. 전자서명은 할 수 있어요.",
    next: "처음 발급받은 원본 인증서 파일을 쓰거나, 인증서를 재발급받아 주세요.",
  },
  "npki.random_number_unusable": {
    title: "본인확인용 난수가 올바르지 않아요",
    cause: "개인키 파일이나 발급 요청에 든 난수의 길이나 값이 규격에 맞지 않아요.",
    next: "처음부터 다시 시도해 주세요. 계속되면 인증서를 재발급받아 주세요.",
  },
  "npki.wrong_password": {
    title: "인증서 비밀번호가 맞지 않아요",
    cause: "입력한 비밀번호로 개인키를 열 수 없어요. 드물게는 파일이 손상되었을 수도 있어요.",
    next: "대문자와 소문자, 한/영 상태를 확인하고 다시 입력해 주세요. 비밀번호를 잊었다면 되찾을 수 없으니 재발급을 신청해 주세요.",
  },
  "npki_folder.name_unusable": {
    title: "인증서 폴더를 만들 수 없어요",
    cause: "인증서 이름이 너무 길거나 폴더 이름으로 쓸 수 없어요.",
    next: "PKCS#12(.p12) 파일로 저장해 주세요.",
  },
  "npki_password.forbidden_character": {
    title: "쓸 수 없는 특수문자가 있어요",
    cause: "작은따옴표('), 큰따옴표(\"), 역슬래시(₩), 세로줄(|)은 쓸 수 없어요.",
    next: "다른 특수문자로 바꿔 주세요.",
  },
  "npki_password.no_digit": {
    title: "숫자가 없어요",
    cause: "비밀번호에 숫자가 하나 이상 있어야 해요.",
    next: "숫자를 넣어 주세요.",
  },
  "npki_password.no_letter": {
    title: "영문자가 없어요",
    cause: "비밀번호에 영문자가 하나 이상 있어야 해요.",
    next: "영문자를 넣어 주세요. 대문자와 소문자는 구별돼요.",
  },
  "npki_password.no_special": {
    title: "특수문자가 없어요",
    cause: "비밀번호에 특수문자가 하나 이상 있어야 해요.",
    next: "! @ # $ % 같은 특수문자를 넣어 주세요.",
  },
  "npki_password.not_typable": {
    title: "쓸 수 없는 글자가 있어요",
    cause: "한글이나 공백 등은 프로그램마다 다르게 처리되어 비밀번호로 쓸 수 없어요.",
    next: "영문자, 숫자, 특수문자만 써 주세요.",
  },
  "npki_password.rejected": {
    title: "이 비밀번호는 쓸 수 없어요",
    cause: "인증서 비밀번호 규칙에 맞지 않는 부분이 있어요.",
    next: "아래에 표시된 규칙을 모두 지켜서 다시 정해 주세요.",
  },
  "npki_password.repeated": {
    title: "같은 글자가 이어져요",
    cause: "같은 글자를 세 번 이상 잇달아 쓸 수 없어요.",
    next: "aaa, 111처럼 이어지지 않게 바꿔 주세요.",
  },
  "npki_password.sequence": {
    title: "차례로 이어지는 글자가 있어요",
    cause: "abc, 123처럼 차례로 이어지는 글자를 세 개 이상 쓸 수 없어요.",
    next: "순서를 바꾸거나 다른 글자를 섞어 주세요.",
  },
  "npki_password.too_long": {
    title: "비밀번호가 길어요",
    cause: "인증서 비밀번호는 64자까지 쓸 수 있어요.",
    next: "64자 이하로 정해 주세요.",
  },
  "npki_password.too_short": {
    title: "비밀번호가 짧아요",
    cause: "인증서 비밀번호는 10자 이상이어야 해요.",
    next: "10자 이상으로 정해 주세요.",
  },
  "transfer.code_mistyped": {
    title: "번호를 잘못 입력했어요",
    cause: "12자리 중에 잘못 누르거나 순서가 바뀐 숫자가 있어요. 아무것도 보내지 않았어요.",
    next: "인증서가 있는 기기의 번호를 보고 다시 입력해 주세요.",
  },
  "transfer.code_wrong": {
    title: "번호가 맞지 않아 멈췄어요",
    cause: "두 기기의 이동 번호가 서로 달라요. 안전을 위해 이 번호는 없앴고, 인증서는 보내지 않았어요.",
    next: "인증서가 있는 기기에서 새 번호를 만들어 주세요. 두 기기가 같은 은행 주소에 접속했는지도 확인해 주세요.",
  },
  "transfer.over": {
    title: "이 코드는 더 쓸 수 없어요",
    cause: "3분이 지났거나, 이미 썼거나, 코드가 맞지 않아 없앤 코드예요.",
    next: "인증서가 있는 기기에서 새 코드를 만들어 주세요. 인증서는 그 기기에 그대로 있어요.",
  },
  "transfer.unintelligible": {
    title: "상대 기기의 답을 이해하지 못했어요",
    cause: "두 기기의 앱이 서로 다르거나, 주고받은 내용이 바뀌었어요. 저장된 것은 없어요.",
    next: "두 기기의 앱을 새로 고친 뒤 새 번호로 다시 시도해 주세요.",
  },
} as const;
