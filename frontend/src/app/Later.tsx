/** A screen fetched when it is needed: the first load stays small. */

import { type ComponentType, type JSX, h } from "preact";
import { useEffect, useState } from "preact/hooks";

import { ConnectionFault } from "../api/problem.ts";
import { Failure } from "./Failure.tsx";
import { Button, Working, useWords } from "./ui/index.ts";

/** Returns a component that fetches the real one at its first appearance; a lost connection can be tried again. */
export function later<Props extends object>(fetchIt: () => Promise<ComponentType<Props>>): (props: Props) => JSX.Element {
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
    if (!failed) return <Working label={words.ui.loading} />;
    return (
      <Failure reason={new ConnectionFault("network.unreachable")}>
        <Button onPress={() => setTurn(turn + 1)}>{words.action.retry}</Button>
      </Failure>
    );
  };
}
