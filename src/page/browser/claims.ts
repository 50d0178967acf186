import { element } from './page.ts';

/** Makes the controls of the list of claims choose and sort them. Without JavaScript the list has all of them. */
export function startClaims(): void {
  const list = document.querySelector<HTMLElement>('.claims');
  if (list === null) return;
  const controls = element('.claim-controls');
  const all = [...list.children] as HTMLElement[];
  const texts = new Map(all.map((claim) => [claim, `${claim.id} ${claim.textContent}`.toLowerCase()]));
  const order: string[] = JSON.parse(list.dataset.order!);
  const standing: string[] = JSON.parse(list.dataset.stands!);
  const chosen = (name: string) =>
    controls.querySelector<HTMLSelectElement | HTMLInputElement>(`[name=${name}]`)?.value ?? '';

  /** The verdict under the chosen reading, or over all; undefined if it is not judged under that reading. */
  const verdictOf = ({ dataset }: HTMLElement): string | undefined =>
    chosen('reading') === '' ? dataset.verdict : JSON.parse(dataset.readings!)[chosen('reading')];
  const isChosen = (claim: HTMLElement): boolean => {
    const verdict = verdictOf(claim);
    if (verdict === undefined) return false;
    const wanted = chosen('verdict');
    if (wanted === 'open' ? standing.includes(verdict) : wanted !== '' && wanted !== verdict) return false;
    return (
      ['', claim.dataset.kind].includes(chosen('kind')) &&
      ['', claim.dataset.group].includes(chosen('group')) &&
      words().every((word) => texts.get(claim)!.includes(word))
    );
  };
  const words = () => chosen('words').toLowerCase().split(/\s+/);

  const largest = (name: string) => (claim: HTMLElement) => -Number(claim.dataset[name] ?? -1);
  const smallest = (name: string) => (claim: HTMLElement) => Number(claim.dataset[name] ?? Number.MAX_VALUE);
  const keys: Record<string, (claim: HTMLElement) => number> = {
    verdict: (claim) => order.indexOf(verdictOf(claim) ?? ''),
    z: largest('z'),
    p: smallest('p'),
    resolution: largest('resolution'),
    group: () => 0,
  };
  const compare = (a: HTMLElement, b: HTMLElement): number => {
    const by = chosen('sort');
    if (by === 'group') return a.dataset.group!.localeCompare(b.dataset.group!, 'en', { numeric: true });
    return keys[by](a) - keys[by](b);
  };

  const update = () => {
    for (const claim of all) claim.hidden = !isChosen(claim);
    list.replaceChildren(...[...all].sort(compare));
    const shown = all.filter(({ hidden }) => !hidden).length;
    element<HTMLOutputElement>('output', controls).value = `${shown} of ${all.length}`;
  };
  /** A link may lead to a claim that is not chosen. */
  const reveal = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target === null || !all.includes(target) || !target.hidden) return;
    for (const control of controls.querySelectorAll<HTMLSelectElement | HTMLInputElement>('select, input')) {
      if (control.name !== 'sort') control.value = '';
    }
    update();
    target.scrollIntoView();
  };
  // Few claims need no choice.
  const stand = all.filter(({ dataset }) => standing.includes(dataset.verdict!)).length;
  if (stand < fewClaims || stand === all.length)
    element<HTMLSelectElement>('[name=verdict]', controls).value = '';
  controls.hidden = false;
  controls.addEventListener('input', update);
  addEventListener('hashchange', reveal);
  update();
  reveal();
}

/** With fewer claims that stand, all are shown at first. */
const fewClaims = 20;
