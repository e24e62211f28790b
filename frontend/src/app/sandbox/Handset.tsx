/** The simulated telephone: it rings, is answered or declined, speaks, and has keys. */

import { useEffect, useRef, useState } from "preact/hooks";

import { Button, useWords } from "../ui/index.ts";
import type { HandsetCall, Neighbours } from "./neighbours.ts";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];
const EVERY_MS = 700;

export function Handset({ neighbours, number, onRinging }: {
  readonly neighbours: Neighbours;
  readonly number: string;
  readonly onRinging: (ringing: boolean) => void;
}) {
  const words = useWords();
  const [call, setCall] = useState<HandsetCall>();
  const [turn, setTurn] = useState(0);
  const voice = useRef<HTMLAudioElement>(undefined);
  const t = words.sandbox;
  useEffect(() => {
    let current = true;
    let timer: ReturnType<typeof setTimeout>;
    const look = async () => {
      const calls = document.hidden ? undefined : await neighbours.listCalls(number).catch(() => undefined);
      if (!current) return;
      if (calls) setCall(calls.at(-1));
      timer = setTimeout(() => void look(), EVERY_MS);
    };
    void look();
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [number, turn]);
  useEffect(() => onRinging(call?.state === "ringing"), [call?.state]);
  useEffect(() => {
    voice.current?.pause();
    const last = call?.heard.at(-1);
    if (call?.state !== "answered" || !last) return;
    voice.current = new Audio(neighbours.promptUrl(last));
    voice.current.play().catch(() => undefined); // a browser may refuse to speak
    return () => voice.current?.pause();
  }, [call?.call_id, call?.heard.length, call?.state]);

  const act = async (what: () => Promise<void>) => {
    await what().catch(() => undefined); // the next look shows what became of it
    setTurn((before) => before + 1);
  };
  const is = (state: HandsetCall["state"]) => call?.state === state;
  return (
    <div class="handset">
      <p>{number}</p>
      <p role="status">{call ? t.callState[call.state] : t.noCall}</p>
      {call && is("ringing") && (
        <div class="row">
          <Button onPress={() => act(() => neighbours.act(number, call.call_id, "answer"))}>{t.answer}</Button>
          <Button onPress={() => act(() => neighbours.act(number, call.call_id, "decline"))}>{t.decline}</Button>
        </div>
      )}
      {call && is("answered") && (
        <>
          <div class="handset__keys">
            {KEYS.map((key) => (
              <Button key={key} onPress={() => act(() => neighbours.press(number, call.call_id, key))}>
                {key}
              </Button>
            ))}
          </div>
          <p>{t.pressed(call.pressed)}</p>
          <Button onPress={() => act(() => neighbours.act(number, call.call_id, "hang-up"))}>{t.hangUp}</Button>
        </>
      )}
    </div>
  );
}
