/** What was told to me, newest first. Looking at it marks it as read. */

import { useState } from "preact/hooks";

import type { NoticeView } from "../../api/types.ts";
import { formatMoment } from "../../i18n/format.ts";
import { useApp } from "../App.tsx";
import { Failure } from "../Failure.tsx";
import { Screen } from "../Screen.tsx";
import { go } from "../route.ts";
import { useLoaded, useTask } from "../tasks.ts";
import { Button, ButtonLink, Card, Notice, Working, useSpeech } from "../ui/index.ts";

interface Page {
  readonly notices: readonly NoticeView[];
  readonly next: string | null;
  readonly unread: number;
}

export function Notices() {
  const { words, language } = useSpeech();
  const { api } = useApp();
  const [later, setLater] = useState<Page>();
  const more = useTask();
  const { value, failure, reload } = useLoaded<Page>(async (signal) => {
    const page = await api.listNotices("", { signal });
    markRead(page.notices);
    return page;
  }, "notices");
  const markRead = (notices: readonly NoticeView[]) => {
    const ids = notices.filter((one) => !one.read).map((one) => one.id);
    // who looks and leaves at once has looked; should it be lost all the same, they are new again the next time
    if (ids.length) api.markNoticesRead(ids, { keepalive: true }).catch(() => undefined);
  };
  const shown = [...(value?.notices ?? []), ...(later?.notices ?? [])];
  const next = later ? later.next : value?.next;
  const showMore = () =>
    more.run(async () => {
      const page = await api.listNotices(next ?? "");
      markRead(page.notices);
      setLater({ ...page, notices: [...(later?.notices ?? []), ...page.notices] });
    });
  const t = words.notify;
  return (
    <Screen title={t.title} onBack={() => go("/")} lead={value && value.unread > 0 ? t.unread(value.unread) : undefined}>
      {!value && failure === undefined && <Working label={words.ui.loading} />}
      <Failure reason={failure} onRetry={reload} />
      {value && !shown.length && (
        <Notice title={t.none}>
          <p>{t.noneText}</p>
        </Notice>
      )}
      {shown.map((one) => (
        <Card key={one.id} title={one.subject}>
          <p class="small soft">
            {!one.read && <strong>{t.isNew} · </strong>}
            <time dateTime={one.made_at}>{formatMoment(one.made_at, language)}</time> · {t.topic[one.topic]}
          </p>
          <p>{one.body}</p>
        </Card>
      ))}
      <Failure reason={more.failure} />
      {next && <Button onPress={showMore}>{t.more}</Button>}
      <ButtonLink href="/notify">{t.settings}</ButtonLink>
    </Screen>
  );
}
