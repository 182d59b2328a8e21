/** The stage: the invitation or what went wrong, and while there is a call its two ends. */
import { required } from '../shared/required.ts';
import { introNote, messageFor, offerFor, receivedNote, sentNote, statusLine } from './messages.ts';
import { isCalling, type PageState } from './store.ts';

type End = 'sent' | 'received';

export class Stage {
  readonly #page = required('[data-role=page]', HTMLElement);
  readonly #intro = required('[data-role=intro]', HTMLElement);
  readonly #ends = required('[data-role=ends]', HTMLElement);

  /** Resolves when its first frame is seen. */
  show(end: End, stream: MediaStream): Promise<void> {
    const video = this.#video(end);
    video.srcObject = stream;
    const isSeen = new Promise<void>((resolve) => {
      video.addEventListener('loadeddata', () => resolve(), { once: true });
    });
    // Rejected when another picture, or none, takes its place meanwhile.
    video.play().catch(() => undefined);
    return isSeen;
  }

  clear(): void {
    for (const end of ['sent', 'received'] as const) this.#video(end).srcObject = null;
  }

  render(state: PageState): void {
    const { call, settings } = state;
    this.#page.dataset['state'] = call.status;
    const status = statusLine(state);
    say('[data-role=status-text]', status.text);
    required('[data-role=status]', HTMLElement).dataset['status'] = status.status;
    const isGoing = isCalling(state);
    this.#intro.hidden = isGoing;
    this.#ends.hidden = !isGoing;
    // Writing on a screen or in a clip is to be read.
    this.#ends.classList.toggle('is-mirrored', settings.source.startsWith('camera'));
    this.#note('sent', sentNote(state));
    this.#note('received', receivedNote(state));
    const note = introNote(state);
    required('[data-role=note]', HTMLElement).hidden = note === '';
    say('[data-role=note]', note);
    this.#showPanel('empty', call.status === 'idle');
    this.#showPanel('failed', call.status === 'failed');
    if (call.status !== 'failed') return;
    const { title, text } = messageFor(call.fault);
    say('[data-role=fault-title]', title);
    say('[data-role=fault-text]', text);
    say('[data-role=fault-offer]', offerFor(call.fault));
    say('[data-role=fault-details]', `${call.fault.code}: ${call.fault.detail}`);
  }

  #video(end: End): HTMLVideoElement {
    return required(`[data-role=${end}]`, HTMLVideoElement, this.#ends);
  }

  #note(end: End, text: string): void {
    required(`[data-role=${end}-note]`, HTMLElement).hidden = text === '';
    say(`[data-role=${end}-note]`, text);
  }

  #showPanel(name: string, isShown: boolean): void {
    required(`[data-panel=${name}]`, HTMLElement, this.#intro).hidden = !isShown;
  }
}

/** Writes only what changed: a screen reader says a live text again each time it is written. */
function say(selector: string, text: string): void {
  const found = required(selector, HTMLElement);
  if (found.textContent !== text) found.textContent = text;
}
