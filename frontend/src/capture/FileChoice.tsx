/** A picture file instead of the live camera. On a phone the system's own camera opens. */

import { useRef } from "preact/hooks";

import { Button } from "../app/ui/index.ts";

export function FileChoice({ label, onFile }: { readonly label: string; readonly onFile: (file: Blob) => void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        class="capture__file"
        type="file"
        accept="image/*"
        capture="environment"
        tabIndex={-1}
        aria-hidden="true"
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          event.currentTarget.value = ""; // so that the same file can be chosen again
          if (file) onFile(file);
        }}
      />
      <Button kind="quiet" wide onPress={() => input.current?.click()}>
        {label}
      </Button>
    </>
  );
}
