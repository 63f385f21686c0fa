const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);

export const STYLE = `
  :root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
  body { max-width: 1200px; margin: 2rem auto; padding: 0 1rem; }
  h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
  table { border-collapse: collapse; width: 100%; }
  th, td { text-align: left; padding: .35rem .6rem; border-bottom: 1px solid #8884; vertical-align: top; }
  td.amount { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
  code { font-size: .85rem; overflow-wrap: anywhere; }
  button { margin: 0 .25rem .25rem 0; padding: .2rem .6rem; font: inherit; cursor: pointer; }
  #problem { color: #c33; min-height: 1.5rem; } .quiet { opacity: .65; }`;

/** A page with a title and a body that is HTML already. */
export function plainPage(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} - payment sandbox</title><style>${STYLE}</style></head>
<body><h1>${escapeHtml(title)} <span class="quiet">payment sandbox, no real money</span></h1>${body}</body></html>
`;
}
