/**
 * The buttons. They stay focusable while they have nothing to do (aria-disabled, not disabled), so that the focus is never
 * lost under a finger.
 */
import { required } from '../shared/required.ts';
import type { Call } from './call.ts';
import { isCalling, type Store } from './store.ts';

export function mountActions(store: Store, call: Call): void {
  const [start, video, hangUp] = [action('start'), action('video'), action('hang-up')];
  start.addEventListener('click', () => {
    if (!isCalling(store.state)) void call.start();
  });
  hangUp.addEventListener('click', () => {
    if (isCalling(store.state)) void call.hangUp('hang-up');
  });
  video.addEventListener('click', () => {
    if (isCalling(store.state)) call.setVideoOn(!store.state.isVideoOn);
  });
  action('retry').addEventListener('click', () => {
    void call.start();
    // This button has just gone with its message.
    hangUp.focus();
  });
  store.select(isCalling).subscribe((isGoing) => {
    start.setAttribute('aria-disabled', String(isGoing));
    for (const button of [video, hangUp]) button.setAttribute('aria-disabled', String(!isGoing));
  });
  store
    .select((state) => isCalling(state) && !state.isVideoOn)
    .subscribe((isOff) => {
      video.textContent = isOff ? 'Turn video on' : 'Turn video off';
      video.classList.toggle('is-active', isOff);
    });
}

function action(name: string): HTMLButtonElement {
  const button = required(`[data-action=${name}]`, HTMLButtonElement);
  button.disabled = false;
  return button;
}
