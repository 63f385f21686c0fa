/** A form with bracketed names, as Stripe's clients send it: `metadata[order_id]=…`, `expand[]=…`. */
export interface FormTree {
  [name: string]: string | FormTree;
}

/** Parses the body into a tree; a repeated `name[]` becomes `{ '0': …, '1': … }`. */
export function parseForm(bodyText: string): FormTree {
  const tree = emptyTree();
  for (const [name, value] of new URLSearchParams(bodyText)) {
    const path = name.replaceAll(']', '').split('[');
    let node = tree;
    for (const part of path.slice(0, -1)) {
      const next = node[part];
      node = typeof next === 'object' ? next : (node[part] = emptyTree());
    }
    const last = path.at(-1) ?? '';
    node[last === '' ? String(Object.keys(node).length) : last] = value;
  }
  return tree;
}

/** One text for equal forms, whatever the order of their fields. */
export function canonicalForm(bodyText: string): string {
  const pairs = [...new URLSearchParams(bodyText)].map(([name, value]) => JSON.stringify([name, value]));
  return pairs.sort().join('&');
}

export const textField = (form: FormTree, name: string): string | null => {
  const value = form[name];
  return typeof value === 'string' && value !== '' ? value : null;
};

export const treeField = (form: FormTree, name: string): FormTree => {
  const value = form[name];
  return typeof value === 'object' ? value : emptyTree();
};

/** The string values of a one-level tree (metadata). */
export function stringMap(tree: FormTree): Record<string, string> {
  const entries = Object.entries(tree).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return Object.fromEntries(entries);
}

// No prototype, so that a field called `__proto__` is only a field.
const emptyTree = (): FormTree => Object.create(null) as FormTree;
