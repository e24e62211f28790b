/** Made by `python tools/frontend.py words` from src/dojang/kernel/catalogue: change the words there. */

export const catalogue = {
  "npki.algorithm_unsupported": {
    title: "The encryption is not supported",
    cause: "This file was made with an algorithm we do not read.",
    next: "Export it again as a PKCS#12 (.p12) file from the program that made it, then try again.",
  },
  "npki.identification_number_malformed": {
    title: "The number does not have the right form",
    cause: "A resident registration number has 13 digits; a business or organisation number has 10.",
    next: "Check the number and type it again, digits only.",
  },
  "npki.iteration_count_refused": {
    title: "The file cannot be opened safely",
    cause: "It asks for a number of key-derivation rounds outside the allowed range. It may be damaged or tampered with.",
    next: "Try again with the original file from a place you trust.",
  },
  "npki.key_certificate_mismatch": {
    title: "Certificate and private key do not belong together",
    cause: "The private key is not the one of the certificate beside it. Files of two certificates may have been mixed.",
    next: "Choose a certificate and key that were saved together in one folder.",
  },
  "npki.malformed": {
    title: "The certificate file cannot be read",
    cause: "The content does not have the form of a certificate or private key. The file may be damaged or of another kind.",
    next: "Choose the file again from your certificate folder. If that does not help, have the certificate re-issued.",
  },
  "npki.random_number_missing": {
    title: "This certificate cannot prove who you are",
    cause: "The private key file lacks the random number used for identity checks. Another program may have dropped it while copying. Signing still works.",
    next: "Use the original files as first issued, or have the certificate re-issued.",
  },
  "npki.random_number_unusable": {
    title: "The random number for identity checks is not valid",
    cause: "The number in the private key file or the request has the wrong length or value.",
    next: "Start again. If it keeps happening, have the certificate re-issued.",
  },
  "npki.wrong_password": {
    title: "The certificate password is not right",
    cause: "The private key does not open with this password. In rare cases the file is damaged.",
    next: "Check capital letters and the keyboard language, then type it again. A forgotten password cannot be recovered: apply for re-issue.",
  },
  "npki_folder.name_unusable": {
    title: "The certificate folder cannot be made",
    cause: "The certificate's name is too long, or cannot be a folder name.",
    next: "Save it as a PKCS#12 (.p12) file instead.",
  },
  "npki_password.forbidden_character": {
    title: "A special character is not allowed",
    cause: "The apostrophe ('), quotation mark (\"), backslash (\\) and vertical bar (|) cannot be used.",
    next: "Use another special character instead.",
  },
  "npki_password.no_digit": {
    title: "There is no digit",
    cause: "The password needs at least one digit.",
    next: "Add a digit.",
  },
  "npki_password.no_letter": {
    title: "There is no letter",
    cause: "The password needs at least one English letter.",
    next: "Add a letter. Capital and small letters differ.",
  },
  "npki_password.no_special": {
    title: "There is no special character",
    cause: "The password needs at least one special character.",
    next: "Add one such as ! @ # $ %.",
  },
  "npki_password.not_typable": {
    title: "Some characters cannot be used",
    cause: "Programs handle Hangul, blanks and the like differently, so they cannot be part of the password.",
    next: "Use only English letters, digits and special characters.",
  },
  "npki_password.rejected": {
    title: "This password cannot be used",
    cause: "It breaks one or more of the rules for certificate passwords.",
    next: "Choose another that follows every rule listed.",
  },
  "npki_password.repeated": {
    title: "A character is repeated",
    cause: "The same character cannot stand three times in a row.",
    next: "Avoid runs such as aaa or 111.",
  },
  "npki_password.sequence": {
    title: "Characters follow one another",
    cause: "Three or more characters in sequence, such as abc or 123, cannot be used.",
    next: "Change their order or mix in others.",
  },
  "npki_password.too_long": {
    title: "The password is too long",
    cause: "A certificate password has at most 64 characters.",
    next: "Use 64 characters or fewer.",
  },
  "npki_password.too_short": {
    title: "The password is too short",
    cause: "A certificate password has at least 10 characters.",
    next: "Use 10 characters or more.",
  },
  "transfer.code_mistyped": {
    title: "The digits are mistyped",
    cause: "One of the 12 digits is wrong, or two have changed places. Nothing was sent.",
    next: "Look at the device that has the certificate, and enter the digits again.",
  },
  "transfer.code_wrong": {
    title: "The codes differ, so it stopped",
    cause: "The two devices have different codes. For safety this code was destroyed, and nothing was sent.",
    next: "Make a new code on the device that has the certificate. Make sure, too, that both devices are at the same address of the bank.",
  },
  "transfer.over": {
    title: "This code cannot be used any more",
    cause: "Its three minutes are over, it was used, or it was destroyed after a wrong entry.",
    next: "Make a new code on the device that has the certificate. The certificate is still there.",
  },
  "transfer.unintelligible": {
    title: "The other device's answer makes no sense",
    cause: "The two apps differ, or what they exchanged was altered. Nothing was stored.",
    next: "Reload the app on both devices and try again with a new code.",
  },
} as const;
