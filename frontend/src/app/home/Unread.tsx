/** The way to what was told to me, with how much of it is new. The number is a help: without it the way is still there. */

import { useApp } from "../App.tsx";
import { useLoaded } from "../tasks.ts";
import { ButtonLink, useWords } from "../ui/index.ts";

const MOST = 99;

export function UnreadNotices() {
  const words = useWords();
  const { api } = useApp();
  const { value } = useLoaded((signal) => api.listNotices("", { signal }), "unread");
  const count = value?.unread ?? 0;
  return (
    <ButtonLink href="/notices" kind="quiet">
      {words.notify.title}
      {count > 0 && (
        <>
          {" "}
          <span class="badge" aria-hidden="true">
            {count > MOST ? `${MOST}+` : count}
          </span>
          <span class="visually-hidden">{words.notify.unread(count)}</span>
        </>
      )}
    </ButtonLink>
  );
}
