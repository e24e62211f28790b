/** The content in full, as far as a browser can show it safely; what it cannot show is opened by the person, and said so. */

import { useMemo, useState } from "preact/hooks";

import { later } from "../Later.tsx";
import { useBlobUrl } from "../tasks.ts";
import { Notice, Working, useWords } from "../ui/index.ts";
import type { Content } from "./Content.tsx";

const Pages = later(async () => (await import("./Pages.tsx")).Pages, { meanwhile: <Waiting /> });

const IMAGES = ["image/png", "image/jpeg", "image/webp", "image/gif"];
const LONGEST_TEXT_BYTES = 1_000_000;

/** True when the whole content stands on the screen: texts that are texts, and images. */
export function canShowInFull(content: Content): boolean {
  return findText(content) !== undefined || IMAGES.includes(content.type);
}

/** Returns the text when the bytes are one: UTF-8 without control characters, whatever the file calls itself. */
export function findText({ data, type, what }: Content): string | undefined {
  if (data.length > LONGEST_TEXT_BYTES || type.startsWith("image/") || type === "application/pdf") return undefined;
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);
    // direction marks and other invisible characters would show something else than is signed
    return what !== "challenge" && /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/u.test(text)
      ? undefined
      : text;
  } catch {
    return undefined;
  }
}

export function Shown({ content }: { readonly content: Content }) {
  const words = useWords();
  const text = findText(content);
  const isImage = IMAGES.includes(content.type);
  const [unreadable, setUnreadable] = useState<Content>();
  const blob = useMemo(
    () => (text === undefined ? new Blob([content.data], { type: isImage || content.type === "application/pdf" ? content.type : "application/octet-stream" }) : undefined),
    [content],
  );
  const url = useBlobUrl(blob);
  if (text !== undefined) {
    return (
      <div class="shown" tabIndex={0} role="region" aria-label={words.use.content}>
        <pre>{text}</pre>
      </div>
    );
  }
  if (!url) return null;
  if (isImage) return <img class="shown" src={url} alt={words.use.content} />;
  if (content.type === "application/pdf" && unreadable !== content) {
    return (
      <>
        <Pages data={content.data} onUnreadable={() => setUnreadable(content)} />
        <p class="small">
          <a href={url} target="_blank" rel="noopener">
            {words.sign.ownWindow} <span class="small">({words.ui.opensInNewWindow})</span>
          </a>
        </p>
      </>
    );
  }
  return (
    <Notice kind="warning" title={words.use.cannotShowTitle}>
      <p>{words.use.cannotShow}</p>
      <p>
        {content.type === "application/pdf" ? (
          <a href={url} target="_blank" rel="noopener">
            {words.use.open} <span class="small">({words.ui.opensInNewWindow})</span>
          </a>
        ) : (
          <a href={url} download={content.name}>
            {words.use.openElsewhere}
          </a>
        )}
      </p>
    </Notice>
  );
}

function Waiting() {
  return <Working label={useWords().ui.loading} />;
}
