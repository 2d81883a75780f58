/** Files that are dropped on something. */
import type { Attachment } from 'svelte/attachments';

/** Tells whether files are held over an element, and which ones were dropped on it. */
export function fileDrop(
  over: (isOver: boolean) => void,
  dropped: (files: File[]) => void,
): Attachment<HTMLElement> {
  const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;

  function enter(event: DragEvent): void {
    if (!hasFiles(event)) return;
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
    over(true);
  }

  function leave(event: DragEvent): void {
    const to = event.relatedTarget;
    if (!(to instanceof Node && (event.currentTarget as Node).contains(to))) over(false);
  }

  function drop(event: DragEvent): void {
    over(false);
    if (!hasFiles(event)) return;
    event.preventDefault();
    dropped([...(event.dataTransfer?.files ?? [])]);
  }

  return (element) => {
    const listeners = { dragenter: enter, dragover: enter, dragleave: leave, drop };
    const each = Object.entries(listeners) as [keyof typeof listeners, (event: DragEvent) => void][];
    for (const [name, listener] of each) element.addEventListener(name, listener);
    return () => {
      for (const [name, listener] of each) element.removeEventListener(name, listener);
    };
  };
}
