/** Doing things that may fail, and looking at things that may change: what screens share. */

import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

export interface Task {
  readonly busy: boolean;
  /** What was thrown the last time, if anything. */
  readonly failure: unknown;
  /** Returns what `act` returned, or undefined when it failed or one is under way already. */
  readonly run: <Outcome>(act: () => Promise<Outcome>) => Promise<Outcome | undefined>;
  readonly clear: () => void;
}

/** One thing at a time; the failure stays until the next try. */
export function useTask(): Task {
  const [state, setState] = useState<{ busy: boolean; failure?: unknown }>({ busy: false });
  const running = useRef(false);
  const here = useRef(true);
  useEffect(() => () => void (here.current = false), []);
  const run = useCallback(async <Outcome>(act: () => Promise<Outcome>): Promise<Outcome | undefined> => {
    if (running.current) return undefined;
    running.current = true;
    setState({ busy: true });
    try {
      const outcome = await act();
      if (here.current) setState({ busy: false });
      return outcome;
    } catch (failure) {
      if (here.current) setState({ busy: false, failure });
      return undefined;
    } finally {
      running.current = false;
    }
  }, []);
  const clear = useCallback(() => setState({ busy: false }), []);
  return { busy: state.busy, failure: state.failure, run, clear };
}

export interface Loaded<Value> {
  readonly value: Value | undefined;
  readonly failure: unknown;
  readonly reload: () => void;
}

/** Loads when the screen appears and whenever `key` changes. What was loaded stays while it is loaded again. */
export function useLoaded<Value>(load: (signal: AbortSignal) => Promise<Value>, key: string): Loaded<Value> {
  const [state, setState] = useState<{ value?: Value; failure?: unknown }>({});
  const [turn, setTurn] = useState(0);
  useLayoutEffect(() => {
    // before the screen is painted: what is already on its way may then be on it
    const leaving = new AbortController();
    load(leaving.signal).then(
      (value) => leaving.signal.aborted || setState({ value }),
      (failure: unknown) => leaving.signal.aborted || setState((before) => ({ ...before, failure })),
    );
    return () => leaving.abort();
  }, [key, turn]);
  return { value: state.value, failure: state.failure, reload: () => setTurn((before) => before + 1) };
}

/** Holds an address for bytes in memory; it is given back when the screen goes. The page's policy allows blob: images. */
export function useBlobUrl(blob: Blob | undefined): string | undefined {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    if (!blob) return setUrl(undefined);
    const made = URL.createObjectURL(blob);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [blob]);
  return url;
}
