/** Before another certificate is made: the one that is held, and what would do instead. */

import { useApp } from "../App.tsx";
import type { AppliedKind } from "../../api/types.ts";
import { isLive, isRenewable } from "../home/notices.ts";
import { pathOf } from "../route.ts";
import { useLoaded } from "../tasks.ts";
import { ButtonLink, Notice, useWords } from "../ui/index.ts";

export function Instead({ kind }: { readonly kind: AppliedKind }) {
  const words = useWords();
  const { api, vault, clock } = useApp();
  const { value } = useLoaded(async (signal) => {
    const [ledger, here] = await Promise.all([api.listCertificates({ signal }), vault.listHeld().catch(() => [])]);
    return { ledger, here };
  }, kind);
  const now = new Date(clock.now());
  const live = value?.ledger.find((one) => isLive(one, now));
  if (!value || !live) return null;
  const isHere = value.here.some(({ serial }) => serial === live.serial);
  if (kind === "reissue" && !isHere) return null; // lost, or on another device: re-issue is the way
  const t = words.instead;
  return (
    <Notice kind="warning" title={t.title}>
      <p>{kind === "new" ? t.often : t.stillHere}</p>
      <div class="row">
        {isHere && <ButtonLink href={pathOf("use", live.serial)}>{words.action.use}</ButtonLink>}
        {isHere && isRenewable(live, now) && <ButtonLink href={pathOf("renew", live.serial)}>{words.action.renew}</ButtonLink>}
        {kind === "new" && <ButtonLink href={pathOf("apply", "reissue")}>{words.action.reissue}</ButtonLink>}
      </div>
    </Notice>
  );
}
