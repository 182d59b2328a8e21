/** The look of the element: one sheet for all of a document, which a policy without inline styles lets in. */

const CSS = `
:host {
  --_surface: var(--convolux-surface, #fff);
  --_ink: var(--convolux-ink, #161a18);
  --_muted: var(--convolux-muted, #59615d);
  --_accent: var(--convolux-accent, #0b7a5b);
  --_fault: var(--convolux-fault, #b3261e);
  display: block;
  overflow: hidden;
  border-radius: var(--convolux-radius, 8px);
  background: var(--convolux-background, #0b0d0c);
  color: var(--_ink);
  font: 500 0.875rem/1.4 system-ui, sans-serif;
}
@supports (color: light-dark(red, red)) {
  :host {
    --_surface: var(--convolux-surface, light-dark(#fff, #191c1b));
    --_ink: var(--convolux-ink, light-dark(#161a18, #e9edeb));
    --_muted: var(--convolux-muted, light-dark(#59615d, #98a19d));
    --_accent: var(--convolux-accent, light-dark(#0b7a5b, #5fd3ab));
    --_fault: var(--convolux-fault, light-dark(#b3261e, #ff8a7f));
  }
}
:host([hidden]), [hidden] { display: none !important; }
* { box-sizing: border-box; margin: 0; }
.frame {
  display: grid;
  grid-template: minmax(0, 1fr) / minmax(0, 1fr);
  position: relative;
  block-size: 100%;
}
.frame > * { grid-area: 1 / 1; min-block-size: 0; }
video {
  display: block;
  inline-size: 100%;
  block-size: 100%;
  aspect-ratio: var(--convolux-aspect-ratio, auto 16 / 9);
  object-fit: var(--convolux-object-fit, contain);
}
:host([mirrored]) video { transform: scaleX(-1); }
.poster { position: absolute; inset: 0; }
.poster img, ::slotted([slot='poster']) {
  display: block;
  inline-size: 100%;
  block-size: 100%;
  object-fit: var(--convolux-object-fit, cover);
}
.message {
  display: grid;
  position: relative;
  place-content: center;
  justify-items: center;
  gap: 12px;
  padding: 16px;
  background: rgb(6 8 7 / 80%);
  backdrop-filter: blur(12px);
  color: #f2f5f3;
  font-size: 1rem;
  text-align: center;
  text-wrap: balance;
  overflow-wrap: anywhere;
}
:host([controls]) .message { padding-block-end: 72px; }
.message p { max-inline-size: 32em; }
.spinner {
  inline-size: 28px;
  block-size: 28px;
  border: 2px solid rgb(242 245 243 / 25%);
  border-block-start-color: #f2f5f3;
  border-radius: 50%;
  animation: turn 0.9s linear infinite;
}
@keyframes turn { to { transform: rotate(1turn); } }
:host(:not([controls])) .controls { display: none; }
.controls {
  display: flex;
  position: relative;
  align-items: center;
  gap: 12px;
  align-self: end;
  justify-self: start;
  max-inline-size: calc(100% - 16px);
  margin: 8px;
  padding-inline-end: 16px;
  border-radius: 8px;
  background: var(--_surface);
}
button {
  display: flex;
  flex: none;
  align-items: center;
  gap: 8px;
  min-inline-size: 44px;
  min-block-size: 44px;
  padding: 0 16px;
  border: 0;
  border-radius: 8px;
  background: none;
  color: inherit;
  font: inherit;
  font-weight: 600;
  cursor: pointer;
}
button:hover { color: var(--_accent); }
button:focus-visible { outline: 2px solid var(--_accent); outline-offset: -4px; }
button::before {
  inline-size: 12px;
  block-size: 12px;
  background: var(--_accent);
  clip-path: polygon(8% 0, 100% 50%, 8% 100%);
  content: '';
}
.is-on button::before { background: currentColor; clip-path: inset(8% round 2px); }
.status, .rate { overflow: hidden; white-space: nowrap; text-overflow: ellipsis; }
.status { flex: 0 1 auto; }
.status::before {
  display: inline-block;
  inline-size: 8px;
  block-size: 8px;
  margin-inline-end: 8px;
  border-radius: 50%;
  background: var(--_muted);
  content: '';
}
[data-status='running'] .status::before { background: var(--_accent); }
[data-status='failed'] .status::before { border-radius: 2px; background: var(--_fault); }
.rate { flex: 0 99 auto; color: var(--_muted); font-variant-numeric: tabular-nums; }
.said {
  position: absolute;
  inline-size: 1px;
  block-size: 1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}
@media (prefers-reduced-motion: reduce) {
  .spinner { animation: none; }
}
@media (forced-colors: active) {
  .controls, button { border: 1px solid; }
  button::before, .status::before { forced-color-adjust: none; background: CanvasText; }
}
`;

/** A sheet serves the shadow roots of its own document alone. */
const sheets = new WeakMap<Document, CSSStyleSheet>();

/** The sheet of `document`, made with the first element in it. */
export function sheetOf(document: Document): CSSStyleSheet {
  const known = sheets.get(document);
  if (known !== undefined) return known;
  const Sheet = document.defaultView?.CSSStyleSheet ?? CSSStyleSheet;
  const sheet = new Sheet();
  sheet.replaceSync(CSS);
  sheets.set(document, sheet);
  return sheet;
}
