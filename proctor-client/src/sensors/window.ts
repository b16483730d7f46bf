import type { WindowReportKind } from '@xuejian/protocol';

export interface WindowObserver {
  onReport(kind: WindowReportKind): void;
  onVisibility(isVisible: boolean): void;
  /** The page is going away (closed, reloaded, frozen). */
  onPageHide(): void;
}

type PipDocument = Document & { readonly pictureInPictureElement?: Element | null; exitPictureInPicture?: () => Promise<void> };
type PipWindow = Window & { readonly documentPictureInPicture?: { readonly window: Window | null } };

export const isPageVisible = (): boolean => globalThis.document?.visibilityState !== 'hidden';

export const isInPictureInPicture = (video: HTMLVideoElement): boolean =>
  (globalThis.document as PipDocument | undefined)?.pictureInPictureElement === video ||
  (globalThis as unknown as PipWindow).documentPictureInPicture?.window != null;

/** Whether the page is the one seen: visibility, focus, picture-in-picture (refused, and left at once when forced). */
export class WindowSensor {
  readonly #undo: (() => void)[] = [];
  #hasFocus = true;

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly observer: WindowObserver,
  ) {}

  attach(): void {
    if (typeof document === 'undefined') return;
    this.#hasFocus = document.hasFocus();
    this.#listen(document, 'visibilitychange', () => {
      const isVisible = isPageVisible();
      this.observer.onVisibility(isVisible);
      this.observer.onReport(isVisible ? 'VISIBLE' : 'HIDDEN');
    });
    this.#listen(window, 'blur', () => this.#focus(document.hasFocus()));
    this.#listen(window, 'focus', () => this.#focus(true));
    this.#listen(window, 'pagehide', () => this.observer.onPageHide());
    this.#listen(this.video, 'enterpictureinpicture', () => void this.#leavePictureInPicture());
    this.#listen(this.video, 'leavepictureinpicture', () => this.observer.onReport('PIP_LEFT'));
    if (!isPageVisible()) {
      this.observer.onVisibility(false);
      this.observer.onReport('HIDDEN');
    }
  }

  detach(): void {
    for (const undo of this.#undo.splice(0)) undo();
  }

  async #leavePictureInPicture(): Promise<void> {
    try {
      await (document as PipDocument).exitPictureInPicture?.();
      this.observer.onReport('PIP_BLOCKED');
    } catch {
      this.observer.onReport('PIP_ENTERED');
    }
  }

  #focus(hasFocus: boolean): void {
    if (hasFocus === this.#hasFocus) return;
    this.#hasFocus = hasFocus;
    this.observer.onReport(hasFocus ? 'FOCUS_GAINED' : 'FOCUS_LOST');
  }

  #listen(target: EventTarget, event: string, handler: () => void): void {
    target.addEventListener(event, handler);
    this.#undo.push(() => target.removeEventListener(event, handler));
  }
}
