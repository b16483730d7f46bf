type Attributes = Readonly<Record<string, string | boolean | null>>;

/** One element with attributes and children; text is always text, never markup. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  setAttributes(element, attributes);
  element.append(...children);
  return element;
}

export function setAttributes(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === false) element.removeAttribute(name);
    else element.setAttribute(name, value === true ? '' : value);
  }
}

/** A modal dialog that Escape does not close: the browser keeps focus inside and the page behind it inert. */
export function modal(attributes: Attributes, ...children: readonly (Node | string)[]): HTMLDialogElement {
  const dialog = el('dialog', attributes, ...children);
  dialog.addEventListener('cancel', (event) => event.preventDefault());
  dialog.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') event.preventDefault();
    // Keys such as space must not reach the platform's own player shortcuts.
    event.stopPropagation();
    if (event.key === 'Tab') keepFocusInside(dialog, event);
  });
  return dialog;
}

function keepFocusInside(dialog: HTMLDialogElement, event: KeyboardEvent): void {
  const stops = [...dialog.querySelectorAll<HTMLElement>('button, input')].filter((stop) => !stop.hasAttribute('disabled'));
  const first = stops[0];
  const last = stops.at(-1);
  const root = dialog.getRootNode() as Document | ShadowRoot;
  if (first && last && root.activeElement === (event.shiftKey ? first : last)) {
    event.preventDefault();
    (event.shiftKey ? last : first).focus();
  }
}

/** Where the panel goes: the platform's own place, or a new one right after the video. */
export function panelContainer({ container, video }: { readonly container?: HTMLElement; readonly video: HTMLElement }): HTMLElement {
  if (container) return container;
  const place = document.createElement('div');
  video.after(place);
  return place;
}
