/** The part of `subset-font` that is used here; the package describes no types. */
declare module "subset-font" {
  export default function subsetFont(
    font: Buffer,
    text: string,
    options: { targetFormat: "truetype" | "woff2"; keepFeatures?: readonly string[]; noHinting?: boolean },
  ): Promise<Buffer>;
}

/** The style sheet `typeface.ts` makes. */
declare module "dojang:typeface";
