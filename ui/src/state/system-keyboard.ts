/**
 * The system's on-screen keyboard, as far as a web view tells of it: while somebody types, the window loses a part of
 * its height and nothing of its width. Not every system tells; there, ours can be switched off in the settings.
 */

/** The share of the height that it takes at least. Bars of the system take less. */
const LEAST_SHARE = 0.15;

/** Of Chromium, and not in TypeScript's library. */
type VirtualKeyboard = EventTarget & { readonly boundingRect: DOMRect };

interface Size {
  width: number;
  height: number;
}

export class SystemKeyboard {
  /** Whether it takes its part of the window now. */
  isShown = false;
  /** Whether it came when somebody last began to type. */
  isExpected = false;
  /** The size of the window without it. */
  #free: Size = size();

  /** Watches the window until `signal`; calls `changed` when the keyboard has come or gone. */
  watch(isTyping: () => boolean, changed: () => void, signal: AbortSignal): void {
    const onresize = () => {
      const now = size();
      const isCut = now.width === this.#free.width && now.height < this.#free.height * (1 - LEAST_SHARE);
      const wasShown = this.isShown;
      this.isShown = isCut && (wasShown || isTyping());
      if (this.isShown) this.isExpected = true;
      else this.#free = now;
      if (this.isShown !== wasShown) changed();
    };
    window.addEventListener('resize', onresize, { signal });
    window.visualViewport?.addEventListener('resize', onresize, { signal });
    virtualKeyboard()?.addEventListener('geometrychange', onresize, { signal });
  }
}

/** The part of the window that nothing covers, whatever it is magnified by. */
function size(): Size {
  const { innerWidth: width, innerHeight, visualViewport } = window;
  const height = visualViewport ? visualViewport.height * visualViewport.scale : innerHeight;
  return { width, height: Math.min(innerHeight, height) - (virtualKeyboard()?.boundingRect.height ?? 0) };
}

function virtualKeyboard(): VirtualKeyboard | undefined {
  return (navigator as { virtualKeyboard?: VirtualKeyboard }).virtualKeyboard;
}
