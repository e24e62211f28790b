/** A screen fetched when it is needed: the first load stays small. */

import { type ComponentType, type JSX, h } from "preact";
import { useEffect, useState } from "preact/hooks";

import { ConnectionFault } from "../api/problem.ts";
import { Failure } from "./Failure.tsx";
import { Working, useWords } from "./ui/index.ts";

const LOST = new ConnectionFault("network.unreachable");

/**
 * Returns a component that fetches the real one at its first appearance; a lost connection can be tried
 * again. One that is no page shows what stands for it `meanwhile`, and nothing else.
 */
export function later<Props extends object>(
  fetchIt: () => Promise<ComponentType<Props>>,
  { meanwhile }: { meanwhile?: JSX.Element } = {},
): (props: Props) => JSX.Element | null {
  let fetched: ComponentType<Props> | undefined;
  return function Later(props: Props) {
    const words = useWords();
    const [turn, setTurn] = useState(0);
    const [failed, setFailed] = useState(false);
    const [there, setThere] = useState(!!fetched);
    useEffect(() => {
      if (fetched) return;
      let current = true;
      setFailed(false);
      fetchIt().then(
        (component) => {
          fetched = component;
          if (current) setThere(true);
        },
        () => current && setFailed(true),
      );
      return () => {
        current = false;
      };
    }, [turn]);
    if (fetched && there) return h(fetched, props);
    if (meanwhile) return meanwhile;
    return (
      <div class="page">
        <main class="page__main">
          {failed ? (
            <Failure reason={LOST} onRetry={() => setTurn(turn + 1)} />
          ) : (
            <Working label={words.ui.loading} />
          )}
        </main>
      </div>
    );
  };
}
