"""The style sheet of the exported comparison: light and dark, narrow and wide, screen and paper."""

STYLE = """
:root {
  color-scheme: light dark;
  --page: #f3f5f8; --card: #fff; --head: #f8fafc; --text: #17212b; --muted: #5b6977; --line: #dbe2ea;
  --accent: #2456c4; --on-accent: #fff;
  --left: #0f58a8; --left-tint: #e4f0fd; --left-mark: #b9d9fb;
  --right: #964500; --right-tint: #fdf0e1; --right-mark: #fbd3a4;
  --changed: #5b3fa8; --changed-tint: #efeafb; --care: #8a1c32; --care-tint: #fdecef;
  --hatch: #e6ebf1; --sign: #e9edf2;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0e1319; --card: #161d25; --head: #1b242e; --text: #e4eaf1; --muted: #98a6b5; --line: #2b3744;
    --accent: #86adff; --on-accent: #0e1319;
    --left: #8cc0ff; --left-tint: #14283f; --left-mark: #24507f;
    --right: #ffba75; --right-tint: #36230f; --right-mark: #73450f;
    --changed: #c3b0ff; --changed-tint: #272040; --care: #ffb3c0; --care-tint: #3a161f;
    --hatch: #222c37; --sign: #2c3844;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; padding: 0 clamp(12px, 3vw, 40px) 48px; background: var(--page); color: var(--text);
  font: 14px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  font-variant-numeric: tabular-nums; print-color-adjust: exact; -webkit-print-color-adjust: exact;
}
.switch { position: absolute; width: 1px; height: 1px; margin: 0; opacity: 0; }
header, nav, main, footer { max-width: 1480px; margin-inline: auto; }
h1 { margin: 0; font-size: 24px; line-height: 1.25; letter-spacing: -.01em; }
a { color: var(--accent); }
code, .value { font-family: var(--mono); font-size: 13px; }
.value { white-space: pre-wrap; overflow-wrap: anywhere; }
.quiet { color: var(--muted); }

.title { display: flex; flex-wrap: wrap; gap: 8px 20px; align-items: center; justify-content: space-between;
  padding: 28px 0 16px; }
.care { margin: 0; padding: 5px 12px; border: 1px solid currentColor; border-radius: 6px; color: var(--care);
  background: var(--care-tint); font-weight: 600; }
.card { overflow: clip; border: 1px solid var(--line); border-radius: 10px; background: var(--card); }

.facts { width: 100%; margin: 0; border-collapse: collapse; table-layout: fixed; }
.facts col:first-child { width: 150px; }
.facts th, .facts td { padding: 5px 16px; text-align: start; vertical-align: top; }
.facts tbody th { color: var(--muted); font-weight: 400; }
.facts tbody tr:last-child > * { padding-bottom: 12px; }
.facts thead th { padding-block: 12px 10px; border-top: 4px solid transparent; background: var(--head);
  font-size: 15px; overflow-wrap: anywhere; }
.facts thead .left { border-top-color: var(--left); }
.facts thead .right { border-top-color: var(--right); }
.facts thead .side { display: block; font-size: 12px; }
.facts ul { margin: 0; padding: 0; list-style: none; }
.left .side, .grid .left th { color: var(--left); }
.right .side, .grid .right th { color: var(--right); }
.verdict { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; margin: 16px 0 0; padding: 0;
  list-style: none; }
.verdict .result { margin-inline-end: 8px; font-size: 17px; font-weight: 650; }
.note { margin: 10px 0 0; color: var(--muted); }

.badge { display: inline-flex; gap: 6px; align-items: baseline; padding: 1px 9px;
  border: 1px solid currentColor; border-radius: 99px; font-size: 12px; line-height: 18px;
  white-space: nowrap; }
.badge b { font-weight: 700; }
.badge.same { color: var(--muted); border-color: var(--line); }
.badge.changed { color: var(--changed); background: var(--changed-tint); }
.badge.only-left { color: var(--left); background: var(--left-tint); }
.badge.only-right { color: var(--right); background: var(--right-tint); }

nav { position: sticky; z-index: 2; top: 0; display: flex; flex-wrap: wrap; gap: 10px 18px;
  align-items: center; margin-top: 18px; padding: 10px 0; background: var(--page);
  border-bottom: 1px solid var(--line); }
.views { display: inline-flex; border: 1px solid var(--line); border-radius: 8px; background: var(--card); }
.views label { padding: 5px 14px; border-radius: 7px; cursor: pointer; }
.only { cursor: pointer; }
.only::before { content: ""; display: inline-block; width: 15px; height: 15px; margin-inline-end: 8px;
  border: 1.5px solid var(--muted); border-radius: 4px; vertical-align: -2px; text-align: center;
  font: 700 12px/13px system-ui, sans-serif; }
#meaning-view:checked ~ nav [for="meaning-view"], #position-view:checked ~ nav [for="position-view"] {
  background: var(--accent); color: var(--on-accent); font-weight: 600; }
#differences:checked ~ nav .only::before { content: "\\2713"; border-color: var(--accent);
  background: var(--accent); color: var(--on-accent); }
#meaning-view:focus-visible ~ nav [for="meaning-view"],
#position-view:focus-visible ~ nav [for="position-view"],
#differences:focus-visible ~ nav .only, a:focus-visible {
  outline: 3px solid var(--accent); outline-offset: 2px; }
.jump { display: flex; flex-wrap: wrap; gap: 4px; max-height: 90px; margin: 0; padding: 0; overflow: auto;
  list-style: none; }
.jump a { display: inline-flex; gap: 6px; padding: 2px 8px; border: 1px solid var(--line); border-radius: 6px;
  background: var(--card); color: var(--text); text-decoration: none; font: 12.5px/20px var(--mono); }
.jump a:hover { border-color: var(--accent); }
.jump .same a { color: var(--muted); }
.jump b { color: var(--changed); }

#meaning-view:not(:checked) ~ main .meaning, #position-view:not(:checked) ~ main .position,
#meaning-view:not(:checked) ~ nav .of-meaning, #position-view:not(:checked) ~ nav .of-position,
#differences:checked ~ main .is-same, #differences:checked ~ nav .same { display: none; }

section { margin-top: 16px; scroll-margin-top: 64px; }
h2 { display: flex; flex-wrap: wrap; gap: 4px 12px; align-items: baseline; margin: 0; padding: 10px 16px;
  border-bottom: 1px solid var(--line); background: var(--head); font-size: 15px; }
h2 code { font-size: 15px; font-weight: 700; }
h2 .quiet { font-size: 13px; font-weight: 400; }
h2 .badge, h2 .tally { margin-inline-start: auto; font-weight: 400; }
h2 .tally { font-size: 13px; }
.nothing { margin: 0; padding: 8px 16px; color: var(--muted); }

.rows { width: 100%; border-collapse: collapse; table-layout: fixed; }
.rows .c-status { width: 118px; } .rows .c-path { width: 118px; } .rows .c-name { width: 22%; }
.rows .c-feeds { width: 17%; }
.rows th, .rows td { padding: 5px 10px; text-align: start; vertical-align: baseline; }
.rows th:first-child, .rows td:first-child { padding-inline-start: 16px; }
.rows thead th { padding-block: 6px; color: var(--muted); font-size: 12px; font-weight: 500; }
.rows tbody tr { border-top: 1px solid var(--line); }
.rows tbody th { font-weight: 600; overflow-wrap: anywhere; }
.rows .is-same > * { color: var(--muted); }
.rows .is-same > th { font-weight: 400; }
.of { color: var(--muted); }
.of::after { content: " \\203A\\00A0"; }
.rows .changed .v-left, .rows .only-left .v-left, .grid .differs.v-left { background: var(--left-tint); }
.rows .changed .v-right, .rows .only-right .v-right, .grid .differs.v-right { background: var(--right-tint); }
.none { background: repeating-linear-gradient(-45deg, transparent 0 5px, var(--hatch) 5px 7px); }
.none::after { content: "\\2014"; color: var(--muted); }
.rows .changed .v-left, .rows .only-left .v-left { box-shadow: inset 3px 0 var(--left); }
.rows .changed .v-right, .rows .only-right .v-right { box-shadow: inset 3px 0 var(--right); }
mark { color: inherit; border-radius: 2px; font-weight: 700; text-decoration: underline 2px;
  text-underline-offset: 3px; }
.v-left mark { background: var(--left-mark); text-decoration-color: var(--left); }
.v-right mark { background: var(--right-mark); text-decoration-color: var(--right); }
.sign { display: inline-block; margin-inline: 1px; padding: 0 4px; border: 1px solid var(--muted);
  border-radius: 4px; background: var(--sign); color: var(--text); font: 600 10.5px/15px var(--mono);
  vertical-align: 1px; white-space: nowrap; text-decoration: none; unicode-bidi: isolate; direction: ltr; }
.sign.cut { border-style: dashed; color: var(--muted); }
mark .sign { border-width: 2px; }
.feed { display: block; font-size: 12.5px; color: var(--muted); }
.feed::before { content: "\\2192\\00A0"; }
tr:not(.is-same) .feed { color: var(--text); font-weight: 600; }

.bands { padding: 12px 16px 14px; overflow-x: auto; }
.grid { margin-top: 12px; border-collapse: collapse; }
.grid:first-child { margin-top: 0; }
.grid th, .grid td { padding: 4px 8px; border: 1px solid var(--line); text-align: start;
  vertical-align: top; }
.grid thead th { max-width: 210px; background: var(--head); font-weight: 600; }
.grid thead .field { display: block; min-width: 64px; color: var(--muted); font-weight: 400;
  font-size: 11.5px; line-height: 1.35; }
.grid thead .how { margin-inline-start: 6px; color: var(--changed); }
.grid thead .only-left .how { color: var(--left); }
.grid thead .only-right .how { color: var(--right); }
.grid tbody th { width: 62px; font-weight: 600; }
.grid td { max-width: 330px; overflow-wrap: break-word; }
.grid .gap { color: var(--muted); font-weight: 400; white-space: nowrap; }
footer { padding-top: 24px; color: var(--muted); font-size: 12.5px; }
.spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
  white-space: nowrap; }

@media screen and (max-width: 820px) {
  nav { position: static; }
  .facts col:first-child { width: 96px; }
  .facts th, .facts td { padding-inline: 10px; }
  .rows colgroup, .rows thead { display: none; }
  .rows, .rows tbody, .rows tr { display: block; }
  .rows tr { padding: 8px 12px; }
  .rows th, .rows td, .rows th:first-child, .rows td:first-child {
    display: inline-block; padding: 1px 8px 1px 0; }
  .rows td.v-left, .rows td.v-right { display: block; margin-top: 3px; padding: 3px 8px; }
  .rows td:empty { display: none !important; }
  .rows td.v-left::before { content: "left "; color: var(--left); font-size: 11px; }
  .rows td.v-right::before { content: "right "; color: var(--right); font-size: 11px; }
}
@media print {
  :root {
    color-scheme: light;
    --page: #fff; --card: #fff; --head: #f2f4f7; --text: #000; --muted: #444; --line: #b9c2cc;
    --accent: #000; --on-accent: #fff; --left: #0f58a8; --left-tint: #e4f0fd; --left-mark: #c9e1fb;
    --right: #964500; --right-tint: #fdf0e1; --right-mark: #fbdcb8;
    --changed: #43308a; --changed-tint: #f3f0fb; --care: #8a1c32; --care-tint: #fff; --sign: #f2f4f7;
  }
  @page { size: A4 landscape; margin: 12mm; }
  body { padding: 0; font-size: 10px; }
  .title { padding-top: 0; }
  h1 { font-size: 17px; }
  .facts th, .facts td { padding: 1px 8px; }
  .facts thead th { padding-block: 6px; font-size: 11px; }
  .facts thead .side, .rows thead th, .feed, h2 .tally, h2 .quiet, footer { font-size: 9.5px; }
  .verdict .result { font-size: 13px; }
  code, .value { font-size: 9.5px; }
  nav { display: none; }
  .card { border-radius: 0; overflow: visible; }
  h2 { padding: 4px 8px; break-after: avoid; }
  h2, h2 code { font-size: 11.5px; }
  .rows th:first-child, .rows td:first-child { padding-inline-start: 8px; }
  section { margin-top: 10px; }
  thead { display: table-header-group; }
  tr, .grid { break-inside: avoid; }
  .none { background: none; }
  .rows th, .rows td, .rows thead th { padding-block: 2.5px; }
  .grid thead .field { font-size: 8.5px; }
  .sign { font-size: 7.5px; line-height: 11px; }
  .bands { padding: 6px 8px; overflow: visible; }
  .badge { line-height: 14px; font-size: 9.5px; }
}
"""
