/** What was written in a ticket, oldest first; each message says whose it is. */

import type { MessageView } from "../../api/types.ts";
import { formatMoment } from "../../i18n/format.ts";
import { useSpeech } from "../ui/index.ts";

export function Messages({ messages }: { readonly messages: readonly MessageView[] }) {
  const { words, language } = useSpeech();
  const t = words.support;
  if (!messages.length) return null;
  return (
    <ol class="messages">
      {messages.map(({ author, at, text, masked }) => (
        <li key={`${at} ${author} ${text}`} class={`message message--${author}`}>
          <p class="small soft">
            {author === "person" ? t.you : t.office} · {formatMoment(at, language)}
          </p>
          <p class="message__text">{text}</p>
          {masked && <p class="small">{t.masked}</p>}
        </li>
      ))}
    </ol>
  );
}
