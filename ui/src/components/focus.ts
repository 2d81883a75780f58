/**
 * Keeps the focused element in view and the focus from getting lost, for the whole window, so that no view has to. Where a
 * view knows better where the focus should go, it moves it at once (`keepFocus`, a stage's steps), and comes first.
 */

const FOCUSABLE =
  'button, input, select, textarea, summary, a[href], [tabindex="0"], [role=checkbox][tabindex], [role=radio][tabindex]';

const POINTER = ['pointerdown', 'pointerup', 'pointercancel'] as const;

/** Manages the focus until the returned function is called. */
export function manageFocus(): () => void {
  /** The element with the focus, or the last one that had it, and its ancestors from the inside out. */
  let last: Element | null = null;
  let around: Element[] = [];
  let isPressed = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function onfocusin({ target }: FocusEvent): void {
    if (!(target instanceof Element)) return;
    last = target;
    around = ancestorsOf(target);
    // A web view scrolls to the caret of a text, not to its field. What is under the pointer stays under it.
    if (!isPressed) target.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  function onpointer({ type }: PointerEvent): void {
    isPressed = type === 'pointerdown';
  }

  function onfocusout({ target, relatedTarget }: FocusEvent): void {
    if (relatedTarget !== null) return;
    setTimeout(() => {
      // Somebody removed it on purpose, with a click on nothing.
      if (target === last && isFocusLost() && last !== null && canHaveFocus(last)) last = null;
    });
  }

  /** Called once a change is on screen. */
  function check(): void {
    if (!last || !isFocusLost() || canHaveFocus(last)) return;
    const next = placeNear(around);
    if (!next) return;
    if (next.matches('main') && !next.hasAttribute('tabindex')) next.setAttribute('tabindex', '-1');
    next.focus({ preventScroll: next.matches('main') });
  }

  const observer = new MutationObserver(() => {
    clearTimeout(timer);
    timer = setTimeout(check);
  });
  observer.observe(document.body, {
    childList: true,
    subtree: true,
    attributes: true,
    attributeFilter: ['disabled', 'hidden', 'inert', 'open', 'tabindex'],
  });
  for (const type of POINTER) document.addEventListener(type, onpointer, true);
  document.addEventListener('focusin', onfocusin);
  document.addEventListener('focusout', onfocusout);
  return () => {
    clearTimeout(timer);
    observer.disconnect();
    for (const type of POINTER) document.removeEventListener(type, onpointer, true);
    document.removeEventListener('focusin', onfocusin);
    document.removeEventListener('focusout', onfocusout);
  };
}

/** Whether nothing has the focus. */
export function isFocusLost(): boolean {
  return document.activeElement === null || document.activeElement === document.body;
}

function ancestorsOf(element: Element): Element[] {
  const ancestors: Element[] = [];
  for (let one = element.parentElement; one && one !== document.body; one = one.parentElement)
    ancestors.push(one);
  return ancestors;
}

/** The first focusable element in what is left of `around`; the view itself rather than something outside of it. */
function placeNear(around: readonly Element[]): HTMLElement | undefined {
  const view = [...document.querySelectorAll<HTMLElement>('main')].find(isShown);
  for (const element of around) {
    if (!element.isConnected || !isShown(element)) continue;
    if (view && element.contains(view)) break;
    const first = [...element.querySelectorAll<HTMLElement>(FOCUSABLE)].find(canHaveFocus);
    if (first) return first;
  }
  return view;
}

function canHaveFocus(element: Element): boolean {
  return element.isConnected && !element.matches(':disabled, [tabindex="-1"]:not(main)') && isShown(element);
}

function isShown(element: Element): boolean {
  if (element.closest('[hidden], [inert]')) return false;
  return (element as Partial<Element>).checkVisibility?.() ?? true;
}
