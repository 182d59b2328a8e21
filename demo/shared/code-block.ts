/** Code for a reader to take home: a title, a button that copies it, and the code. */
import { button } from './elements.ts';
import { required } from './required.ts';

const COPIED_MS = 2000;

/** @param section holds `<pre><code>`. @returns shows another text in it. */
export function mountCode(section: HTMLElement): (text: string) => void {
  const code = required('code', HTMLElement, section);
  let reset: ReturnType<typeof setTimeout> | undefined;
  const copy = button('button-quiet', 'Copy', () => {
    clearTimeout(reset);
    const say = (text: string): void => {
      copy.textContent = text;
      reset = setTimeout(() => (copy.textContent = 'Copy'), COPIED_MS);
    };
    navigator.clipboard.writeText(code.textContent).then(
      () => say('Copied'),
      () => say('Not allowed'),
    );
  });
  // Absent on insecure origins, whatever the type says.
  if ((navigator.clipboard as Clipboard | undefined) !== undefined) section.prepend(copy);
  return (text) => {
    code.textContent = text;
  };
}
