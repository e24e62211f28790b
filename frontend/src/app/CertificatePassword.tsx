/** The certificate's password: asked for here, unless the vault has a page of its own and asks there. */

import { useState } from "preact/hooks";

import { useApp } from "./App.tsx";
import { Notice, PasswordField, type PasswordFieldProps, useWords } from "./ui/index.ts";

export interface CertificatePasswordState {
  readonly typed: string;
  /** What goes to the vault: nothing where it asks itself. */
  readonly given: string | undefined;
  readonly isMissing: boolean;
  readonly type: (password: string) => void;
  readonly clear: () => void;
}

export function useCertificatePassword(): CertificatePasswordState {
  const { asksItself } = useApp().vault;
  const [typed, type] = useState("");
  return { typed, given: asksItself ? undefined : typed, isMissing: !asksItself && !typed, type, clear: () => type("") };
}

export type CertificatePasswordProps = Omit<PasswordFieldProps, "label" | "name" | "value" | "onInput" | "autoComplete"> & {
  readonly password: CertificatePasswordState;
  readonly label?: string;
};

/** The field of a password that exists already; in its place, where the vault asks itself, that it will. */
export function CertificatePassword({ password, label, ...rest }: CertificatePasswordProps) {
  const words = useWords();
  if (useApp().vault.asksItself) return <AskedThere />;
  return (
    <PasswordField
      {...rest}
      name="password"
      label={label ?? words.password.label}
      value={password.typed}
      onInput={password.type}
      autoComplete="current-password"
    />
  );
}

export function AskedThere() {
  const words = useWords();
  return (
    <Notice>
      <p>{words.keyPage.asksThere}</p>
    </Notice>
  );
}
