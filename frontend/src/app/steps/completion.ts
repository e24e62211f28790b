/** Waiting until the office has put an accepted certificate into its books: acceptance is answered before that. */

import type { Api } from "../../api/client.ts";
import { poll } from "../../api/poll.ts";

export async function untilCompleted(api: Pick<Api, "getApplication">, applicationId: string, signal?: AbortSignal): Promise<void> {
  const options = signal ? { signal } : {};
  await poll(() => api.getApplication(applicationId, options), {
    ...options,
    until: ({ state }) => state !== "identified" && state !== "issued",
    intervalMs: 300,
  });
}
