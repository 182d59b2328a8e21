/** Where the picture comes from, and what is sent when a frame can not be filtered. */
import { FAILURE_POLICIES, type Camera } from 'convolux';
import { element } from '../shared/elements.ts';
import { labelled, segments } from '../shared/fields.ts';
import { required } from '../shared/required.ts';
import { failureTitles, failureWords } from './messages.ts';
import { isCalling, type SourceChoice, type Store } from './store.ts';

export function mountSource(store: Store): void {
  const { element: field, label } = labelled('field field-choice', 'Picture');
  const select = document.createElement('select');
  select.id = label.htmlFor;
  select.addEventListener('change', () => store.choose({ source: select.value as SourceChoice }));
  const frame = element('span', 'select');
  frame.append(select);
  field.append(frame);
  required('[data-role=source]', HTMLElement).append(field);

  const show = (): void => {
    select.value = store.state.settings.source;
  };
  store
    .select(({ cameras }) => cameras)
    .subscribe((cameras) => {
      select.replaceChildren(...choicesOf(cameras ?? [], store.state.settings.source));
      show();
    });
  store.select(({ settings }) => settings.source).subscribe(show);
}

function choicesOf(cameras: readonly Camera[], chosen: SourceChoice): readonly HTMLElement[] {
  // Before one is allowed they have neither name nor id, and can't be told apart.
  const known = cameras.filter(({ deviceId }) => deviceId !== '');
  const group = document.createElement('optgroup');
  group.label = 'Cameras';
  group.append(
    new Option(known.length === 0 ? 'Camera' : 'Usual camera', 'camera'),
    ...known.map(
      ({ deviceId, label }, index) => new Option(label || `Camera ${index + 1}`, `camera ${deviceId}`),
    ),
  );
  // One that was unplugged stays chosen until another is: it may come back.
  const isGone =
    chosen.startsWith('camera ') && !known.some(({ deviceId }) => `camera ${deviceId}` === chosen);
  if (isGone) group.append(new Option('A camera that is gone', chosen));
  const others = document.createElement('optgroup');
  others.label = 'Without a camera';
  others.append(new Option('Sample clip', 'sample'));
  // Undefined on insecure origins, whatever the type says; and phones show no screens.
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (devices !== undefined && 'getDisplayMedia' in devices) others.append(new Option('Screen…', 'screen'));
  return [group, others];
}

export function mountFailure(store: Store): void {
  const group = required('[data-role=failure]', HTMLFieldSetElement);
  const field = segments({
    name: 'failure',
    choices: FAILURE_POLICIES.map((value) => ({ value, title: failureTitles[value] })),
    value: store.state.settings.failure,
    onChange: (failure) => store.choose({ failure }),
  });
  const description = element('p', 'description');
  group.append(field.element, description);
  store
    .select(({ settings }) => settings.failure)
    .subscribe((failure) => {
      field.show(failure);
      description.textContent = failureWords[failure];
    });
  // It belongs to the track, and that stays the same.
  store.select(isCalling).subscribe((isGoing) => {
    group.disabled = isGoing;
    group.title = isGoing ? 'Chosen before the call: it belongs to the track that is sent.' : '';
  });
}
