/** A PDF on the screen: every page, one below the other, drawn when one comes near it. */

import { useEffect, useRef, useState } from "preact/hooks";

import type { Bytes } from "../../crypto/bytes.ts";
import type { PageSize, Paper } from "../../paper/paper.ts";
import { openPaper } from "../../paper/worker.ts";
import { Working, useWords } from "../ui/index.ts";

/** Drawn when nearer than this to the screen, forgotten when farther: a long contract would fill a telephone's memory. */
const NEAR = "150% 0px";
/** Sharp when enlarged with two fingers, too. */
const SHARPNESS = 1.5;

export interface PagesProps {
  readonly data: Bytes;
  /** The document, or a page of it, cannot be shown in full. */
  readonly onUnreadable: () => void;
}

export function Pages({ data, onUnreadable }: PagesProps) {
  const words = useWords();
  const [paper, setPaper] = useState<Paper>();
  useEffect(() => {
    let wanted = true;
    let mine: Paper | undefined;
    openPaper(data).then(
      (found) => {
        if (!wanted) return found.close();
        mine = found;
        setPaper(found);
      },
      () => wanted && onUnreadable(),
    );
    return () => {
      wanted = false;
      mine?.close();
    };
  }, [data]);
  if (!paper) return <Working label={words.ui.loading} />;
  return (
    <div class="paper" tabIndex={0} role="region" aria-label={words.use.content}>
      {paper.pages.map((size, i) => (
        <Sheet key={i} paper={paper} number={i + 1} size={size} onUnreadable={onUnreadable} />
      ))}
    </div>
  );
}

interface SheetProps {
  readonly paper: Paper;
  readonly number: number;
  readonly size: PageSize;
  readonly onUnreadable: () => void;
}

function Sheet({ paper, number, size, onUnreadable }: SheetProps) {
  const words = useWords();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [isNear, setNear] = useState(false);
  const [text, setText] = useState<string>();
  useEffect(() => {
    const watched = canvas.current!;
    const seeing = new IntersectionObserver((seen) => setNear(seen.at(-1)!.isIntersecting), { rootMargin: NEAR });
    seeing.observe(watched);
    return () => seeing.disconnect();
  }, []);
  useEffect(() => {
    const sheet = canvas.current!;
    if (!isNear) return undefined;
    let wanted = true;
    paper.draw(number, Math.round(sheet.clientWidth * devicePixelRatio * SHARPNESS)).then(
      (drawn) => {
        if (!wanted) return drawn.picture.close();
        sheet.width = drawn.picture.width;
        sheet.height = drawn.picture.height;
        sheet.getContext("bitmaprenderer")!.transferFromImageBitmap(drawn.picture);
        setText(drawn.text);
      },
      () => wanted && onUnreadable(),
    );
    return () => {
      wanted = false;
      sheet.width = sheet.height = 0; // gives the memory back
      setText(undefined);
    };
  }, [isNear]);
  const place = words.sign.pageOf(number, paper.pages.length);
  return (
    <figure class="paper__sheet" aria-busy={text === undefined}>
      <canvas ref={canvas} role="img" aria-label={place} style={{ aspectRatio: `${size.width} / ${size.height}` }} />
      <figcaption class="small soft">{place}</figcaption>
      {text && <p class="visually-hidden">{text}</p>}
    </figure>
  );
}
