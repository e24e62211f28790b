/** Everything a screen is built of. */

export { Button, ButtonLink, type ButtonProps } from "./Button.tsx";
export { Checkbox, type CheckboxProps, type Option, RadioCards, Select } from "./Choice.tsx";
export { CornerContext, HelpContext, type Speech, SpeechProvider, classes, useSpeech, useWords } from "./context.tsx";
export { Field, type FieldProps, PasswordField, type PasswordFieldProps } from "./Field.tsx";
export { ErrorSummary, Explained, type FieldError, Notice, type NoticeProps, ToastProvider, useToast } from "./Notice.tsx";
export { Card, Dialog, type DialogProps, Facts, Page, type PageProps } from "./Page.tsx";
export { PasswordRules, Steps, Timer, type TimerProps, Working } from "./Progress.tsx";
