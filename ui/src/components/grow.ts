/** Keeps a text area as high as its text, so that every line of it is visible. */
import type { Attachment } from 'svelte/attachments';

/** Attach it with the text: it measures again whenever that changes. */
export function grow(text: string): Attachment<HTMLTextAreaElement> {
  void text;
  return (area) => {
    const border = area.offsetHeight - area.clientHeight;
    area.style.height = 'auto';
    if (area.scrollHeight > 0) area.style.height = `${String(area.scrollHeight + border)}px`;
  };
}
