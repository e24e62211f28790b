/** How the office's neighbours stand, asked again and again while somebody looks. A status nobody can get is no news. */

import { useEffect, useState } from "preact/hooks";

import type { ServiceStatusView } from "../../api/types.ts";
import { useApp } from "../App.tsx";

const EVERY_MS = 10_000;

/** Undefined until it is known. While `asking` is false nothing is asked. */
export function useStatus(asking = true, everyMs = EVERY_MS): ServiceStatusView | undefined {
  const { api, preferences } = useApp();
  const [status, setStatus] = useState<ServiceStatusView>();
  useEffect(() => {
    if (!asking) return;
    const leaving = new AbortController();
    const look = () => {
      if (document.hidden) return;
      api.showStatus({ signal: leaving.signal }).then(
        (found) => leaving.signal.aborted || setStatus(found),
        () => undefined,
      );
    };
    look();
    const tick = setInterval(look, everyMs);
    return () => {
      clearInterval(tick);
      leaving.abort();
    };
  }, [api, asking, everyMs, preferences.language]);
  return status;
}
