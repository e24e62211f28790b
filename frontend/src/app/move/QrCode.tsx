/** A QR code, drawn; large enough for a camera at arm's length, dark on light in every colour scheme. */

import encodeQR from "qr";

const QUIET = 4; // modules around it, as the standard wants

export function QrCode({ text, label }: { readonly text: string; readonly label: string }) {
  const rows = encodeQR(text, "raw", { ecc: "medium", border: QUIET });
  const dark = rows.flatMap((row, y) => row.flatMap((on, x) => (on ? [`M${x} ${y}h1v1h-1z`] : [])));
  return (
    <svg class="qr" viewBox={`0 0 ${rows.length} ${rows.length}`} role="img" aria-label={label}>
      <path class="qr__light" d={`M0 0h${rows.length}v${rows.length}H0z`} />
      <path class="qr__dark" d={dark.join("")} />
    </svg>
  );
}
