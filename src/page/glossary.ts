import { type Html, html } from './html.ts';

/** The terms that a page may use, each in a sentence or two. A page lists those that occur in it. */
const terms: Readonly<Record<string, { readonly pattern: RegExp; readonly meaning: string }>> = {
  accuracy: { pattern: /\baccuracy\b/, meaning: 'The share of rows whose class was predicted correctly.' },
  AUC: {
    pattern: /\bAUC\b/,
    meaning:
      'The area under the ROC curve: the probability that a row of the class gets a higher probability for it than a row of another class. 0.5 is guessing, 1 is perfect.',
  },
  bootstrap: {
    pattern: /\bbootstrap\b/,
    meaning:
      'Drawing rows again, with replacement, to see how much a score depends on the rows. “Bootstrap mean” is the mean score over these draws.',
  },
  'Brier score': {
    pattern: /\bBrier score\b/,
    meaning:
      'The mean square of the difference between the probability of a class and what is true: 1 for its rows, 0 for others. Lower is better.',
  },
  'calibration error': {
    pattern: /\bcalibration error\b/,
    meaning:
      'How far probabilities are from the share of rows for which they come true, on average. 0 is perfect.',
  },
  'closed form': {
    pattern: /\bclosed[ -]form\b/,
    meaning: 'The exact solution of a linear model, computed in one step instead of by training.',
  },
  'coordinate descent': {
    pattern: /\bcoordinate[ -]descent\b/,
    meaning:
      'The solution of a linear model with an L1 penalty (lasso, elastic net), found by changing one coefficient at a time until none can be improved.',
  },
  'cross-entropy': {
    pattern: /\bcross-entropy\b/,
    meaning:
      'The loss of a classifier: the mean of −ln(probability given to the right class). Lower is better.',
  },
  diverged: {
    pattern: /\bdiverged\b/,
    meaning:
      'The loss grew beyond any use, usually because the learning rate is too high. The training stops and its numbers are not used.',
  },
  epoch: {
    pattern: /\bepochs?\b/,
    meaning: 'One pass of the training over as many rows as there are training rows.',
  },
  F1: {
    pattern: /\bF1\b/,
    meaning:
      'The harmonic mean of precision (the share of the rows given a class that are of it) and recall (the share of its rows that were given it).',
  },
  gains: {
    pattern: /\bcumulative gains\b/,
    meaning:
      'The share of a class that is found among the rows to which it seems most probable. The area ratio is 0 for guessing and 1 for a perfect order.',
  },
  lambda: {
    pattern: /\blambda\b/,
    meaning: 'The strength of the penalty on large weights (L2, as in ridge regression). 0 means no penalty.',
  },
  'Huber loss': {
    pattern: /\bHuber loss\b/,
    meaning:
      'Half the square of small errors, and of large errors only their size, so that outliers count less. The option delta is where large begins. Lower is better.',
  },
  l1: {
    pattern: /\bl1\b/,
    meaning:
      'The strength of the penalty on the absolute values of weights (L1, as in lasso regression), which makes some of them 0. 0 means no penalty.',
  },
  'learning rate': {
    pattern: /\blearning[ -]rate\b/,
    meaning: 'The size of the steps in which training changes the weights.',
  },
  MAE: {
    pattern: /\bMAE\b/,
    meaning:
      'Mean absolute error: the mean of the absolute differences between predictions and targets. Lower is better.',
  },
  MSE: {
    pattern: /\bMSE\b/,
    meaning:
      'Mean squared error: the mean of the squared differences between predictions and targets. Lower is better.',
  },
  R2: {
    pattern: /\bR(2|²)/,
    meaning:
      'The share of the variance of the targets that a model explains. 1 is perfect, 0 is as good as always predicting the mean, and it can be negative.',
  },
  ROC: {
    pattern: /\bROC\b/,
    meaning:
      'The share of a class that is found against the share of other rows that are taken for it, from the most probable rows on.',
  },
  schedule: {
    pattern: /\bschedule\b/,
    meaning: 'How the learning rate changes during training: constant, or smaller with each epoch (decay).',
  },
  seed: {
    pattern: /\bseeds?\b/,
    meaning:
      'The number from which all random draws of a run follow. The same seed gives the same result; several seeds show how much is chance.',
  },
  SGD: {
    pattern: /\bSGD\b/,
    meaning: 'Stochastic gradient descent: training in small steps, each computed from a few rows (a batch).',
  },
  underspecified: {
    pattern: /\bunderspecified\b/,
    meaning:
      'A claim that holds under one reading of the report but not under another, because the report leaves a choice open.',
  },
  verdict: {
    pattern: /\bverdicts?\b/,
    meaning: 'Whether a number or conclusion of the report agrees with runs from many seeds.',
  },
};

/** Where a term is explained, for links. */
export function termLink(term: keyof typeof terms, text: string): Html {
  return html`<a href="#${anchor(term)}">${text}</a>`;
}

function anchor(term: string): string {
  return `term-${term.replaceAll(' ', '-')}`;
}

/** The terms that occur in a part of the page, explained. */
export function glossary({ markup }: Html): Html {
  const text = markup.replace(/<script.*?<\/script>|<[^>]*>/gs, ' ');
  const used = Object.entries(terms)
    .filter(([, { pattern }]) => pattern.test(text))
    .sort(([a], [b]) => a.localeCompare(b, 'en', { sensitivity: 'base' }));
  return html`<section id="terms" aria-labelledby="terms-title">
<h2 id="terms-title">Terms</h2>
<dl class="terms">${used.map(
    ([term, { meaning }]) =>
      html`<div id="${anchor(term)}"><dt>${term === 'R2' ? 'R²' : term}</dt><dd>${meaning}</dd></div>\n`,
  )}</dl>
</section>`;
}
