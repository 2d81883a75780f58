/** Drops files on an element, as the pointer does. */
export function drop(element: Element, files: readonly File[]): void {
  const event = new Event('drop', { bubbles: true, cancelable: true });
  Object.defineProperty(event, 'dataTransfer', { value: { types: ['Files'], files, dropEffect: 'none' } });
  element.dispatchEvent(event);
}
